"""The text of a candidate's page, to be read and quoted from: as saved when he kept it, or as its feed gave it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from aggregator.ports import Stores
from aggregator.records.candidates import Candidate
from aggregator.records.links import KeptPage


@dataclass(frozen=True, slots=True)
class Reading:
    """paragraphs: of the longer of the two texts, empty without any. kept: the saved page that they are from, None if they are
    the feed's."""

    paragraphs: tuple[str, ...]
    kept: KeptPage | None


def reading(stores: Stores, candidate: Candidate) -> Reading:
    """What there is to read of one candidate."""
    kept = stores.links.page(candidate.id)
    if kept is not None and len(kept.text) <= len(candidate.text):
        kept = None
    text = candidate.text if kept is None else kept.text
    return Reading(tuple(part for part in text.split("\n\n") if part.strip()), kept)


def readings(stores: Stores, candidates: Iterable[Candidate]) -> dict[int, Reading]:
    """The same of several, by number."""
    return {one.id: reading(stores, one) for one in candidates}
