"""How many words his bullets usually have."""

from __future__ import annotations

from statistics import median

from aggregator.ports import Stores
from aggregator.records.roundups import Roundup

_RECENT = 12
"""Editions that count: he writes as he wrote lately."""


def usual_words(stores: Stores, roundup: Roundup) -> int | None:
    """The median of the words of a bullet in his newest editions; None without any."""
    recent = stores.archive.editions(roundup.id)[-_RECENT:]
    counts = [len(bullet.text.split()) for edition in recent for bullet in edition.bullets]
    return round(median(counts)) if counts else None
