"""Relatives: what was found to belong together, and how far finding came."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, exists, func, select, update
from sqlalchemy import insert as plain_insert

from aggregator.records.candidates import Related, Relative, RelativeKind
from aggregator.records.editions import ENDED
from aggregator.storage.database import chunks
from aggregator.storage.schema import candidates, outcomes, relatives, roundups


def related(connection: Connection, roundup_id: int) -> Related:
    """How far relating came for this roundup, and what waits."""
    mark = select(roundups.c.related_to, roundups.c.related_archive).where(roundups.c.id == roundup_id)
    related_to, archive = connection.execute(mark).one()
    waiting = select(func.max(candidates.c.id)).where(candidates.c.id > related_to, candidates.c.roundup_id == roundup_id)
    return Related(related_to, archive, connection.execute(waiting).scalar())


def relate(
    connection: Connection,
    roundup_id: int,
    found: Mapping[int, Sequence[Relative]],
    compared: Collection[int],
    mark: Related,
    was: Related,
    at: datetime,
) -> bool:
    """Writes relatives and how far that came, if relating still stands where it `was`; else another process did the work, and
    nothing is written. compared: candidates whose relatives in the archive these replace."""
    step = update(roundups).where(
        roundups.c.id == roundup_id,
        roundups.c.related_to == was.candidate_id,
        roundups.c.related_archive.is_not_distinct_from(was.archive),
    )
    if not connection.execute(step.values(related_to=mark.candidate_id, related_archive=mark.archive)).rowcount:
        return False
    for part in chunks(compared):
        stale = relatives.c.candidate_id.in_(part) & relatives.c.address.is_not(None)
        connection.execute(delete(relatives).where(stale))
    rows = [
        {
            "candidate_id": candidate_id,
            "kind": one.kind.value,
            "other_id": one.other_id,
            "address": one.address,
            "reason": one.reason,
            "at": at,
        }
        for candidate_id, those in found.items()
        for one in those
    ]
    if rows:
        connection.execute(plain_insert(relatives), rows)
    return True


def relatives_of(connection: Connection, ids: Sequence[int]) -> dict[int, list[Relative]]:
    """Candidate -> its relatives as they were found, without those that a closed edition used or dropped; `use` is not known."""
    over = exists().where(outcomes.c.candidate_id == relatives.c.other_id, outcomes.c.outcome.in_(ENDED))
    query = (
        select(relatives, candidates.c.url)
        .outerjoin(candidates, candidates.c.id == relatives.c.other_id)
        .where(relatives.c.candidate_id.in_(ids), ~over)
        .order_by(relatives.c.id)
    )
    found: dict[int, list[Relative]] = defaultdict(list)
    for row in connection.execute(query):
        found[row.candidate_id].append(_relative(row))
    return dict(found)


def _relative(row: Row[Any]) -> Relative:
    return Relative(RelativeKind(row.kind), row.reason, row.other_id, row.address, row.url)
