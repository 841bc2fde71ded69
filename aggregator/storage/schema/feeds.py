"""Feeds, subscriptions and entries: what publishers say."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Float, Index, Integer, String, Table, Text, UniqueConstraint, text

from aggregator.storage.columns import SafeText, UtcDateTime, Words
from aggregator.storage.schema.base import metadata, own_id, ref

feeds = Table(
    "feeds",
    metadata,
    own_id(),
    Column("url", Text, nullable=False),
    Column("canonical_url", Text, nullable=False, unique=True),
    Column("title", SafeText),
    Column("site_url", SafeText),
    Column("added_at", UtcDateTime, nullable=False),
    Column("first_days", Integer, nullable=False),
    Column("next_poll_at", UtcDateTime),
    Column("claimed_until", UtcDateTime),
    Column("first_polled_at", UtcDateTime),
    Column("last_attempt_at", UtcDateTime),
    Column("last_success_at", UtcDateTime),
    Column("last_new_at", UtcDateTime),
    Column("outcome", String(32)),
    Column("status", Integer),
    Column("error", SafeText),
    Column("error_kind", String(32)),
    Column("error_since", UtcDateTime),
    Column("failures", Integer, nullable=False, server_default=text("0")),
    Column("etag", Text),
    Column("last_modified", Text),
    Column("validators_at", UtcDateTime),
    Column("body_hash", String(64)),
    Column("retry_after_until", UtcDateTime),
    Column("interval", Float),
    Column("median_gap", Float),
    Column("moved_to", Text),
    Column("moved_since", UtcDateTime),
    Column("moved_polls", Integer, nullable=False, server_default=text("0")),
    Column("notes", Words, nullable=False),
)
Index(None, feeds.c.next_poll_at)

feed_moves = Table(
    "feed_moves",
    metadata,
    own_id(),
    ref("feed_id", "feeds"),
    Column("old_url", Text, nullable=False),
    Column("old_canonical_url", Text, nullable=False),
    Column("new_url", Text, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("written", Boolean, nullable=False),
    # The author's way back from a move; the same move is not adopted again.
    Column("taken_back", Boolean, nullable=False, server_default=text("false")),
)
Index(None, feed_moves.c.old_canonical_url)

subscriptions = Table(
    "subscriptions",
    metadata,
    ref("roundup_id", "roundups", primary=True),
    ref("feed_id", "feeds", primary=True),
    Column("title", SafeText),
    Column("folders", Words, nullable=False),
    # "feed", or "finds": his stars and bookmarks, whose entries come in kept.
    Column("role", String(16), nullable=False, server_default=text("'feed'")),
    # Entries first seen before it are history to this roundup: another one may have followed the feed for years.
    Column("since", UtcDateTime, nullable=False),
    Column("removed_at", UtcDateTime),
)
Index(None, subscriptions.c.feed_id)

# `text` stands behind the rest: SQLite then reads a row's short columns without following its overflow pages.
entries = Table(
    "entries",
    metadata,
    own_id(),
    ref("feed_id", "feeds"),
    Column("key", SafeText, nullable=False),
    Column("source_hash", Text, nullable=False),
    Column("offered", Boolean, nullable=False),
    Column("first_seen", UtcDateTime, nullable=False),
    Column("published_at", UtcDateTime),
    Column("updated_at", UtcDateTime),
    Column("edits", Integer, nullable=False, server_default=text("0")),
    Column("reason", Text),
    Column("url", SafeText),
    Column("canonical_url", SafeText),
    Column("author", SafeText),
    Column("title", SafeText, nullable=False),
    Column("tags", Words, nullable=False),
    Column("text", SafeText, nullable=False),
    # Canonical addresses that its body links to; asked for by itself, so that it may stand behind the text.
    Column("links", Words, nullable=False, server_default=text("'[]'")),
    UniqueConstraint("feed_id", "key"),
)
Index(None, entries.c.canonical_url)
# What is asked of every feed at once (how many, how many offered, how recent) is answered without reading one entry.
Index(None, entries.c.feed_id, entries.c.offered, entries.c.published_at)
