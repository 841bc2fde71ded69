"""Going through the open edition: letting the rest go, the second choice, how full sections usually are, what undo would undo."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median, quantiles

from aggregator.desk.decide import decide, known_section
from aggregator.desk.edition import chosen, open_edition
from aggregator.errors import Refused
from aggregator.ports import Stores
from aggregator.records.archive import PastEdition
from aggregator.records.candidates import Action, Candidate, State
from aggregator.records.drafts import Gesture
from aggregator.records.roundups import Roundup
from aggregator.settings import RoundupSettings

UNDOABLE = 50
"""Gestures that a face offers to take back; the ledger forgets none."""
_RECENT = 10
_FEWEST_EDITIONS = 4  # of fewer, a range would be a guess


def let_go(
    stores: Stores,
    roundup: Roundup,
    plan: RoundupSettings,
    section: str | None,
    *,
    upto: int | None = None,
    whole: bool = False,
) -> list[Candidate]:
    """Lets everything undecided of a section go (None = what is in no section), in one gesture; returns that. No "no": nothing
    is learnt from it. upto: the newest number that he has seen, None for all. whole: of all sections. What arrived later, what
    is kept, held or dropped, and what is folded away already stay as they are."""
    name = known_section(plan, section) if section is not None else None
    open_edition(stores, roundup, plan)
    found = [
        one.id
        for one in stores.ledger.candidates(roundup.id, carry=plan.carry)
        if one.standing.state is State.NEW
        and not one.folded(plan.carry)
        and (whole or section_of(plan, one) == name)
        and (upto is None or one.id <= upto)
    ]
    return decide(stores, roundup, plan, found, Action.LET_GO) if found else []


def take_second(stores: Stores, roundup: Roundup, plan: RoundupSettings, candidate_id: int) -> list[Candidate]:
    """Moves a candidate to the section that the classifier thought of second. Raises NotFound, and Refused if there is none."""
    (one,) = chosen(stores, roundup, [candidate_id])
    second = second_choice(plan, one)
    if second is None:
        raise Refused(f"number {one.id} has no second choice", resource=one.title, advice="Name a section for it.")
    return decide(stores, roundup, plan, [one.id], Action.MOVE, section=second)


def second_choice(plan: RoundupSettings, candidate: Candidate) -> str | None:
    """The other of the two sections that the classifier named: where it would stand if it does not belong where it stands."""
    guess = candidate.guess
    if guess is None:
        return None
    here = section_of(plan, candidate)
    return next((one for one in (guess.first, guess.second) if one != here and one in plan.section_names), None)


def section_of(plan: RoundupSettings, candidate: Candidate) -> str | None:
    """The configured section under which lists show it, None for Unsorted."""
    likely = candidate.likely_section
    return likely if likely in plan.section_names else None


def last_gestures(stores: Stores, roundup: Roundup, plan: RoundupSettings) -> list[Gesture]:
    """What undo would take back, newest first, at most `UNDOABLE`."""
    return stores.ledger.last_gestures(open_edition(stores, roundup, plan).id, UNDOABLE)


@dataclass(frozen=True, slots=True)
class Usual:
    """How many bullets he usually publishes. whole: in an edition, None while unknown. sections: (fewest, most) of each section
    of which that is said or known."""

    whole: int | None
    sections: Mapping[str, tuple[int, int]]


def usual(plan: RoundupSettings, past: Sequence[PastEdition]) -> Usual:
    """A section's range: what the configuration says, else the middle half of its sizes in the last ten editions that have it."""
    sizes: dict[str, list[int]] = {name: [] for name in plan.section_names}
    for edition in past:
        here = dict.fromkeys(plan.section_names, 0)
        for bullet in edition.bullets:
            name = plan.canonical_section(bullet.section) if bullet.links and bullet.section else None
            if name is not None:
                here[name] += 1
        for name, size in here.items():
            if size:
                sizes[name].append(size)
    ranges = {name: _middle(few[-_RECENT:]) for name, few in sizes.items() if len(few) >= _FEWEST_EDITIONS}
    said = {section.name: section.usual for section in plan.sections if section.usual is not None}
    editions = [sum(bool(bullet.links) for bullet in edition.bullets) for edition in past[-_RECENT:]]
    return Usual(round(median(editions)) if editions else None, ranges | said)


def _middle(sizes: Sequence[int]) -> tuple[int, int]:
    low, _, high = quantiles(sizes, n=4, method="inclusive")
    return round(low), max(round(low), round(high))


@dataclass(slots=True)
class Habits:
    """What `usual` says of each roundup, read again only when its archive or its sections changed."""

    _known: dict[int, tuple[tuple[object, ...], Usual]] = field(default_factory=dict)

    def of(self, stores: Stores, roundup: Roundup, plan: RoundupSettings) -> Usual:
        """As `usual`."""
        told_by = (stores.archive.version(roundup.id), plan.sections, tuple(sorted(plan.aliases.items())))
        known = self._known.get(roundup.id)
        if known is None or known[0] != told_by:
            known = told_by, usual(plan, stores.archive.editions(roundup.id))
            self._known[roundup.id] = known
        return known[1]
