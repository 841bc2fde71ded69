"""The open edition as the author sees it: its number, its candidates in reading order."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from aggregator.edition.reading import reading_order
from aggregator.errors import NotFound, Refused
from aggregator.ports import Stores
from aggregator.records.candidates import Candidate, State
from aggregator.records.editions import Edition, Outcome
from aggregator.records.roundups import Roundup
from aggregator.settings import RoundupSettings

OPEN_STATES = (State.NEW, State.KEPT, State.HELD)


def open_edition(stores: Stores, roundup: Roundup, plan: RoundupSettings) -> Edition:
    """The one that candidates go to; the first one takes its number from the configuration."""
    return stores.ledger.open_edition(roundup.id, plan.next_number, stores.clock.now())


def candidates(
    stores: Stores,
    roundup: Roundup,
    plan: RoundupSettings,
    states: Collection[State] = OPEN_STATES,
    *,
    passed_over: bool = True,
) -> list[Candidate]:
    """The open edition's candidates in these states: the author's sections in his order, the sure before the doubtful,
    the most interesting first. passed_over: also those of earlier editions that he never said a word on."""
    open_edition(stores, roundup, plan)
    carry = None if passed_over else plan.carry
    wanted = [one for one in stores.ledger.candidates(roundup.id, carry=carry) if one.standing.state in states]
    return reading_order(wanted, plan.section_names)


def chosen(stores: Stores, roundup: Roundup, ids: Sequence[int]) -> list[Candidate]:
    """The candidates with these numbers, in the order given. Raises NotFound for a number that there is not, Refused for one
    that an earlier edition used or dropped."""
    found = {one.id: one for one in stores.ledger.candidates(roundup.id, ids)}
    missing = [str(one) for one in ids if one not in found]
    if missing:
        raise NotFound(
            f"no candidate has the number {', '.join(missing)}; nothing was decided",
            advice="`aggregator candidates --state all` lists the open edition's.",
        )
    those = [found[one] for one in dict.fromkeys(ids)]
    for one in those:
        if one.ended is not None:
            ended = "dropped" if one.ended is Outcome.DROPPED else "used"
            raise Refused(
                f"number {one.id} was {ended} in an earlier edition; nothing was decided",
                resource=one.title,
                advice="`aggregator add` with its address brings it back under a new number.",
            )
    return those
