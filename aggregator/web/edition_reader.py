"""Reads the open edition for its page: everything but what earlier editions passed over, which is counted."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.requests import Request

from aggregator.desk.decide import today
from aggregator.desk.edition import open_edition
from aggregator.desk.triage import Habits, last_gestures
from aggregator.edition.holds import due_reasons
from aggregator.records.candidates import Candidate
from aggregator.records.editions import Edition
from aggregator.records.roundups import Roundup
from aggregator.settings import RoundupSettings
from aggregator.web.desk import Desk
from aggregator.web.edition_view import FOLDS, PILES, EditionView, edition_view, undo_words


@dataclass(frozen=True, slots=True)
class Opened:
    """The open edition as it was read for one answer. reasons: why what is due is due."""

    roundup: Roundup
    plan: RoundupSettings
    edition: Edition
    candidates: list[Candidate]
    reasons: dict[int, str]
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
        view = edition_view(
            candidates,
            stores.ledger.pieces(roundup.id),
            plan,
            reasons=reasons,
            digits=stores.ledger.section_keys(roundup.id, plan.section_names, plan.aliases),
            usual=self._habits.of(stores, roundup, plan),
            earlier=len(stores.ledger.passed_over(roundup.id, plan.carry)),
        )
        return Opened(roundup, plan, edition, candidates, reasons, view)

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
            "folds": FOLDS,
            "piles": PILES,
            "upto": upto,
            "arrived": sum(one.id > upto for one in here.candidates),
            "undo": undo_words(gestures[0], titles) if gestures else None,
        }
