"""Bullets in a browser: words are linked, quoted, saved and never lost; bullets are dragged and moved by keys."""

from __future__ import annotations

import re

import pytest
from argon2 import PasswordHasher
from playwright.sync_api import Dialog, Page, expect

from aggregator.desk import bullets as verbs
from aggregator.desk.access import set_password
from aggregator.desk.decide import decide
from aggregator.records.candidates import Action
from aggregator.records.drafts import Bullet
from tests.browser.conftest import OpenPage, Served, axe, until

SAVED = re.compile(r"^saved \d\d:\d\d$")
PASSWORD = "three words and more"


def sign_in(page: Page, address: str) -> None:
    page.goto(address)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_label("Password").press("Enter")
    expect(page).not_to_have_title("Sign in")


def first(desk: Served) -> Bullet:
    return verbs.shown(*desk.world.all)[0]


def opened(page: Page, desk: Served, bullet: Bullet) -> None:
    """The composer of a bullet, on the board."""
    page.goto(desk.url("bullets"))
    page.locator(f"#bullet-{bullet.key} [data-open]").click()
    expect(page.locator("textarea[name=text]:focus")).to_be_visible()


def order(page: Page) -> list[str]:
    return [one.get_attribute("data-key") or "" for one in page.locator("ol[data-section=Networking] > li").all()]


def test_selected_words_are_linked_by_a_key_and_by_a_click(page: Page, desk: Served) -> None:
    bullet = first(desk)
    opened(page, desk, bullet)
    page.keyboard.type("Two tunnels compared")
    for _ in "compared":
        page.keyboard.press("Shift+ArrowLeft")
    page.keyboard.press("Alt+1")
    field = page.locator("[data-composer] textarea")
    expect(field).to_have_value("Two tunnels [compared][1]")
    page.keyboard.press("Control+Home")
    page.get_by_role("button", name="Link the selected words to 1").click()
    expect(field).to_have_value("[Two][1] tunnels [compared][1]")
    page.keyboard.press("Control+z")
    expect(field).to_have_value("Two tunnels [compared][1]")
    expect(page.locator(".preview a")).to_have_text("compared")
    expect(page.locator("output")).to_have_text(SAVED)
    page.keyboard.press("Escape")
    expect(page.locator(f"#bullet-{bullet.key} .rendered a")).to_have_text("compared")
    assert first(desk).text == "Two tunnels [compared][1]"


def test_control_enter_saves_and_opens_the_next(page: Page, desk: Served) -> None:
    bullet, following = verbs.shown(*desk.world.all)[:2]
    opened(page, desk, bullet)
    page.keyboard.type("Done with it.")
    page.keyboard.press("Control+Enter")
    expect(page.locator(f"#bullet-{following.key} textarea:focus")).to_be_visible()
    assert first(desk).text == "Done with it."
    axe(page)


def test_words_are_saved_once_the_desk_is_back(page: Page, desk: Served, troubles: list[str]) -> None:
    page.goto(desk.url(f"bullets/{first(desk).key}"))
    page.context.set_offline(True)
    page.locator("[data-composer] textarea").fill("Typed on a train.")
    expect(page.locator("output")).to_contain_text("kept in this browser")
    page.context.set_offline(False)
    expect(page.locator("output")).to_have_text(SAVED)
    assert first(desk).text == "Typed on a train."
    troubles.clear()


def test_words_that_could_not_be_saved_are_there_when_the_page_is_opened_again(
    page: Page, desk: Served, troubles: list[str]
) -> None:
    address = desk.url(f"bullets/{first(desk).key}")
    page.goto(address)
    page.route("**/bullets/*", lambda route: route.abort() if route.request.method == "POST" else route.continue_())
    page.locator("[data-composer] textarea").fill("Typed on a train.")
    expect(page.locator("output")).to_contain_text("kept in this browser")
    page.once("dialog", lambda dialog: dialog.accept())
    page.goto(address)
    expect(page.locator("[data-composer] textarea")).to_have_value("Typed on a train.")
    page.unroute_all()
    expect(page.locator("output")).to_have_text(SAVED)
    assert first(desk).text == "Typed on a train."
    troubles.clear()


def test_what_was_written_elsewhere_meanwhile_is_shown(page: Page, desk: Served, troubles: list[str]) -> None:
    bullet = first(desk)
    opened(page, desk, bullet)
    verbs.write(*desk.world.all, bullet.key, "From the phone.")
    page.keyboard.type("From the desk")
    expect(page.get_by_role("alert")).to_contain_text("From the phone.")
    page.keyboard.type(", and more.")
    field = page.locator("[data-composer] textarea")
    expect(field).to_have_value("From the desk, and more.")
    page.once("dialog", lambda dialog: dialog.accept())
    page.reload()
    page.locator("[data-open]").first.click()
    expect(page.get_by_role("alert")).to_contain_text("From the phone.")
    expect(field).to_have_value("From the desk, and more.")
    assert first(desk).text == "From the phone."
    page.get_by_role("link", name="Take the other").click()
    expect(field).to_have_value("From the phone.")
    expect(page.get_by_role("alert")).to_have_count(0)
    page.keyboard.type(" And on.")
    expect(page.locator("output")).to_have_text(SAVED)
    assert first(desk).text == "From the phone. And on."
    assert [one for one in troubles if "409" not in one] == []
    troubles.clear()


def test_what_is_typed_last_is_saved_on_leaving_and_a_form_that_does_not_save_itself_asks(page: Page, desk: Served) -> None:
    asked: list[str] = []

    def accept(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.accept()

    page.on("dialog", accept)
    opened(page, desk, first(desk))
    page.keyboard.type("Typed last.")
    page.get_by_role("link", name="Draft", exact=True).click()
    page.wait_for_url("**/draft")
    until(page, lambda: first(desk).text == "Typed last.")
    page.goto(desk.url("bullets"))
    expect(page.locator("ol[data-section=Networking] > li").first).to_contain_text("Typed last.")
    assert asked == []
    page.locator("summary", has_text="Before the first section").click()
    page.get_by_label("Before the first section").fill("Half a sen")
    page.get_by_role("link", name="Draft", exact=True).click()
    page.wait_for_url("**/draft")
    assert asked == ["beforeunload"]


def test_a_selection_in_the_text_is_quoted_by_a_key(page: Page, desk: Served) -> None:
    bullet = first(desk)
    opened(page, desk, bullet)
    page.keyboard.type("Look:")
    page.get_by_text("Read", exact=True).first.click()
    page.locator(".prose p").first.click(click_count=3)
    page.keyboard.press("q")
    words = re.compile(r"Look:\n\n> We ran both")
    expect(page.locator("[data-composer] textarea")).to_have_value(words)
    assert words.match(first(desk).text)


def test_a_selection_is_quoted_by_a_tap(open_page: OpenPage, desk: Served) -> None:
    page = open_page(width=390)
    opened(page, desk, first(desk))
    page.get_by_text("Read", exact=True).first.click()
    page.locator(".prose p").first.evaluate("(one) => getSelection().selectAllChildren(one)")
    page.get_by_role("button", name="Quote").tap()
    expect(page.locator("[data-composer] textarea")).to_have_value(re.compile(r"> We ran both"))
    expect(page.get_by_role("button", name="Quote")).to_have_count(0)


def test_a_number_pressed_in_a_link_changes_it_and_takes_it_away(page: Page, desk: Served) -> None:
    one, two = (link.candidate.id for bullet in verbs.shown(*desk.world.all)[:2] for link in bullet.links)
    bullet = verbs.group(*desk.world.all, [one, two])
    opened(page, desk, bullet)
    field = page.locator("[data-composer] textarea")
    page.keyboard.type("(Tunnels")
    for keys, words in (("Alt+1", "([Tunnels][1]"), ("Alt+2", "([Tunnels][2]"), ("Alt+2", "(Tunnels")):
        page.keyboard.press(keys)
        expect(field).to_have_value(words)


def test_the_board_groups_and_undoes_by_a_key(page: Page, desk: Served) -> None:
    ids = [desk.world.candidate(title) for title in ("A tale of two racks, part 1", "A tale of two racks, part 2")]
    for id_ in ids:
        decide(*desk.world.all, [id_], Action.KEEP, section="Storage")
    page.goto(desk.url("bullets"))
    expect(page.locator("form.suggestion")).to_contain_text("A tale of two racks, part 1 · A tale of two racks, part 2")
    page.keyboard.press("g")
    expect(page.locator("#said")).to_contain_text("One bullet of 2 links")
    expect(page.locator("form.suggestion")).to_have_count(0)
    page.keyboard.press("u")
    expect(page.locator("form.suggestion")).to_have_count(1)


def test_words_typed_while_signed_out_are_saved_after_signing_in_elsewhere(
    page: Page, desk: Served, troubles: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("aggregator.desk.access._hasher", lambda: PasswordHasher(1, 8, 1))
    set_password(desk.world.installation, PASSWORD)
    sign_in(page, desk.base)
    opened(page, desk, first(desk))
    page.context.clear_cookies()
    page.keyboard.type("Typed for nobody.")
    expect(page.locator("output")).to_contain_text("sign in, in another tab; kept in this browser")
    sign_in(page.context.new_page(), desk.base)
    expect(page.locator("output")).to_have_text(SAVED, timeout=15_000)
    assert first(desk).text == "Typed for nobody."
    troubles.clear()


def test_bullets_are_moved_by_keys_and_by_dragging(page: Page, desk: Served) -> None:
    page.goto(desk.url("bullets"))
    one, two = order(page)
    page.locator(f"#bullet-{one} .open").focus()
    page.keyboard.press("Alt+ArrowDown")
    expect(page.locator("#said")).to_contain_text("Moved to Networking")
    assert order(page) == [two, one]
    page.locator(f"#bullet-{one} .grip").hover()
    page.mouse.down()
    box = page.locator(f"#bullet-{two}").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 40, box["y"] + 30, steps=4)
    page.mouse.move(box["x"] + 40, box["y"] + 2, steps=4)
    with page.expect_response("**/bullets/place"):
        page.mouse.up()
    expect(page.locator("ol[data-section=Networking] > li").first).to_have_attribute("data-key", one)
    page.reload()
    assert order(page)[1] == two
    assert page.url.endswith("/bullets")


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("dark", [False, True])
def test_board_and_composer_hinder_nobody(open_page: OpenPage, desk: Served, width: int, dark: bool) -> None:
    page = open_page(width=width, dark=dark)
    page.goto(desk.url("bullets"))
    axe(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.goto(desk.url(f"bullets/{first(desk).key}"))
    axe(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_the_composer_works_without_script(open_page: OpenPage, desk: Served) -> None:
    page = open_page(script=False)
    page.goto(desk.url("bullets"))
    page.locator("[data-open]").first.click()
    page.get_by_label("Your words").fill("Read [this][1].")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(".preview a")).to_have_text("this")
    page.get_by_text("Read", exact=True).first.click()
    page.get_by_label("Its exact words, to quote").fill("We ran both for a month")
    page.get_by_role("button", name="Quote").click()
    expect(page.locator(".preview blockquote")).to_contain_text("We ran both for a month")
    page.get_by_role("button", name="Move down").click()
    page.get_by_label("Another bullet").select_option(index=1)
    page.get_by_role("button", name="Join").click()
    expect(page.locator("ol.links > li")).to_have_count(2)
    page.get_by_role("button", name="Remove").click()
    expect(page.locator("#said")).to_contain_text("Removed, and its 2 links dropped")
    page.get_by_role("button", name="Undo").click()
    expect(page.locator("ol[data-section=Networking] > li").last).to_contain_text("Read this.")


def test_a_bullet_is_written_among_the_candidates_and_goes_back_to_one_line(page: Page, desk: Served) -> None:
    bullet = first(desk)
    page.goto(desk.home)
    page.locator(f"#bullet-{bullet.key} [data-open]").click()
    expect(page.locator("[data-composer] textarea:focus")).to_be_visible()
    page.keyboard.type("Written here.")
    page.keyboard.press("Escape")
    expect(page.locator(f"#bullet-{bullet.key}.kept-bullet")).to_contain_text("Written here.")
    page.locator(f"#bullet-{bullet.key} [data-open]").click()
    expect(page.locator("[data-composer] textarea:focus")).to_have_value("Written here.")
