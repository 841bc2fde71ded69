"""Triage on a phone: everything by taps, targets that a thumb hits, nothing that moves or scrolls sideways."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from aggregator.records.candidates import HoldKind, State
from tests.browser.conftest import OpenPage, Served, axe
from tests.browser.test_triage import candidate, saved
from tests.browser.worlds import Post, publish

_SMALL = """() => [...document.querySelectorAll('main a, main button, main summary, main label')].filter(one => {
  if (!one.checkVisibility({ visibilityProperty: true }) || one.closest('[inert]')) return false;
  const lies = getComputedStyle(one, '::after').position === 'absolute' ? one.closest('.what') : one;
  // Covered by what opens the text: a tap there reads.
  if (one.matches('.out')) return false;
  const box = lies.getBoundingClientRect();
  return box.height > 0 && box.height < 43.5;
}).map(one => one.outerHTML.slice(0, 120))"""
_WATCH = """() => {
  window.moved = [];
  new PerformanceObserver((list) => {
    for (const one of list.getEntries()) window.moved.push(one.value);
  }).observe({ type: 'layout-shift' });
}"""


def row(desk: Served, title: str) -> str:
    return f"#c{candidate(desk, title).id}"


def more(page: Page, where: str, words: str) -> None:
    """Taps "More" of a row, and then what it offers."""
    page.locator(f'{where} [data-do="more"]').tap()
    page.locator("#more").get_by_role("button", name=words).tap()


@pytest.mark.parametrize("width", [360, 390])
def test_everything_that_a_key_does_is_two_taps_away(open_page: OpenPage, desk: Served, width: int) -> None:
    page = open_page(width=width)
    page.goto(desk.home)
    assert page.evaluate("() => document.documentElement.scrollWidth") <= width
    assert page.evaluate(_SMALL) == []

    more(page, row(desk, "VLANs"), "Hold until")
    axe(page)
    page.get_by_label("An edition on a theme").fill("old houses")
    page.locator("#hold").get_by_role("button", name="Hold", exact=True).nth(1).tap()
    expect(page.locator("#said")).to_contain_text("Held for an edition on old houses")
    more(page, row(desk, "Disks that lie"), "Hold until")
    page.get_by_label("A day").fill("1 may")
    page.locator("#hold").get_by_role("button", name="Hold", exact=True).nth(0).tap()
    more(page, row(desk, "Keys that outlive"), "Hold until")
    page.get_by_role("button", name="its series goes on").tap()
    more(page, row(desk, "Rules from the log"), "Hold until")
    page.get_by_role("button", name="the next edition").tap()
    expect(page.locator("#said")).to_contain_text("Held for the next edition: Rules")
    kinds = {
        title: hold.kind
        for title in ("VLANs", "Disks that lie", "Keys that outlive", "Rules from the log")
        if (hold := candidate(desk, title).standing.hold)
    }
    assert list(kinds.values()) == [HoldKind.THEME, HoldKind.DATE, HoldKind.SERIES, HoldKind.NEXT]

    more(page, row(desk, "What the auditor"), "Careers")
    expect(page.locator("#said")).to_contain_text("To Careers: What the auditor")
    assert candidate(desk, "What the auditor").section == "Careers"
    more(page, row(desk, "What the auditor"), "Why it is here")
    expect(page.locator(row(desk, "What the auditor"))).to_contain_text("audit")
    page.get_by_role("button", name="Close", exact=True).tap()
    more(page, row(desk, "A tale of two racks, part 2"), "One bullet")
    expect(page.locator("#said")).to_contain_text("One bullet of 2 links")
    assert page.evaluate("() => document.documentElement.scrollWidth") <= width
    axe(page)


def test_the_marked_are_moved_together_by_taps(open_page: OpenPage, desk: Served) -> None:
    page = open_page(width=390)
    page.goto(desk.home)
    for title in ("Keys that outlive", "What the auditor"):
        page.locator(f"{row(desk, title)} .pick").tap()
    bar = page.locator("#bulk")
    bar.get_by_role("button", name="More").tap()
    expect(page.locator("#h-more")).to_have_text("2 marked")
    page.locator("#more").get_by_role("button", name="Storage").tap()
    expect(page.locator("#said")).to_contain_text("To Storage: 2")
    assert [candidate(desk, title).section for title in ("Keys that outlive", "What the auditor")] == ["Storage"] * 2
    expect(bar).to_be_hidden()


def test_what_has_some_words_is_found_by_taps(open_page: OpenPage, desk: Served) -> None:
    page = open_page(width=360)
    page.goto(desk.home)
    shown = page.locator(".cand:visible").count()
    page.get_by_role("button", name="Find").tap()
    page.get_by_role("searchbox", name="Show only what has these words").fill("auditor")
    expect(page.locator(".cand:visible")).to_have_count(1)
    expect(page.locator("#found-here")).to_contain_text("1 of")
    axe(page)
    page.get_by_role("button", name="Show everything").tap()
    expect(page.locator(".cand:visible")).to_have_count(shown)
    expect(page.locator("#find-here")).to_be_hidden()


def test_nothing_moves_while_he_decides(open_page: OpenPage, desk: Served) -> None:
    """Also what the browser forgives since it follows a press: a row keeps its room, and a message lies over the page."""
    page = open_page(width=390)
    page.goto(desk.home)
    page.wait_for_load_state("networkidle")
    page.evaluate(_WATCH)
    heights = page.evaluate("() => [...document.querySelectorAll('.cand')].map(one => one.offsetHeight)")
    for title, verb in (("VLANs", "keep"), ("Disks that lie", "drop"), ("Keys that outlive", "hold")):
        page.locator(f'{row(desk, title)} [data-do="{verb}"]').scroll_into_view_if_needed()
        page.locator(f'{row(desk, title)} [data-do="{verb}"]').tap()
        expect(page.locator(row(desk, title))).to_have_class(re.compile("settled"))
        saved(page)
        expect(page.locator("#said")).to_contain_text(title)
    assert page.evaluate("() => [...document.querySelectorAll('.cand')].map(one => one.offsetHeight)") == heights
    page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
    assert sum(page.evaluate("() => window.moved")) < 0.01


def test_a_moved_one_is_in_its_section_at_once_and_back_where_it_was_after_undo(page: Page, desk: Served) -> None:
    page.goto(desk.home)
    what = row(desk, "Keys that outlive")
    page.locator(f"{what} .no").click()
    before = page.locator("#s3 .cand h4").all_inner_texts()
    height = page.locator("#s3").evaluate("one => one.offsetHeight")
    page.keyboard.press("Escape")
    page.locator(what).evaluate("one => one.focus()")
    page.evaluate("id => document.querySelector(id).querySelector('.no').click()", what)
    page.locator(f'{what} [data-do="more"]').click()
    page.keyboard.press("4")
    expect(page.locator(f"#s4 {what}")).to_contain_text("where you moved it")
    assert page.locator("#s3").evaluate("one => one.offsetHeight") == height
    assert page.locator("#s3 .cand h4").all_inner_texts() == before
    expect(page.locator("#rail [data-part=s4] .left")).to_contain_text("2")
    page.keyboard.press("u")
    expect(page.locator(f"#s3 {what}")).to_be_visible()
    saved(page)
    assert page.locator("#s3 .cand h4").all_inner_texts() == before
    expect(page.locator(what)).to_be_focused()


def test_hostile_titles_and_a_page_twice_as_large_stay_within_the_screen(open_page: OpenPage, desk: Served) -> None:
    section = "Networking"
    hostile = (
        "\u202egnp.exe \u202dback\u202c again",
        "W" * 5_000,
        "z\u0335\u0336" * 400,
        "\u200b\u200d\ufeff hidden",
        "👩‍👩‍👧‍👦" * 300,
        "<b>&lt;bold&gt;</b><script>alert(1)</script>" * 20,
        "مرحبا " * 200,
        "一" * 900,
    )
    publish(
        desk.world,
        [Post("gate", title, title, section, author=title, url=f"https://{n}.example/") for n, title in enumerate(hostile)],
    )
    for width in (640, 360):
        page = open_page(width=width)
        page.goto(desk.home)
        assert page.evaluate("() => document.documentElement.scrollWidth") <= width
        tall = page.evaluate("() => Math.max(...[...document.querySelectorAll('.cand h4')].map(one => one.offsetHeight))")
        assert tall < 140
        for each in page.locator("#s1 [data-read]").all()[-3:]:
            each.click()
        expect(page.locator("#s1 .pane .prose").first).to_be_visible()
        assert page.evaluate("() => document.documentElement.scrollWidth") <= width
        assert not page.evaluate(
            "() => [...document.querySelectorAll('h4, .prose, .by')].some(one => one.querySelector('b, script'))"
        )


def test_the_four_decisions_go_on_in_the_list_that_is_looked_at_without_script(open_page: OpenPage, desk: Served) -> None:
    page = open_page(script=False)
    page.goto(desk.url("?section=Security"))
    one, two = candidate(desk, "Keys that outlive"), page.locator(".cand").nth(1).get_attribute("id")
    page.locator(f'#c{one.id} [data-do="keep"]').click()
    assert page.url.endswith(f"?section=Security#{two}")
    expect(page.locator("#said")).to_contain_text("Kept: Keys that outlive")
    dropped = desk.url("?list=dropped")
    page.goto(dropped)
    page.locator('.cand [data-do="keep"]').click()
    assert page.url.partition("#")[0] == dropped
    assert candidate(desk, "Ten gadgets").standing.state is State.KEPT
