"""Excerpts end where a reader would end them."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from aggregator.text.excerpt import excerpt


def test_a_short_text_stays_whole_on_one_line() -> None:
    assert excerpt("One line.\n\nAnother one", 80) == "One line. Another one"


def test_whole_sentences_are_preferred() -> None:
    text = "First sentence here. Second one there! And a third one that is too long to fit."
    assert excerpt(text, 45) == "First sentence here. Second one there!"


def test_without_a_sentence_the_cut_is_between_words() -> None:
    assert excerpt("a text of several words, with no end in sight", 25) == "a text of several words…"


def test_an_abbreviation_ends_no_sentence() -> None:
    assert excerpt("It was Dr. Example who found the answer to it", 20) == "It was Dr. Example…"


def test_a_version_number_ends_no_sentence() -> None:
    assert excerpt("Version 4.5 of the thing came out on some day", 20) == "Version 4.5 of the…"


def test_an_alphabet_without_spaces_is_cut_anywhere() -> None:
    assert excerpt("漢" * 100, 10) == "漢" * 9 + "…"
    assert excerpt("漢字漢字。漢字漢字漢字漢字漢字", 8) == "漢字漢字。"


def test_no_room_is_no_text() -> None:
    assert excerpt("text", 0) == ""


@given(st.text(alphabet="ab .!?\n…漢", max_size=300), st.integers(1, 60))
def test_an_excerpt_never_exceeds_its_limit(text: str, limit: int) -> None:
    short = excerpt(text, limit)
    assert len(short) <= limit
    assert "\n" not in short
    assert excerpt(short, limit) == short
