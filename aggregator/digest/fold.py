"""Which new candidates of a section are counted and not listed, since he will hardly use them."""

from __future__ import annotations

from collections.abc import Sequence

from aggregator.records.candidates import Candidate

FEWEST = 10
"""So many of a section are listed, however little they promise."""
TIMES_USUAL = 3
"""So many times as many as the section usually uses are listed, at the least."""
UNLIKELY = 0.02
"""One in fifty: what is likelier stays, however many there are."""
_FALL = 4  # how many times less than the last that is listed anyway; where all are alike, none is the one to fold


def unlikely(part: Sequence[Candidate], usual: int | None) -> frozenset[int]:
    """Ids of those that fold. part: a section's new candidates in reading order. usual: bullets that it usually has at most.

    Past the first max(10, 3 usual), one folds whose interest is below .02 and below a quarter of the least among those.
    Nothing is lost: what folds is counted in the mail, listed by `aggregator candidates`, and waits like the rest.
    """
    listed = max(FEWEST, TIMES_USUAL * (usual or 0))
    cut = min((UNLIKELY, *(one.interest / _FALL for one in part[:listed])))
    return frozenset(one.id for one in part[listed:] if one.interest < cut)
