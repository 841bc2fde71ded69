"""Folds the author's verdicts on one candidate into where it stands. Verdicts are only ever appended; nothing here is stored.

Not here: which holds are due (`holds`), what an edition's close makes of a standing (`archive.match`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from aggregator.records.candidates import Action, Hold, HoldKind, NewVerdict, Standing, State, Verdict
from aggregator.records.drafts import Gesture, NewPiece


def standing(verdicts: Iterable[Verdict]) -> Standing:
    """The sum of one candidate's verdicts, of all editions, in any order; they count in the order of their ids.

    An UNDO takes back the earlier verdict it names, another UNDO included, which brings back what that one had taken.
    Keep and drop end a hold, a hold suspends a keep or a drop, a move changes the section only. Letting go leaves what he decided
    on as it is, and any further decision ends it. A section or a comment given with any verdict lasts until another is given; an
    empty comment erases it. A hold without words is one until the next edition; holding again what is held changes what it waits
    for, not since when.
    """
    state = State.NEW
    section: str | None = None
    hold: Hold | None = None
    held_in: int | None = None
    comment: str | None = None
    decided_at: datetime | None = None
    held_at: datetime | None = None
    let_go = False
    for verdict in _standing_verdicts(verdicts):
        if verdict.action in (Action.KEEP, Action.DROP):
            state = State.KEPT if verdict.action is Action.KEEP else State.DROPPED
            hold = held_in = held_at = None
            let_go = False
        elif verdict.action is Action.HOLD:
            state, hold, held_in = State.HELD, verdict.hold or Hold(HoldKind.NEXT), verdict.edition_id
            held_at, let_go = held_at or verdict.at, False
        elif verdict.action is Action.LET_GO:
            let_go = state is State.NEW
        if verdict.section is not None:
            section = verdict.section
        if verdict.comment is not None:
            comment = verdict.comment or None
        decided_at = verdict.at
    return Standing(state, section, hold, held_in, comment, decided_at, held_at, let_go)


def undo(gestures: Sequence[Gesture], at: datetime, batch: str) -> tuple[list[NewVerdict], list[NewPiece]]:
    """One gesture that takes these gestures back whole: what takes back each of their verdicts and each of the states that they
    gave to pieces of the draft, the newest first."""
    verdicts = sorted((one for gesture in gestures for one in gesture.verdicts), key=lambda one: one.id, reverse=True)
    states = sorted((one for gesture in gestures for one in gesture.pieces), key=lambda one: one.id, reverse=True)
    return (
        [NewVerdict(one.candidate_id, Action.UNDO, at, batch, undoes=one.id) for one in verdicts],
        [one.undone(at, batch) for one in states],
    )


def _standing_verdicts(verdicts: Iterable[Verdict]) -> list[Verdict]:
    """Those that say something and were not taken back, oldest first."""
    taken_back: set[int] = set()
    stand: list[Verdict] = []
    for verdict in sorted(verdicts, key=lambda one: one.id, reverse=True):
        if verdict.id in taken_back:
            continue
        if verdict.action is Action.UNDO:
            if verdict.undoes is not None:
                taken_back.add(verdict.undoes)
        else:
            stand.append(verdict)
    stand.reverse()
    return stand
