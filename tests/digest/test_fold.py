"""What is of low interest is counted where it would have stood, late and seldom."""

from __future__ import annotations

from collections.abc import Callable

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aggregator.digest.fold import FEWEST, UNLIKELY, unlikely
from aggregator.digest.render import render
from aggregator.records.candidates import Candidate
from aggregator.records.digests import Digest

MakeCandidate = Callable[..., Candidate]
MakeDigest = Callable[..., Digest]


def week(candidate: MakeCandidate, *interests: float, doubtful: int = 0) -> list[Candidate]:
    """One of another feed each, of a section; the last few in doubt."""
    sure = len(interests) - doubtful
    return [
        candidate(n, f"Piece {n}", "Storage" if n < sure else None, likely="Storage", interest=interest, feeds=(n,))
        for n, interest in enumerate(interests)
    ]


def test_what_he_will_hardly_use_folds_past_the_first_few(digest: MakeDigest, candidate: MakeCandidate) -> None:
    made = digest(*week(candidate, *[0.5] * FEWEST, 0.4, *[0.01] * 25), usual_links=30)
    [storage] = [part for part in made.sections if part.name == "Storage"]
    assert (len(storage.new), storage.more) == (FEWEST + 1, 25)
    assert (25, "of low interest") in [(one.count, one.reason) for one in made.withheld]
    assert "+ 25 more new: aggregator candidates" in render(made).text


def test_nothing_folds_before_anything_is_known_of_him(digest: MakeDigest, candidate: MakeCandidate) -> None:
    made = digest(*week(candidate, *[0.5] * FEWEST, *[0.01] * 25))
    assert not any(part.more for part in made.sections)


def test_where_all_promise_little_none_is_the_one_to_fold(candidate: MakeCandidate) -> None:
    assert not unlikely(week(candidate, *[0.01] * 60), None)


def test_a_section_that_uses_many_lists_many(candidate: MakeCandidate) -> None:
    part = week(candidate, *[0.5] * FEWEST, *[0.4] * 8, *[0.001] * 9)
    assert len(unlikely(part, None)) == 9
    assert not unlikely(part, 9)


def test_what_is_in_doubt_folds_for_its_interest_only(candidate: MakeCandidate) -> None:
    part = week(candidate, *[0.5] * FEWEST, 0.001, 0.3, 0.002, doubtful=2)
    assert unlikely(part, None) == {FEWEST, FEWEST + 2}


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.floats(0, 1), max_size=60), st.none() | st.integers(0, 20))
def test_the_first_few_and_the_likely_never_fold(candidate: MakeCandidate, interests: list[float], usual: int | None) -> None:
    part = week(candidate, *sorted(interests, reverse=True))
    folded = unlikely(part, usual)
    assert all(one.interest < UNLIKELY for one in part if one.id in folded)
    assert not folded & {one.id for one in part[: max(FEWEST, 3 * (usual or 0))]}
