"""Was this linked before? By address, through canonical forms, or by words."""

from __future__ import annotations

from collections.abc import Sequence

from aggregator.archive.memory import Memory
from aggregator.ports import Stores
from aggregator.records.archive import PastUse
from aggregator.records.roundups import Roundup
from aggregator.text.canonical import canonical_url

MOST = 200


def search(stores: Stores, roundup: Roundup, words: str) -> list[PastUse]:
    """Earlier uses, newest first, at most `MOST`. An address also finds its other spellings (http, www, tracking parameters);
    where it was not linked, the page that it led to, and one that it seems to be."""
    words = words.strip()
    key = canonical_url(words) if words.startswith(("http://", "https://")) else None
    if key:
        exact = stores.archive.uses(roundup.id, [key]).get(key)
        if exact:
            return exact[:MOST]
        matches = Memory.of(stores.archive.places(roundup.id)).find("", [key, *stores.archive.led_to([key]).values()])
        addresses = [match.place.canonical_url for match in matches]
        uses = stores.archive.uses(roundup.id, addresses)
        if uses:
            return [use for address in addresses for use in uses.get(address, ())][:MOST]
    return stores.archive.search(roundup.id, words, MOST)


def elsewhere(words: str, found: Sequence[PastUse]) -> bool:
    """Whether an address was asked for, and what was found stood at others."""
    key = canonical_url(words.strip()) if words.strip().startswith(("http://", "https://")) else None
    return key is not None and bool(found) and all(canonical_url(use.url) != key for use in found)
