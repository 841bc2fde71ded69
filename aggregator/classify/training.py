"""Trains a classifier from labels, measures it on newer ones than it saw, and says whether it may replace the current one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from aggregator.classify.calibration import TARGET, best_temperature, find_thresholds, softmax
from aggregator.classify.features import Ints
from aggregator.classify.sections import (
    Floats,
    LabelledTexts,
    Mask,
    Recipe,
    SectionModel,
    fit,
    labelled_texts,
    usable,
)
from aggregator.classify.unlearnt import FEWEST_IN_SECTION, FEWEST_LABELS
from aggregator.errors import NotEnoughLabels
from aggregator.records.learning import Classifier, Label, Score

SEED = 0

_HELD_OUT = 0.2


@dataclass(frozen=True, slots=True)
class Trained:
    """What training came to: the fields of a classifier's row, and the fitted model. labels: how many it was fitted on.
    score: on the newest labels, None if they were too few or of one time. reason: one sentence for the author."""

    recipe: str
    seed: int
    labels: int
    sections: tuple[str, ...]
    score: Score | None
    thresholds: Mapping[str, float]
    adopted: bool
    reason: str
    model: SectionModel


@dataclass(frozen=True, slots=True)
class Tuned:
    """What the newest labels say of a fit on the older ones. held_out: which labels were the newest."""

    recipe: Recipe
    thresholds: Mapping[str, float]
    score: Score | None
    held_out: Mask


def train(labels: Sequence[Label], sections: Sequence[str], current: Classifier | None, *, seed: int = SEED) -> Trained:
    """Fits on all labels under `sections`; measures, calibrates and sets thresholds on the newest fifth, fitted without it.

    Adopted if no classifier is current, if the current one knows other sections, or if it is not worse than the current
    one, refitted on the older labels too, on that newest fifth (R26). Raises NotEnoughLabels, which says what is missing.
    """
    chosen = usable(labels, sections)
    check_enough(chosen)
    texts = labelled_texts(chosen)
    tuned = tune(texts, np.ones(len(chosen), dtype=bool), sections)
    model = texts.fit(tuned.recipe, np.ones(len(chosen), dtype=bool), sections)
    adopted, reason = _compare(texts, chosen, tuned, model.sections, current)
    return Trained(
        recipe=str(tuned.recipe),
        seed=seed,
        labels=len(chosen),
        sections=model.sections,
        score=tuned.score,
        thresholds=tuned.thresholds,
        adopted=adopted,
        reason=reason,
        model=model,
    )


def refit(classifier: Classifier, labels: Sequence[Label], sections: Sequence[str] | None = None) -> SectionModel:
    """The adopted classifier again. labels: those up to its watermark. sections: today's, where they differ from its own.

    A recipe of an older version of the product cannot be repeated; today's takes its place. Raises NotEnoughLabels.
    """
    try:
        recipe = Recipe.parse(classifier.recipe)
    except ValueError:
        recipe = Recipe()
    return fit(labels, classifier.sections if sections is None else sections, seed=classifier.seed, recipe=str(recipe))


def check_enough(labels: Sequence[Label]) -> None:
    """Raises NotEnoughLabels, which says what is missing (R26)."""
    counts = Counter(label.section for label in labels)
    full = sum(count >= FEWEST_IN_SECTION for count in counts.values())
    advice = "Import past editions, or go on deciding: until then section keywords, feed folders and sources file."
    if len(labels) < FEWEST_LABELS:
        missing = FEWEST_LABELS - len(labels)
        raise NotEnoughLabels(f"{len(labels)} links are known by section, {missing} more are needed to learn from", advice=advice)
    if full < 2:
        raise NotEnoughLabels(f"fewer than two sections have {FEWEST_IN_SECTION} known links", advice=advice)


def tune(texts: LabelledTexts, among: Mask, sections: Sequence[str]) -> Tuned:
    """Fits on the older labels of `among`, and from the newest fifth sets temperature and thresholds.

    Where the labels cannot be split in time, the recipe stands as it is and confidence is taken at its word.
    """
    held_out = _newest(texts.order, among)
    untuned = Tuned(Recipe(), dict.fromkeys(sections, TARGET), None, held_out)
    if not held_out.any():
        return untuned
    try:
        model = texts.fit(Recipe(), among & ~held_out, sections)
    except NotEnoughLabels:
        return untuned
    trial = _try(model, texts, held_out)
    recipe = Recipe(best_temperature(trial.scores, trial.truth))
    thresholds = find_thresholds(softmax(trial.scores * recipe.temperature), trial.truth, model.sections)
    # Nothing was measured of sections that only the newest labels have; they file at the target itself.
    return Tuned(recipe, dict.fromkeys(sections, TARGET) | dict(thresholds), trial.score, held_out)


@dataclass(frozen=True, slots=True)
class _Trial:
    """A fit on labels it had not seen."""

    scores: Floats
    truth: Ints

    @property
    def score(self) -> Score:
        ordered = np.argsort(-self.scores, axis=1, kind="stable")
        first = ordered[:, 0] == self.truth
        return Score(len(self.truth), float(first.mean()), float((first | (ordered[:, 1] == self.truth)).mean()))


def _try(model: SectionModel, texts: LabelledTexts, held_out: Mask) -> _Trial:
    column = {name: number for number, name in enumerate(model.sections)}
    rows = np.flatnonzero(held_out)
    truth = np.array([column.get(texts.sections[row], -1) for row in rows], dtype=np.int64)
    scores = model.scores(model.read([texts.examples[row] for row in rows]))
    return _Trial(scores, truth)


def _newest(order: npt.NDArray[np.float64], among: Mask) -> Mask:
    """The newest fifth, whole editions only; nothing if that would leave nothing older."""
    times = np.sort(order[among])
    cut = times[int(len(times) * (1 - _HELD_OUT))]
    if cut == times[0]:
        later = times[times > cut]
        if not len(later):
            return np.zeros(len(order), dtype=bool)
        cut = later[0]
    return np.asarray(among & (order >= cut))


def _compare(
    texts: LabelledTexts, labels: Sequence[Label], tuned: Tuned, sections: Sequence[str], current: Classifier | None
) -> tuple[bool, str]:
    if tuned.score is None:
        return True, f"Learnt from {len(labels)} links, too few or too new to measure on."
    new = f"right at first {tuned.score.top1:.0%} on the newest {tuned.score.links} links"
    if current is None:
        return True, f"First classifier: {new}."
    if set(current.sections) != set(sections):
        return True, f"Learnt for today's sections: {new}."
    seen = np.array([label.id <= current.watermark for label in labels], dtype=bool)
    try:
        before = texts.fit(Recipe.parse(current.recipe), seen & ~tuned.held_out, sections)
    except (NotEnoughLabels, ValueError):
        return True, f"Learnt anew: {new}."
    top1 = _try(before, texts, tuned.held_out).score.top1
    if tuned.score.top1 >= top1:
        return True, f"Adopted: {new}, the one before {top1:.0%}."
    return False, f"Not adopted: {new}, the present one {top1:.0%}."
