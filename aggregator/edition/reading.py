"""The order in which candidates are read, in every list."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from aggregator.records.candidates import Candidate


def reading_order(candidates: Iterable[Candidate], sections: Sequence[str]) -> list[Candidate]:
    """By section in the author's order, what stands under none of them last; within a section by `Candidate.rank`."""
    place = {name: n for n, name in enumerate(sections)}
    return sorted(candidates, key=lambda one: (place.get(one.likely_section or "", len(place)), one.rank))
