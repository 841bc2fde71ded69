"""Reads the open edition for its page: everything but what earlier editions passed over, which is counted."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import parse_qsl

from starlette.requests import Request

from aggregator.desk.decide import today
from aggregator.desk.edition import open_edition
from aggregator.desk.links import standing
from aggregator.desk.triage import Habits, last_gestures
from aggregator.edition.holds import due_reasons
from aggregator.errors import NotFound
from aggregator.records.candidates import Candidate
from aggregator.records.editions import Edition
from aggregator.records.feeds import FeedRole
from aggregator.records.roundups import Roundup
from aggregator.settings import RoundupSettings
from aggregator.web.desk import Desk
from aggregator.web.edition_view import FOLDS, PILES, EditionView, Fold, Part, Pile, edition_view, finds_of, pile, undo_words

EARLIER = 200
"""Of what earlier editions passed over, the newest so many are shown."""


@dataclass(frozen=True, slots=True)
class Opened:
    """The open edition as it was read for one answer. reasons: why what is due is due. finds: numbers of what he brought
    himself."""

    roundup: Roundup
    plan: RoundupSettings
    edition: Edition
    candidates: list[Candidate]
    reasons: dict[int, str]
    finds: frozenset[int]
    view: EditionView


class Reader:
    """Reads for one desk."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._habits = Habits()

    def open(self, request: Request) -> Opened:
        """The open edition of the roundup that the address names. Raises NotFound."""
        stores = self._desk.installation
        roundup, plan = self._desk.roundup(request)
        edition = open_edition(stores, roundup, plan)
        candidates = stores.ledger.candidates(roundup.id, carry=plan.carry)
        reasons = due_reasons(candidates, edition, today(plan, stores.clock.now()))
        stars = [one.id for one in stores.feeds.states(roundup.id) if one.role is FeedRole.FINDS]
        finds = finds_of(candidates, stars)
        view = edition_view(
            candidates,
            stores.ledger.pieces(roundup.id),
            plan,
            reasons=reasons,
            digits=stores.ledger.section_keys(roundup.id, plan.section_names, plan.aliases),
            usual=self._habits.of(stores, roundup, plan),
            earlier=len(stores.ledger.passed_over(roundup.id, plan.carry)),
            finds=finds,
        )
        return Opened(roundup, plan, edition, candidates, reasons, finds, view)

    def about(self, request: Request, here: Opened) -> dict[str, object]:
        """What the rail and the line above it say. `upto` of the address: the newest number that the page at hand knows."""
        known = request.query_params.get("upto", "")
        upto = int(known) if known.isdecimal() and len(known) < 18 else here.view.upto
        gestures = last_gestures(self._desk.installation, here.roundup, here.plan)
        titles = {one.id: one.title for one in here.candidates}
        return {
            "title": here.plan.edition_title(here.edition.number),
            "roundup": here.roundup,
            "plan": here.plan,
            "edition": here.edition,
            "view": here.view,
            "links": standing(self._desk.installation, here.candidates),
            "folds": FOLDS,
            "piles": PILES,
            "upto": upto,
            "arrived": sum(one.id > upto for one in here.candidates),
            "undo": undo_words(gestures[0], titles) if gestures else None,
            "themes": sorted(
                {hold.theme for one in here.candidates if (hold := one.standing.hold) and hold.theme}, key=str.casefold
            ),
        }

    def parts(self, here: Opened, name: str | None) -> tuple[Part, ...]:
        """The sections that a page shows: all, or the one of this name, "" being Unsorted. Raises NotFound."""
        found = tuple(one for one in here.view.parts if name is None or (one.name or "") == name)
        if not found:
            raise NotFound(f"there is no section {name!r}", advice="It may have been renamed; begin at the edition's page.")
        return found

    def listed(self, here: Opened, wanted: str) -> tuple[str, list[Candidate]]:
        """Heading and candidates of a list that is folded in the page: of a section (`s1.waiting`), or one beside the sections
        (`dropped`). Raises NotFound."""
        key, _, name = wanted.rpartition(".")
        part = here.view.part(key)
        if part is not None and name in FOLDS:
            return f"{part.title}: {FOLDS[Fold(name)]}", list(part.folds.get(Fold(name), ()))
        if key or name not in PILES:
            raise NotFound("there is no such list", advice="Begin at the edition's page.")
        found = pile(Pile(name), here.candidates, here.reasons, here.plan.carry, here.finds)
        if name == Pile.EARLIER:
            stores = self._desk.installation
            newest = stores.ledger.passed_over(here.roundup.id, here.plan.carry)[:EARLIER]
            found += reversed(stores.ledger.candidates(here.roundup.id, newest))
        return PILES[Pile(name)], found

    def shown(self, here: Opened, query: str) -> list[int]:
        """Numbers of the candidates on the edition's page of this address, in its order; none of a page that is no more."""
        asked = dict(parse_qsl(query, keep_blank_values=True))
        try:
            if wanted := asked.get("list"):
                return [one.id for one in self.listed(here, wanted)[1]]
            return [one.id for part in self.parts(here, asked.get("section")) for one in (*part.due, *part.new)]
        except NotFound:
            return []
