"""Answers that come late, twice or not at all, and what he does meanwhile: his last word holds, and nothing happens twice."""

from __future__ import annotations

import re
from collections import Counter
from functools import partial

import pytest
from playwright.sync_api import Dialog, Page, Route, expect

from aggregator.desk import bullets as verbs
from aggregator.desk.decide import decide
from aggregator.records.candidates import Action
from tests.browser.conftest import OpenPage, Served, ServeDesk, until
from tests.browser.test_bullets import SAVED, first, opened, order
from tests.browser.test_triage import saved, standing
from tests.browser.worlds import large


class Mail:
    """Holds back what a page asks for, until it is let through in the order in which it was asked."""

    def __init__(self, page: Page, pattern: str, method: str = "POST") -> None:
        self._page, self.waiting = page, list[Route]()
        page.route(pattern, lambda route: self.waiting.append(route) if route.request.method == method else route.continue_())

    def asked(self, number: int) -> None:
        """Waits until so many wait."""
        until(self._page, lambda: len(self.waiting) >= number)

    def count(self) -> int:
        """How many wait, once the page had every chance to ask."""
        for _ in range(3):
            self._page.evaluate("() => fetch(location.href).then(() => 1)")
        return len(self.waiting)

    def deliver(self, place: int = 0) -> None:
        """Lets one through; it is answered when this ends."""
        route = self.waiting.pop(place)
        with self._page.expect_response(route.request.url):
            route.continue_()


@pytest.fixture
def leaving(page: Page) -> list[str]:
    """What the page asked before it was left."""
    asked: list[str] = []

    def answer(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.accept()

    page.on("dialog", answer)
    return asked


def test_moves_by_keys_reach_the_desk_in_his_order(page: Page, desk: Served) -> None:
    decide(*desk.world.all, [desk.world.candidate("VLANs")], Action.KEEP, section="Networking")
    page.goto(desk.url("bullets"))
    one, two, three = order(page)
    mail = Mail(page, "**/bullets/place")
    page.locator(f"#bullet-{one} .open").focus()
    page.keyboard.press("Alt+ArrowDown")
    page.keyboard.press("Alt+ArrowDown")
    assert order(page) == [two, three, one]
    mail.asked(1)
    assert mail.count() == 1
    mail.deliver()
    mail.asked(1)
    mail.deliver()
    expect(page.locator("#said")).to_contain_text("Moved to Networking")
    page.reload()
    assert [re.sub(r"^b.*", "b", key) for key in order(page)] == [two, three, "b"]


def test_moves_that_do_not_arrive_are_put_back_all_of_them(page: Page, desk: Served, troubles: list[str]) -> None:
    decide(*desk.world.all, [desk.world.candidate("VLANs")], Action.KEEP, section="Networking")
    page.goto(desk.url("bullets"))
    before = order(page)
    mail = Mail(page, "**/bullets/place")
    page.locator(f"#bullet-{before[0]} .open").focus()
    page.keyboard.press("Alt+ArrowDown")
    page.keyboard.press("Alt+ArrowDown")
    mail.asked(1)
    mail.waiting.pop().abort()
    expect(page.locator("#said.bad")).to_contain_text("could not be moved")
    assert order(page) == before
    assert mail.count() == 0
    troubles.clear()


def test_a_button_pressed_while_two_saves_are_due_follows_both(page: Page, desk: Served) -> None:
    page.clock.install()
    opened(page, desk, first(desk))
    mail = Mail(page, "**/bullets/c*")
    page.keyboard.type("One")
    page.clock.fast_forward(800)
    mail.asked(1)
    page.keyboard.type(" and two")
    page.clock.fast_forward(800)
    page.keyboard.press("Control+s")
    mail.deliver()
    mail.asked(1)
    assert mail.count() == 1
    mail.deliver()
    mail.asked(1)
    mail.deliver()
    expect(page.locator("[data-composer] textarea")).to_have_value("One and two")
    expect(page.get_by_role("alert")).to_have_count(0)
    assert first(desk).text == "One and two"


def test_words_that_came_with_a_refused_button_contradict_nobody(page: Page, desk: Served, troubles: list[str]) -> None:
    bullet, other = verbs.shown(*desk.world.all)[:2]
    opened(page, desk, bullet)
    page.get_by_label("Another bullet").select_option(value=other.key)
    verbs.remove(*desk.world.all, other.key)
    page.locator("[data-composer] textarea").fill("Joined")
    with page.expect_response(lambda answer: answer.request.method == "GET" and "/bullets/c" in answer.url):
        page.get_by_role("button", name="Join").click()
    expect(page.locator("#said.bad")).to_contain_text("There is no bullet")
    page.locator("[data-composer] textarea").fill("Joined with nothing.")
    expect(page.locator("output")).to_have_text(SAVED)
    expect(page.get_by_role("alert")).to_have_count(0)
    assert first(desk).text == "Joined with nothing."
    troubles.clear()


def test_a_refusal_that_a_new_token_does_not_mend_is_not_sent_without_end(page: Page, desk: Served, troubles: list[str]) -> None:
    opened(page, desk, first(desk))
    sent: list[str] = []

    def refuse(route: Route) -> None:
        if route.request.method == "POST":
            sent.append(route.request.post_data or "")
            route.fulfill(status=403, body='<div id="said" class="said bad">It came from another site.</div>')
        else:
            route.continue_()

    page.route("**/bullets/c*", refuse)
    page.keyboard.type("Typed.")
    expect(page.locator("output")).to_contain_text("kept in this browser")
    page.keyboard.press("Control+s")
    for _ in range(20):
        page.evaluate("() => fetch(location.href).then(() => 1)")
    assert len(sent) <= 4
    page.unroute_all()
    page.keyboard.press("Control+s")
    expect(page.locator("[data-composer] textarea")).to_have_value("Typed.")
    troubles.clear()


def test_letters_that_are_switched_off_do_nothing_on_the_board_either(page: Page, desk: Served) -> None:
    for title in ("A tale of two racks, part 1", "A tale of two racks, part 2"):
        decide(*desk.world.all, [desk.world.candidate(title)], Action.KEEP, section="Storage")
    page.goto(desk.url("bullets"))
    page.evaluate("() => localStorage.setItem('letters', 'off')")
    posts = Mail(page, "**/r/**")
    page.keyboard.press("g")
    page.keyboard.press("u")
    assert posts.count() == 0


def test_a_form_that_is_sent_takes_no_other_with_it_unasked(page: Page, desk: Served, leaving: list[str]) -> None:
    page.goto(desk.url("bullets"))
    for place in ("Before the first section", "After the last section"):
        page.locator("summary", has_text=place).click()
        page.get_by_label(place).fill("Half a sen")
    page.get_by_role("button", name="Save").first.click()
    expect(page.locator("#said")).to_contain_text("Saved")
    assert leaving == ["beforeunload"]


def test_words_are_quoted_once_however_often_the_key_is_pressed(page: Page, desk: Served) -> None:
    bullet = first(desk)
    opened(page, desk, bullet)
    page.get_by_text("Read", exact=True).first.click()
    page.locator(".prose p").first.click(click_count=3)
    mail = Mail(page, "**/quotes")
    page.keyboard.press("q")
    page.keyboard.press("q")
    mail.asked(1)
    assert mail.count() == 1
    mail.deliver()
    expect(page.locator("[data-composer] textarea")).to_have_value(re.compile(r"^> We ran both"))
    assert first(desk).text.count("We ran both") == 1


def test_a_slow_tap_on_quote_quotes_what_was_selected_when_it_began(open_page: OpenPage, desk: Served) -> None:
    page = open_page(width=390)
    page.clock.install()
    opened(page, desk, first(desk))
    page.get_by_text("Read", exact=True).first.click()
    page.locator(".prose p").first.evaluate("(one) => getSelection().selectAllChildren(one)")
    page.clock.fast_forward(300)
    button = page.get_by_role("button", name="Quote")
    expect(button).to_be_visible()
    button.dispatch_event("pointerdown")
    page.evaluate("() => getSelection().removeAllRanges()")
    page.clock.fast_forward(300)
    page.locator(".quote-it").dispatch_event("click")
    expect(page.locator("[data-composer] textarea")).to_have_value(re.compile(r"> We ran both"))
    expect(button).to_be_hidden()


def test_a_text_that_comes_late_does_not_open_what_he_decided_meanwhile(page: Page, desk: Served) -> None:
    page.goto(desk.home)
    here = f"#{page.locator('.cand.at').get_attribute('id')}"
    mail = Mail(page, "**/candidates/*", "GET")
    page.keyboard.press("o")
    mail.asked(1)
    page.keyboard.press("x")
    mail.deliver()
    saved(page)
    mail.count()
    expect(page.locator(f"{here} .pane")).to_be_empty()
    page.keyboard.press("o")
    page.keyboard.press("o")
    mail.asked(1)
    mail.deliver()
    mail.count()
    expect(page.locator(".cand.at .pane")).to_be_empty()
    page.keyboard.press("o")
    mail.asked(1)
    mail.deliver()
    expect(page.locator(".cand.at .prose")).to_be_visible()


def test_what_he_types_before_the_composer_is_there_decides_nothing(page: Page, desk: Served) -> None:
    page.goto(desk.home)
    before = standing(desk)
    mail = Mail(page, "**/decide")
    page.keyboard.press("c")
    mail.asked(1)
    page.keyboard.type("xhk")
    mail.deliver()
    expect(page.locator("[data-composer] textarea")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("[data-composer]")).to_have_count(0)
    assert mail.count() == 0
    assert standing(desk) == before + Counter(kept=1, held=-1)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("x")
    mail.asked(1)
    mail.deliver()
    saved(page)
    assert standing(desk)["dropped"] == before["dropped"] + 1


def test_a_list_that_is_asked_for_twice_is_shown_once_and_takes_no_cursor_away(page: Page, desk_server: ServeDesk) -> None:
    desk = desk_server(partial(large, candidates=400))
    page.goto(desk.home)
    mail = Mail(page, "**/?list=*", "GET")
    fold = page.locator("#fold-s1\\.more a")
    fold.click()
    fold.click()
    mail.asked(2)
    page.keyboard.press("ArrowUp")
    here = page.locator("[data-item].at").get_attribute("id")
    mail.deliver()
    mail.deliver()
    mail.count()
    expect(page.locator("#list-s1\\.more")).to_have_count(1)
    expect(page.locator("[data-item].at")).to_have_attribute("id", here or "")


def test_counts_that_come_late_do_not_replace_later_ones(page: Page, desk: Served) -> None:
    page.goto(desk.home)
    mail = Mail(page, "**/counts*", "GET")
    for key in ("k", "x"):
        page.keyboard.press(key)
        saved(page)
        mail.asked(1 if key == "k" else 2)
    late = mail.waiting.pop(0)
    mail.deliver()
    expect(page.locator("#undo")).to_contain_text("dropped")
    with page.expect_response("**/counts*"):
        late.fulfill(body='<form id="undo"><button>of before</button></form>')
    mail.count()
    expect(page.locator("#undo")).to_contain_text("dropped")


def test_the_dialog_to_add_opens_again_with_what_was_typed(page: Page, desk: Served) -> None:
    page.goto(desk.url("held"))
    dialog = page.get_by_role("dialog", name="Add a page")
    page.get_by_role("link", name="Add", exact=True).click()
    expect(dialog.get_by_label("Address")).to_be_focused()
    page.keyboard.press("Escape")
    page.get_by_role("link", name="Add", exact=True).click()
    dialog.get_by_label("Your words").fill("Half a sen")
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    page.get_by_role("link", name="Add", exact=True).click()
    expect(dialog.get_by_label("Your words")).to_have_value("Half a sen")
    assert page.url == desk.url("held")


def test_all_work_under_way_is_told_anew_and_a_desk_that_is_away_takes_nothing_from_him(
    page: Page, desk: Served, troubles: list[str]
) -> None:
    """As it is told on the page of the first steps, where feeds may be polled while past editions are read."""
    page.goto(desk.url("/start"))
    page.evaluate(
        """() => ['one', 'two'].forEach(id => document.getElementById('main').insertAdjacentHTML('afterbegin',
        `<div id="${id}" data-again="/start?told">begun</div>`))"""
    )
    told = "".join(f'<div id="{one}" data-again="/start?told">{one}: 5 of 9</div>' for one in ("one", "two"))
    page.route("**/start?told", lambda route: route.fulfill(body=told))
    expect(page.locator("#one")).to_have_text("one: 5 of 9")
    expect(page.locator("#two")).to_have_text("two: 5 of 9")
    page.get_by_label("Name", exact=True).fill("Half a na")
    page.unroute("**/start?told")
    page.route("**/start?told", lambda route: route.fulfill(status=503, body="<h1>Away</h1>"))
    for _ in range(2):
        with page.expect_response("**/start?told"):
            pass
    expect(page.get_by_label("Name", exact=True)).to_have_value("Half a na")
    troubles.clear()


def test_enter_on_a_mark_opens_its_candidate_and_decides_nothing(page: Page, desk: Served) -> None:
    page.goto(desk.home)
    one = page.locator(f"#c{desk.world.candidate('VLANs')}")
    one.locator(".mark").check()
    posts = Mail(page, "**/decide")
    one.locator(".mark").press("Enter")
    expect(one.locator(".prose")).to_be_visible()
    assert posts.count() == 0
    expect(one.locator(".mark")).to_be_checked()
