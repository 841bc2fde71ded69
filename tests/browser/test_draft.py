"""A draft that came back and contradicts the desk is settled on its page, on a phone and without script."""

from __future__ import annotations

from playwright.sync_api import expect

from aggregator.desk import bullets as verbs
from aggregator.desk.decide import decide
from aggregator.desk.draft import download
from aggregator.desk.given import pasted
from aggregator.desk.reimport import take_in
from aggregator.records.candidates import Action
from tests.browser.conftest import OpenPage, ServeDesk, axe


def test_a_conflict_is_settled_in_other_words_on_a_phone_without_script(desk_server: ServeDesk, open_page: OpenPage) -> None:
    desk = desk_server()
    world = desk.world
    one = world.candidate("Comparing two tunnels")
    decide(*world.all, [one], Action.KEEP, section="Networking")
    verbs.write(*world.all, f"c{one}", "On [tunnels][1], at length. They hum.")
    _, text = download(*world.all)
    verbs.write(*world.all, f"c{one}", "On [tunnels][1], in short. They hum.")
    take_in(*world.all, pasted(text.replace("at length. They", "at leisure. They")))

    axe_page = open_page(width=390, dark=True)
    axe_page.goto(desk.url("draft"))
    for closed in axe_page.locator(".conflict summary").all():
        closed.click()
    axe(axe_page)

    page = open_page(width=390, script=False)
    page.goto(desk.url("draft"))
    sides = page.locator(".conflict .side")
    expect(sides.nth(0).locator("mark")).to_have_text("in short.")
    expect(sides.nth(1).locator("mark")).to_have_text("leisure.")
    page.locator("summary", has_text="Say it in other words").click()
    words = page.get_by_label("Your words, as Markdown")
    expect(words).to_have_value("On [tunnels](https://attic.example/comparing-two-tunnels), at leisure. They hum.")
    words.fill(words.input_value().replace("at leisure", "at length, in short"))
    page.get_by_role("button", name="Take these words").click()
    expect(page.get_by_role("heading", name="File and desk say different things")).to_have_count(0)
    expect(page.locator(".post")).to_contain_text("On tunnels, at length, in short. They hum.")
