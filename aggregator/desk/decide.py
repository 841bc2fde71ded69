"""The author's verdicts: keep, drop, hold, move; and taking them back. Each call is one gesture, undone as one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime

from aggregator.desk.anew import anew
from aggregator.desk.edition import chosen, open_edition
from aggregator.edition.examples import verdict_label, verdict_origin
from aggregator.edition.holds import parse_until
from aggregator.edition.ledger import undo as take_back
from aggregator.errors import UsageError
from aggregator.ports import Stores
from aggregator.records.candidates import Action, Candidate, NewVerdict, State
from aggregator.records.drafts import Gesture, NewPiece, Piece, PieceKind
from aggregator.records.editions import Edition
from aggregator.records.roundups import Roundup
from aggregator.settings import RoundupSettings
from aggregator.settings.values import nearest

REACH = 1_000
"""Gestures of an edition; what he did before these is long settled."""


@anew
def decide(
    stores: Stores,
    roundup: Roundup,
    plan: RoundupSettings,
    ids: Sequence[int],
    action: Action,
    *,
    section: str | None = None,
    until: str | None = None,
    comment: str | None = None,
) -> list[Candidate]:
    """Says the same of several candidates. Returns them as they stand then.

    section: a configured one or an alias; `move` needs it. until: `next`, a date, `series` or `theme WORDS`, for `hold` only. A
    candidate in a bullet of several takes the whole bullet along when it is moved. Letting go passes over what is decided.
    Raises UsageError, NotFound, Refused; then nothing was decided.
    """
    if action is Action.MOVE and section is None:
        raise UsageError("`move` needs --section", advice=f"One of: {', '.join(plan.section_names)}.")
    if until is not None and action is not Action.HOLD:
        raise UsageError(f"--until goes with `hold`, not with `{action}`")
    now = stores.clock.now()
    where = known_section(plan, section) if section is not None else None
    hold = parse_until(until or "next", today(plan, now)) if action is Action.HOLD else None
    edition = open_edition(stores, roundup, plan)
    after = stores.ledger.last_said(edition.id)
    those = chosen(stores, roundup, ids)
    if action is Action.LET_GO:
        those = [one for one in those if one.standing.state is State.NEW]
    batch = gesture(now, action)
    made = [piece for piece in stores.ledger.pieces(roundup.id) if piece.kind is PieceKind.BULLET]
    if where is not None:
        those = _with_their_bullets(stores, roundup, those, made)
    asked = set(ids)
    verdicts = [
        NewVerdict(one.id, action, now, batch, where, hold, comment)
        if one.id in asked
        else NewVerdict(one.id, Action.MOVE, now, batch, where)
        for one in those
    ]
    rewritten = _rewritten(made, asked, where, comment, now, batch)
    # A word on a candidate stands whatever else is said; a bullet says what was read of it.
    stores.ledger.say(edition.id, verdicts, rewritten, after=after if rewritten else None)
    if where is not None:
        stores.learning.add_labels(roundup.id, [verdict_label(one, where, now, edition.number) for one in those])
    return stores.ledger.candidates(roundup.id, [one.id for one in those])


@anew
def undo(stores: Stores, roundup: Roundup, plan: RoundupSettings, n: int = 1, *, finds: bool = False) -> list[Candidate]:
    """Takes back the author's last `n` gestures in the open edition, bulk ones whole. Returns the candidates as they stand
    then; none if nothing was left to take back. finds: what the last `n` polls kept of his finds instead, which is no gesture
    of his."""
    if n < 1:
        raise UsageError("-n takes a whole number from 1")
    edition = open_edition(stores, roundup, plan)
    after = stores.ledger.last_said(edition.id)
    return _taken_back(stores, roundup, edition, stores.ledger.last_gestures(edition.id, n, finds=finds), after)


@anew
def undo_one(stores: Stores, roundup: Roundup, plan: RoundupSettings, batch: str) -> list[Candidate]:
    """Takes back the one gesture of this name, whatever he did since. Returns as `undo`; none if it does not stand, or is older
    than the last `REACH` that do."""
    edition = open_edition(stores, roundup, plan)
    after = stores.ledger.last_said(edition.id)
    gestures = stores.ledger.last_gestures(edition.id, REACH)
    return _taken_back(stores, roundup, edition, [one for one in gestures if one.batch == batch], after)


def _taken_back(
    stores: Stores, roundup: Roundup, edition: Edition, gestures: Sequence[Gesture], after: tuple[int, int]
) -> list[Candidate]:
    if not gestures:
        return []
    now = stores.clock.now()
    stores.ledger.say(edition.id, *take_back(gestures, now, gesture(now, Action.UNDO)), after=after)
    verdicts = [verdict for one in gestures for verdict in one.verdicts]
    links = [id_ for one in gestures for piece in one.pieces for id_ in piece.links]
    ids = list(dict.fromkeys([*(verdict.candidate_id for verdict in verdicts), *links]))
    restored = stores.ledger.candidates(roundup.id, ids)
    moved = {verdict.candidate_id for verdict in verdicts if verdict.section is not None}
    stores.learning.retract(roundup.id, [verdict_origin(one) for one in sorted(moved)])
    stores.learning.add_labels(
        roundup.id,
        [
            verdict_label(one, one.standing.section, now, edition.number)
            for one in restored
            if one.id in moved and one.standing.section is not None
        ],
    )
    return restored


def _with_their_bullets(stores: Stores, roundup: Roundup, those: list[Candidate], made: Sequence[Piece]) -> list[Candidate]:
    """These, and what shares a bullet with one of them: a bullet moves as a unit."""
    ids = {one.id for one in those}
    along = {id_ for piece in made if ids.intersection(piece.links) for id_ in piece.links} - ids
    kept = [one for one in stores.ledger.candidates(roundup.id, along) if one.ended is None and one.standing.state is State.KEPT]
    return [*those, *kept]


def _rewritten(
    made: Sequence[Piece], ids: set[int], section: str | None, comment: str | None, now: datetime, batch: str
) -> list[NewPiece]:
    """The bullets of these candidates, moved to the section and with the comment below what they say."""
    changed: list[NewPiece] = []
    for piece in made:
        if not ids.intersection(piece.links):
            continue
        text = piece.text if comment is None else "\n\n".join(part for part in (piece.text, comment) if part)
        if (section or piece.section, text) != (piece.section, piece.text):
            changed.append(replace(piece.again(now, batch), section=section or piece.section, text=text))
    return changed


def known_section(plan: RoundupSettings, name: str) -> str:
    """The configured section of this name or alias; an unambiguous beginning will do. Raises UsageError with the nearest."""
    found = plan.canonical_section(name)
    if found:
        return found
    folded = name.strip().casefold()
    beginnings = [one for one in plan.section_names if one.casefold().startswith(folded)] if folded else []
    if len(beginnings) == 1:
        return beginnings[0]
    if len(beginnings) > 1:
        raise UsageError(f"{name!r} may mean {' or '.join(beginnings)}", advice="Write a little more of it.")
    raise UsageError(
        f"{plan.name} has no section {name!r}{nearest(name, plan.section_names)}",
        advice=f"Its sections: {', '.join(plan.section_names)}." if plan.section_names else "config.yaml lists none yet.",
    )


def gesture(now: datetime, action: str) -> str:
    """Names one gesture; two of the same kind in one microsecond do not happen to one author."""
    return f"{now.isoformat(timespec='microseconds')} {action}"


def today(plan: RoundupSettings, now: datetime) -> date:
    """The author's day."""
    return now.astimezone(plan.digest.zone).date()
