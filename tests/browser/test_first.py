"""The browser's own ground: pages open, and what goes wrong on one fails its test."""

from __future__ import annotations

import asyncio

from playwright.sync_api import Page, expect

from tests.browser.conftest import Served, ServeDesk, axe
from tests.browser.worlds import large


def test_the_desk_opens_in_a_browser(page: Page, desk: Served) -> None:
    page.goto(desk.base)
    expect(page).to_have_title("Rack Notes #28")
    axe(page)


def test_what_a_page_complains_of_is_told(page: Page, desk: Served, troubles: list[str]) -> None:
    page.goto(desk.home)
    page.evaluate("() => { const one = document.createElement('script'); one.textContent = '1'; document.body.append(one); }")
    page.evaluate("() => console.error('a complaint')")
    assert len(troubles) == 2
    assert "Content Security Policy" in troubles[0]
    troubles.clear()


def test_a_large_edition_opens(page: Page, desk_server: ServeDesk) -> None:
    page.goto(desk_server(large).home)
    expect(page.locator("main")).to_be_visible()


def test_other_tests_run_their_own_loops_after_a_browser() -> None:
    asyncio.run(asyncio.sleep(0))
