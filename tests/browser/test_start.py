"""A new author in a browser: from the files that `init` writes to the first digest, and what he types meanwhile stays."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from aggregator.desk.setup import init
from aggregator.settings import load_settings
from aggregator.wiring import Installation
from tests.browser.conftest import ServeDesk, axe
from tests.browser.worlds import START, TickingClock, World

POST = """\
---
title: "Cable Digest #{number}"
date: 2025-0{number}-01
---

## Switches
- [A switch](https://switch{number}.example/a) is quick.

## Tape & Disks
- [A disk](https://disk{number}.example/b) spins.
"""
FEED = b"""<rss version="2.0"><channel><title>The Patch Panel</title><link>http://127.0.0.1/</link>
<item><title>Switches that are quiet</title><link>https://panel.example/quiet</link><guid>1</guid>
<pubDate>Thu, 05 Mar 2026 08:00:00 GMT</pubDate><description>Of switches.</description></item></channel></rss>"""


@pytest.fixture
def blog() -> Iterator[str]:
    """The address of a feed."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "application/rss+xml")
            self.send_header("Content-Length", str(len(FEED)))
            self.end_headers()
            self.wfile.write(FEED)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}/feed"
    server.shutdown()
    server.server_close()


def new_author(home: Path, database: str, port: int) -> World:
    """What `init` leaves, and a folder of past editions."""
    init(home)
    path = home / "config.yaml"
    text = path.read_text().replace("sqlite:///aggregator.db", database)
    path.write_text(f"{text}\npoll: {{allow_networks: [127.0.0.0/8], parse_workers: 1}}\nweb: {{port: {port}}}\n")
    (home / "posts").mkdir()
    for number in range(1, 7):
        (home / "posts" / f"{number}.md").write_text(POST.format(number=number))
    settings = load_settings(path)
    installation = Installation(settings, TickingClock(START), source=path)
    plan = settings.roundups[0]
    clock = installation.clock
    assert isinstance(clock, TickingClock)
    return World(home, clock, installation, plan, installation.roundup(plan))


def test_a_new_author_gets_from_init_to_the_first_digest(
    page: Page, desk_server: ServeDesk, blog: str, troubles: list[str]
) -> None:
    desk = desk_server(new_author)
    page.goto(desk.base)
    expect(page).to_have_title("First steps")
    axe(page)
    page.get_by_label("Where they are").fill("nowhere")
    page.get_by_role("button", name="Read them").click()
    expect(page.get_by_role("heading", name="That did not work")).to_be_visible()
    page.get_by_role("link", name="Back to the page").click()
    troubles.clear()  # the browser's console tells of the refusal

    page.get_by_label("Where they are").fill("posts")
    page.get_by_role("button", name="Read them").click()
    page.get_by_role("button", name="That is right").click()
    expect(page.get_by_role("status").first).to_contain_text("The next one is Cable Digest #7.")
    page.get_by_role("button", name="These are my sections").click()
    expect(page.locator("#sections .badge")).to_have_text("2 sections")
    page.get_by_label("Or a blog's address").fill(blog)
    page.get_by_role("button", name="Follow it").click()
    expect(page.locator("#feeds .badge")).to_have_text("1 feed")
    page.get_by_label("Your address").fill("me@example.org")
    page.locator("#mail").get_by_role("button", name="Save").click()
    page.get_by_role("button", name="Poll now").click()
    expect(page.locator("#polling")).to_contain_text("1 feed polled, 1 new entry.")
    axe(page)
    page.get_by_role("button", name="Have it now").click()
    expect(page.get_by_role("status").first).to_contain_text("it is a file in the outbox folder")
    (digest,) = (desk.world.home / "outbox").glob("*.txt")
    assert "Switches that are quiet" in digest.read_text()
    page.get_by_role("link", name="To the open edition").last.click()
    expect(page).to_have_title("Cable Digest #7")
    config = (desk.world.home / "config.yaml").read_text()
    assert "# CHANGE: your sections" in config


def test_what_he_types_while_something_is_under_way_stays(
    page: Page, desk_server: ServeDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When the reading of his past editions ended, the page was loaded anew, and what stood in its other fields was gone."""
    desk = desk_server(new_author)
    begun = threading.Event()
    save = desk.world.installation.archive.save

    def held_until_he_has_typed(*given: Any, **named: Any) -> Any:
        begun.wait(20)
        return save(*given, **named)

    monkeypatch.setattr(desk.world.installation.archive, "save", held_until_he_has_typed)
    page.goto(desk.base)
    page.get_by_label("Where they are").fill("posts")
    page.get_by_role("button", name="Read them").click()
    expect(page.locator("#reading progress")).to_be_visible()
    page.get_by_label("Your address").fill("half@exam")
    begun.set()
    page.get_by_role("link", name="Show what came of it").wait_for()
    expect(page.get_by_label("Your address")).to_have_value("half@exam")
    expect(page.locator("#reading")).to_contain_text("6 editions with 12 links")
