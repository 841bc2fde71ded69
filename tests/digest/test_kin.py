"""Relatives in one line."""

from __future__ import annotations

from collections.abc import Callable

from aggregator.digest.kin import kin
from aggregator.records.candidates import Candidate, Relative, RelativeKind

MakeCandidate = Callable[..., Candidate]

TWO = Relative(RelativeKind.STORY, "the same story: A blog has it too", 2)
THREE = Relative(RelativeKind.STORY, "the same story: Another blog has it too", 3)
PART = Relative(RelativeKind.SERIES, "part 1: you linked it in #26", address="https://a.example/1")
ANSWER = Relative(RelativeKind.REPLY, "answers 4", 4)
RELINK = Relative(RelativeKind.RELINK, "you linked it in #12, at a.example", address="https://a.example/2")


def test_tellers_of_one_story_stand_together_before_the_rest(candidate: MakeCandidate) -> None:
    one = candidate(1, relatives=(ANSWER, TWO, PART, THREE))
    assert kin(one) == "same story: 2 and 3; part 1: you linked it in #26; answers 4"


def test_only_numbers_that_the_reader_has_before_him_are_named(candidate: MakeCandidate) -> None:
    one = candidate(1, relatives=(ANSWER, TWO, PART, THREE))
    assert kin(one, {3}) == "same story: 3; part 1: you linked it in #26"


def test_a_relink_is_told_where_past_uses_are(candidate: MakeCandidate) -> None:
    assert kin(candidate(1, relatives=(RELINK,))) == ""


def test_a_reason_from_a_feed_stays_one_clean_line(candidate: MakeCandidate) -> None:
    one = candidate(1, relatives=(Relative(RelativeKind.REPLY, "answers\r\n\u202e4 " + "x" * 400, 4),))
    assert "\n" not in kin(one)
    assert "\u202e" not in kin(one)
    assert len(kin(one)) <= 160
