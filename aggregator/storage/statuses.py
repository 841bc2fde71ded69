"""Feeds as the author reads about them: their health, and how much of them he used. A few queries, however many there are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, and_, case, func, select
from sqlalchemy.sql import ColumnElement

from aggregator.records.archive import edition_name
from aggregator.records.editions import Outcome
from aggregator.records.feeds import FeedRole, FeedState, FeedStatus, FeedUse
from aggregator.storage.moves import last_moves
from aggregator.storage.schema import (
    archive_bullets,
    archive_documents,
    archive_links,
    candidate_sources,
    editions,
    entries,
    feeds,
    outcomes,
    subscriptions,
)


@dataclass(slots=True)
class _Figures:
    """What other tables say, by feed."""

    entries: dict[int, tuple[int, int, datetime | None]] = field(default_factory=dict)
    uses: dict[int, tuple[FeedUse, ...]] = field(default_factory=dict)
    moves: dict[int, tuple[str, datetime]] = field(default_factory=dict)


def read_statuses(connection: Connection, roundup_id: int | None, where: ColumnElement[bool]) -> list[FeedStatus]:
    """One status a feed, by title; of all roundups, a feed shows the folders of the first that follows it."""
    figures = _Figures(_entries(connection), _uses(connection, roundup_id), last_moves(connection))
    found = [_status(row, figures) for row in _followed(connection, roundup_id, where)]
    return sorted(found, key=lambda one: ((one.title or one.url).casefold(), one.url))


def read_states(connection: Connection, where: ColumnElement[bool], roundup_id: int | None = None) -> list[FeedStatus]:
    """The same without figures, for who asks after health alone."""
    return [_status(row, _Figures()) for row in _followed(connection, roundup_id, where)]


def _followed(connection: Connection, roundup_id: int | None, where: ColumnElement[bool]) -> Iterable[Row[Any]]:
    following = and_(subscriptions.c.feed_id == feeds.c.id, subscriptions.c.removed_at.is_(None))
    if roundup_id is not None:
        following = and_(following, subscriptions.c.roundup_id == roundup_id)
    query = (
        select(feeds, subscriptions.c.title.label("listed_title"), subscriptions.c.folders, subscriptions.c.role)
        .join(subscriptions, following)
        .where(where)
        .order_by(subscriptions.c.roundup_id)
    )
    rows: dict[int, Row[Any]] = {}
    for row in connection.execute(query):
        rows.setdefault(row.id, row)
    return rows.values()


def _entries(connection: Connection) -> dict[int, tuple[int, int, datetime | None]]:
    """Feed -> how many entries, how many of them were offered, and the date of the newest; an index answers it."""
    offered = func.sum(case((entries.c.offered.is_(True), 1), else_=0))
    query = select(entries.c.feed_id, func.count(), offered, func.max(entries.c.published_at)).group_by(entries.c.feed_id)
    return {feed: (count, of_these, newest) for feed, count, of_these, newest in connection.execute(query)}


def _uses(connection: Connection, roundup_id: int | None) -> dict[int, tuple[FeedUse, ...]]:
    """Entries that an edition used, each once and the latest first: through a candidate of ours, or by an equal address in the
    archive. Of one entry the latest use counts, and the published post's word before what was said at the close."""
    said: dict[tuple[int, int], tuple[tuple[date, bool], FeedUse]] = {}
    for is_post, rows in ((False, _at_closes(connection, roundup_id)), (True, _in_posts(connection, roundup_id))):
        for row in rows:
            use = FeedUse(row.title, row.section, edition_name(row.edition_title, row.number), row.at)
            rank = (row.at or date.min, is_post)
            key = (row.feed_id, row.id)
            if key not in said or rank > said[key][0]:
                said[key] = (rank, use)
    uses: dict[int, list[FeedUse]] = defaultdict(list)
    for (feed, _), (_, use) in sorted(said.items(), key=lambda one: (one[1][0], one[0]), reverse=True):
        uses[feed].append(use)
    return {feed: tuple(found) for feed, found in uses.items()}


def _in_posts(connection: Connection, roundup_id: int | None) -> Iterable[Row[Any]]:
    bullet = and_(
        archive_bullets.c.document_id == archive_links.c.document_id, archive_bullets.c.position == archive_links.c.bullet
    )
    query = (
        select(
            entries.c.feed_id,
            entries.c.id,
            entries.c.title,
            archive_bullets.c.section,
            archive_documents.c.number,
            archive_documents.c.title.label("edition_title"),
            archive_documents.c.published.label("at"),
        )
        .select_from(archive_links)
        .join(entries, entries.c.canonical_url == archive_links.c.canonical_url)
        .join(archive_bullets, bullet)
        .join(archive_documents, archive_documents.c.id == archive_links.c.document_id)
        .where(archive_documents.c.draft.is_(False))
    )
    if roundup_id is not None:
        query = query.where(archive_links.c.roundup_id == roundup_id)
    return connection.execute(query)


def _at_closes(connection: Connection, roundup_id: int | None) -> Iterable[Row[Any]]:
    query = (
        select(
            entries.c.feed_id,
            entries.c.id,
            entries.c.title,
            outcomes.c.section,
            editions.c.number,
            editions.c.post.label("edition_title"),
            editions.c.published.label("at"),
        )
        .select_from(outcomes)
        .join(candidate_sources, candidate_sources.c.candidate_id == outcomes.c.candidate_id)
        .join(entries, entries.c.id == candidate_sources.c.entry_id)
        .join(editions, editions.c.id == outcomes.c.edition_id)
        .where(outcomes.c.outcome.in_((Outcome.USED, Outcome.MOVED)))
    )
    if roundup_id is not None:
        # A candidate has one roundup, as an edition has; asked of the editions, SQLite begins with these few.
        query = query.where(editions.c.roundup_id == roundup_id)
    return connection.execute(query)


def _status(row: Row[Any], figures: _Figures) -> FeedStatus:
    count, offered, newest = figures.entries.get(row.id, (0, 0, None))
    moved_from, moved_at = figures.moves.get(row.id, (None, None))
    uses = figures.uses.get(row.id, ())
    return FeedStatus(
        id=row.id,
        url=row.url,
        title=row.listed_title or row.title,
        site_url=row.site_url,
        state=_state(row),
        folders=row.folders,
        last_attempt=row.last_attempt_at,
        last_success=row.last_success_at,
        last_new=row.last_new_at,
        next_poll=row.next_poll_at,
        error=row.error,
        error_kind=row.error_kind,
        error_since=row.error_since,
        entries=count,
        picked=len(uses),
        moved_to=row.moved_to,
        notes=row.notes,
        role=FeedRole(row.role),
        offered=offered,
        uses=uses,
        newest=newest or row.last_new_at,
        added_at=row.added_at,
        status=row.status,
        failures=row.failures,
        retry_after_until=row.retry_after_until,
        moved_since=row.moved_since,
        moved_from=moved_from,
        moved_at=moved_at,
    )


def _state(row: Row[Any]) -> FeedState:
    if row.outcome == "gone" or row.error_kind == "gone":
        return FeedState.GONE
    if row.failures or row.error_kind:
        return FeedState.FAILING
    return FeedState.NEW if row.last_attempt_at is None else FeedState.OK
