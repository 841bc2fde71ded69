"""Two edits of one text: what does not touch meets, what does is for the author to decide."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.draft.weave import changed, lines, weave, words

BASE = "A switch that hums. It has ports, and a lid.\n\nThe lid is green."


def test_edits_of_different_sentences_meet() -> None:
    one = BASE.replace("hums", "sings")
    other = BASE.replace("green", "blue") + " Mostly."
    assert weave(BASE, one, other) == "A switch that sings. It has ports, and a lid.\n\nThe lid is blue. Mostly."


def test_a_sentence_before_and_a_word_after_meet() -> None:
    assert weave("One fine day.", "Well. One fine day.", "One fine night.") == "Well. One fine night."


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (BASE.replace("hums", "sings"), BASE.replace("hums", "howls")),
        (BASE.replace("hums. It has", "hums. It had"), BASE.replace("hums. It has", "hums. She has")),
        (BASE + " One more.", BASE + " Another."),
        (BASE.replace(" It has ports, and a lid.", ""), BASE.replace("ports", "plugs")),
    ],
)
def test_edits_that_touch_do_not(one: str, other: str) -> None:
    assert weave(BASE, one, other) is None


def test_white_space_is_never_in_the_way() -> None:
    assert weave("a b c", "a\n\nb c", "a  b d") == "a\n\nb d"


def test_front_matter_is_woven_by_its_lines() -> None:
    base = "title: A\nslug: a\ndate: 1\n"
    assert weave(base, base.replace("A", "B"), base.replace("1", "2"), lines) == "title: B\nslug: a\ndate: 2\n"
    assert weave(base, base.replace("A", "B"), base.replace("title: A", "title: A C"), lines) is None


def test_what_is_too_long_to_compare_is_left_to_him() -> None:
    long = "word " * 6_000
    assert weave(long, f"{long}x", f"y {long}") is None
    assert changed(long, f"{long}x") == [(f"{long}x", True)]


def test_changed_words_are_marked() -> None:
    assert changed("One fine day.", "One cold, grey day.") == [("One ", False), ("cold, grey", True), (" day.", False)]
    assert changed("", "New.") == [("New.", True)]
    assert changed("Same.", "") == []


some = st.lists(st.sampled_from(["a", "b", " c", "\n", "[d](e)", ". "]), max_size=12).map("".join)


@given(some, some)
def test_what_one_side_left_is_as_the_other_has_it(base: str, other: str) -> None:
    assert weave(base, base, other) is not None
    assert (weave(base, base, other) or "").split() == other.split()
    assert weave(base, other, base) == other
    assert weave(base, other, other) == other


@given(some, some, some)
def test_no_side_is_preferred_but_for_white_space(base: str, one: str, other: str) -> None:
    there, back = weave(base, one, other), weave(base, other, one)
    assert (there is None) == (back is None)
    assert (there or "").split() == (back or "").split()


@given(st.lists(st.sampled_from("abcdef"), min_size=1, max_size=9), st.data())
def test_edits_with_a_word_between_always_meet(said: list[str], data: st.DataObject) -> None:
    unique = [f"{word}{at}" for at, word in enumerate(said)]
    one, other, both = list(unique), list(unique), list(unique)
    for at in range(0, len(unique), 2):
        side = data.draw(st.sampled_from([one, other, None]))
        if side is not None:
            side[at] = both[at] = f"new{at}"
    assert weave(" ".join(unique), " ".join(one), " ".join(other)) == " ".join(both)


@given(st.text(max_size=40))
def test_nothing_of_a_text_is_lost_when_it_is_split(text: str) -> None:
    assert "".join(words(text)) == text
    assert "".join(lines(text)) == text
    assert "".join(stretch for stretch, _ in changed("", text)) == text
