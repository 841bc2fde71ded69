"""What the author holds back: for what, since when, what is due; and making an edition that of a theme."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from aggregator.desk.decide import gesture, today
from aggregator.desk.edition import candidates, open_edition
from aggregator.edition.holds import called, days_held, due_reasons, theme_key, waits_for
from aggregator.errors import NotFound
from aggregator.ports import Stores
from aggregator.records.candidates import Action, Candidate, HoldKind, NewVerdict, State
from aggregator.records.roundups import Roundup
from aggregator.settings import RoundupSettings


@dataclass(frozen=True, slots=True)
class HeldOne:
    """days: whole days on hold. waits: for what, behind the word "held". due: why it is due, None while it waits."""

    candidate: Candidate
    days: int
    waits: str
    due: str | None


@dataclass(frozen=True, slots=True)
class HeldTheme:
    """What waits for an edition with one theme; its words as he wrote them last."""

    theme: str
    held: tuple[HeldOne, ...]


@dataclass(frozen=True, slots=True)
class HeldPart:
    """What waits for the same. title: a heading. theme: whose edition it waits for, None for what waits for none."""

    title: str
    held: tuple[HeldOne, ...]
    theme: str | None = None


@dataclass(frozen=True, slots=True)
class Held:
    """Everything on hold, each in one place: due whatever it waited for, else by intent; the longest held first."""

    due: tuple[HeldOne, ...]
    themes: tuple[HeldTheme, ...]
    series: tuple[HeldOne, ...]
    dates: tuple[HeldOne, ...]
    next: tuple[HeldOne, ...]

    @property
    def parts(self) -> tuple[HeldPart, ...]:
        """All of it in the order in which it is shown, without what is empty."""
        parts = (
            HeldPart("Due now", self.due),
            *(HeldPart(f"For an edition on {one.theme}", one.held, one.theme) for one in self.themes),
            HeldPart("Until a series goes on", self.series),
            HeldPart("Until a day", self.dates),
            HeldPart("For the next edition", self.next),
        )
        return tuple(part for part in parts if part.held)

    @property
    def count(self) -> int:
        """Of all of it."""
        return sum(len(part.held) for part in self.parts)


def held(stores: Stores, roundup: Roundup, plan: RoundupSettings, section: str | None = None) -> Held:
    """Everything that the open edition holds back. section: only what would stand under this one."""
    edition = open_edition(stores, roundup, plan)
    now = stores.clock.now()
    day = today(plan, now)
    all_ = stores.ledger.candidates(roundup.id)
    reasons = due_reasons(all_, edition, day)
    found = [
        HeldOne(one, days_held(one, now) or 0, waits_for(one.standing.hold, day), reasons.get(one.id))
        for one in all_
        if one.standing.state is State.HELD and one.standing.hold is not None and section in (None, one.likely_section)
    ]
    found.sort(key=lambda one: (-one.days, one.candidate.id))
    waiting = [one for one in found if one.due is None]
    return Held(
        due=tuple(one for one in found if one.due is not None),
        themes=_themes([one for one in waiting if _kind(one) is HoldKind.THEME]),
        series=tuple(one for one in waiting if _kind(one) is HoldKind.SERIES),
        dates=tuple(one for one in waiting if _kind(one) is HoldKind.DATE),
        next=tuple(one for one in waiting if _kind(one) is HoldKind.NEXT),
    )


def call_theme(stores: Stores, roundup: Roundup, plan: RoundupSettings, theme: str) -> list[Candidate]:
    """Makes the open edition the theme's: what waits for it is due from now on. One gesture. Returns the candidates as they
    stand then. Raises NotFound for a theme that nothing waits for."""
    now = stores.clock.now()
    key = theme.strip().casefold()
    waiting = [
        one
        for one in candidates(stores, roundup, plan, (State.HELD,))
        if one.standing.hold is not None and one.standing.hold.kind is HoldKind.THEME and theme_key(one.standing.hold) == key
    ]
    if not waiting:
        raise NotFound("nothing is held for this theme", resource=theme.strip(), advice="The page of what you hold lists them.")
    edition = open_edition(stores, roundup, plan)
    batch = gesture(now, Action.HOLD)
    holds = {one.id: called(one.standing.hold.theme or theme, today(plan, now)) for one in waiting if one.standing.hold}
    stores.ledger.say(edition.id, [NewVerdict(id_, Action.HOLD, now, batch, hold=hold) for id_, hold in holds.items()])
    return stores.ledger.candidates(roundup.id, list(holds))


def _kind(one: HeldOne) -> HoldKind | None:
    hold = one.candidate.standing.hold
    return hold.kind if hold else None


def _themes(found: Sequence[HeldOne]) -> tuple[HeldTheme, ...]:
    """By theme, the theme that waits longest first."""
    groups: dict[str, list[HeldOne]] = {}
    for one in found:
        groups.setdefault(theme_key(one.candidate.standing.hold) or "", []).append(one)
    return tuple(HeldTheme(_newest_spelling(those), tuple(those)) for those in groups.values())


def _newest_spelling(those: Sequence[HeldOne]) -> str:
    newest = max((one.candidate for one in those), key=lambda one: (one.standing.decided_at or one.first_seen, one.id))
    return (newest.standing.hold.theme if newest.standing.hold else None) or ""
