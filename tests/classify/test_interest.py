"""How likely he is to use it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from aggregator.classify.interest import Interest
from aggregator.records.learning import Example
from tests.classify.conftest import SITES, MakeEditions


def test_a_site_he_keeps_linking_counts_more_than_a_stranger(make_editions: MakeEditions) -> None:
    interest = Interest.fit(make_editions())
    known = interest.score(Example(title="", url=f"https://{SITES['Gardens']}/x"), 1, 0.5)
    stranger = interest.score(Example(title="", url="https://stranger.example/x"), 1, 0.5)
    assert known > stranger + 0.3


def test_what_he_linked_long_ago_counts_less(make_editions: MakeEditions) -> None:
    editions = make_editions(30)
    host = editions[0].links[0].url.split("/")[2]
    only_old = [edition for edition in editions if all(host not in link.url for link in edition.links)]
    old = Interest.fit([editions[0], *only_old])
    new = Interest.fit([*only_old, editions[0]])
    assert new.habits[host] == 1.0
    assert old.habits[host] < 1.0


def test_several_sources_and_confidence_raise_it() -> None:
    interest, example = Interest({}), Example(title="x")
    assert interest.score(example, 3, 0.5) > interest.score(example, 1, 0.5)
    assert interest.score(example, 1, 0.9) > interest.score(example, 1, 0.5)


@given(st.floats(0, 100), st.integers(0, 1000), st.floats(0, 1))
def test_it_stays_between_nothing_and_one(habit: float, sources: int, confidence: float) -> None:
    score = Interest({"x.example": habit}).score(Example(title="", url="https://x.example/"), sources, confidence)
    assert 0 <= score <= 1
