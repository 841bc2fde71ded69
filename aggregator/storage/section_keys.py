"""Digit keys of sections: a section keeps its own wherever it stands, and whatever it comes to be called."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import Connection, delete, select
from sqlalchemy import insert as plain_insert

from aggregator.records.headings import heading_key
from aggregator.storage.schema import section_keys

DIGITS = range(1, 10)


def keys_of(connection: Connection, roundup_id: int, names: Sequence[str], former: Mapping[str, str]) -> dict[str, int]:
    """Section -> its digit, as `complete` has it."""
    return complete(_stored(connection, roundup_id), names, former)


def is_assigned(connection: Connection, roundup_id: int, keys: Mapping[str, int]) -> bool:
    """These digits are written down."""
    return keys.items() <= _stored(connection, roundup_id).items()


def assign(connection: Connection, roundup_id: int, keys: Mapping[str, int]) -> None:
    """Writes the digits down. One of a section that is gone is remembered until another one needs it, or takes its place."""
    before = _stored(connection, roundup_id)
    taken = set(keys.values())
    gone = [name for name, key in before.items() if name in keys or key in taken]
    connection.execute(delete(section_keys).where(section_keys.c.roundup_id == roundup_id, section_keys.c.section.in_(gone)))
    rows = [{"roundup_id": roundup_id, "section": name, "key": key} for name, key in keys.items()]
    if rows:
        connection.execute(plain_insert(section_keys), rows)


def reassign(connection: Connection, roundup_id: int, names: Sequence[str]) -> None:
    """Forgets every digit of the roundup and gives them out anew, in order."""
    connection.execute(delete(section_keys).where(section_keys.c.roundup_id == roundup_id))
    assign(connection, roundup_id, complete({}, names, {}))


def complete(stored: Mapping[str, int], names: Sequence[str], former: Mapping[str, str]) -> dict[str, int]:
    """stored: section -> digit, of sections that are gone too. names: today's, in order. former: old heading -> section.

    A section has the digit that is stored for it; else that of an old name of its own, which is gone; else the lowest free one,
    rather one that no section ever had. Sections beyond the ninth may have none.
    """
    keys = {name: stored[name] for name in names if name in stored}
    left = {heading_key(name): key for name, key in stored.items() if name not in keys}
    for old, new in former.items():
        key = left.get(heading_key(old))
        if key is not None and new in names and new not in keys and key not in keys.values():
            keys[new] = key
    free = [key for key in DIGITS if key not in keys.values()]
    free.sort(key=lambda key: key in left.values())
    keys |= dict(zip((name for name in names if name not in keys), free, strict=False))
    return {name: keys[name] for name in names if name in keys}


def _stored(connection: Connection, roundup_id: int) -> dict[str, int]:
    rows = select(section_keys.c.section, section_keys.c.key).where(section_keys.c.roundup_id == roundup_id)
    return {row.section: row.key for row in connection.execute(rows.order_by(section_keys.c.key))}
