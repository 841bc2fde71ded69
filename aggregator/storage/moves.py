"""Feeds that moved for good (R19): the new address is adopted once, and remembered until the author's list has it too."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select, update

from aggregator.errors import NotFound, Refused
from aggregator.records.feeds import PolledFeed
from aggregator.storage.schema import feed_moves, feeds
from aggregator.text.canonical import canonical_url


def adopt_moves(connection: Connection, polled: Sequence[PolledFeed]) -> None:
    """Gives each feed the address it moved to and forgets its validators (R13). Where another feed has that address already
    (H28), nothing moves and the feed's notes say so."""
    for one in polled:
        address = one.moved_to
        canonical = canonical_url(address) if address else None
        if address is None or canonical is None:
            continue
        feed = connection.execute(select(feeds.c.url, feeds.c.canonical_url).where(feeds.c.id == one.feed_id)).one()
        others = select(feeds.c.id).where(feeds.c.canonical_url == canonical, feeds.c.id != one.feed_id)
        this = update(feeds).where(feeds.c.id == one.feed_id)
        if connection.execute(others).first() is not None:
            notes = [*one.notes, f"It has moved to {address}, which is followed already; one of the two can go."]
            connection.execute(this.values(notes=notes))
        elif feed.url != address and _was_taken_back(connection, one.feed_id, feed.url, address):
            notes = [*one.notes, f"It has moved to {address}; you took that back, and it is read at its old address."]
            connection.execute(this.values(notes=notes))
        elif feed.url != address:
            connection.execute(
                this.values(
                    url=address,
                    canonical_url=canonical,
                    etag=None,
                    last_modified=None,
                    validators_at=None,
                    body_hash=None,
                    moved_to=None,
                    moved_since=None,
                    moved_polls=0,
                )
            )
            connection.execute(
                insert(feed_moves).values(
                    feed_id=one.feed_id,
                    old_url=feed.url,
                    old_canonical_url=feed.canonical_url,
                    new_url=address,
                    at=one.at,
                    written=False,
                )
            )


def undo_move(connection: Connection, feed_id: int, at: datetime) -> tuple[str, str]:
    """Gives a feed the address back that it had before its last move (H26). Returns (the address that it leaves, the one that it
    has from now on). The way back stands in the place of the move: by it the author's list is mended, and the move is not adopted
    again. Raises NotFound if it never moved, Refused if another feed has that address by now."""
    query = select(feed_moves).where(feed_moves.c.feed_id == feed_id).order_by(feed_moves.c.id.desc()).limit(1)
    move = connection.execute(query).first()
    feed = connection.execute(select(feeds).where(feeds.c.id == feed_id)).one()
    if move is None or move.taken_back:
        raise NotFound("this feed has not moved", resource=feed.url)
    others = select(feeds.c.id).where(feeds.c.canonical_url == move.old_canonical_url, feeds.c.id != feed_id)
    if connection.execute(others).first() is not None:
        raise Refused("another feed that you follow has this address now", resource=move.old_url, advice="Remove one of the two.")
    connection.execute(delete(feed_moves).where(feed_moves.c.id == move.id))
    connection.execute(
        insert(feed_moves).values(
            feed_id=feed_id,
            old_url=feed.url,
            old_canonical_url=feed.canonical_url,
            new_url=move.old_url,
            at=at,
            written=False,
            taken_back=True,
        )
    )
    connection.execute(
        update(feeds)
        .where(feeds.c.id == feed_id)
        .values(
            url=move.old_url,
            canonical_url=move.old_canonical_url,
            next_poll_at=at,
            etag=None,
            last_modified=None,
            validators_at=None,
            body_hash=None,
            moved_to=None,
            moved_since=None,
            moved_polls=0,
        )
    )
    return feed.url, move.old_url


def last_moves(connection: Connection) -> dict[int, tuple[str, datetime]]:
    """Feed -> its address before its last move, and when that was; not of one that was taken back."""
    query = select(feed_moves).order_by(feed_moves.c.id)
    last = {row.feed_id: row for row in connection.execute(query)}
    return {feed: (row.old_url, row.at) for feed, row in last.items() if not row.taken_back}


def _was_taken_back(connection: Connection, feed_id: int, here: str, there: str) -> bool:
    query = select(feed_moves.c.id).where(
        feed_moves.c.feed_id == feed_id,
        feed_moves.c.old_url == there,
        feed_moves.c.new_url == here,
        feed_moves.c.taken_back.is_(True),
    )
    return connection.execute(query).first() is not None


def former_addresses(connection: Connection) -> dict[str, str]:
    """Canonical address that a feed has moved away from -> the canonical address that it has today."""
    moved = feed_moves.join(feeds, feeds.c.id == feed_moves.c.feed_id)
    query = select(feed_moves.c.old_canonical_url, feeds.c.canonical_url).select_from(moved).order_by(feed_moves.c.id)
    return {old: today for old, today in connection.execute(query) if old != today}
