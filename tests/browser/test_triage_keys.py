"""The keys of triage: those that are told work, those that work are told, and letters can be switched off."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage, Served, axe
from tests.browser.test_triage import candidate, saved, standing

SAID = {"↓": "ArrowDown", "↑": "ArrowUp", "Space": " ", "Esc": "Escape"}
"""What the list of keys calls them."""
ELSEWHERE = {"q", "1–9"}
"""Told there too: quoting, which needs a selection, and the digits, which belong to sections."""


def test_every_key_that_works_is_told_and_only_those(page: Page, desk: Served) -> None:
    page.goto(desk.home)
    page.keyboard.press("?")
    axe(page)
    told = {SAID.get(one, one) for one in page.locator("#help dt kbd").all_inner_texts()}
    script = page.evaluate("() => document.querySelector('script[src$=\"/triage.js\"]').src")
    known = set(page.evaluate("async address => Object.keys((await import(address)).KEYS)", script))
    assert told - ELSEWHERE == known


def test_letters_can_be_switched_off_and_the_rest_still_works(page: Page, desk: Served) -> None:
    """WCAG 2.1.4: who dictates, or presses keys by mistake, decides nothing by it."""
    page.goto(desk.home)
    before = standing(desk)
    page.get_by_role("button", name="Keys").click()
    page.get_by_label("Letters, digits and signs work as keys").uncheck()
    page.keyboard.press("Escape")
    for _ in range(2):
        page.locator("[data-item].at").focus()
        for key in ("k", "x", "h", "3", "u", "L", "X", "?", "/", ".", "r", "e", "H"):
            page.keyboard.press(key)
        expect(page.locator("dialog[open]")).to_have_count(0)
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter")
        expect(page.locator(".at .pane")).not_to_be_empty()
        page.keyboard.press("Escape")
        expect(page.locator(".at .pane")).to_be_empty()
        page.reload()
    assert standing(desk) == before
    page.get_by_role("button", name="Keys").click()
    expect(page.get_by_label("Letters, digits and signs work as keys")).not_to_be_checked()
    page.get_by_label("Letters, digits and signs work as keys").check()
    page.keyboard.press("Escape")
    page.keyboard.press("x")
    saved(page)
    assert standing(desk)["dropped"] == before["dropped"] + 1


def test_the_focus_is_never_lost_and_what_was_done_is_said(page: Page, desk: Served) -> None:
    page.goto(desk.home)
    for key, said in (("x", "Dropped"), ("h", "Held"), ("k", "Kept"), ("3", "To Security"), ("u", "Back")):
        page.keyboard.press(key)
        expect(page.locator("#said")).to_contain_text(said)
        saved(page)
        expect(page.locator("[data-item]:focus.at")).to_have_count(1)
    for verb in ("keep", "drop", "hold"):
        page.locator(f'.cand:not(.settled):not([inert]) [data-do="{verb}"]').first.click()
        saved(page)
        expect(page.locator("[data-item]:focus.at")).to_have_count(1)
    page.locator('.settled [data-do="change"]').first.click()
    expect(page.locator("[data-item]:focus.at")).to_have_count(1)


def test_the_last_one_decided_keeps_the_focus(page: Page, desk: Served) -> None:
    page.goto(desk.url("?section=Careers"))
    page.keyboard.press("4")
    page.keyboard.press("2")
    expect(page.locator("#said")).to_contain_text("To Storage")
    expect(page.locator("[data-item]:focus.at")).to_have_count(1)
    expect(page.locator(".cand.at .did")).to_have_text("→ Storage")
    page.keyboard.press("u")
    expect(page.locator(".cand.at")).not_to_have_class(re.compile("settled"))


def test_the_second_choice_is_a_key_on_every_row_that_has_one(page: Page, desk: Served) -> None:
    page.goto(desk.home)
    what = candidate(desk, "Comparing two tunnels")
    assert what.guess is not None
    what = candidate(desk, "Pulling cable")
    page.keyboard.press("s")
    expect(page.locator("#said")).to_contain_text("To Careers: Pulling cable")
    assert candidate(desk, what.title).section == "Careers"


def test_a_page_twice_as_large_is_worked_by_keys_too(open_page: OpenPage, desk: Served) -> None:
    page = open_page(width=640)
    page.goto(desk.home)
    page.keyboard.press("x")
    page.keyboard.press("?")
    expect(page.locator("#help")).to_be_visible()
    assert page.evaluate("() => document.documentElement.scrollWidth") <= 640
    page.keyboard.press("Escape")
    page.keyboard.press(".")
    axe(page)
    page.keyboard.press("3")
    expect(page.locator("#said")).to_contain_text("To Security")


def test_keys_mark_candidates_and_decide_all_of_them(page: Page, desk: Served) -> None:
    page.goto(desk.home)
    before = standing(desk)
    for key in ("m", " "):
        page.keyboard.press(key)
        expect(page.locator("[data-item].at")).to_have_class(re.compile(r"\bmarked\b"))
        page.keyboard.press("j")
        while page.locator("[data-item].at:not(.cand)").count():
            page.keyboard.press("j")
    expect(page.locator("#bulk")).to_be_visible()
    page.keyboard.press("X")
    saved(page)
    assert standing(desk)["dropped"] == before["dropped"] + 2
