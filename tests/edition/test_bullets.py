"""The open edition's bullets, from what he kept and what he wrote."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from aggregator.edition.bullets import asleep, bullets, by_section, ranked, with_remarks
from aggregator.records.candidates import Candidate, Standing, State
from aggregator.records.drafts import Piece, PieceKind

NOW = datetime(2026, 3, 6, 9, tzinfo=UTC)


def candidate(id_: int, state: State = State.KEPT, section: str | None = "Storage", comment: str | None = None) -> Candidate:
    at = NOW + timedelta(minutes=id_)
    standing = Standing(state, section, comment=comment, decided_at=at)
    return Candidate(id_, f"https://a.example/{id_}", None, f"Title {id_}", "", None, (), None, NOW, standing)


def piece(links: tuple[int, ...], text: str = "", section: str | None = "Storage", rank: float = 0.0, number: int = 5) -> Piece:
    return Piece(1, number, 1, PieceKind.BULLET, NOW, "a", section, rank, text, links, None, None, gone=False, undoes=None)


def test_what_he_only_kept_is_a_bullet_with_the_words_he_said() -> None:
    (one,) = bullets([candidate(1, comment="Read it."), candidate(2, State.NEW)], [])
    assert (one.key, one.text, one.section, [link.candidate.id for link in one.links]) == ("c1", "Read it.", "Storage", [1])


def test_bullets_stand_in_the_order_in_which_he_decided_until_he_moves_one() -> None:
    made = piece((3,), rank=NOW.timestamp())
    found = bullets([candidate(2), candidate(1), candidate(3)], [made])
    assert [one.key for one in found] == ["b5", "c1", "c2"]


def test_a_link_that_he_dropped_leaves_its_number_unused() -> None:
    (one,) = bullets([candidate(1, State.DROPPED), candidate(2)], [piece((1, 2), "[a][1] [b][2]")])
    assert [(link.number, link.candidate.id) for link in one.links] == [(2, 2)]


def test_a_bullet_without_any_of_its_links_waits_for_them() -> None:
    pieces = [piece((1,), "Words."), piece((2,), "", number=6), piece((3,), "More.", number=7)]
    found = bullets([candidate(1, State.HELD), candidate(2, State.HELD), candidate(3)], pieces)
    assert [one.key for one in found] == ["b7"]
    assert [one.text for one in asleep(found, pieces)] == ["Words."]


def test_paragraphs_stand_among_the_bullets() -> None:
    remark = replace(piece((), "Between.", rank=1.0, number=8), kind=PieceKind.REMARK)
    pieces = [piece((1,), "One.", rank=0.0), remark, piece((2,), "Two.", rank=2.0, number=6)]
    found = bullets([candidate(1), candidate(2)], pieces)
    assert [(one.key, one.is_remark) for one in with_remarks(found, pieces)] == [("b5", False), ("r8", True), ("b6", False)]


def test_words_alone_are_a_bullet() -> None:
    assert [one.text for one in bullets([], [piece((), "Words.")])] == ["Words."]


def test_every_section_is_there_and_the_rest_comes_last() -> None:
    found = bullets([candidate(1), candidate(2, section="Gone"), candidate(3, section=None)], [])
    assert {name: len(part) for name, part in by_section(found, ["Networking", "Storage"]).items()} == {
        "Networking": 0,
        "Storage": 1,
        "Gone": 1,
        None: 1,
    }


@given(
    st.lists(st.sampled_from([1, 2, 3, 4]), max_size=6).map(tuple), st.lists(st.sampled_from([1, 2, 3, 4]), max_size=3).map(tuple)
)
def test_every_kept_candidate_is_in_exactly_one_bullet(first: tuple[int, ...], second: tuple[int, ...]) -> None:
    found = bullets([candidate(id_) for id_ in range(1, 5)], [piece(first, "a"), piece(second, "b", number=6)])
    assert sorted({link.candidate.id for one in found for link in one.links}) == [1, 2, 3, 4]
    for id_ in range(1, 5):
        assert len([one for one in found if id_ in [link.candidate.id for link in one.links]]) == 1


@given(st.lists(st.floats(0, NOW.timestamp()), max_size=5).map(sorted), st.integers(0, 5), st.integers(1, 3))
def test_what_is_put_between_bullets_stands_between_them(ranks: list[float], at: int, count: int) -> None:
    others = bullets([], [piece((), "Words.", rank=rank, number=number) for number, rank in enumerate(ranks, 1)])
    at = min(at, len(others))
    new, anew = ranked(others, at, count, NOW.timestamp())
    then = [anew.get(one.key, one.rank) for one in others]
    assert all(one < other for one, other in pairwise([*then[at - 1 : at], *new, *then[at : at + 1]]))
    assert then == sorted(then)


def test_the_first_words_of_a_bullet_do_not_move_it_among_those_kept_at_one_stroke() -> None:
    those = [candidate(9), candidate(10), candidate(11)]
    at = NOW.timestamp()
    level = [replace(one, standing=replace(one.standing, decided_at=NOW)) for one in those]
    found = bullets(level, [piece((11,), "Words.", rank=at)])
    assert [one.links[0].candidate.id for one in found] == [9, 10, 11]
