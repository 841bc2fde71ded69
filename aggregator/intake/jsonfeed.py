"""Reads JSON Feed 1.0 and 1.1 (jsonfeed.org). Nothing is cleaned here."""

from __future__ import annotations

import json
from datetime import UTC, datetime

from aggregator.errors import FeedError
from aggregator.intake.clean import RawEntry, RawFeed

_VERSION = "jsonfeed.org/version/1"
_MOST_ITEMS = 2000


def read_json_feed(text: str, base: str) -> RawFeed:
    """Raises FeedError: `parse` if it is no JSON, `not_a_feed` or `unsupported` if it is other JSON."""
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise FeedError("parse", f"The document looks like JSON but cannot be read: {error!s:.200}") from None
    if not isinstance(document, dict):
        raise FeedError("not_a_feed", "The document is JSON, but no feed.")
    version = _text(document.get("version"))
    items = document.get("items")
    if _VERSION not in version or not isinstance(items, list):
        kind = "unsupported" if "jsonfeed.org" in version else "not_a_feed"
        raise FeedError(kind, "The document is JSON, but no JSON Feed of version 1.")
    return RawFeed(
        version="json1",
        base=base,
        title=_text(document.get("title")),
        site=_text(document.get("home_page_url")),
        entries=tuple(_entry(item) for item in items[:_MOST_ITEMS] if isinstance(item, dict)),
        total=len(items),
    )


def _entry(item: dict[str, object]) -> RawEntry:
    html = _text(item.get("content_html"))
    plain = _text(item.get("content_text"))
    tags = item.get("tags")
    return RawEntry(
        id=_text(item.get("id")),
        link=_text(item.get("url")) or _text(item.get("external_url")),
        title=_text(item.get("title")),
        author=_author(item),
        tags=tuple(_text(tag) for tag in tags) if isinstance(tags, list) else (),
        body=html or plain or _text(item.get("summary")),
        markup=bool(html),
        published=_date(item.get("date_published")),
        updated=_date(item.get("date_modified")),
    )


def _author(item: dict[str, object]) -> str:
    """`authors` is version 1.1, `author` 1.0."""
    authors = item.get("authors")
    people = authors if isinstance(authors, list) else [item.get("author")]
    return ", ".join(name for person in people[:8] if isinstance(person, dict) and (name := _text(person.get("name"))))


def _text(value: object) -> str:
    """Ids are numbers in some feeds, against the rules."""
    if isinstance(value, str):
        return value
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else ""


def _date(value: object) -> datetime | None:
    if not isinstance(value, str):
        return None
    try:
        at = datetime.fromisoformat(value.strip())
        return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
