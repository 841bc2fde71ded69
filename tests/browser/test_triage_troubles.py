"""Triage when something is wrong: nothing that he decided is lost, and the page says what keeps it."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, Route, expect

from aggregator.desk.access import set_password
from aggregator.desk.decide import decide
from aggregator.records.candidates import Action, State
from tests.browser.conftest import OpenPage, Served
from tests.browser.test_triage import candidate, saved, standing
from tests.browser.worlds import Post, publish

PASSWORD = "correct horse battery"


def sign_in(page: Page, desk: Served) -> None:
    page.goto(desk.url("/login"))
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page).not_to_have_url(re.compile("login"))


def test_what_is_not_saved_outlives_loading_the_page_anew(page: Page, desk: Served, troubles: list[str]) -> None:
    page.goto(desk.home)
    before = standing(desk)["dropped"]
    names = [one.get_attribute("id") for one in page.locator(".cand").all()][:2]

    def fail(route: Route) -> None:
        route.abort("connectionrefused")

    page.route("**/decide", fail)
    page.keyboard.press("x")
    page.keyboard.press("x")
    expect(page.locator("#unsaved")).to_contain_text("not saved yet: 2 (the desk does not answer)")
    page.on("dialog", lambda asks: asks.accept())
    page.reload()
    for name in names:
        expect(page.locator(f"#{name}")).to_have_class(re.compile("dropped settled"))
    assert standing(desk)["dropped"] == before
    page.unroute("**/decide", fail)
    expect(page.locator("#unsaved")).to_be_empty()
    saved(page)
    assert standing(desk)["dropped"] == before + 2
    page.reload()
    saved_twice = standing(desk)
    assert saved_twice["dropped"] == before + 2
    troubles.clear()


def test_a_sign_in_that_ended_is_told_and_made_good_in_another_tab(
    page: Page, open_page: OpenPage, desk: Served, troubles: list[str]
) -> None:
    set_password(desk.world.installation, PASSWORD)
    sign_in(page, desk)
    page.goto(desk.home)
    what = candidate(desk, page.locator(".cand.at h4").inner_text())
    page.context.clear_cookies()
    page.keyboard.press("k")
    expect(page.locator("#unsaved")).to_contain_text("you are signed out")
    assert candidate(desk, what.title).standing.state is what.standing.state
    with page.context.expect_page() as opened:
        page.locator("#unsaved a").click()
    other = opened.value
    other.get_by_label("Password").fill(PASSWORD)
    other.keyboard.press("Enter")
    expect(other).not_to_have_url(re.compile("login"))
    page.bring_to_front()
    expect(page.locator("#unsaved")).to_be_empty(timeout=20_000)
    saved(page)
    assert candidate(desk, what.title).standing.state is State.KEPT
    troubles.clear()


def test_a_token_that_changed_is_renewed_in_silence(page: Page, desk: Served, troubles: list[str]) -> None:
    page.goto(desk.home)
    what = candidate(desk, page.locator(".cand.at h4").inner_text())
    page.evaluate("() => document.querySelector('meta[name=csrf]').content = 'of-another-browser'")
    page.keyboard.press("k")
    saved(page)
    assert candidate(desk, what.title).standing.state is State.KEPT
    assert [one for one in troubles if "403" not in one] == []
    troubles.clear()


@pytest.mark.parametrize(("status", "words"), [(500, "The fault is the desk's own"), (409, "refused for a reason")])
def test_a_failure_puts_back_what_was_shown_and_says_so(
    page: Page, desk: Served, troubles: list[str], status: int, words: str
) -> None:
    page.goto(desk.home)
    name = page.locator(".cand.at").get_attribute("id")
    said = f'<div id="said" class="said bad" role="alert">{words}.</div>'
    page.route("**/decide", lambda route: route.fulfill(status=status, body=said))
    page.keyboard.press("x")
    expect(page.locator("#said.bad")).to_contain_text(words)
    expect(page.locator(f"#{name}")).not_to_have_class(re.compile("settled"))
    expect(page.locator(f"#{name} .mark")).to_be_visible()
    troubles.clear()


def test_a_busy_desk_is_asked_again_and_its_reason_is_shown(page: Page, desk: Served, troubles: list[str]) -> None:
    page.goto(desk.home)
    asked: list[str | None] = []

    def busy_once(route: Route) -> None:
        asked.append(route.request.headers.get("x-once"))
        if len(asked) == 1:
            route.fulfill(status=503, body='<div id="said" class="said bad">The disk is full.</div>')
        else:
            route.continue_()

    page.route("**/decide", busy_once)
    page.keyboard.press("x")
    expect(page.locator("#unsaved")).to_contain_text("The disk is full")
    expect(page.locator("#unsaved")).to_be_empty()
    saved(page)
    assert len(asked) == 2
    assert asked[0] == asked[1]
    troubles.clear()


def test_two_tabs_on_one_edition_lose_nothing(page: Page, open_page: OpenPage, desk: Served) -> None:
    other = open_page()
    for each in (page, other):
        each.goto(desk.home)
    what = candidate(desk, page.locator(".cand.at h4").inner_text())
    page.keyboard.press("k")
    saved(page)
    other.keyboard.press("x")
    expect(other.locator("#said")).to_contain_text("it was kept elsewhere meanwhile")
    assert candidate(desk, what.title).standing.state is State.DROPPED
    other.keyboard.press("u")
    expect(other.locator("#said")).to_contain_text("Back")
    assert candidate(desk, what.title).standing.state is State.KEPT


def test_letting_go_in_a_stale_tab_spares_what_was_decided_elsewhere(page: Page, desk: Served) -> None:
    page.goto(desk.home)
    stores, roundup, plan = desk.world.all
    what = candidate(desk, "Keys that outlive")
    decide(stores, roundup, plan, [what.id], Action.KEEP)
    page.locator('#s3 [data-do="let-go"]').click()
    saved(page)
    assert candidate(desk, what.title).standing.state is State.KEPT
    assert standing(desk)["let go"] == 4


def test_a_poll_while_he_works_moves_nothing(page: Page, desk: Served) -> None:
    page.goto(desk.home)
    page.keyboard.press("j")
    order = page.evaluate("() => [...document.querySelectorAll('[data-item]')].map(one => one.id)")
    here = page.locator("[data-item].at").get_attribute("id")
    publish(desk.world, [Post("attic", f"Late news {n}", "Just in.", "Networking", interest=1.0) for n in range(4)])
    page.evaluate("() => document.dispatchEvent(new Event('visibilitychange'))")
    expect(page.locator("#arrived")).to_have_text("4 new, r to show")
    assert page.evaluate("() => [...document.querySelectorAll('[data-item]')].map(one => one.id)") == order
    assert page.locator("[data-item].at").get_attribute("id") == here
    page.keyboard.press("r")
    expect(page.get_by_role("link", name="Late news 3", exact=True)).to_be_visible()
    expect(page.locator("[data-item].at")).to_have_attribute("id", here or "")
    expect(page.locator("[data-item].at")).to_be_focused()


def test_what_comes_back_and_is_not_in_the_page_is_gone_to(page: Page, desk: Served) -> None:
    stores, roundup, plan = desk.world.all
    page.goto(desk.home)
    gone = candidate(desk, "Keys that outlive")
    decide(stores, roundup, plan, [gone.id], Action.DROP)
    page.reload()
    expect(page.locator(f"#c{gone.id}")).to_have_count(0)
    page.keyboard.press("u")
    expect(page.locator(f"#c{gone.id}")).to_be_focused()
