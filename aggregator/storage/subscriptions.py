"""The author's list -> the roundup's subscriptions."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, case, func, insert, or_, select, update

from aggregator.records.feeds import FeedSync, ListedFeed
from aggregator.storage.database import chunks
from aggregator.storage.schema import feed_moves, feeds, subscriptions

_GATHERING = timedelta(days=1)


def sync(
    connection: Connection, roundup_id: int, listed: Sequence[ListedFeed], now: datetime, first_days: int, later_days: int
) -> FeedSync:
    """Makes the roundup's subscriptions equal to the list and says what that changed. Nothing is deleted.

    Until a day after the first of the roundup's feeds was polled, a feed gets `first_days`, one that comes later `later_days`:
    how old an entry may be at the feed's first poll and still be offered. (An author gathers his first list in many steps, and a
    running daemon polls each at once.) A feed listed again is polled again as if it were new, even if it was given up as gone. An
    address that a feed has moved away from still means that feed, until the list is rewritten.
    """
    wanted: dict[str, ListedFeed] = {}
    for one in listed:
        wanted.setdefault(one.canonical_url, one)
    held = {row.feed_id: row for row in connection.execute(select(subscriptions).where(subscriptions.c.roundup_id == roundup_id))}
    days = later_days if _has_begun(connection, roundup_id, now) else first_days
    ids = _feeds_at(connection, wanted)
    fresh = [one for address, one in wanted.items() if address not in ids]
    ids.update(_add_feeds(connection, fresh, now, days))

    asked: dict[int, ListedFeed] = {}
    for address, one in wanted.items():
        asked.setdefault(ids[address], one)
    added = [feed for feed in asked if feed not in held]
    returned = [feed for feed in asked if feed in held and held[feed].removed_at is not None]
    gone = [feed for feed, row in held.items() if row.removed_at is None and feed not in asked]

    # What another roundup was offered before, or while this one did without the feed, is history to it.
    since = now - timedelta(days=days)
    if added:
        rows = [_row(asked[feed]) | {"roundup_id": roundup_id, "feed_id": feed, "since": since} for feed in added]
        connection.execute(insert(subscriptions), rows)
    mine = (subscriptions.c.roundup_id == roundup_id, subscriptions.c.feed_id == bindparam("feed"))
    changed = [feed for feed in asked if feed in held and _differs(held[feed], asked[feed])]
    if changed:
        rows = [_row(asked[feed]) | {"feed": feed} for feed in changed]
        connection.execute(update(subscriptions).where(*mine).values(removed_at=None), rows)
    if returned:
        connection.execute(update(subscriptions).where(*mine).values(since=since), [{"feed": feed} for feed in returned])
    if gone:
        connection.execute(update(subscriptions).where(*mine).values(removed_at=now), [{"feed": feed} for feed in gone])
    _begin_anew(connection, returned)
    _wake(connection, [*added, *returned], now, days)
    return FeedSync(
        added=tuple(asked[feed].url for feed in added),
        returned=tuple(asked[feed].url for feed in returned),
        removed=tuple(sorted(_addresses(connection, gone))),
        kept=len(asked) - len(added) - len(returned),
    )


def follow_only(connection: Connection, roundup_ids: Collection[int], now: datetime) -> None:
    """Ends the subscriptions of every other roundup: a feed that only they follow is polled no more. `sync` takes them up again
    when the roundup is back."""
    others = (subscriptions.c.roundup_id.not_in(roundup_ids), subscriptions.c.removed_at.is_(None))
    connection.execute(update(subscriptions).where(*others).values(removed_at=now))


def _has_begun(connection: Connection, roundup_id: int, now: datetime) -> bool:
    mine = subscriptions.join(feeds, feeds.c.id == subscriptions.c.feed_id)
    polled = select(feeds.c.id).select_from(mine)
    polled = polled.where(subscriptions.c.roundup_id == roundup_id, feeds.c.first_polled_at <= now - _GATHERING)
    return connection.execute(polled.limit(1)).first() is not None


def _row(listed: ListedFeed) -> dict[str, Any]:
    return {"title": listed.title, "folders": listed.folders, "role": listed.role.value}


def _differs(held: Any, listed: ListedFeed) -> bool:
    said = _row(listed)
    return held.removed_at is not None or any(getattr(held, name) != value for name, value in said.items())


def _feeds_at(connection: Connection, wanted: dict[str, ListedFeed]) -> dict[str, int]:
    """Canonical address -> feed, today's addresses before former ones."""
    found: dict[str, int] = {}
    former = select(feed_moves.c.old_canonical_url, feed_moves.c.feed_id).order_by(feed_moves.c.id)
    today = select(feeds.c.canonical_url, feeds.c.id)
    for part in chunks(wanted):
        found.update(connection.execute(former.where(feed_moves.c.old_canonical_url.in_(part))).all())
        found.update(connection.execute(today.where(feeds.c.canonical_url.in_(part))).all())
    return found


def _add_feeds(connection: Connection, fresh: Sequence[ListedFeed], now: datetime, days: int) -> dict[str, int]:
    if not fresh:
        return {}
    rows: list[dict[str, Any]] = [
        {
            "url": one.url,
            "canonical_url": one.canonical_url,
            "site_url": one.site_url,
            "added_at": now,
            "next_poll_at": now,
            "first_days": days,
            "notes": (),
        }
        for one in fresh
    ]
    made = connection.execute(insert(feeds).returning(feeds.c.id, sort_by_parameter_order=True), rows).scalars()
    return dict(zip((one.canonical_url for one in fresh), made, strict=True))


def _begin_anew(connection: Connection, ids: Sequence[int]) -> None:
    """A feed that nobody followed for a while is taken up like a new one: what appeared meanwhile is history where it is old."""
    followed = select(subscriptions.c.feed_id).where(subscriptions.c.removed_at.is_(None)).group_by(subscriptions.c.feed_id)
    others = followed.having(func.count() > 1)  # besides the one that has just returned
    for part in chunks(ids):
        stale = (feeds.c.id.in_(part), feeds.c.id.not_in(others))
        connection.execute(update(feeds).where(*stale).values(first_polled_at=None, first_days=0))


def _wake(connection: Connection, ids: Sequence[int], now: datetime, days: int) -> None:
    """To list a feed (again) is to ask for it: nothing given up stays given up, and a first poll looks back `days` at least."""
    asleep = or_(feeds.c.next_poll_at.is_(None), feeds.c.outcome == "gone", feeds.c.error_kind == "gone")
    for part in chunks(ids):
        connection.execute(
            update(feeds)
            .where(feeds.c.id.in_(part), asleep)
            .values(next_poll_at=now, outcome=None, error=None, error_kind=None, error_since=None, failures=0)
        )
        unpolled = feeds.c.first_polled_at.is_(None)
        more = case((feeds.c.first_days < days, days), else_=feeds.c.first_days)
        connection.execute(update(feeds).where(feeds.c.id.in_(part), unpolled).values(first_days=more))


def _addresses(connection: Connection, ids: Sequence[int]) -> list[str]:
    found: list[str] = []
    for part in chunks(ids):
        found += connection.execute(select(feeds.c.url).where(feeds.c.id.in_(part))).scalars()
    return found
