"""Feeds as the poller needs them: claimed by a conditional UPDATE, given back, or saved with their entries in one transaction."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Column, and_, bindparam, func, or_, select, update
from sqlalchemy.sql import ColumnElement

from aggregator.records.entries import Entry
from aggregator.records.feeds import FeedEntry, FeedStatus, FeedSync, FeedToPoll, ListedFeed, PolledFeed
from aggregator.storage.database import Database, chunks
from aggregator.storage.entries import known_sources, median_gaps, newest_entries, to_offer, write_entries
from aggregator.storage.moves import adopt_moves, former_addresses, undo_move
from aggregator.storage.presence import present
from aggregator.storage.schema import entries, feed_moves, feeds, subscriptions
from aggregator.storage.statuses import read_states, read_statuses
from aggregator.storage.subscriptions import follow_only, sync

_FOLLOWED = feeds.c.id.in_(select(subscriptions.c.feed_id).where(subscriptions.c.removed_at.is_(None)))

# What a poll writes as it is; the rest of a feed's row follows from it.
_AS_POLLED = (
    "outcome",
    "status",
    "error",
    "error_kind",
    "error_since",
    "failures",
    "next_poll_at",
    "etag",
    "last_modified",
    "validators_at",
    "body_hash",
    "retry_after_until",
    "interval",
    "moved_to",
    "moved_since",
    "moved_polls",
)


class SqlFeeds:
    """`ports.FeedStore` on a database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def sync(self, roundup_id: int, listed: Sequence[ListedFeed], now: datetime, first_days: int, later_days: int) -> FeedSync:
        """Makes the roundup's subscriptions equal to the author's list; see `subscriptions.sync`."""
        with self._database.write() as connection:
            return sync(connection, roundup_id, listed, now, first_days, later_days)

    @contextmanager
    def cycle(self) -> Iterator[None]:
        """One cycle of polling; gives back what a process that is no more had claimed."""
        with present(self._database, "poll", self._disown):
            yield

    def _disown(self) -> None:
        with self._database.write() as connection:
            connection.execute(update(feeds).where(feeds.c.claimed_until.is_not(None)).values(claimed_until=None))

    def claim(self, now: datetime, limit: int, lease: float, everything: bool = False) -> list[FeedToPoll]:
        """Claims subscribed feeds that are due, most overdue first, for `lease` seconds. With `everything` due times are
        ignored, a 410 and a running Retry-After never. What another process has claimed is passed over."""
        free = or_(feeds.c.claimed_until.is_(None), feeds.c.claimed_until <= now)
        wanted = and_(_FOLLOWED, free, ~_passed_over(now))
        if not everything:
            wanted = and_(wanted, feeds.c.next_poll_at <= now)
        due = select(feeds.c.id).where(wanted).order_by(feeds.c.next_poll_at, feeds.c.id).limit(limit)
        with self._database.write() as connection:
            claimed = connection.execute(
                update(feeds)
                .where(feeds.c.id.in_(due), free)
                .values(claimed_until=now + timedelta(seconds=lease))
                .returning(*feeds.c)
            ).all()
        far = now + timedelta(days=36500)
        return [_to_poll(row) for row in sorted(claimed, key=lambda row: (row.next_poll_at or far, row.id))]

    def release(self, feed_ids: Collection[int]) -> None:
        """Gives claims back unused."""
        if feed_ids:
            with self._database.write() as connection:
                for part in chunks(feed_ids):
                    connection.execute(update(feeds).where(feeds.c.id.in_(part)).values(claimed_until=None))

    def waiting(self, now: datetime) -> list[FeedStatus]:
        """Subscribed feeds that `claim(everything=True)` passes over: gone, or told to wait."""
        with self._database.read() as connection:
            return read_states(connection, and_(_FOLLOWED, _passed_over(now)))

    def known_sources(self, feed_ids: Collection[int]) -> dict[int, dict[str, str]]:
        """Per feed, key -> source_hash of its newest 1,000 entries. Every feed asked for is in it."""
        with self._database.read() as connection:
            return known_sources(connection, feed_ids)

    def save(self, polled: Sequence[PolledFeed]) -> int:
        """Writes feeds' new polling state and their entries in one transaction (R13); idempotent on (feed, key). Returns how
        many entries were really new. Gives the feeds' claims back."""
        if not polled:
            return 0
        with self._database.write() as connection:
            new = write_entries(connection, polled)
            gaps = median_gaps(connection, new)
            connection.execute(_SAVE, [_state_row(one, new.get(one.feed_id, 0), gaps.get(one.feed_id)) for one in polled])
            adopt_moves(connection, [one for one in polled if one.moved and one.moved_to])
        return sum(new.values())

    def statuses(self, roundup_id: int | None = None) -> list[FeedStatus]:
        """Every subscribed feed as the author reads about it, by title."""
        with self._database.read() as connection:
            return read_statuses(connection, roundup_id, where=_FOLLOWED)

    def states(self, roundup_id: int) -> list[FeedStatus]:
        """The same without figures, in no order: for who asks after health alone, and often."""
        with self._database.read() as connection:
            return read_states(connection, _FOLLOWED, roundup_id)

    def newest(self, feed_id: int, limit: int) -> list[FeedEntry]:
        """A feed's entries, the newest first."""
        with self._database.read() as connection:
            return newest_entries(connection, feed_id, limit)

    def former_addresses(self) -> dict[str, str]:
        """Canonical address that a feed has moved away from -> the one that it has today."""
        with self._database.read() as connection:
            return former_addresses(connection)

    def follow_only(self, roundup_ids: Collection[int], now: datetime) -> None:
        """Ends the subscriptions of every other roundup; see `subscriptions.follow_only`."""
        with self._database.write() as connection:
            follow_only(connection, roundup_ids, now)

    def entries_to_offer(self, roundup_id: int, limit: int) -> list[Entry]:
        """Offered entries of the roundup's feeds that are no candidate's source yet, oldest first."""
        with self._database.read() as connection:
            return to_offer(connection, roundup_id, limit)

    def history_count(self, roundup_id: int, since: datetime) -> Mapping[str, int]:
        """Entries first seen since then that were not offered: reason -> count."""
        mine = select(subscriptions.c.feed_id).where(
            subscriptions.c.roundup_id == roundup_id, subscriptions.c.removed_at.is_(None)
        )
        query = (
            select(entries.c.reason, func.count())
            .where(entries.c.feed_id.in_(mine), entries.c.first_seen >= since, entries.c.offered.is_(False))
            .group_by(entries.c.reason)
        )
        counts: dict[str, int] = defaultdict(int)
        with self._database.read() as connection:
            for reason, count in connection.execute(query):
                counts[reason or ""] += count
        return dict(counts)

    def moved(self, roundup_id: int | None = None) -> list[tuple[str, str]]:
        """Adopted moves not yet written to the author's list, oldest first: (old address, new address)."""
        query = select(feed_moves.c.old_url, feed_moves.c.new_url).where(feed_moves.c.written.is_(False))
        if roundup_id is not None:
            mine = select(subscriptions.c.feed_id).where(
                subscriptions.c.roundup_id == roundup_id, subscriptions.c.removed_at.is_(None)
            )
            query = query.where(feed_moves.c.feed_id.in_(mine))
        with self._database.read() as connection:
            return [(old, new) for old, new in connection.execute(query.order_by(feed_moves.c.id))]

    def undo_move(self, feed_id: int, at: datetime) -> tuple[str, str]:
        """Gives a feed the address back that it had before its last move. Returns (the address that it leaves, the one that it
        has from now on), which `moved` says too until the list has it. Raises NotFound, Refused."""
        with self._database.write(durable=True) as connection:
            return undo_move(connection, feed_id, at)

    def moved_written(self, old_urls: Collection[str]) -> None:
        """The list now has the new addresses."""
        with self._database.write() as connection:
            for part in chunks(old_urls):
                connection.execute(update(feed_moves).where(feed_moves.c.old_url.in_(part)).values(written=True))


def _known(column: Column[Any], name: str) -> ColumnElement[Any]:
    """What the poll brought, else what was known."""
    return func.coalesce(bindparam(name, type_=column.type), column)


_SAVE = (
    update(feeds)
    .where(feeds.c.id == bindparam("feed"))
    .values(
        **{name: bindparam(name) for name in _AS_POLLED},
        claimed_until=None,
        notes=bindparam("notes"),
        title=_known(feeds.c.title, "title"),
        site_url=_known(feeds.c.site_url, "site_url"),
        last_attempt_at=_known(feeds.c.last_attempt_at, "attempted"),
        last_success_at=_known(feeds.c.last_success_at, "succeeded"),
        first_polled_at=func.coalesce(feeds.c.first_polled_at, bindparam("succeeded", type_=feeds.c.first_polled_at.type)),
        last_new_at=_known(feeds.c.last_new_at, "found"),
        median_gap=_known(feeds.c.median_gap, "gap"),
    )
)


def _state_row(polled: PolledFeed, new: int, gap: float | None) -> dict[str, Any]:
    return {
        **{name: getattr(polled, name) for name in _AS_POLLED},
        "feed": polled.feed_id,
        "notes": polled.notes,
        "title": polled.title,
        "site_url": polled.site_url,
        # Without a network nothing was asked of the feed.
        "attempted": None if polled.outcome in ("skipped", "offline") else polled.at,
        "succeeded": polled.at if polled.succeeded else None,
        "found": polled.at if new else None,
        "gap": gap,
    }


def _passed_over(now: datetime) -> ColumnElement[bool]:
    return or_(
        func.coalesce(feeds.c.outcome, "") == "gone",
        func.coalesce(feeds.c.error_kind, "") == "gone",
        and_(feeds.c.retry_after_until.is_not(None), feeds.c.retry_after_until > now),
    )


def _to_poll(row: Any) -> FeedToPoll:
    return FeedToPoll(
        id=row.id,
        url=row.url,
        canonical_url=row.canonical_url,
        title=row.title,
        etag=row.etag,
        last_modified=row.last_modified,
        validators_at=row.validators_at,
        body_hash=row.body_hash,
        first_polled_at=row.first_polled_at,
        first_days=row.first_days,
        last_attempt_at=row.last_attempt_at,
        last_success_at=row.last_success_at,
        last_new_at=row.last_new_at,
        failures=row.failures,
        error_kind=row.error_kind,
        error_since=row.error_since,
        retry_after_until=row.retry_after_until,
        interval=row.interval,
        moved_to=row.moved_to,
        moved_since=row.moved_since,
        moved_polls=row.moved_polls,
        median_gap=row.median_gap,
    )
