from __future__ import annotations

from pathlib import Path

import pytest

from aggregator.desk.feeds import find, subscribe, take_over, unsubscribe
from aggregator.errors import NotFound, OpmlError
from aggregator.intake.files import read_list
from aggregator.jobs import lists
from aggregator.records.feeds import FoundFeed, ParsedFeed
from tests.desk.conftest import FakePage, FakePages, Office

FOUND = FoundFeed("https://ann.example/feed.xml", "Ann's blog", "https://ann.example/", "link", 3)


def read(page: object) -> ParsedFeed | None:
    assert isinstance(page, FakePage)
    return ParsedFeed("rss20", "Ann's blog", "https://ann.example/", (), (), 3) if page.body.startswith(b"<rss") else None


def test_a_blogs_address_finds_its_feed() -> None:
    pages = FakePages(
        {
            "https://ann.example/": '<link rel="alternate" type="application/rss+xml" href="/feed.xml">',
            "https://ann.example/feed.xml": FakePage("https://ann.example/feed.xml", b"<rss/>"),
        }
    )
    (found,) = find(pages, read, "ann.example")
    assert (found.url, found.title, found.how) == ("https://ann.example/feed.xml", "Ann's blog", "link")


def test_an_address_without_a_feed_says_so() -> None:
    with pytest.raises(NotFound, match="no feed was found"):
        find(FakePages({"https://ann.example/": "<p>Hello"}), read, "https://ann.example/")


def test_following_writes_the_authors_list_once(tmp_path: Path) -> None:
    path = tmp_path / "feeds.opml"
    assert subscribe(path, "Rack Notes", FOUND, folder="Networking")
    assert not subscribe(path, "Rack Notes", FOUND)
    (listed,) = read_list(path).feeds
    assert (listed.url, listed.title, listed.folders) == (FOUND.url, "Ann's blog", ("Networking",))


@pytest.mark.parametrize("name", ["https://ann.example/feed.xml", "http://www.ann.example/feed.xml", "ann.example", "ann's blog"])
def test_a_feed_is_removed_by_address_host_or_title(tmp_path: Path, name: str) -> None:
    path = tmp_path / "feeds.opml"
    subscribe(path, "Rack Notes", FOUND)
    assert unsubscribe(path, name).url == FOUND.url
    assert read_list(path).feeds == ()


def test_removing_an_unknown_feed_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "feeds.opml"
    subscribe(path, "Rack Notes", FOUND)
    before = path.read_bytes()
    with pytest.raises(NotFound):
        unsubscribe(path, "bob.example")
    assert path.read_bytes() == before


def test_another_readers_list_is_taken_over_with_its_folders(tmp_path: Path) -> None:
    path, other = tmp_path / "feeds.opml", tmp_path / "other.opml"
    subscribe(path, "Rack Notes", FOUND)
    other.write_text(
        '<opml version="1.0"><body><outline text="Disks"><outline xmlUrl="https://bob.example/rss" text="Bob"/></outline>'
        '<outline xmlUrl="http://ann.example/feed.xml" text="Ann"/></body></opml>'
    )
    assert take_over(path, "Rack Notes", other) == (1, 1)
    assert {(feed.url, feed.folders) for feed in read_list(path).feeds} == {
        (FOUND.url, ()),
        ("https://bob.example/rss", ("Disks",)),
    }
    assert take_over(path, "Rack Notes", other) == (0, 2)


def test_a_missing_list_unsubscribes_nobody(office: Office, tmp_path: Path) -> None:
    path = tmp_path / "feeds.opml"
    subscribe(path, "Rack Notes", FOUND)
    lists.run_once(office.stores, office.roundup, path, first_days=30, later_days=7)
    path.unlink()
    with pytest.raises(OpmlError, match="no feed list"):
        lists.run_once(office.stores, office.roundup, path, first_days=30, later_days=7)
    assert [feed.url for feed in office.stores.feeds.statuses()] == [FOUND.url]
