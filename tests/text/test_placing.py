"""Places for links in the author's words."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from aggregator.text.placing import fill, places, uncited


def numbered(words: str, number: int) -> str:
    return f"<{number}:{words}>"


def test_a_place_may_stand_anywhere_in_a_sentence() -> None:
    assert fill("Here is [one way][2], and [another][1] too.", 2, numbered) == "Here is <2:one way>, and <1:another> too."


def test_a_number_above_the_links_is_his_own_reference() -> None:
    assert fill("See [this][3] and [that][x].", 2, numbered) == "See [this][3] and [that][x]."


def test_code_and_escaped_brackets_are_left_alone() -> None:
    text = r"Write `[a][1]` or \[b][1] or ``[c][1] ` `` here."
    assert fill(text, 1, numbered) == text


def test_words_may_hold_markup_and_brackets() -> None:
    assert fill("[the *new* [beta] `x`][1]", 1, numbered) == "<1:the *new* [beta] `x`>"


def test_links_without_a_place_are_told() -> None:
    assert uncited("[b][2]", 3) == (1, 3)


@given(st.text(alphabet="ab[]12`\\ ", max_size=40), st.integers(0, 3))
def test_all_but_the_places_stays_as_it_was(text: str, count: int) -> None:
    assert fill(text, count, lambda words, number: f"[{words}][{number}]") == text
    assert all(text[one.start : one.end] == f"[{one.words}][{one.number}]" for one in places(text, count))
