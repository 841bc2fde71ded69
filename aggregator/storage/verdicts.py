"""Verdicts: what the author said, a row a word; taking one back is a further row."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, insert, select

from aggregator.errors import NotFound
from aggregator.records.candidates import Action, Hold, HoldKind, NewVerdict, Verdict
from aggregator.storage.database import chunks
from aggregator.storage.schema import candidates, verdicts

OF_FINDS = " finds"
"""How the gesture ends that keeps what he starred elsewhere: done for him, and no decision of his over what waits here."""


def append(connection: Connection, edition_id: int, new: Sequence[NewVerdict]) -> None:
    """Writes them in order. Raises NotFound for a candidate that does not exist."""
    asked = {one.candidate_id for one in new}
    known: set[int] = set()
    for part in chunks(asked):
        known.update(connection.execute(select(candidates.c.id).where(candidates.c.id.in_(part))).scalars())
    if missing := sorted(asked - known):
        raise NotFound(f"there is no candidate {', '.join(map(str, missing))}", advice="`aggregator candidates` lists them.")
    connection.execute(
        insert(verdicts),
        [
            {
                "candidate_id": one.candidate_id,
                "edition_id": edition_id,
                "action": one.action.value,
                "at": one.at,
                "batch": one.batch,
                "section": one.section,
                "hold_kind": one.hold.kind.value if one.hold else None,
                "hold_until": one.hold.until if one.hold else None,
                "hold_theme": one.hold.theme if one.hold else None,
                "comment": one.comment,
                "undoes": one.undoes,
            }
            for one in new
        ],
    )


def of_edition(connection: Connection, edition_id: int) -> list[Verdict]:
    """Every verdict of an edition, newest first, those taken back and those that take back included."""
    query = select(verdicts).where(verdicts.c.edition_id == edition_id).order_by(verdicts.c.id.desc())
    return [verdict_of(row) for row in connection.execute(query)]


def verdict_of(row: Row[Any]) -> Verdict:
    """A row of the table as a record."""
    return Verdict(
        id=row.id,
        candidate_id=row.candidate_id,
        edition_id=row.edition_id,
        action=Action(row.action),
        at=row.at,
        batch=row.batch,
        section=row.section,
        hold=Hold(HoldKind(row.hold_kind), row.hold_until, row.hold_theme) if row.hold_kind else None,
        comment=row.comment,
        undoes=row.undoes,
    )
