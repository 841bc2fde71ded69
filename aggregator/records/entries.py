"""Entries: what a publisher said. Nothing in here is unclean: every text went through `text.hygiene` before it got here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class ParsedEntry:
    """One item of a feed, cleaned.

    key: identity within its feed (R15). url: http(s) address as published, None if it has none that is safe.
    canonical_url: the key for comparing addresses, None with url. title: plain text, never empty. text: plain text of
    the fullest body given, at most 64 KB, empty if there is none. published_at: aware UTC, None if missing or absurd.
    source_hash: of the raw fields, to notice edits without cleaning them. links: canonical addresses that its body links to, at
    most 50, its own left out. html: the fullest body as published, where it was asked for; it is hostile, and never stored.
    """

    key: str
    url: str | None
    canonical_url: str | None
    title: str
    author: str | None
    tags: tuple[str, ...]
    text: str
    published_at: datetime | None
    updated_at: datetime | None
    source_hash: str
    links: tuple[str, ...] = ()
    html: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """A stored entry. first_seen: when a poll first met it. reason: why it is history and no candidate, None if offered. links:
    canonical addresses that its body links to. finds: its feed holds the author's own stars or bookmarks."""

    id: int
    feed_id: int
    feed_title: str
    feed_url: str
    folders: tuple[str, ...]
    key: str
    url: str | None
    canonical_url: str | None
    title: str
    author: str | None
    tags: tuple[str, ...]
    text: str
    published_at: datetime | None
    first_seen: datetime
    offered: bool = True
    reason: str | None = None
    links: tuple[str, ...] = ()
    finds: bool = False
