"""Feeds that moved for good (R19): the new address is adopted once, and remembered until the author's list has it too."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, insert, select, update

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


def former_addresses(connection: Connection) -> dict[str, str]:
    """Canonical address that a feed has moved away from -> the canonical address that it has today."""
    moved = feed_moves.join(feeds, feeds.c.id == feed_moves.c.feed_id)
    query = select(feed_moves.c.old_canonical_url, feeds.c.canonical_url).select_from(moved).order_by(feed_moves.c.id)
    return {old: today for old, today in connection.execute(query) if old != today}
