"""The door in a real browser: signing in and out by keys alone, with and without script."""

from __future__ import annotations

import pytest
from argon2 import PasswordHasher
from playwright.sync_api import expect

from aggregator.desk.access import set_password
from tests.browser.conftest import OpenPage, Served, axe

PASSWORD = "three words and more"


@pytest.fixture
def locked(desk: Served, monkeypatch: pytest.MonkeyPatch) -> Served:
    monkeypatch.setattr("aggregator.desk.access._hasher", lambda: PasswordHasher(1, 8, 1))
    set_password(desk.world.installation, PASSWORD)
    return desk


@pytest.mark.parametrize("script", [True, False])
def test_signing_in_by_keys_leads_to_the_page_that_was_wanted(locked: Served, open_page: OpenPage, script: bool) -> None:
    page = open_page(script=script)
    page.goto(locked.url("held"))
    expect(page).to_have_title("Sign in")
    field = page.get_by_label("Password")
    expect(field).to_be_focused()
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(locked.url("held"))
    page.get_by_role("button", name="Sign out").first.press("Enter")
    expect(page).to_have_title("Sign in")
    page.goto(locked.home)
    expect(page).to_have_title("Sign in")


@pytest.mark.parametrize(("width", "dark"), [(1280, False), (390, True)])
def test_the_door_hinders_nobody(locked: Served, open_page: OpenPage, troubles: list[str], width: int, dark: bool) -> None:
    page = open_page(width=width, dark=dark)
    page.goto(locked.base)
    axe(page)
    page.get_by_label("Password").fill("not this one")
    page.get_by_label("Password").press("Enter")
    expect(page.get_by_text("That is not the password.")).to_be_visible()
    axe(page)
    troubles.clear()  # the browser notes the refusal


def test_a_phone_s_menu_opens_without_script(desk: Served, open_page: OpenPage) -> None:
    page = open_page(width=390, script=False)
    page.goto(desk.home)
    page.get_by_text("Menu", exact=True).click()
    page.get_by_role("link", name="Held", exact=True).click()
    page.wait_for_url(desk.url("held"))
