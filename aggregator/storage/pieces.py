"""Pieces of the draft: a row for every state that one was ever in; taking one back is a further row."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, Row, Select, exists, insert, or_, select

from aggregator.errors import NotFound
from aggregator.records.drafts import NewPiece, Piece, PieceKind
from aggregator.records.editions import ENDED
from aggregator.storage.database import chunks
from aggregator.storage.database import insert as upsert
from aggregator.storage.schema import editions, outcomes, piece_candidates, piece_states, pieces


def append(connection: Connection, edition_id: int, new: Sequence[NewPiece]) -> list[int]:
    """Writes them in order; returns their pieces' ids. Raises NotFound for a piece that does not exist."""
    asked = {one.piece_id for one in new if one.piece_id is not None}
    known: set[int] = set()
    for part in chunks(asked):
        known.update(connection.execute(select(pieces.c.id).where(pieces.c.id.in_(part))).scalars())
    if missing := asked - known:
        raise NotFound(f"there is no bullet {min(missing)}", advice="Load the page again.")
    edition = connection.execute(select(editions.c.roundup_id).where(editions.c.id == edition_id)).scalar_one()
    return [_append(connection, edition, edition_id, one) for one in new]


def _append(connection: Connection, roundup_id: int, edition_id: int, new: NewPiece) -> int:
    piece_id = new.piece_id
    if piece_id is None:
        made = insert(pieces).values(roundup_id=roundup_id, edition_id=edition_id, kind=new.kind.value)
        piece_id = int(connection.execute(made.returning(pieces.c.id)).scalar_one())
    row = {
        "piece_id": piece_id,
        "edition_id": edition_id,
        "batch": new.batch,
        "at": new.at,
        "section": new.section,
        "rank": new.rank,
        "text": new.text,
        "links": list(new.links),
        "via": new.via,
        "thanks": new.thanks,
        "gone": new.gone,
        "undoes": new.undoes,
    }
    connection.execute(insert(piece_states).values(row))
    for candidate_id in dict.fromkeys(new.links):
        link = upsert(connection, piece_candidates).values(piece_id=piece_id, candidate_id=candidate_id)
        connection.execute(link.on_conflict_do_nothing())
    return piece_id


def standing(connection: Connection, roundup_id: int) -> list[Piece]:
    """The pieces of the roundup's open edition as they stand, by rank: those written in it, and bullets of earlier ones around
    a candidate that no edition used or dropped yet."""
    states = connection.execute(_states().where(pieces.c.id.in_(_current(roundup_id)))).all()
    return sorted(_newest(states), key=lambda one: (one.rank, one.piece_id))


def of_candidates(connection: Connection, ids: Collection[int]) -> list[Piece]:
    """The standing bullets that have one of these candidates."""
    states: list[Row[Any]] = []
    for part in chunks(sorted(ids)):
        having = select(piece_candidates.c.piece_id).where(piece_candidates.c.candidate_id.in_(part))
        states += connection.execute(_states().where(pieces.c.id.in_(having))).all()
    wanted = set(ids)
    return [one for one in _newest({row.id: row for row in states}.values()) if wanted.intersection(one.links)]


def of_edition(connection: Connection, edition_id: int) -> list[Piece]:
    """Every state that was written in an edition, newest first, those taken back and those that take back included."""
    query = _states().where(piece_states.c.edition_id == edition_id).order_by(None).order_by(piece_states.c.id.desc())
    return [_piece(row) for row in connection.execute(query)]


def _states() -> Select[Any]:
    joined = select(piece_states, pieces.c.kind).join(pieces, pieces.c.id == piece_states.c.piece_id)
    return joined.order_by(piece_states.c.id)


def _current(roundup_id: int) -> Select[Any]:
    is_open = exists().where(editions.c.id == pieces.c.edition_id, editions.c.closed_at.is_(None))
    ended = exists().where(outcomes.c.candidate_id == piece_candidates.c.candidate_id, outcomes.c.outcome.in_(ENDED))
    has_open = exists().where(piece_candidates.c.piece_id == pieces.c.id, ~ended)
    return select(pieces.c.id).where(pieces.c.roundup_id == roundup_id, or_(is_open, has_open))


def _newest(states: Iterable[Row[Any]]) -> list[Piece]:
    """Each piece by its newest state that was not taken back; without those that are gone or that never were."""
    taken_back: set[int] = set()
    found: dict[int, Piece] = {}
    for row in sorted(states, key=lambda one: one.id, reverse=True):
        if row.id in taken_back:
            continue
        if row.undoes is not None:
            taken_back.add(row.undoes)
        else:
            found.setdefault(row.piece_id, _piece(row))
    return [one for one in found.values() if not one.gone]


def _piece(row: Row[Any]) -> Piece:
    return Piece(
        id=row.id,
        piece_id=row.piece_id,
        edition_id=row.edition_id,
        kind=PieceKind(row.kind),
        at=row.at,
        batch=row.batch,
        section=row.section,
        rank=row.rank,
        text=row.text,
        links=tuple(row.links),
        via=row.via,
        thanks=row.thanks,
        gone=row.gone,
        undoes=row.undoes,
    )
