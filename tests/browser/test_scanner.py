"""A mail scanner with a real browser opens every link and runs its script: nothing happens (R9). A person presses the button."""

from __future__ import annotations

from aggregator.delivery.tokens import LinkSigner, LinkToken
from aggregator.desk.edition import open_edition
from aggregator.records.candidates import Action, State
from tests.browser.conftest import OpenPage, Served, axe


def link(desk: Served, action: Action) -> tuple[int, str]:
    stores, roundup, plan = desk.world.all
    edition = open_edition(stores, roundup, plan)
    one = next(one for one in stores.ledger.candidates(roundup.id) if one.standing.state is State.NEW)
    return one.id, desk.url(f"/a/{LinkSigner(stores.signing_keys()).sign(LinkToken(roundup.id, edition.id, one.id, action))}")


def test_a_browser_that_clicks_nothing_changes_nothing(desk: Served, open_page: OpenPage) -> None:
    stores, roundup, _ = desk.world.all
    before = [one.standing for one in stores.ledger.candidates(roundup.id)]
    page = open_page(width=390)
    for action in (Action.KEEP, Action.DROP, Action.HOLD):
        page.goto(link(desk, action)[1])
        page.mouse.move(200, 200)
        page.mouse.wheel(0, 400)
        page.wait_for_load_state("networkidle")
        axe(page)
    assert [one.standing for one in stores.ledger.candidates(roundup.id)] == before


def test_one_tap_keeps_and_one_takes_it_back_without_script(desk: Served, open_page: OpenPage) -> None:
    stores, roundup, _ = desk.world.all
    number, address = link(desk, Action.KEEP)
    page = open_page(width=390, script=False)
    page.goto(address)
    page.get_by_role("button", name="Keep it").click()
    page.get_by_role("heading", name="Kept.").wait_for()
    assert stores.ledger.candidates(roundup.id, [number])[0].standing.state is State.KEPT
    page.get_by_role("button", name="Take it back").click()
    page.get_by_role("heading", name="Taken back.").wait_for()
    assert stores.ledger.candidates(roundup.id, [number])[0].standing.state is State.NEW
