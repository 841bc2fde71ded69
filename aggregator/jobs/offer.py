"""New entries -> candidates of a roundup: copies merge, the rest is offered, the author's own finds come in kept.

Level-triggered: a crash only delays it.
"""

from __future__ import annotations

from collections.abc import Sequence

from aggregator.edition.duplicates import LOOK_BACK, find_copies
from aggregator.edition.finds import Find, as_finds, read_finds
from aggregator.ports import Stores
from aggregator.records.candidates import Finds, Fingerprint
from aggregator.records.entries import Entry
from aggregator.records.roundups import Roundup

BATCH = 2000


def run_once(stores: Stores, roundup: Roundup) -> int:
    """Offers every entry that waits. Returns how many candidates are new. The roundup has an open edition."""
    offered = 0
    while entries := stores.feeds.entries_to_offer(roundup.id, BATCH):
        now = stores.clock.now()
        recent = stores.ledger.fingerprints(roundup.id, now - LOOK_BACK)
        finds = _finds(entries, recent)
        about = [finds[entry.id].entry if entry.id in finds else entry for entry in entries]
        known = stores.ledger.candidates_at(roundup.id, {entry.canonical_url for entry in about if entry.canonical_url})
        found = find_copies(about, known, recent)
        kept = Finds({entry: find.note for entry, find in finds.items()}, now)
        offered += len(stores.ledger.offer(roundup.id, as_finds(found.new, finds), found.copies, kept))
        if len(entries) < BATCH:
            break
    return offered


def _finds(entries: Sequence[Entry], recent: Sequence[Fingerprint]) -> dict[int, Find]:
    """By entry id."""
    ours = [entry for entry in entries if entry.finds]
    if not ours:
        return {}
    articles: list[Fingerprint | Entry] = [*recent, *(entry for entry in entries if not entry.finds)]
    texts = {one.canonical_url: one.text for one in articles if one.canonical_url is not None and one.text}
    return {find.entry.id: find for find in read_finds(ours, texts)}
