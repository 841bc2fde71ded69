"""Where addresses led when they were followed: two addresses of one page that nothing in them tells."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import Connection, select

from aggregator.storage.database import chunks, insert
from aggregator.storage.schema import redirects


def remember(connection: Connection, led: Mapping[str, str], at: datetime) -> None:
    """Canonical address -> canonical address it led to; what was known of it before is replaced."""
    rows = [{"address": address, "target": target, "at": at} for address, target in led.items() if address != target]
    if rows:
        upsert = insert(connection, redirects)
        changed = {"target": upsert.excluded.target, "at": upsert.excluded.at}
        connection.execute(upsert.on_conflict_do_update(index_elements=["address"], set_=changed), rows)


def targets_of(connection: Connection, addresses: Collection[str]) -> dict[str, str]:
    """Canonical address -> where it led, for those that were followed and led elsewhere."""
    found: dict[str, str] = {}
    for part in chunks(addresses):
        query = select(redirects.c.address, redirects.c.target).where(redirects.c.address.in_(part))
        found.update(connection.execute(query).all())
    return found


def origins_of(connection: Connection, targets: Collection[str]) -> dict[str, list[str]]:
    """Canonical address -> addresses that led to it."""
    found: dict[str, list[str]] = {}
    for part in chunks(targets):
        query = select(redirects.c.address, redirects.c.target).where(redirects.c.target.in_(part)).order_by(redirects.c.address)
        for address, target in connection.execute(query):
            found.setdefault(target, []).append(address)
    return found
