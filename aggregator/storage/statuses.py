"""Feeds as the author reads about them: their health, and how much of them he used."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Row, and_, func, select, union
from sqlalchemy.sql import ColumnElement

from aggregator.records.editions import Outcome
from aggregator.records.feeds import FeedState, FeedStatus
from aggregator.storage.schema import archive_links, candidate_sources, entries, feeds, outcomes, subscriptions


def read_statuses(connection: Connection, roundup_id: int | None, where: ColumnElement[bool]) -> list[FeedStatus]:
    """One status a feed, by title; of all roundups, a feed shows the folders of the first that follows it."""
    following = and_(subscriptions.c.feed_id == feeds.c.id, subscriptions.c.removed_at.is_(None))
    if roundup_id is not None:
        following = and_(following, subscriptions.c.roundup_id == roundup_id)
    query = (
        select(feeds, subscriptions.c.title.label("listed_title"), subscriptions.c.folders)
        .join(subscriptions, following)
        .where(where)
        .order_by(subscriptions.c.roundup_id)
    )
    rows: dict[int, Row[Any]] = {}
    for row in connection.execute(query):
        rows.setdefault(row.id, row)
    counted = select(entries.c.feed_id, func.count()).group_by(entries.c.feed_id)
    counts: dict[int, int] = dict(connection.execute(counted).all())
    picked = _picked(connection, roundup_id)
    found = [_status(row, counts.get(row.id, 0), picked.get(row.id, 0)) for row in rows.values()]
    return sorted(found, key=lambda one: ((one.title or one.url).casefold(), one.url))


def _picked(connection: Connection, roundup_id: int | None) -> dict[int, int]:
    """Feed -> its entries that an edition used: through a candidate of ours, or by an equal address in the archive."""
    linked = select(entries.c.feed_id, entries.c.id).join(archive_links, archive_links.c.canonical_url == entries.c.canonical_url)
    used = (
        select(entries.c.feed_id, entries.c.id)
        .join(candidate_sources, candidate_sources.c.entry_id == entries.c.id)
        .join(outcomes, outcomes.c.candidate_id == candidate_sources.c.candidate_id)
        .where(outcomes.c.outcome.in_((Outcome.USED, Outcome.MOVED)))
    )
    if roundup_id is not None:
        linked = linked.where(archive_links.c.roundup_id == roundup_id)
        used = used.where(candidate_sources.c.roundup_id == roundup_id)
    both = union(linked, used).subquery()
    counted = select(both.c.feed_id, func.count()).group_by(both.c.feed_id)
    return dict(connection.execute(counted).all())


def _status(row: Row[Any], count: int, picked: int) -> FeedStatus:
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
        picked=picked,
        moved_to=row.moved_to,
        notes=row.notes,
    )


def _state(row: Row[Any]) -> FeedState:
    if row.outcome == "gone" or row.error_kind == "gone":
        return FeedState.GONE
    if row.failures or row.error_kind:
        return FeedState.FAILING
    return FeedState.NEW if row.last_attempt_at is None else FeedState.OK
