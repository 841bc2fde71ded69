"""What the last digest did not show, and why: nothing is left out in silence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from aggregator.desk.edition import open_edition
from aggregator.digest.fold import UNLIKELY
from aggregator.ports import Stores
from aggregator.records.candidates import Candidate, State
from aggregator.records.feeds import FeedState, FeedStatus
from aggregator.records.roundups import Roundup
from aggregator.settings import RoundupSettings


@dataclass(frozen=True, slots=True)
class WithheldView:
    """copies: candidates that several feeds carried, one line in the mail. unlikely: of low interest, likeliest first. history:
    entries that are no candidates, reason -> count. passed_over: folded away, still there. feeds: those in trouble."""

    copies: tuple[Candidate, ...]
    unlikely: tuple[Candidate, ...]
    history: Mapping[str, int]
    passed_over: int
    feeds: tuple[FeedStatus, ...]


def withheld(stores: Stores, roundup: Roundup, plan: RoundupSettings) -> WithheldView:
    """Of what came since the digest before the last one."""
    edition = open_edition(stores, roundup, plan)
    last = stores.outbox.last_sent(roundup.id)
    before = stores.outbox.last_sent(roundup.id, before=last.slot) if last else None
    since = before.made_at if before else edition.opened_at
    held = stores.ledger.candidates(roundup.id, carry=plan.carry)
    new = [one for one in held if one.first_seen >= since and one.standing.state is State.NEW]
    return WithheldView(
        copies=tuple(one for one in new if len(one.sources) > 1),
        unlikely=tuple(sorted((one for one in new if one.guess and one.interest < UNLIKELY), key=lambda one: one.rank)),
        history=stores.feeds.history_count(roundup.id, since),
        passed_over=len(stores.ledger.passed_over(roundup.id, plan.carry)),
        feeds=tuple(one for one in stores.feeds.statuses(roundup.id) if one.state in (FeedState.FAILING, FeedState.GONE)),
    )
