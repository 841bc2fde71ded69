"""An edition is made by the desk's pages alone, from candidates to the file, and is the author's post."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.browser.conftest import Served, ServeDesk
from tests.browser.rebuilding import EDITION, rebuilding


class Author:
    """He uses keys wherever there are some."""

    def __init__(self, page: Page, desk: Served) -> None:
        self.page, self.desk = page, desk

    def keep(self, *titles: str) -> None:
        """In this order, on the edition's page."""
        for title in titles:
            self.at(title)
            self.page.keyboard.press("k")
        expect(self.page.locator("#main")).to_have_attribute("data-waiting", "0")

    def at(self, title: str) -> None:
        """The cursor goes down, else up, until it is on the candidate of this title."""
        for key in "j" * 12 + "p" * 24:
            if title in self.page.locator("[data-item].at").inner_text():
                return
            self.page.keyboard.press(key)
        raise AssertionError(f"no candidate {title!r}")

    def write(self, title: str, words: str, **said: str) -> None:
        """Opens the bullet of this title on the board, writes, and closes it."""
        self.open(title)
        self.page.keyboard.type(words)
        for name, value in said.items():
            self.page.locator(f"[data-composer] input[name={name}]").fill(value)
        self.done()

    def open(self, title: str) -> None:
        self.page.locator("li.bullet", has_text=title).first.locator("[data-open]").press("Enter")
        expect(self.page.locator("[data-composer] textarea:focus")).to_be_visible()

    def done(self) -> None:
        """Saves and closes the composer."""
        self.page.locator("[data-composer] textarea").focus()
        self.page.keyboard.press("Escape")
        expect(self.page.locator("[data-composer]")).to_have_count(0)


def test_an_edition_made_at_the_desk_is_his_post(page: Page, desk_server: ServeDesk) -> None:
    desk = desk_server(rebuilding)
    he = Author(page, desk)
    page.goto(desk.base)
    he.keep("Without a cable")
    he.at("Comparing two tunnels")
    page.keyboard.press("c")
    expect(page.locator("[data-composer] textarea:focus")).to_be_visible()
    page.keyboard.type("Three ways through one wall: [a tunnel][1]")
    page.keyboard.press("Escape")
    expect(page.locator("[data-composer]")).to_have_count(0)
    he.keep("The other tunnel", "The quiet switch", "A tale of two racks", "Pulling cable", "Notes on leaving well")
    he.at("Ten gadgets")
    page.keyboard.press("x")
    he.at("What the auditor asked")
    page.keyboard.press("L")
    expect(page.locator("#main")).to_have_attribute("data-waiting", "0")

    page.goto(desk.url("bullets"))
    he.open("Three ways")
    for title in ("The other tunnel", "Without a cable"):
        page.get_by_label("Another bullet").select_option(label=title)
        page.get_by_role("button", name="Join").press("Enter")
        expect(page.locator("ol.links > li", has_text=title)).to_be_visible()
    page.keyboard.press("Control+End")
    page.keyboard.type(" and [another][2], both in the attic, or no cable at all.")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Control+Shift+ArrowLeft")
    page.keyboard.press("Control+Shift+ArrowLeft")
    page.keyboard.press("Control+Shift+ArrowLeft")
    page.keyboard.press("Control+Shift+ArrowLeft")
    page.keyboard.press("Alt+3")
    expect(page.locator(".preview a")).to_have_text(["a tunnel", "another", "no cable at all"])
    page.keyboard.press("Control+Enter")  # on to the next without words, which is this one
    page.keyboard.type("Quiet at last: [a switch without a fan][1].")
    expect(page.locator("ol.links")).to_contain_text("The quiet switch")
    he.done()

    he.open("A tale of two racks")
    page.get_by_role("button", name="Mina Holt").press("Enter")
    page.keyboard.type(" goes on, and ")
    page.get_by_role("button", name="part 6 was in #27").press("Enter")
    page.keyboard.type(". [This time][1] she drills:")
    page.get_by_text("Read", exact=True).press("Enter")
    page.locator(".prose p").first.click(click_count=3)
    page.keyboard.press("q")
    expect(page.locator(".preview blockquote")).to_contain_text("Measure twice, *then* drill.")
    he.done()

    page.goto(desk.url("draft"))
    expect(page.locator("main")).to_contain_text("2 without words")
    page.get_by_role("link", name="Write the missing words").press("Enter")
    words = "Asked often, answered in [an older issue]({% post_url 2025-01-01-rack-notes-1 %}); "
    he.open("Pulling cable")
    page.keyboard.type(words)
    page.locator("[data-composer] input[name=via]").fill("The Ladder")
    page.locator("[data-composer] input[name=thanks]").fill("Sam Ode")
    page.get_by_label("Section", exact=True).select_option("Networking")
    page.get_by_role("button", name="Move", exact=True).press("Enter")
    expect(page.locator("ol[data-section=Networking] textarea:focus")).to_be_visible()
    page.locator("select[data-see]").select_option("Careers")
    page.keyboard.type(".")
    he.done()
    he.write("Notes on leaving well", "[Three letters][1] that somebody was glad to have written.")

    part = page.locator("section", has=page.get_by_role("heading", name="Networking"))
    part.get_by_text("Words without a link").press("Enter")
    part.get_by_label("Your words").fill("Two shorter ones:")
    part.get_by_role("button", name="Add as a paragraph").press("Enter")
    paragraph = page.locator("li.remark")
    for above in (2, 1):
        paragraph.locator(".grip").focus()
        with page.expect_response("**/bullets/place"):
            page.keyboard.press("Alt+ArrowUp")
        expect(page.locator("ol[data-section=Networking] > li").nth(above)).to_have_class("bullet remark")
    page.locator("summary", has_text="Before the first section").press("Enter")
    page.get_by_label("Before the first section").fill("Welcome to Rack Notes #28! Snow, and time to read.")
    page.get_by_role("button", name="Save").first.press("Enter")
    expect(page.locator("#said")).to_contain_text("Saved")

    page.goto(desk.url("draft"))
    expect(page.get_by_role("heading", name="Check")).to_contain_text("ready")
    page.get_by_label("Format").select_option("markdown")
    with page.expect_download() as download:
        page.get_by_role("button", name="Download").press("Enter")
    assert download.value.suggested_filename == "2026-03-06-rack-notes-28.md"
    assert download.value.path().read_text(encoding="utf-8") == EDITION
