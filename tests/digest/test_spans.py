"""Spans of an answer: what stands between two numbers in the mail, and the order of a real digest's numbers."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from aggregator.digest.replying import Decide, Statement, Unread, statements
from aggregator.digest.spans import order, spread
from aggregator.records.candidates import Action
from tests.digest.test_goldens import GOLDENS

MAIL = [203, 41, 220, 7, 230]


def said(line: str) -> Statement:
    (one,) = statements(line)
    return spread(one, MAIL)


def test_a_span_is_what_stands_between_in_the_mail() -> None:
    assert said("41-7 drop") == Decide("41-7 drop", (41, 220, 7), Action.DROP)
    assert said("keep 203 to 41, 230") == Decide("keep 203 to 41, 230", (230, 203, 41), Action.KEEP)
    assert said("41-41 drop") == Decide("41-41 drop", (41,), Action.DROP)


def test_a_span_that_is_none_in_the_mail_is_told() -> None:
    for line in ("7-41 drop", "41-99 drop", "99-100 keep; ".strip("; ")):
        read = said(line)
        assert isinstance(read, Unread)
        assert "both must stand there" in read.advice


def test_the_numbers_of_a_digest_from_top_to_bottom() -> None:
    text = (GOLDENS / "usual_week" / "mail.txt").read_text()
    known = {*range(1, 500)}
    assert order(text, known) == [41, 203, 204, 205, 211, 220, 240, 230, 300, 302, 301, 303, 400, 402, 401]
    assert order("2013 was a good year\n", known) == []


def test_a_number_that_begins_a_line_of_an_excerpt_is_none_of_the_mails() -> None:
    text = " 203 A title\n     204 frames were lost\n 205 Another\n 204 A third\n"
    assert order(text, {203, 204, 205}) == [203, 205, 204]


numbers = st.integers(1, 999)
spans = st.tuples(numbers, numbers).filter(lambda one: one[0] != one[1])
joints = st.sampled_from([" ", ", ", ",", " and ", " & "])


@given(st.lists(numbers | spans, min_size=1, max_size=8), joints, st.sampled_from(["keep", "x", "hold", "let go", "KEEP."]))
def test_numbers_and_spans_in_any_row_are_read_as_they_are_written(
    those: list[int | tuple[int, int]], joint: str, verb: str
) -> None:
    line = joint.join(str(one) if isinstance(one, int) else f"{one[0]}-{one[1]}" for one in those) + f" {verb}"
    (read,) = statements(line)
    assert isinstance(read, Decide)
    assert read.ids == tuple(dict.fromkeys(one for one in those if isinstance(one, int)))
    assert read.spans == tuple(dict.fromkeys(one for one in those if isinstance(one, tuple)))


words = st.text(st.characters(codec="utf-8", exclude_characters=";\r\n\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029"), max_size=40)


@given(st.lists(words, max_size=6))
def test_every_statement_of_a_line_is_read_or_told(parts: list[str]) -> None:
    line = "; ".join(parts)
    lines = [one.line for one in statements(line)]
    assert all(one.strip() for one in lines)
    left = line
    for one in lines:
        _, found, left = left.partition(one.strip().removesuffix("…"))
        assert found, "in order, and in his own words"
