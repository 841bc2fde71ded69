"""Drift: said where it is sure and large enough to matter, silent on chance."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from aggregator.records.archive import PastEdition
from aggregator.records.learning import Classifier
from aggregator.records.reports import ClosedEdition
from aggregator.report.drift import drift, not_adopted, overconfident, strange_headings, strange_words
from tests.report.conftest import Close, Link

Make = Callable[..., PastEdition]
NOW = datetime(2026, 3, 2, tzinfo=UTC)


def known(name: str) -> str | None:
    return {"Storage": "Storage", "Security": "Security", "Disks": "Storage"}.get(name)


def edition(link: Link, close: Close, number: int, *, right: int, of: int, sure: float) -> ClosedEdition:
    return close(number, [link(n, "Storage", "Storage" if n <= right else "Security", sure=sure) for n in range(1, of + 1)])


def test_an_edition_far_less_right_than_it_thought_is_told_with_the_figures(link: Link, close: Close) -> None:
    found = overconfident([edition(link, close, 28, right=12, of=30, sure=0.8)], known)
    assert found is not None
    assert found.words == "Filing was less right than it thought: 12 of 30 links of #28, where 24 were expected."


def test_small_editions_are_taken_together_until_there_are_enough_links(link: Link, close: Close) -> None:
    small = [edition(link, close, number, right=3, of=11, sure=0.8) for number in (25, 26, 27, 28)]
    found = overconfident(small, known)
    assert found is not None
    assert "6 of 22 links of #27 to #28" in found.words
    assert overconfident(small[-1:], known) is None


@pytest.mark.parametrize("seed", range(5))
def test_a_classifier_that_is_as_right_as_it_says_gives_no_alarm(link: Link, close: Close, seed: int) -> None:
    chance = random.Random(seed)
    alarms = 0
    for number in range(40):
        links = [link(n, "Storage", "Storage" if chance.random() < 0.7 else "Security", sure=0.7) for n in range(30)]
        alarms += overconfident([close(number, links)], known) is not None
    assert alarms <= 3


def test_a_guess_under_an_old_name_is_right_and_what_was_never_guessed_counts_for_nothing(link: Link, close: Close) -> None:
    renamed = close(28, [link(n, "Storage", "Disks", sure=0.9) for n in range(30)])
    assert overconfident([renamed], known) is None
    assert overconfident([close(28, [link(n, "Storage", None) for n in range(30)])], known) is None


def test_a_tenth_of_the_links_under_strange_headings_is_told_with_their_names(make: Make) -> None:
    urls = [f"https://a.example/{n}" for n in range(20)]
    found = strange_headings(
        [make(28, {"Storage": urls, "Containers": urls[:3], "disks": urls[:1]})], lambda one: known(one.title())
    )
    assert found is not None
    assert found.words == "3 of 24 links of #28 stand under headings that are no section of yours: Containers."
    assert strange_headings([make(28, {"Storage": urls, "Containers": urls[:2]})], known) is None
    assert strange_headings([make(27, {"Containers": urls}), make(28, {"Storage": urls})], known) is None
    assert strange_headings([], known) is None


def words_of(make: Make, number: int, words: list[str]) -> PastEdition:
    """An edition whose links are called by these words."""
    made = make(number, {"Storage": [[f"https://a.example/{number}/{n}" for n in range(len(words))]]})
    links = tuple(replace(link, anchor=word) for link, word in zip(made.bullets[0].links, words, strict=True))
    return replace(made, bullets=(replace(made.bullets[0], links=links),))


def letters(number: int) -> str:
    return "".join(chr(ord("a") + int(digit)) for digit in f"{number:05}")


def test_an_edition_full_of_words_that_no_earlier_one_had_is_told(make: Make) -> None:
    common = [letters(n) for n in range(40)]
    usual = [words_of(make, n, [*common[:30], letters(1000 + n), letters(2000 + n)]) for n in range(1, 16)]
    assert strange_words(usual) is None
    found = strange_words([*usual, words_of(make, 16, [*common[:20], *(letters(3000 + n) for n in range(12))])])
    assert found is not None
    assert found.words.startswith("38% of the words in the links of #16 were in no earlier edition; usually it is ")
    assert strange_words(usual[:5]) is None


def test_a_training_that_was_not_adopted_is_told_with_its_reason() -> None:
    row = Classifier(1, "recipe", 0, 9, 50, (), None, {}, None, NOW, "Not adopted: right at first 60%, the present one 64%.")
    found = not_adopted(row)
    assert found is not None
    assert found.words.endswith("Not adopted: right at first 60%, the present one 64%.")
    assert not_adopted(None) is None


def test_nothing_known_is_no_drift() -> None:
    assert drift([], [], known, None) == ()
