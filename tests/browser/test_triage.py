"""Triage in a browser: one key a decision, an order that stays, nothing lost, everything undone; without script as well."""

from __future__ import annotations

import re
from collections import Counter
from functools import partial

from playwright.sync_api import Page, Route, expect

from aggregator.desk.add import add
from aggregator.records.candidates import Candidate, State
from tests.browser.conftest import OpenPage, Served, ServeDesk, axe
from tests.browser.worlds import large


def standing(desk: Served) -> Counter[str]:
    """How many stand where: by state, those let go apart."""
    stores, roundup, _ = desk.world.all
    found = stores.ledger.candidates(roundup.id)
    return Counter("let go" if one.standing.let_go else one.standing.state.value for one in found)


def candidate(desk: Served, title: str) -> Candidate:
    stores, roundup, _ = desk.world.all
    return next(one for one in stores.ledger.candidates(roundup.id) if one.title.startswith(title))


def saved(page: Page) -> None:
    """Everything is on disk."""
    expect(page.locator("#main")).to_have_attribute("data-waiting", "0", timeout=60_000)


class Hands:
    """Counts the keys."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.keys = 0

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)
            self.keys += 1


def test_eleven_hundred_come_to_thirty_in_fewer_than_150_keys(page: Page, desk_server: ServeDesk) -> None:
    desk = desk_server(large)
    page.goto(desk.home)
    hands = Hands(page)
    for section in range(8):
        hands.press(*["k"] * (4 if section < 6 else 3), "L")
    saved(page)
    assert hands.keys < 150
    assert standing(desk) == {"kept": 30, "let go": 1070}
    hands.press("u")
    expect(page.locator("#undo")).to_contain_text("let")
    expect(page.locator("#fold-s8\\.more")).to_be_visible()
    assert standing(desk)["kept"] == 30
    assert standing(desk)["let go"] < 1070


def test_three_hundred_are_decided_with_a_key_each_and_the_last_fifty_taken_back(page: Page, desk_server: ServeDesk) -> None:
    desk = desk_server(partial(large, candidates=301))
    page.goto(desk.home)
    hands = Hands(page)
    # One of the 301 is of low interest, and folded.
    hands.press(*["k", "x", "x", "h", "x"] * 60)
    saved(page)
    assert standing(desk) == {"kept": 60, "dropped": 180, "held": 60, "new": 1}
    hands.press(*["u"] * 50)
    saved(page)
    assert standing(desk) == {"kept": 50, "dropped": 150, "held": 50, "new": 51}


def test_dropping_a_whole_section_is_one_key_and_one_undo(page: Page, desk: Served) -> None:
    before = standing(desk)
    page.goto(desk.home)
    page.keyboard.press("n")
    page.keyboard.press("X")
    expect(page.locator("#said")).to_contain_text("Dropped")
    saved(page)
    assert standing(desk)["dropped"] > before["dropped"] + 1
    page.keyboard.press("u")
    expect(page.locator("#said")).to_contain_text("back as they were")
    saved(page)
    assert standing(desk) == before


def test_a_decision_shows_at_once_and_the_order_stays(page: Page, desk: Served) -> None:
    page.goto(desk.home)
    order = [one.get_attribute("id") for one in page.locator(".cand").all()]
    first = page.locator(".cand.at")
    name = first.get_attribute("id")
    page.keyboard.press("x")
    expect(page.locator(f"#{name}")).to_have_class(re.compile("dropped settled"))
    expect(page.locator(".cand.at")).not_to_have_attribute("id", name or "")
    saved(page)
    assert [one.get_attribute("id") for one in page.locator(".cand").all()] == order
    axe(page)


def test_digits_and_the_second_choice_move(page: Page, desk: Served) -> None:
    page.goto(desk.home)
    what = candidate(desk, "VLANs")
    page.locator(f"#c{what.id} .meta .no").click()
    page.locator(f"#t{what.id}").hover()
    page.evaluate("id => document.getElementById(id).focus()", f"c{what.id}")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    while page.locator(".cand.at").get_attribute("id") != f"c{what.id}":
        page.keyboard.press("j")
    page.keyboard.press("3")
    expect(page.locator(f"#c{what.id}")).to_contain_text("Security where you moved it")
    assert candidate(desk, "VLANs").section == "Security"
    doubtful = candidate(desk, "What the auditor asked")
    page.locator(f'#c{doubtful.id} [data-do="second"]').click()
    expect(page.locator(f"#c{doubtful.id}")).to_contain_text("Careers where you moved it")
    assert candidate(desk, "What the auditor asked").section == "Careers"


def test_marked_ones_are_one_bullet_and_suggested_ones_too(page: Page, desk: Served) -> None:
    page.goto(desk.home)
    one, two = candidate(desk, "A tale of two racks, part 1"), candidate(desk, "A tale of two racks, part 2")
    page.locator(f'#c{two.id} [data-do="group"]').click()
    expect(page.locator("#said")).to_contain_text("One bullet of 2 links")
    assert candidate(desk, "A tale of two racks, part 1").group == candidate(desk, "A tale of two racks, part 2").group
    assert candidate(desk, "A tale of two racks, part 1").standing.state is State.KEPT
    expect(page.locator(f"#c{one.id}")).to_have_class(re.compile("settled"))


def test_the_pane_opens_and_closes_and_says_why(page: Page, desk: Served) -> None:
    page.goto(desk.home)
    what = candidate(desk, "VLANs")
    page.locator(f"#t{what.id} a").click()
    expect(page.locator(f"#pane-{what.id} .prose")).to_contain_text("a cable came loose")
    axe(page)
    page.keyboard.press("Escape")
    expect(page.locator(f"#pane-{what.id}")).to_be_empty()
    page.keyboard.press("w")
    expect(page.locator(f"#pane-{what.id}")).to_contain_text("vlan")


def test_words_are_written_where_the_candidate_stands(page: Page, desk: Served) -> None:
    page.goto(desk.home)
    page.keyboard.press("c")
    expect(page.locator("[data-composer] textarea[name=text]")).to_be_focused()
    page.keyboard.type("kxj stays a word")
    page.keyboard.press("Escape")
    saved(page)
    assert standing(desk)["kept"] == 4


def test_a_hold_asks_until_when(page: Page, desk: Served) -> None:
    page.goto(desk.home)
    title = page.locator(".cand.at h4").inner_text()
    page.keyboard.press("H")
    page.locator("#hold-until").fill("theme old houses")
    page.keyboard.press("Enter")
    expect(page.locator("#said")).to_contain_text("Held")
    hold = candidate(desk, title).standing.hold
    assert hold is not None
    assert hold.theme == "old houses"


def test_while_the_desk_is_away_nothing_is_lost(page: Page, desk: Served, troubles: list[str]) -> None:
    page.goto(desk.home)
    before = standing(desk)["dropped"]

    def fail(route: Route) -> None:
        route.abort("connectionrefused")

    page.route("**/decide", fail)
    page.keyboard.press("x")
    page.keyboard.press("x")
    expect(page.locator("#unsaved")).to_contain_text("not saved yet: 2")
    assert standing(desk)["dropped"] == before
    page.unroute("**/decide", fail)
    expect(page.locator("#unsaved")).to_be_empty()
    saved(page)
    assert standing(desk)["dropped"] == before + 2
    troubles.clear()


def test_what_is_refused_is_put_back_and_says_why(page: Page, desk: Served, troubles: list[str]) -> None:
    page.goto(desk.home)
    what = page.locator(".cand.at")
    name = what.get_attribute("id")
    page.keyboard.press("H")
    page.locator("#hold-until").fill("the day before yesterday or so")
    page.keyboard.press("Enter")
    expect(page.locator("#said.bad")).to_contain_text("no time to hold until")
    expect(page.locator(f"#{name}")).not_to_have_class(re.compile("settled"))
    troubles.clear()


def test_what_arrives_is_told_and_shown_only_when_asked_for(page: Page, desk: Served) -> None:
    page.goto(desk.home)
    shown = page.locator(".cand").count()
    stores, roundup, plan = desk.world.all
    add(stores, roundup, plan, None, "https://nowhere.invalid/late", keep=False, title="Late")
    page.keyboard.press("j")
    page.keyboard.press("k")
    expect(page.locator("#arrived")).to_contain_text("1 new")
    assert page.locator(".cand").count() == shown
    page.keyboard.press("r")
    expect(page.get_by_role("link", name="Late", exact=True)).to_be_visible()


def test_the_filter_hides_what_it_does_not_find(page: Page, desk: Served) -> None:
    page.goto(desk.home)
    page.keyboard.press("/")
    page.keyboard.type("auditor")
    expect(page.locator(".cand:visible")).to_have_count(1)
    page.keyboard.press("Escape")
    assert page.locator(".cand:visible").count() > 5


def test_the_keys_are_told(page: Page, desk: Served) -> None:
    page.goto(desk.home)
    page.keyboard.press("?")
    expect(page.locator("#help")).to_contain_text("drop")
    axe(page)
    page.keyboard.press("Escape")
    expect(page.locator("#help")).to_be_hidden()


def test_a_thumb_does_it_too(open_page: OpenPage, desk: Served) -> None:
    page = open_page(width=360)
    page.goto(desk.home)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    what = candidate(desk, "VLANs")
    button = page.locator(f'#c{what.id} [data-do="keep"]')
    box = button.bounding_box()
    assert box is not None
    assert box["height"] >= 44
    button.tap()
    expect(page.locator(f"#c{what.id}")).to_have_class(re.compile("kept settled"))
    saved(page)
    page.locator('#undo [data-do="undo"]').tap()
    expect(page.locator(f"#c{what.id}")).not_to_have_class(re.compile("settled"))
    axe(page)


def test_without_script_the_four_decisions_work(open_page: OpenPage, desk: Served) -> None:
    page = open_page(script=False)
    page.goto(desk.home)
    kept, dropped, held, moved = (
        candidate(desk, one) for one in ("VLANs", "Disks that lie", "Keys that outlive", "Asking for a quieter job")
    )
    page.locator(f'#c{kept.id} [data-do="keep"]').click()
    assert page.url.partition("#")[2].startswith("c")
    page.locator(f'#c{dropped.id} [data-do="drop"]').click()
    page.locator(f'#c{held.id} [data-do="hold"]').click()
    page.locator(f"#t{moved.id} a").click()
    page.get_by_role("button", name="Storage").click()
    states = [candidate(desk, one.title).standing.state for one in (kept, dropped, held)]
    assert states == [State.KEPT, State.DROPPED, State.HELD]
    assert candidate(desk, moved.title).section == "Storage"
    page.locator("#undo button").click()
    assert candidate(desk, moved.title).section == "Careers"
    page.locator(f"#c{moved.id} .mark").check()
    page.locator('#bulk button[value="drop"]').click()
    assert candidate(desk, moved.title).standing.state is State.DROPPED


def test_the_focus_and_the_places_that_are_read_out_outlive_a_swap(page: Page, desk: Served) -> None:
    page.goto(desk.home)
    page.evaluate("() => { window.told = document.getElementById('arrived') }")
    stores, roundup, plan = desk.world.all
    add(stores, roundup, plan, None, "https://nowhere.invalid/late", keep=False, title="Late")
    page.locator("#rail").get_by_role("link", name=re.compile("Storage")).focus()
    page.evaluate(
        "() => { document.getElementById('rail').dataset.old = ''; document.dispatchEvent(new Event('candidates-added')) }"
    )
    expect(page.locator("#rail[data-old]")).to_have_count(0)
    expect(page.locator("#rail").get_by_role("link", name=re.compile("Storage"))).to_be_focused()
    expect(page.locator("#arrived")).to_contain_text("1 new")
    assert page.evaluate("() => document.getElementById('arrived') === window.told")


def test_what_is_asked_begins_at_an_answer_and_an_open_menu_closes_by_escape(open_page: OpenPage, desk: Served) -> None:
    page = open_page(width=390)
    page.goto(desk.home)
    page.keyboard.press("H")
    expect(page.get_by_role("button", name="the next edition")).to_be_focused()
    page.keyboard.press("Escape")
    page.get_by_text("Menu", exact=True).click()
    expect(page.locator("details.handy")).to_have_attribute("open", "")
    page.keyboard.press("Tab")
    page.keyboard.press("Escape")
    expect(page.locator("details.handy")).not_to_have_attribute("open", "")
    expect(page.locator("details.handy summary")).to_be_focused()
