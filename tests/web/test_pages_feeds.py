"""The feeds page: health, yield, moves, adding, removing, lists of other readers; and the archive search."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from time import perf_counter

import pytest

from aggregator.desk.decide import decide
from aggregator.net.pages import GuardedPages
from aggregator.records.candidates import Action
from aggregator.records.feeds import FeedRole, PolledFeed
from tests.web.pages import HOSTILE, NOW, Browser, browsing, polled

AT = "/r/rack-notes/feeds"
FEED = b"<rss version='2.0'><channel><title>A blog</title><link>https://a.example/</link><item><title>One</title></item></channel></rss>"


@pytest.fixture
def browser(tmp_path: Path, sqlite_url: str) -> Iterator[Browser]:
    with browsing(tmp_path, sqlite_url) as made:
        yield made


class Answer:
    """One page of the web."""

    def __init__(self, url: str, body: bytes) -> None:
        self.url, self.body = url, body
        self.status, self.content_type = 200, "application/rss+xml"
        self.etag = self.last_modified = None


@pytest.fixture
def web(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every address is a feed."""
    monkeypatch.setattr(GuardedPages, "get", lambda _, url: Answer(url, FEED))


def test_without_a_feed_the_page_says_how_to_begin(browser: Browser) -> None:
    assert "You follow no feed yet" in browser.see(AT)


def test_every_feed_is_shown_with_what_it_gave(browser: Browser) -> None:
    browser.follow("A blog", HOSTILE)
    page = browser.see(AT)
    assert "2 feeds" in page
    assert "<script>alert" not in page
    for by in ("used", "entries", "last-use", "title", "nonsense"):
        browser.see(f"{AT}?by={by}")


def test_a_feed_in_trouble_comes_first_with_its_cause(browser: Browser) -> None:
    first, _ = browser.follow("A blog", "B blog")
    bad = PolledFeed(
        first, "forbidden", NOW, NOW, status=403, error="HTTP 403", error_kind="forbidden", error_since=NOW, failures=3
    )
    browser.installation.feeds.save([bad])
    page = browser.see(AT)
    assert "1 in trouble" in page
    assert "the server turns programs away" in page


def test_one_feeds_page_tells_what_it_brought_and_what_stays_when_it_goes(browser: Browser) -> None:
    browser.follow("A blog")
    [candidate] = browser.offer()
    decide(browser.installation, browser.roundup, browser.plan, [candidate], Action.HOLD)
    page = browser.see(f"{AT}/one?url=https://0.example/feed")
    assert "Post of A blog" in page
    assert "1 candidate of it that you keep or hold stays" in page
    assert "no longer followed" in browser.send(f"{AT}/remove", url="https://0.example/feed")
    assert browser.installation.feeds.statuses(browser.roundup.id) == []
    assert [one.id for one in browser.installation.ledger.candidates(browser.roundup.id)] == [candidate]
    browser.see(f"{AT}/one?url=https://0.example/feed", status=404)


@pytest.mark.usefixtures("web")
def test_a_feed_is_followed_by_its_address(browser: Browser) -> None:
    assert "You follow A blog now" in browser.send(f"{AT}/add", url="https://a.example/feed")
    assert "https://a.example/feed" in (browser.folder / "feeds.opml").read_text()
    assert [one.url for one in browser.installation.feeds.statuses(browser.roundup.id)] == ["https://a.example/feed"]
    assert "already" in browser.send(f"{AT}/add", url="https://a.example/feed")
    browser.send(f"{AT}/add", url="https://a.example/feed", finds="1")
    assert browser.installation.feeds.statuses(browser.roundup.id)[0].role is FeedRole.FINDS
    browser.send(f"{AT}/add", status=400, url="nothing at all")


def test_a_move_is_taken_back(browser: Browser) -> None:
    [feed] = browser.follow("A blog")
    later = replace(polled(feed, "A blog"), at=NOW + timedelta(hours=1), moved=True, moved_to="https://new.example/feed", new=())
    browser.installation.feeds.save([later])
    assert "moved from https://0.example/feed to https://new.example/feed" in browser.see(AT)
    assert "read at https://0.example/feed again" in browser.send(f"{AT}/undo-move", url="https://new.example/feed")
    assert "Moved lately" not in browser.see(AT)
    assert "https://0.example/feed" in (browser.folder / "feeds.opml").read_text()


def test_another_readers_list_is_taken_over_and_handed_out(browser: Browser) -> None:
    opml = b'<opml version="2.0"><body><outline type="rss" text="C" xmlUrl="https://c.example/feed"/></body></opml>'
    assert "1 feeds added" in browser.send(f"{AT}/import", files={"file": opml})
    handed = browser.client.get("/r/rack-notes/feeds.opml")
    assert "https://c.example/feed" in handed.text
    assert handed.headers["content-disposition"] == 'attachment; filename="rack-notes.opml"'
    browser.send(f"{AT}/import", status=400, files={"file": b"no opml"})
    browser.send(f"{AT}/import", status=400)


def test_a_list_elsewhere_is_compared_first_and_then_taken(browser: Browser) -> None:
    browser.follow("A blog")
    other = browser.folder / "other.opml"
    other.write_text('<opml version="2.0"><body><outline type="rss" text="N" xmlUrl="https://n.example/feed"/></body></opml>')
    browser.send(f"{AT}/compare", status=400)
    (browser.folder / "config.yaml").write_text(browser.config + "feeds_from: other.opml\n")
    browser.installation.refresh()
    page = browser.send(f"{AT}/compare")
    assert "https://n.example/feed" in page
    assert "Most of your feeds would go" in page
    seen = re.findall(r'name="seen" value="([0-9a-f]+)"', page)[0]
    browser.send(f"{AT}/sync", status=409)
    (browser.folder / "feeds.opml").write_text('<opml version="2.0"><body/></opml>')
    assert "changed since they were compared" in browser.send(f"{AT}/sync", status=409, seen=seen)
    seen = re.findall(r'name="seen" value="([0-9a-f]+)"', browser.send(f"{AT}/compare"))[0]
    browser.send(f"{AT}/sync", seen=seen)
    assert [one.url for one in browser.installation.feeds.statuses(browser.roundup.id)] == ["https://n.example/feed"]


@pytest.mark.usefixtures("web")
def test_a_site_that_is_linked_often_is_followed_with_one_click(browser: Browser) -> None:
    for number in (1, 2, 3, 4):
        browser.publish(number, ("Networking", f"fabric and more {number}"))
    assert "fabric.example" in browser.see(f"{AT}/suggest")
    browser.send(f"{AT}/add", url="fabric.example", first="1", next=f"{AT}/suggest")
    assert "fabric.example" in (browser.folder / "feeds.opml").read_text()


def test_a_thousand_feeds_are_shown_at_once(browser: Browser) -> None:
    browser.follow(*(f"Blog {n}" for n in range(1000)))
    browser.see(AT)
    began = perf_counter()
    browser.see(AT)
    assert perf_counter() - began < 3  # 0.3 seconds on a machine that does nothing else


def test_the_archive_is_searched_by_words_and_by_address(browser: Browser) -> None:
    at = "/r/rack-notes/archive"
    assert "No past edition was read yet" in browser.see(at)
    browser.publish(3, ("Networking", "fabric and its <b>woes</b>"), (None, "fabric twice"))
    browser.publish(4, ("Storage", "fabric again"))
    assert "Rack Notes #4" in browser.see(at)
    assert "&lt;b&gt;<mark>woes</mark>" in browser.see(f"{at}?q=woes")
    page = browser.see(f"{at}?q=http://www.fabric.example/4/")
    assert "fabric again" in page
    assert "Also linked at fabric.example" in page
    assert "Not linked before" in browser.see(f"{at}?q=unheard")
    assert "<script>alert" not in browser.see(f"{at}?q={HOSTILE}")


def test_a_long_list_is_looked_through_by_words_and_by_kind(browser: Browser) -> None:
    first, *_ = browser.follow("Cables", "Disks", "Tape")
    bad = PolledFeed(first, "dns", NOW, NOW, error="gone", error_kind="dns", error_since=NOW, failures=3)
    browser.installation.feeds.save([bad])

    def listed(query: str) -> list[str]:
        return re.findall(r">(t[0-9])</a>", browser.see(f"{AT}?{query}").partition("<tbody>")[2])

    assert listed("") == ["t0", "t1", "t2"]
    assert listed("q=T1+example") == ["t1"]
    assert listed("q=dead+host") == ["t0"]
    assert listed("show=trouble") == ["t0"]
    assert listed("show=used") == []
    assert listed("show=nonsense&q=t2&by=used") == ["t2"]
    page = browser.see(f"{AT}?q=nothing%22%3E%3Cscript%3E")
    assert "None of your feeds is that" in page
    assert "<script>" not in page.partition("<body>")[2]
    assert "1 of 3" in browser.see(f"{AT}?q=t1")


def test_of_many_feeds_in_trouble_the_latest_stand_first_and_the_rest_is_folded(browser: Browser) -> None:
    ids = browser.follow(*(f"Blog {n}" for n in range(9)))
    errors = [
        PolledFeed(one, "dns", NOW, NOW, error_kind="dns", error_since=NOW - timedelta(days=n), failures=3)
        for n, one in enumerate(ids)
    ]
    browser.installation.feeds.save(errors)
    trouble = browser.see(AT).partition('id="trouble"')[2].partition('id="list"')[0]
    shown, _, folded = trouble.partition("<details>")
    assert [f">t{n}<" in shown for n in range(9)] == [True] * 5 + [False] * 4
    assert all(f">t{n}<" in folded for n in range(5, 9))
    assert "4 more" in trouble
