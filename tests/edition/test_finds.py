"""What an entry of the author's stars is about: documents of the services as they are, read the way a poll reads them."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from aggregator.edition.finds import Find, read_finds
from aggregator.intake.parse import parse_document
from aggregator.records.entries import Entry

NOW = datetime(2026, 3, 6, 7, 0, tzinfo=UTC)
DATA = Path(__file__).parent.parent / "data" / "finds"


def entries(name: str, feed_url: str) -> list[Entry]:
    """A document's entries as they are stored and offered."""
    parsed = parse_document((DATA / name).read_bytes(), feed_url=feed_url, known={})
    return [
        Entry(
            id=n, feed_id=1, feed_title=parsed.title or "", feed_url=feed_url, folders=(), key=one.key, url=one.url,
            canonical_url=one.canonical_url, title=one.title, author=one.author, tags=one.tags, text=one.text,
            published_at=one.published_at, first_seen=NOW, links=one.links, finds=True,
        )
        for n, one in enumerate(parsed.entries)
    ]  # fmt: skip


def finds(name: str, feed_url: str, texts: dict[str, str] | None = None) -> dict[str, Find]:
    return {find.entry.url or "": find for find in read_finds(entries(name, feed_url), texts or {})}


def test_a_bookmarks_description_is_the_note() -> None:
    found = finds("linkding.xml", "https://links.example/feeds/0123456789abcdef/all")
    described = found["https://racks.example/2026/03/quiet-fans"]
    assert described.note == "Good on why two slow fans beat a fast one. For Servers."
    assert (described.entry.title, described.entry.text) == ("Quiet fans for small racks", "")
    bare = found["https://cables.example/colours"]
    assert (bare.note, bare.entry.title) == (None, "Cable colours")


def test_a_bookmarks_text_that_is_the_articles_own_beginning_is_no_note() -> None:
    texts = {
        "https://racks.example/2026/03/quiet-fans": "Good on why two slow fans beat a fast one. For Servers. And much more of it."
    }
    find = finds("linkding.xml", "https://links.example/feeds/0123456789abcdef/all", texts)[
        "https://racks.example/2026/03/quiet-fans"
    ]
    assert find.note is None
    assert find.entry.text.startswith("Good on why")


@pytest.mark.parametrize(
    ("name", "feed_url"),
    [
        ("freshrss.xml", "https://reader.example/i/?a=rss&get=s&user=ann&token=abc&hours=168"),
        ("miniflux.xml", "https://reader.example/starred.xml"),
    ],
)
def test_a_feed_readers_stars_have_articles_and_no_notes(name: str, feed_url: str) -> None:
    found = finds(name, feed_url)
    assert len(found) == 2
    for find in found.values():
        assert find.note is None
        assert find.entry.text


def test_stars_are_known_for_articles_by_their_length_where_the_address_does_not_say() -> None:
    assert {find.note for find in finds("freshrss.xml", "https://stars.example/feed").values()} == {None}


def test_a_bookmarked_post_means_the_page_that_it_links_to() -> None:
    found = finds("mastodon.xml", "https://social.example/bookmarks.rss")
    find = found["http://zfs.example/scrub?pool=tank"]
    assert find.entry.canonical_url == "https://zfs.example/scrub?pool=tank"
    assert find.note == "Finally somebody explains what a scrub does, and what it does not. Thanks @bob!"
    assert (find.entry.title, find.entry.text) == (find.note, "")


def test_a_bookmarked_post_that_leads_nowhere_else_is_the_find_itself() -> None:
    find = finds("mastodon.xml", "https://social.example/bookmarks.rss")["https://social.example/@cat/113000000000000002"]
    assert find.note is None
    assert "rack of my own" in find.entry.text
