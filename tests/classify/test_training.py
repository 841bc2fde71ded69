"""Training, measuring, adopting (R14, R26)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest

from aggregator.classify.training import Trained, refit, train
from aggregator.errors import NotEnoughLabels
from aggregator.records.learning import Classifier, Label
from tests.classify.conftest import WORDS, MakeLabels

SECTIONS = tuple(WORDS)
NOW = datetime(2026, 1, 1, tzinfo=UTC)


def as_row(trained: Trained, watermark: int) -> Classifier:
    return Classifier(
        id=1,
        recipe=trained.recipe,
        seed=trained.seed,
        watermark=watermark,
        labels=trained.labels,
        sections=trained.sections,
        score=trained.score,
        thresholds=trained.thresholds,
        adopted_at=NOW,
        made_at=NOW,
        reason=trained.reason,
    )


def test_the_first_classifier_is_adopted_with_its_figures(make_labels: MakeLabels) -> None:
    trained = train(make_labels(), SECTIONS, None)
    assert trained.adopted
    assert trained.labels == 120
    assert trained.score is not None
    assert trained.score.links == 24
    assert trained.score.top2 >= trained.score.top1 > 0.8
    assert set(trained.thresholds) == set(SECTIONS)
    assert trained.reason.startswith("First classifier: right at first")


@pytest.mark.parametrize("links", [0, 19])
def test_fewer_than_twenty_labels_are_refused_with_what_is_missing(make_labels: MakeLabels, links: int) -> None:
    with pytest.raises(NotEnoughLabels, match=f"{20 - links} more are needed"):
        train(make_labels(1, 30)[:links], SECTIONS, None)


def test_one_section_is_refused(make_labels: MakeLabels) -> None:
    with pytest.raises(NotEnoughLabels, match="two sections"):
        train(make_labels(sections=["Gardens"]), SECTIONS, None)


def test_a_second_section_needs_five(make_labels: MakeLabels) -> None:
    few = make_labels(3, 12, ["Gardens"]) + [replace(label, id=label.id + 999) for label in make_labels(1, 4, ["Kitchens"])]
    with pytest.raises(NotEnoughLabels, match="5 known links"):
        train(few, SECTIONS, None)


def test_labels_of_one_edition_are_learnt_but_not_measured(make_labels: MakeLabels) -> None:
    trained = train(make_labels(1, 40), SECTIONS, None)
    assert trained.adopted
    assert trained.score is None


def test_a_refit_of_the_row_predicts_the_same_as_what_was_adopted(make_labels: MakeLabels) -> None:
    labels = make_labels()
    trained = train(labels, SECTIONS, None)
    again = refit(as_row(trained, labels[-1].id), labels)
    examples = [label.example for label in make_labels(seed=3)]
    assert np.array_equal(again.predict(examples), trained.model.predict(examples))


def test_more_of_the_same_is_adopted(make_labels: MakeLabels) -> None:
    labels = make_labels(20)
    early = [label for label in labels if (label.edition or 0) <= 10]
    current = as_row(train(early, SECTIONS, None), early[-1].id)
    trained = train(labels, SECTIONS, current)
    assert trained.adopted
    assert trained.reason.startswith("Adopted:")


def test_what_is_worse_on_the_newest_labels_is_not_adopted(make_labels: MakeLabels) -> None:
    labels = make_labels(20)
    early = [label for label in labels if (label.edition or 0) <= 8]
    current = as_row(train(early, SECTIONS, None), early[-1].id)
    turned = dict(zip(SECTIONS, (*SECTIONS[1:], SECTIONS[0]), strict=True))

    def wrong(label: Label) -> Label:
        return replace(label, section=turned[label.section]) if 8 < (label.edition or 0) <= 16 else label

    trained = train([wrong(label) for label in labels], SECTIONS, current)
    assert not trained.adopted
    assert trained.reason.startswith("Not adopted:")


def test_other_sections_make_the_new_one_adopted(make_labels: MakeLabels) -> None:
    labels = make_labels()
    current = as_row(train(labels, SECTIONS, None), labels[-1].id)
    renamed = [replace(label, section="Cookery") if label.section == "Kitchens" else label for label in labels]
    trained = train(renamed, ("Gardens", "Cookery", "Bicycles"), current)
    assert trained.adopted
    assert trained.sections == ("Gardens", "Cookery", "Bicycles")
    assert trained.reason.startswith("Learnt for today's sections")


def test_a_row_of_an_older_recipe_is_refitted_by_todays(make_labels: MakeLabels) -> None:
    labels = make_labels()
    row = replace(as_row(train(labels, SECTIONS, None), labels[-1].id), recipe="forest/9 trees=3")
    assert refit(row, labels).sections == SECTIONS


def test_labels_without_editions_are_ordered_by_their_ids(make_labels: MakeLabels) -> None:
    labels = [replace(label, edition=None) for label in make_labels()]
    trained = train(labels, SECTIONS, None)
    assert trained.score is not None
    assert trained.score.links == 24
