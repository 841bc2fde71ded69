"""What the author did at one stroke: his verdicts and what he changed in the draft, and what of it still stands."""

from __future__ import annotations

from sqlalchemy import Connection

from aggregator.records.candidates import Action, Verdict
from aggregator.records.drafts import Gesture, Piece
from aggregator.storage import pieces
from aggregator.storage.verdicts import OF_FINDS, of_edition


def standing(connection: Connection, edition_id: int, *, finds: bool = False) -> list[Gesture]:
    """The edition's gestures that were not taken back, newest first. Taking back is no gesture of its own, so that undoing twice
    goes two steps back. finds: those that kept his finds, instead of his own."""
    verdicts: dict[str, list[Verdict]] = {}
    undone: set[int] = set()
    # Newest first: a word that takes another back is itself met before it, and known to stand or not.
    for verdict in of_edition(connection, edition_id):
        if verdict.id in undone:
            continue
        if verdict.action is Action.UNDO:
            if verdict.undoes is not None:
                undone.add(verdict.undoes)
        elif verdict.batch.endswith(OF_FINDS) is finds:
            verdicts.setdefault(verdict.batch, []).append(verdict)
    states = {} if finds else _states(connection, edition_id)
    gestures = [
        Gesture(
            batch,
            (verdicts.get(batch) or states[batch])[0].at,
            tuple(reversed(verdicts.get(batch, []))),
            tuple(reversed(states.get(batch, []))),
        )
        for batch in dict.fromkeys([*verdicts, *states])
    ]
    # By time: a gesture of words alone is in no order with one of verdicts alone.
    return sorted(gestures, key=lambda one: one.at, reverse=True)


def _states(connection: Connection, edition_id: int) -> dict[str, list[Piece]]:
    said: dict[str, list[Piece]] = {}
    undone: set[int] = set()
    for state in pieces.of_edition(connection, edition_id):
        if state.id in undone:
            continue
        if state.undoes is not None:
            undone.add(state.undoes)
        else:
            said.setdefault(state.batch, []).append(state)
    return said
