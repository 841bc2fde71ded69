"""JSON Feed 1.0 and 1.1."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from aggregator.errors import FeedError
from aggregator.intake.clean import RawFeed
from aggregator.intake.jsonfeed import read_json_feed

BASE = "https://example.org/feed.json"


def read(**fields: Any) -> RawFeed:
    document = {"version": "https://jsonfeed.org/version/1.1", "title": "Title", "items": [], **fields}
    return read_json_feed(json.dumps(document), BASE)


def test_the_feed_itself() -> None:
    feed = read(home_page_url="https://example.org/", items=[{"id": "1"}])
    assert (feed.version, feed.title, feed.site, feed.base, feed.total) == ("json1", "Title", "https://example.org/", BASE, 1)


def test_an_item() -> None:
    (entry,) = read(
        items=[
            {
                "id": 7,
                "url": "/a",
                "title": "A",
                "content_html": "<p>x",
                "content_text": "x",
                "authors": [{"name": "Ann"}, {"name": "Bob"}, {"url": "x"}],
                "tags": ["one", 2],
                "date_published": "2026-05-01T12:00:00+02:00",
                "date_modified": "2026-05-02T12:00:00Z",
            }
        ]
    ).entries
    assert (entry.id, entry.link, entry.title, entry.body, entry.markup) == ("7", "/a", "A", "<p>x", True)
    assert (entry.author, entry.tags) == ("Ann, Bob", ("one", "2"))
    assert entry.published == datetime(2026, 5, 1, 10, tzinfo=UTC)
    assert entry.updated == datetime(2026, 5, 2, 12, tzinfo=UTC)


def test_version_1_0_has_one_author_and_text_is_no_markup() -> None:
    (entry,) = read(
        items=[{"id": "1", "author": {"name": "Ann"}, "content_text": "a < b", "external_url": "https://x.example/"}]
    ).entries
    assert (entry.author, entry.body, entry.markup, entry.link) == ("Ann", "a < b", False, "https://x.example/")


def test_fields_of_the_wrong_kind_are_missing() -> None:
    (entry,) = read(
        items=[{"id": None, "title": [1], "tags": "x", "authors": [1], "date_published": 5, "url": {}}, "no item", None]
    ).entries
    assert (entry.id, entry.title, entry.tags, entry.author, entry.published) == ("", "", (), "", None)


@pytest.mark.parametrize("date", ["yesterday", "2026-13-01", "0001-01-01T00:00:00+23:00", ""])
def test_a_date_that_is_none_is_none(date: str) -> None:
    assert read(items=[{"id": "1", "date_published": date}]).entries[0].published is None


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("{", "parse"),
        ("[" * 100_000, "parse"),
        ('{"id": ' + "9" * 5000 + "}", "parse"),
        ("[]", "not_a_feed"),
        ('{"version": 1}', "not_a_feed"),
        ('{"version": "https://jsonfeed.org/version/1"}', "unsupported"),
        ('{"version": "https://jsonfeed.org/version/2", "items": []}', "unsupported"),
    ],
)
def test_other_json_is_refused(text: str, kind: str) -> None:
    with pytest.raises(FeedError) as refused:
        read_json_feed(text, BASE)
    assert refused.value.kind == kind
