"""How good the filing is, in words that say no more than is known."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

import pytest

from aggregator.desk.filing import in_plain_words
from aggregator.records.learning import Classifier, Score


class Known:
    """As much of a classifier as the words need."""

    def __init__(self, labels: int, score: Score | None) -> None:
        self.labels, self.score = labels, score


def words(score: Score | None, labels: int = 120) -> str:
    return " ".join(in_plain_words(cast("Classifier", Known(labels, score)), labels))


def test_nothing_learnt_says_what_it_goes_by_meanwhile() -> None:
    assert "learnt nothing of you" in " ".join(in_plain_words(None, 0))
    assert "knows 12 of your links, too few" in " ".join(in_plain_words(None, 12))
    assert "keywords" in " ".join(in_plain_words(None, 12))
    assert "too few or too new" in words(None)


@pytest.mark.parametrize(
    ("top1", "top2", "said"),
    [
        (0.84, 0.89, "puts about eight where you would; for about nine"),
        (0.6, 1.0, "puts six where you would; for all ten"),
        (0.0, 0.2, "puts none where you would; for two"),
    ],
)
def test_a_share_is_told_of_ten(top1: float, top2: float, said: str) -> None:
    assert said in words(Score(1000, top1, top2))


def test_few_links_are_told_with_the_range_they_leave_open() -> None:
    few, many = Score(37, 0.84, 0.89), Score(2000, 0.84, 0.89)
    assert "anything from 69% to 92%" in words(few)
    assert "anything from" not in words(many)
    assert "anything from 0%" in words(replace(few, links=3, top1=0.0))
