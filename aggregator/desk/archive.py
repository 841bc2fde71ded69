"""Was this linked before? By address, through canonical forms, or by words."""

from __future__ import annotations

from aggregator.ports import Stores
from aggregator.records.archive import PastUse
from aggregator.records.roundups import Roundup
from aggregator.text.canonical import canonical_url

MOST = 200


def search(stores: Stores, roundup: Roundup, words: str) -> list[PastUse]:
    """Earlier uses, newest first, at most `MOST`. An address also finds its other spellings (http, www, tracking parameters)."""
    words = words.strip()
    key = canonical_url(words) if words.startswith(("http://", "https://")) else None
    if key:
        exact = stores.archive.uses(roundup.id, [key]).get(key)
        if exact:
            return exact[:MOST]
    return stores.archive.search(roundup.id, words, MOST)
