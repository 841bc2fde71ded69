"""New entries -> candidates of a roundup: copies merge, the rest is offered. Level-triggered: a crash only delays it."""

from __future__ import annotations

from datetime import timedelta

from aggregator.edition.duplicates import find_copies
from aggregator.ports import Stores
from aggregator.records.roundups import Roundup

BATCH = 2000
LOOK_BACK = timedelta(days=90)
"""How far back a near-equal title and text still means a copy; equal addresses merge over the whole life of the roundup."""


def run_once(stores: Stores, roundup: Roundup) -> int:
    """Offers every entry that waits. Returns how many candidates are new."""
    offered = 0
    while entries := stores.feeds.entries_to_offer(roundup.id, BATCH):
        addresses = {entry.canonical_url for entry in entries if entry.canonical_url}
        known = stores.ledger.candidates_at(roundup.id, addresses)
        recent = stores.ledger.fingerprints(roundup.id, stores.clock.now() - LOOK_BACK)
        found = find_copies(entries, known, recent)
        offered += len(stores.ledger.offer(roundup.id, found.new, found.copies))
        if len(entries) < BATCH:
            break
    return offered
