"""Every page that can be opened, as axe-core sees it: wide and narrow, light and dark; none scrolls sideways."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect
from starlette.routing import Route

from aggregator.web.app import make_app
from tests.browser.conftest import OpenPage, Served, axe

NO_PAGES = ("healthz", "mail-html", "mail-text")
"""What answers a machine, and mails as they were sent."""
LEAST = 44
"""CSS pixels that a finger needs."""
_SMALL = """least => [...document.querySelectorAll('button, .button, select, summary')].filter(one => {
  const box = one.getBoundingClientRect();
  return one.checkVisibility() && !one.matches('.link') && box.height > 0 && box.height < least - 0.5;
}).map(one => one.outerHTML.slice(0, 120))"""
_UNNAMED = """() => [
  document.documentElement.lang ? '' : 'no language',
  document.title.trim() ? '' : 'no title',
  document.querySelectorAll('h1').length === 1 ? '' : 'not one first heading',
  document.querySelectorAll('main').length === 1 ? '' : 'not one main part',
  ...[...document.querySelectorAll('[aria-describedby]')].flatMap(one => one.getAttribute('aria-describedby').split(' '))
    .map(id => document.getElementById(id) ? '' : `nothing is called ${id}`),
].filter(Boolean)"""
OPENED = {
    "?": "#help[open]",
    "a": "#adding[open] #add-form",
    "/": "#find-here[open]",
    "jh": ".cand.held.settled",
    "jo": ".at .pane .prose",
    "jw": ".at .pane .why",
    "jc": "[data-composer] textarea",
}
"""Keys that open something over the edition's page, or in it, and what shows that it is there."""


def pages(desk: Served) -> Iterator[str]:
    """Every address that a GET may ask for, with what its places are filled with; a new kind of place wants a filling here."""
    world = desk.world
    candidate = world.candidate("Comparing two tunnels")
    feed = world.installation.feeds.statuses(world.roundup.id)[0].url
    queries = {"section": "?name=Networking", "section-split": "?name=Networking", "feed": f"?url={feed}", "archive": "?q=step"}
    fillings = {"roundup": world.roundup.slug, "key": f"c{candidate}", "id": str(candidate), "token": "worn-out"}
    for route in make_app(world.installation, None).routes:
        if not isinstance(route, Route) or "GET" not in (route.methods or ()) or route.name in NO_PAGES:
            continue
        filled = {**fillings, "id": "1"} if route.name == "mail" else fillings
        path = re.sub(r"{([^}]+)}", lambda found: filled[found[1].partition(":")[0]], route.path)  # noqa: B023 - used at once
        yield path + queries.get(route.name, "")


def faults(page: Page, address: str, *, touch: bool) -> list[str]:
    """What is wrong with one page, in lines."""
    page.goto(address)
    found = []
    try:
        axe(page)
    except AssertionError as error:
        found.append(str(error))
    if page.evaluate("() => document.documentElement.scrollWidth > document.documentElement.clientWidth"):
        found.append(f"{address} scrolls sideways")
    found += [f"{address}: {one}" for one in page.evaluate(_UNNAMED)]
    if touch:
        found += [f"{address} is hard to hit: {one}" for one in page.evaluate(_SMALL, LEAST)]
    return found


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_every_page_can_be_used_by_everybody(
    open_page: OpenPage, desk: Served, troubles: list[str], width: int, dark: bool
) -> None:
    page = open_page(width=width, dark=dark)
    wrong, seen = [], set()
    for path in pages(desk):
        answer = page.request.get(desk.url(path))
        if answer.url in seen or "content-disposition" in answer.headers or "<html" not in answer.text():
            continue  # a page that was seen, a download, a fragment
        seen.add(answer.url)
        wrong += faults(page, answer.url, touch=width < 600)
        if answer.status >= 400:
            # Chromium complains of it as of a picture that is missing.
            troubles[:] = [one for one in troubles if f"status of {answer.status}" not in one]
    assert len(seen) >= 15
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize(("width", "dark"), [(1280, False), (390, True)])
def test_what_opens_over_the_page_can_be_used_by_everybody_and_lets_go_again(
    open_page: OpenPage, desk: Served, width: int, dark: bool
) -> None:
    page = open_page(width=width, dark=dark)
    opened = page.locator("dialog[open]")
    for keys, shown in OPENED.items():
        page.goto(desk.home)
        for key in keys:
            page.keyboard.press(key)
        expect(page.locator(shown).first).to_be_visible()
        axe(page)
        if opened.count():
            assert opened.evaluate("one => one.contains(document.activeElement)"), keys
            page.keyboard.press("Escape")
            expect(opened).to_have_count(0)
