from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.edition.likeness import Likeness, alike, may_be_alike

BODY = "The rack in the attic had been humming a slightly different note for a week before anybody thought of looking. " * 3


def like(title: str, text: str = BODY, address: str | None = "https://attic.example/1") -> Likeness:
    return Likeness.of(title, text, address)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("A tale of two racks", "A tale of two racks"),
        ("A tale of two racks", "a Tale of two Racks!"),
        ("A tale of two racks", "Mara Lindqvist: A tale of two racks"),
        ("A tale of two racks", "A tale of two racks | The Attic"),
        ("A tale of two racks, part 2", "A tale of two racks: part 2"),
    ],
)
def test_titles_agree_past_case_punctuation_and_names_beside_them(one: str, other: str) -> None:
    assert may_be_alike(like(one), like(other))
    assert may_be_alike(like(other), like(one))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("A tale of two racks", "A tale of two cities"),
        ("Racks", "On Racks"),
        ("Week 11", "Week 12"),
        ("A tale of two racks, part 1", "A tale of two racks, part 2"),
        ("A tale of two racks", "A tale of two racks, part 2"),
    ],
)
def test_other_titles_and_other_numbers_do_not_agree(one: str, other: str) -> None:
    assert not may_be_alike(like(one), like(other))


def test_an_excerpt_on_another_site_is_alike_and_on_the_same_site_is_not() -> None:
    whole = like("Racks", BODY)
    assert alike(whole, like("Racks", BODY[:200], "https://planet.example/1"))
    assert not alike(whole, like("Racks", BODY[:200], "https://attic.example/2"))
    assert not alike(whole, like("Racks", BODY[:200], None))


@pytest.mark.parametrize(("title", "text"), [("here", BODY), ("Untitled", BODY), ("Racks", BODY), ("Two racks", "Short.")])
def test_a_hollow_title_or_a_short_text_tells_nothing(title: str, text: str) -> None:
    assert not like(title, text).telling


@given(st.text(max_size=80), st.text(max_size=400), st.text(max_size=80), st.text(max_size=400))
def test_likeness_has_no_direction(title: str, text: str, other_title: str, other_text: str) -> None:
    one, other = like(title, text), like(other_title, other_text, "https://planet.example/1")
    assert may_be_alike(one, other) == may_be_alike(other, one)
    assert alike(one, other) == alike(other, one)
