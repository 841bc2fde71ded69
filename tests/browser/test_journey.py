"""From the first page to an exported draft, by keys alone and without script."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from aggregator.records.candidates import Candidate, HoldKind, State
from tests.browser.conftest import OpenPage, Served


def candidate(desk: Served, title: str) -> Candidate:
    stores, roundup, _ = desk.world.all
    return stores.ledger.candidates(roundup.id, [desk.world.candidate(title)])[0]


def draft(page: Page, desk: Served) -> str:
    """The draft as he downloads it."""
    answer = page.request.get(desk.url("draft/file"))
    assert "attachment" in answer.headers["content-disposition"]
    return answer.text()


def tab_to(page: Page, words: str) -> None:
    """Moves the focus on to the button of these words."""
    for _ in range(20):
        page.keyboard.press("Tab")
        if page.evaluate("() => document.activeElement.textContent.trim()") == words:
            return
    raise AssertionError(f"no button {words!r} within 20 presses of Tab")


def test_an_edition_by_keys_alone(page: Page, desk: Served, elsewhere: str) -> None:
    page.goto(desk.base)
    first = page.locator("[data-item].at")
    expect(first).to_contain_text("Pulling cable")
    for key in ("k", "x", "h", "3", "u"):
        page.keyboard.press(key)
    expect(page.locator("#main")).to_have_attribute("data-waiting", "0")
    page.keyboard.press("a")
    expect(page.get_by_role("dialog", name="Add a page").get_by_label("Address")).to_be_focused()
    page.keyboard.type(elsewhere)
    tab_to(page, "Add")
    page.keyboard.press("Enter")
    expect(page.get_by_text("On patch panels: kept")).to_be_visible()
    page.keyboard.press("Escape")

    assert candidate(desk, "Pulling cable").standing.state is State.KEPT
    assert candidate(desk, "VLANs in the attic").standing.state is State.DROPPED
    assert (
        sum(one.standing.section == "Security" for one in desk.world.installation.ledger.candidates(desk.world.roundup.id)) == 0
    )
    tunnels = desk.world.candidate("Comparing two tunnels")
    page.goto(desk.url(f"bullets/c{tunnels}"))
    page.get_by_role("textbox", name="Your words").focus()
    page.keyboard.type("Two ways through one wall.")
    page.keyboard.press("Control+Enter")
    page.wait_for_url(lambda address: not address.endswith(f"/c{tunnels}"))
    page.goto(desk.url("bullets"))
    expect(page.get_by_text("Two ways through one wall.")).to_be_visible()
    text = draft(page, desk)
    assert "Two ways through one wall." in text
    assert elsewhere in text
    assert "Pulling cable" in text
    assert "VLANs" not in text
    assert text.index("## Networking") < text.index("## Storage") < text.index("## Careers")


def test_an_edition_without_script(open_page: OpenPage, desk: Served, elsewhere: str) -> None:
    page = open_page(width=390, script=False)
    page.goto(desk.base)
    row = page.locator("li.cand").filter(has=page.get_by_role("link", name="Keys that outlive their owner"))
    row.get_by_role("button", name="Keep").click()
    row = page.locator("li.cand").filter(has=page.get_by_role("link", name="VLANs in the attic"))
    row.get_by_role("button", name="Drop").click()
    page.get_by_role("button", name="Undo").first.click()
    assert candidate(desk, "Keys that outlive").standing.state is State.KEPT
    assert candidate(desk, "VLANs in the attic").standing.state is State.NEW

    page.get_by_role("link", name="What the auditor asked").click()
    page.get_by_role("button", name="Careers").click()
    assert candidate(desk, "What the auditor").standing.section == "Careers"
    page.get_by_role("link", name="Minecraft in the boardroom").click()
    page.get_by_label("Hold until").fill("theme games until 1 May")
    page.get_by_role("button", name="Hold", exact=True).click()
    hold = candidate(desk, "Minecraft").standing.hold
    assert hold is not None
    assert (hold.kind, hold.theme) == (HoldKind.THEME, "games")

    page.goto(desk.url(f"bullets/c{desk.world.candidate('Keys that outlive')}"))
    page.get_by_label("Your words").fill("Give them an end date.")
    page.get_by_role("button", name="Save", exact=True).click()
    page.goto(f"{desk.base}/add?url={elsewhere}")
    page.get_by_role("button", name="Add", exact=True).click()
    text = draft(page, desk)
    assert "Give them an end date." in text
    assert "On patch panels" in text
    assert "Minecraft" not in text
