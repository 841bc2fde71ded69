"""Honest confidence and thresholds."""

from __future__ import annotations

import numpy as np

from aggregator.classify.calibration import MARGIN, NEVER, TARGET, best_temperature, find_thresholds, likeliest, softmax


def test_overconfident_scores_are_cooled() -> None:
    lots = np.random.default_rng(1)
    truth = lots.integers(0, 3, 600)
    scores = lots.normal(size=(600, 3)) + np.eye(3)[truth]
    assert best_temperature(scores * 2, truth) < 0.7


def test_a_few_right_answers_do_not_make_it_certain() -> None:
    truth = np.arange(24) % 3
    scores = np.eye(3)[truth]
    assert softmax(scores * best_temperature(scores, truth)).max() < 0.98


def test_links_without_a_right_column_do_not_count() -> None:
    scores = np.array([[2.0, 0.0], [0.0, 2.0], [5.0, 0.0]])
    assert best_temperature(scores, np.array([0, 1, -1])) == best_temperature(scores[:2], np.array([0, 1]))
    assert best_temperature(scores, np.array([-1, -1, -1])) == 1.0


def test_a_toss_up_is_not_certain() -> None:
    first, confidence = likeliest(np.array([[0.5, 0.5 - MARGIN / 2, 0.0], [0.9, 0.1, 0.0]]))
    assert first.tolist() == [0, 0]
    assert confidence.tolist() == [-1.0, 0.9]


def test_thresholds_keep_the_promise_on_what_they_were_set_on() -> None:
    lots = np.random.default_rng(2)
    confidence = lots.uniform(0.5, 1.0, 800)
    truth = np.where(lots.uniform(size=800) < confidence, 0, 1)
    probabilities = np.column_stack([confidence, 1 - confidence])
    threshold = find_thresholds(probabilities, truth, ["Gardens", "Kitchens"])["Gardens"]
    filed = confidence >= threshold
    assert 0.2 < filed.mean() < 0.9
    assert (truth[filed] == 0).mean() >= TARGET


def test_a_section_that_is_mostly_wrong_files_nothing() -> None:
    probabilities = np.tile([[0.9, 0.1], [0.1, 0.9]], (200, 1))
    truth = np.tile([1, 1], 200)
    thresholds = find_thresholds(probabilities, truth, ["Gardens", "Kitchens"])
    assert thresholds["Gardens"] == NEVER
    assert thresholds["Kitchens"] <= 0.9


def test_with_little_to_measure_on_confidence_is_taken_at_its_word() -> None:
    few = softmax(np.eye(3) * 5)
    assert find_thresholds(few, np.arange(3), ["a", "b", "c"]) == {"a": TARGET, "b": TARGET, "c": TARGET}
