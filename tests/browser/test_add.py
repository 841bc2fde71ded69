"""Adding from anywhere in a real browser: the dialog, the bookmarklet on someone else's page, a page without script."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, Route, expect

from aggregator.records.candidates import Candidate, State
from tests.browser.conftest import OpenPage, Served, axe


def added(desk: Served) -> list[Candidate]:
    return [one for one in desk.world.installation.ledger.candidates(desk.world.roundup.id) if one.added]


def test_the_button_opens_a_dialog_that_adds_and_stays_for_the_next(page: Page, desk: Served, elsewhere: str) -> None:
    page.goto(desk.url("held"))
    page.get_by_role("link", name="Add", exact=True).click()
    dialog = page.get_by_role("dialog", name="Add a page")
    expect(dialog.get_by_label("Address")).to_be_focused()
    axe(page)
    page.keyboard.type(elsewhere)
    dialog.get_by_label("Section").select_option("Networking")
    dialog.get_by_role("button", name="Add").click()
    expect(dialog.get_by_text("On patch panels: kept under Networking")).to_be_visible()
    expect(dialog.get_by_label("Address")).to_have_value("")
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    (one,) = added(desk)
    assert (one.title, one.author, one.url, one.standing.state) == ("On patch panels", "Vera Lind", elsewhere, State.KEPT)


def test_what_cannot_be_added_keeps_what_was_typed(page: Page, desk: Served, troubles: list[str]) -> None:
    page.goto(desk.url("held"))
    page.get_by_role("link", name="Add", exact=True).click()
    dialog = page.get_by_role("dialog", name="Add a page")
    dialog.get_by_label("Address").fill("nonsense")
    dialog.get_by_label("Your words").fill("Words of mine.")
    with page.expect_response("**/add"):
        dialog.get_by_role("button", name="Add").click()
    expect(dialog.get_by_text("this is no web address")).to_be_visible()
    expect(dialog.get_by_label("Your words")).to_have_value("Words of mine.")
    assert added(desk) == []
    assert "400 (Bad Request)" in troubles.pop()


def test_what_he_typed_stays_when_the_desk_refuses_or_is_away(page: Page, desk: Served, troubles: list[str]) -> None:
    page.goto(desk.url("held"))
    page.get_by_role("link", name="Add", exact=True).click()
    dialog = page.get_by_role("dialog", name="Add a page")
    dialog.get_by_label("Address").fill("a.example/page")
    dialog.get_by_label("Your words").fill("Words of mine.")
    old = "<p>This page is older than your sign-in.</p>"
    answers: list[tuple[Callable[[Route], None], str]] = [
        (lambda route: route.fulfill(status=403, body=old), "older than your sign-in"),
        (lambda route: route.abort(), "does not answer"),
    ]
    for answer, words in answers:
        page.route("**/add", answer)
        dialog.get_by_role("button", name="Add").click()
        expect(dialog.locator("output")).to_contain_text(words)
        expect(dialog.locator("output")).to_contain_text("What you typed stays here.")
        expect(dialog.get_by_label("Your words")).to_have_value("Words of mine.")
        page.unroute("**/add")
    assert added(desk) == []
    troubles.clear()


def test_the_bookmarklet_brings_page_and_selection_and_the_button_adds_them(page: Page, desk: Served, elsewhere: str) -> None:
    page.goto(desk.url("add"))
    bookmarklet = page.locator("#bookmarklet").get_attribute("href")
    assert bookmarklet is not None
    page.goto(elsewhere)
    page.evaluate("() => getSelection().selectAllChildren(document.querySelector('p'))")
    with page.context.expect_page() as opened:
        # What a browser does with a bookmark that is a script.
        page.evaluate(bookmarklet.removeprefix("javascript:"))
    form = opened.value
    expect(form.get_by_label("Address")).to_have_value(elsewhere)
    expect(form.get_by_label("Quote")).to_have_value("Label both ends, always.")
    assert added(desk) == []
    form.get_by_role("button", name="Add", exact=True).click()
    expect(form.get_by_text("On patch panels: kept")).to_be_visible()
    (one,) = added(desk)
    assert [quote.text for quote in desk.world.installation.drafts.quotes([one.id])] == ["Label both ends, always."]


def test_a_phone_without_script_adds_what_was_shared_with_it(open_page: OpenPage, desk: Served, elsewhere: str) -> None:
    page = open_page(width=390, script=False)
    page.goto(f"{desk.base}/add?title=On+patch+panels&text={elsewhere}")
    expect(page.get_by_label("Address")).to_have_value(elsewhere)
    page.get_by_text("Hold it, via, thanks to").click()
    page.get_by_label("Hold until").fill("theme cabling until 1 May")
    page.get_by_label("Thanks to").fill("Ida")
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.get_by_text("On patch panels: held")).to_be_visible()
    page.goto(desk.url("held"))
    page.get_by_role("button", name="Make #28 that edition").first.click()
    expect(page.get_by_role("heading", name="Due now")).to_be_visible()
    (one,) = added(desk)
    assert one.thanks == "Ida"
