"""What undo would take back, for pages that offer it."""

from __future__ import annotations

from aggregator.desk.triage import last_gestures
from aggregator.ports import Stores
from aggregator.records.roundups import Roundup
from aggregator.settings import RoundupSettings
from aggregator.web.edition_view import undo_words


def offered_undo(stores: Stores, roundup: Roundup, plan: RoundupSettings) -> str | None:
    """In words; None where there is nothing to take back."""
    newest = next(iter(last_gestures(stores, roundup, plan)), None)
    if newest is None:
        return None
    about = stores.ledger.candidates(roundup.id, {one.candidate_id for one in newest.verdicts})
    return undo_words(newest, {one.id: one.title for one in about})
