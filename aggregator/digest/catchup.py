"""Which candidates the first mail after a gap names: the best few over all sections, new ones first; the rest is counted."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from aggregator.records.candidates import Candidate

MOST = 30
"""What an author reads who comes back: about as many as a usual edition has links."""


def best(parts: Sequence[Sequence[Candidate]], most: int = MOST) -> frozenset[int]:
    """Ids of the `most` best: the first of each part that has any, then the most interesting of all.

    parts: sections, each in reading order. Of more parts than `most`, those whose first is the most interesting have one.
    """
    first = [part[0] for part in parts if part]
    others = [one for part in parts for one in part[1:]]
    ranked = [*sorted(first, key=_by_interest), *sorted(others, key=_by_interest)]
    return frozenset(one.id for one in ranked[:most])


def fill(older: Iterable[Candidate], room: int) -> frozenset[int]:
    """Ids of the `room` most interesting that earlier mails showed: they take the places that the new ones leave."""
    return frozenset(one.id for one in sorted(older, key=_by_interest)[: max(0, room)])


def _by_interest(candidate: Candidate) -> tuple[float, int]:
    return -candidate.interest, candidate.id
