"""The learnt classifier: from labels to the probability of each section."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from sklearn.linear_model import Ridge
from sklearn.naive_bayes import ComplementNB

from aggregator.classify.calibration import softmax
from aggregator.classify.features import Counts, Ints, Matrix, Space, Weighing
from aggregator.classify.text import BODY_WORDS, COMMENT_WORDS, brief_words, opening_words, terms
from aggregator.classify.threads import one_thread
from aggregator.errors import NotEnoughLabels
from aggregator.records.learning import Example, Label, LabelSource
from aggregator.text.canonical import canonical_url, host_of, is_front_page

Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

# The first four are flat: half or twice of any changes a measured archive's figures by less than chance does.
_PENALTY = 0.5
_SMOOTHING = 0.3
_BAYES_WEIGHT = 0.5
_BALANCE = 0.5  # how far rare sections are lifted, from 0 (as they come) to 1 (all weigh the same)
_COMMENT_WEIGHT = 0.5  # what the author wrote around a link tells of its subject, in other words than a feed's
_FEWEST_RECENT = 400  # labels after which an older one counts half, at the least
_BODY_SHARE = 0.5  # title and body are heard alike


@dataclass(frozen=True, slots=True)
class Recipe:
    """How a classifier is fitted, as one line of text that a row can keep.

    temperature: the factor on scores that makes confidence honest, found on links the fit had not seen.
    """

    temperature: float = 1.5

    def __str__(self) -> str:
        return f"ridge+bayes/2 temperature={self.temperature:g}"

    @classmethod
    def parse(cls, text: str) -> Recipe:
        """Reads what `str` wrote. Raises ValueError for the recipe of another version."""
        match = re.fullmatch(r"ridge\+bayes/2 temperature=([\d.]+)", text)
        if match is None:
            raise ValueError(f"unknown recipe {text!r}")
        return cls(float(match[1]))


@dataclass(frozen=True, slots=True)
class Reading:
    """Examples, counted once for everything that is asked of them. body: None if none has one. bodies: their words."""

    examples: tuple[Example, ...]
    brief: Counts
    body: Counts | None
    bodies: Sequence[Sequence[str]]


@dataclass(frozen=True, slots=True)
class SectionModel:
    """A fitted classifier. sections: those it can name, in the order of its columns. coefficients: weighed features x sections.
    sites: host -> how many labels it had under each section."""

    sections: tuple[str, ...]
    recipe: Recipe
    space: Space
    weighing: Weighing
    coefficients: Floats
    intercept: Floats
    sites: Mapping[str, Counter[str]]

    def read(self, examples: Sequence[Example]) -> Reading:
        """Counts what the examples say. Comments are not read: no feed gives them."""
        bodies = [opening_words(example.text, BODY_WORDS) for example in examples]
        brief = self.space.count([terms(brief_words(example)) for example in examples])
        body = self.space.count([terms(words) for words in bodies]) if any(bodies) else None
        return Reading(tuple(examples), brief, body, bodies)

    def scores(self, reading: Reading) -> Floats:
        """Uncalibrated scores, examples x sections. With a body, the mean of what title and body say."""
        scores = np.asarray(self.weighing.apply(reading.brief) @ self.coefficients)
        if reading.body is not None:
            body = self.weighing.apply(reading.body)
            share = _BODY_SHARE * (np.diff(body.indptr) > 0)[:, np.newaxis]
            scores = (1 - share) * scores + share * np.asarray(body @ self.coefficients)
        return scores + self.intercept

    def probabilities(self, reading: Reading) -> Floats:
        """Calibrated, examples x sections."""
        return softmax(self.scores(reading) * self.recipe.temperature)

    def predict(self, examples: Sequence[Example]) -> Floats:
        """Calibrated probabilities, examples x sections, in one batch."""
        return self.probabilities(self.read(examples)) if examples else np.zeros((0, len(self.sections)))

    def knows(self, reading: Reading) -> Mask:
        """Whether anything of an example was seen in the labels: a word of it, or its site. Without, a score says nothing."""
        columns = self.weighing.word_columns
        known = np.array([host_of(example.url) in self.sites for example in reading.examples], dtype=bool)
        for counts in (reading.brief, reading.body):
            if counts is not None:
                known |= np.diff(counts.words[:, columns].indptr) > 0
        return known


class LabelledTexts:
    """The countable texts of labels: one brief row a label, and one long row for each comment or body. Counted once, so that
    fits on parts of the labels (for honest measuring) cost little."""

    def __init__(self, examples: Sequence[Example], sections: Sequence[str], order: Sequence[float]) -> None:
        """order: a number a label that grows with time; equal numbers are of the same time."""
        brief = [terms(brief_words(example)) for example in examples]
        long: dict[tuple[str, tuple[str, ...]], int] = {}
        for row, example in enumerate(examples):
            for said, limit in ((example.comment, COMMENT_WORDS), (example.text, BODY_WORDS)):
                if words := tuple(terms(opening_words(said, limit))):
                    long[sections[row], words] = row
        self.examples = tuple(examples)
        texts = [*brief, *(words for _, words in long)]
        self.space = Space(texts)
        self.counts = self.space.count(texts)
        self.owner: Ints = np.array([*range(len(examples)), *long.values()], dtype=np.int64)
        self.is_long = np.arange(len(texts)) >= len(examples)
        self.sections = np.array(sections, dtype=object)
        self.order = np.array(order, dtype=np.float64)
        self.hosts = [host_of(example.url) for example in examples]

    def fit(self, recipe: Recipe, chosen: Mask, sections: Sequence[str]) -> SectionModel:
        """Fits on the chosen labels. sections: those to be told apart; those without a label are left out.

        Raises NotEnoughLabels if fewer than two have one, or if the labels have no word in common.
        """
        rows = np.flatnonzero(chosen[self.owner])
        owners = self.owner[rows]
        truth = self.sections[owners]
        known = tuple(name for name in sections if (truth == name).any())
        if len(known) < 2:
            raise NotEnoughLabels(
                "fewer than two sections have a label", advice="Import past editions, or decide more candidates."
            )
        column = {name: number for number, name in enumerate(known)}
        target = np.array([column[name] for name in truth])
        weighing = Weighing(self.counts, rows)
        weighed = weighing.apply(self.counts, rows)
        if not weighed.nnz:
            raise NotEnoughLabels("no two labels share a word", advice="Import past editions, or decide more candidates.")
        sites: dict[str, Counter[str]] = {}
        for row in np.flatnonzero(chosen):
            if self.hosts[row]:
                sites.setdefault(self.hosts[row], Counter())[str(self.sections[row])] += 1
        weights = _recency(self.order[chosen], self.order[owners]) * np.where(self.is_long[rows], _COMMENT_WEIGHT, 1.0)
        share = np.bincount(target, weights=weights)
        lifted = weights * (share.mean() / share[target]) ** _BALANCE
        coefficients, intercept = _fit_linear(weighed, target, lifted, len(known))
        return SectionModel(known, recipe, self.space, weighing, coefficients, intercept, sites)


def fit(
    labels: Sequence[Label],
    sections: Sequence[str],
    *,
    seed: int,  # noqa: ARG001 - a row keeps it for every recipe; this one draws no lots
    recipe: str,
) -> SectionModel:
    """The classifier that `recipe` makes of labels: the same labels give the same one, to the bit.

    Labels under other than `sections` are left out, and so are repetitions of one. Raises NotEnoughLabels, and ValueError for
    a recipe of another version.
    """
    chosen = usable(labels, sections)
    texts = labelled_texts(chosen)
    return texts.fit(Recipe.parse(recipe), np.ones(len(chosen), dtype=bool), sections)


def usable(labels: Sequence[Label], sections: Sequence[str]) -> list[Label]:
    """Labels under one of the sections, oldest first, each (title, address, section) once: saying a thing a hundred times
    does not make it truer. Where the author says of a page what his past editions do not, or what he said before, his word
    stands."""
    known = set(sections)
    under = [label for label in labels if label.section in known]
    said = {page: one for one in under if one.source is LabelSource.VERDICT and (page := _page(one))}
    newest = {
        (label.example.title, label.example.url, label.section): label
        for label in under
        if not said or not _is_overruled(label, said.get(_page(label)))
    }
    kept = list(newest.values())
    order = dict(zip((label.id for label in kept), time_order(kept), strict=True))
    return sorted(kept, key=lambda label: (order[label.id], label.id))


def _page(label: Label) -> str:
    """The page that a label is of; empty for a front page, which is the address of many a thing."""
    address = canonical_url(label.example.url) or ""
    return "" if is_front_page(address) else address


def _is_overruled(label: Label, word: Label | None) -> bool:
    """An archive that is read anew is no newer word; a post that is published after he decided is."""
    if word is None or word.section == label.section:
        return False
    return label.source is LabelSource.ARCHIVE or label.id < word.id


def time_order(labels: Sequence[Label]) -> list[float]:
    """A number a label that grows with time: its edition, or its id where any label has no edition."""
    if all(label.edition is not None for label in labels):
        return [float(label.edition or 0) for label in labels]
    return [float(label.id) for label in labels]


def labelled_texts(labels: Sequence[Label]) -> LabelledTexts:
    """Counts the texts of labels."""
    return LabelledTexts([label.example for label in labels], [label.section for label in labels], time_order(labels))


def _recency(all_times: Floats, times: Floats) -> Floats:
    """Weights that halve with every so many newer labels: taste and subjects drift, but a short history must count whole."""
    ordered = np.sort(all_times)
    newer = len(ordered) - np.searchsorted(ordered, times, side="right")
    half_life = max(_FEWEST_RECENT, len(ordered) / 3)
    return np.asarray(0.5 ** (newer / half_life))


def _fit_linear(features: Matrix, target: Ints, weights: Floats, sections: int) -> tuple[Floats, Floats]:
    """One linear function a section: ridge regression on membership, plus complement naive Bayes (Rennie et al. 2003), which is
    linear in the same features and errs elsewhere."""
    membership = np.full((len(target), sections), -1.0)
    membership[np.arange(len(target)), target] = 1.0
    with one_thread():
        ridge = Ridge(alpha=_PENALTY, solver="lsqr", tol=1e-3, copy_X=False).fit(features, membership, sample_weight=weights)
    bayes = ComplementNB(alpha=_SMOOTHING).fit(features, target, sample_weight=weights)
    coefficients = ridge.coef_.T + _BAYES_WEIGHT * bayes.feature_log_prob_.T
    return np.asarray(coefficients), np.asarray(ridge.intercept_)
