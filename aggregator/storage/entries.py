"""Entries: what publishers said, written once each, edited with measure, never offered twice (R15)."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from itertools import pairwise
from statistics import median
from typing import Any

from sqlalchemy import Connection, bindparam, exists, func, select, update

from aggregator.records.entries import Entry, ParsedEntry
from aggregator.records.feeds import FeedEntry, FeedRole, PolledFeed
from aggregator.storage.database import chunks, insert
from aggregator.storage.schema import candidate_sources, entries, feeds, subscriptions
from aggregator.text.canonical import host_of

#: Keys a poll is told of, per feed: five times what a document may bring (R22).
KNOWN = 1000

#: A publisher whose text changes with every poll gets this many edits stored (R15, H77).
EDITS = 24

_RECENT = 30


def write_entries(connection: Connection, polled: Sequence[PolledFeed]) -> Counter[int]:
    """Inserts new entries and stores edits of known ones. Returns feed -> how many were really new."""
    rows = [
        {
            **_said(new.parsed),
            "feed_id": one.feed_id,
            "key": new.parsed.key,
            "first_seen": one.at,
            "offered": new.offered,
            "reason": new.reason,
        }
        for one in polled
        for new in one.new
    ]
    found: Counter[int] = Counter()
    if rows:
        # Nobody else writes meanwhile, so what is above the highest id is ours; RETURNING would cost half as much again.
        highest = connection.execute(select(func.coalesce(func.max(entries.c.id), 0))).scalar_one()
        connection.execute(insert(connection, entries).on_conflict_do_nothing(index_elements=["feed_id", "key"]), rows)
        found.update(connection.execute(select(entries.c.feed_id).where(entries.c.id > highest)).scalars())
    edits = [{**_said(entry), "feed": one.feed_id, "entry": entry.key} for one in polled for entry in one.changed]
    if edits:
        connection.execute(_EDIT, edits)
        # The hash goes on beyond the last stored edit, so that the entry does not look edited for ever.
        connection.execute(_SEEN, [{name: edit[name] for name in ("feed", "entry", "source_hash")} for edit in edits])
    return found


def known_sources(connection: Connection, feed_ids: Collection[int]) -> dict[int, dict[str, str]]:
    """Per feed, key -> source_hash of its newest `KNOWN` entries. Every feed asked for is in it."""
    known: dict[int, dict[str, str]] = {feed: {} for feed in feed_ids}
    for part in chunks(known):
        rank = func.row_number().over(partition_by=entries.c.feed_id, order_by=entries.c.id.desc())
        ranked = (
            select(entries.c.feed_id, entries.c.key, entries.c.source_hash, rank.label("rank"))
            .where(entries.c.feed_id.in_(part))
            .subquery()
        )
        query = select(ranked.c.feed_id, ranked.c.key, ranked.c.source_hash).where(ranked.c.rank <= KNOWN)
        for feed, key, source_hash in connection.execute(query):
            known[feed][key] = source_hash
    return known


def median_gaps(connection: Connection, feed_ids: Collection[int]) -> dict[int, float]:
    """Feed -> median seconds between its newest 30 dated entries, for feeds with at least three of them."""
    dates: dict[int, list[Any]] = defaultdict(list)
    for part in chunks(feed_ids):
        rank = func.row_number().over(partition_by=entries.c.feed_id, order_by=entries.c.published_at.desc())
        ranked = (
            select(entries.c.feed_id, entries.c.published_at, rank.label("rank"))
            .where(entries.c.feed_id.in_(part), entries.c.published_at.is_not(None))
            .subquery()
        )
        for feed, at in connection.execute(select(ranked.c.feed_id, ranked.c.published_at).where(ranked.c.rank <= _RECENT)):
            dates[feed].append(at)
    return {
        feed: median((later - earlier).total_seconds() for earlier, later in pairwise(sorted(found)))
        for feed, found in dates.items()
        if len(found) >= 3
    }


def to_offer(connection: Connection, roundup_id: int, limit: int) -> list[Entry]:
    """Offered entries of the roundup's feeds that are no source of a candidate of it yet, oldest first."""
    taken = exists().where(candidate_sources.c.roundup_id == roundup_id, candidate_sources.c.entry_id == entries.c.id)
    subscribed = (
        (subscriptions.c.feed_id == entries.c.feed_id)
        & (subscriptions.c.roundup_id == roundup_id)
        & (subscriptions.c.removed_at.is_(None))
        & (entries.c.first_seen >= subscriptions.c.since)
    )
    query = (
        select(
            entries,
            func.coalesce(subscriptions.c.title, feeds.c.title).label("feed_title"),
            feeds.c.url.label("feed_url"),
            subscriptions.c.folders,
            subscriptions.c.role,
        )
        .join(subscriptions, subscribed)
        .join(feeds, feeds.c.id == entries.c.feed_id)
        .where(entries.c.offered.is_(True), ~taken)
        .order_by(entries.c.first_seen, entries.c.id)
        .limit(limit)
    )
    return [
        Entry(
            id=row.id,
            feed_id=row.feed_id,
            feed_title=row.feed_title or host_of(row.feed_url),
            feed_url=row.feed_url,
            folders=row.folders,
            key=row.key,
            url=row.url,
            canonical_url=row.canonical_url,
            title=row.title,
            author=row.author,
            tags=row.tags,
            text=row.text,
            published_at=row.published_at,
            first_seen=row.first_seen,
            links=row.links,
            finds=row.role == FeedRole.FINDS,
        )
        for row in connection.execute(query)
    ]


def newest_entries(connection: Connection, feed_id: int, limit: int) -> list[FeedEntry]:
    """A feed's entries, the newest first."""
    at = func.coalesce(entries.c.published_at, entries.c.first_seen, type_=entries.c.first_seen.type).label("at")
    query = select(entries.c.title, entries.c.url, at, entries.c.reason).where(entries.c.feed_id == feed_id)
    return [FeedEntry(*row) for row in connection.execute(query.order_by(at.desc(), entries.c.id.desc()).limit(limit))]


_SAID = ("source_hash", "published_at", "updated_at", "url", "canonical_url", "author", "title", "tags", "text", "links")
_ENTRY = (entries.c.feed_id == bindparam("feed"), entries.c.key == bindparam("entry"))
_EDIT = (
    update(entries)
    .where(*_ENTRY, entries.c.edits < EDITS, entries.c.source_hash != bindparam("source_hash"))
    .values({name: bindparam(name) for name in _SAID} | {"edits": entries.c.edits + 1})
)
_SEEN = update(entries).where(*_ENTRY).values(source_hash=bindparam("source_hash"))


def _said(entry: ParsedEntry) -> Mapping[str, Any]:
    return {name: getattr(entry, name) for name in _SAID}
