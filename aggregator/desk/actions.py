"""What a link of a mail allows: looked at any number of times, done once, taken back (R9, R27)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from aggregator.delivery.tokens import LinkSigner, LinkToken, section_mark
from aggregator.desk.decide import REACH, decide, gesture, undo_one
from aggregator.desk.edition import open_edition
from aggregator.errors import NotFound
from aggregator.ports import Stores
from aggregator.records.candidates import Action, Candidate
from aggregator.records.editions import Edition
from aggregator.records.received import UsedLink
from aggregator.records.roundups import Roundup
from aggregator.settings import RoundupSettings


@dataclass(frozen=True, slots=True)
class Offer:
    """What a token allows today. section: to move to, None for the other actions. done: what its button came to, None while it
    was not pressed. stands: and that has not been taken back."""

    roundup: Roundup
    plan: RoundupSettings
    edition: Edition
    candidate: Candidate
    action: Action
    section: str | None
    done: UsedLink | None
    stands: bool


def read(stores: Stores, pairs: Iterable[tuple[Roundup, RoundupSettings]], token: str) -> Offer:
    """What a token of a mail allows: one thing, as long as its edition is open. pairs: every roundup there is.

    Raises NotFound, in the same words and after the same questions to the database whether it was forged, is of another edition,
    or names what is no more: who guesses learns nothing. Changes nothing.
    """
    link = LinkSigner(stores.signing_keys()).read(token)
    known = list(pairs)
    asked = link or LinkToken(known[0][0].id, 0, 0, Action.KEEP)
    roundup, plan = next((pair for pair in known if pair[0].id == asked.roundup_id), known[0])
    edition = open_edition(stores, roundup, plan)
    candidate = next(iter(stores.ledger.candidates(roundup.id, [asked.candidate_id])), None)
    section = _section(asked, plan)
    is_open = (roundup.id, edition.id) == (asked.roundup_id, asked.edition_id)
    if link is None or not is_open or candidate is None or candidate.ended is not None:
        raise _no_more()
    if link.action is Action.MOVE and section is None:
        raise _no_more()
    done = stores.received.used(_hashed(token))
    return Offer(
        roundup, plan, edition, candidate, link.action, section, done, done is not None and _stands(stores, edition, done)
    )


def press(stores: Stores, offer: Offer, token: str) -> Offer:
    """Does what a token allows, if that was not done before. Returns it as it stands then."""
    if offer.done is not None:
        return offer
    roundup, plan = offer.roundup, offer.plan
    one = decide(stores, roundup, plan, [offer.candidate.id], offer.action, section=offer.section)[0]
    # Done first: were it remembered first, a machine that stops in between would say "done" of what was not.
    at = one.standing.decided_at or stores.clock.now()
    stores.received.use(UsedLink(_hashed(token), at, one.id, offer.action))
    return read(stores, [(roundup, plan)], token)


def take_back(stores: Stores, offer: Offer, token: str) -> Offer:
    """Takes back what pressing its button did, and nothing that he said since. Returns it as it stands then."""
    if offer.done is not None and offer.stands:
        undo_one(stores, offer.roundup, offer.plan, gesture(offer.done.at, offer.action))
    return read(stores, [(offer.roundup, offer.plan)], token)


def _stands(stores: Stores, edition: Edition, done: UsedLink) -> bool:
    """Whether the gesture has not been taken back, here or at the desk."""
    name = gesture(done.at, done.action)
    return any(one.batch == name for one in stores.ledger.last_gestures(edition.id, REACH))


def _section(link: LinkToken, plan: RoundupSettings) -> str | None:
    return next((name for name in plan.section_names if section_mark(name) == link.section), None) if link.section else None


def _hashed(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _no_more() -> NotFound:
    return NotFound(
        "this link leads nowhere, or no longer",
        advice="A link of a mail works while its edition is open. Your desk has everything.",
    )
