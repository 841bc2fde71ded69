"""How likely he is to use a candidate: from what he linked before, and what he made of earlier offers. It hides nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import sparse
from scipy.special import expit

from aggregator.classify.pooling import Floats, Prior, fit
from aggregator.classify.taste import FEATURES, Taste, subject_words
from aggregator.records.archive import PastEdition
from aggregator.records.learning import Example, PastOffer
from aggregator.text.canonical import host_of

# Log-odds that a full feature adds, and how far each may be off: judged on replayed archives. Outcomes of few weeks tell more of
# those weeks than of his taste (replayed with four times the spread, they lost a tenth of the links), so they move it little;
# single words, sites and feeds take up what they say.
_BELIEFS = {
    "site": (2.5, 0.5),
    "part of the site": (1.5, 0.5),
    "subject": (5.0, 0.5),
    "familiar words": (3.0, 0.5),
    "cited name": (1.5, 0.5),
    "series": (1.0, 0.5),
    "sources": (1.0, 0.5),
    "linked before": (-4.0, 0.5),
    "advertising": (-2.0, 0.5),
}
_BASE = (-2.5, 2.0)  # a stranger of no known word: one in thirteen, until he shows otherwise
_DETAIL_SPREAD = 1.0
_CONFIDENCE = 1.0  # what clearly belongs to a section of his is likelier his; outcomes do not keep it, so it is never refitted
_USUAL_CONFIDENCE = 0.6
_FEWEST = 3  # outcomes that a word, site or feed must have met; below, its weight is as good as none
_RECENT = 0.5 ** (1 / 12)  # an outcome counts half after twelve editions


@dataclass(frozen=True, slots=True)
class Interest:
    """Ready to score. weights: of the features of `Taste` and the base, then of `columns`, single words, sites and feeds."""

    taste: Taste
    weights: Floats
    columns: Mapping[str, int]

    @classmethod
    def fit(
        cls, editions: Sequence[PastEdition], offers: Sequence[PastOffer] = (), background: Sequence[Example] = ()
    ) -> Interest:
        """editions: past ones, oldest first. offers: what he was offered. background: further entries of his feeds.

        Offers are read by what was known before their edition, since a post knows its own links best. What he used or kept is
        a yes, what he dropped, or saw and left out, a no; what he never saw only tells what is common.
        """
        subjects = [subject_words(offer.example) for offer in offers]
        taste = Taste([*subjects, *map(subject_words, background)])
        told = [(offer, words) for offer, words in zip(offers, subjects, strict=True) if _tells(offer)]
        told.sort(key=lambda one: one[0].edition)
        rows: list[tuple[float, ...]] = []
        for edition, number in zip(editions, _numbers(editions, offers), strict=True):
            while len(rows) < len(told) and told[len(rows)][0].edition <= number:
                rows.append(_read(taste, *told[len(rows)]))
            taste.learn(edition)
        rows += [_read(taste, *one) for one in told[len(rows) :]]
        details = [_details(offer.example, words) for offer, words in told]
        met = Counter(detail for few in details for detail in few)
        columns = {detail: column for column, detail in enumerate(detail for detail, n in met.items() if n >= _FEWEST)}
        prior = Prior(
            np.array([*(_BELIEFS[name][0] for name in FEATURES), _BASE[0], *([0.0] * len(columns))]),
            np.array([*(_BELIEFS[name][1] for name in FEATURES), _BASE[1], *([_DETAIL_SPREAD] * len(columns))]),
        )
        newest = max((offer.edition for offer, _ in told), default=0)
        weights = [_RECENT ** (newest - offer.edition) for offer, _ in told]
        truth = [float(offer.used) for offer, _ in told]
        matrix = _matrix(rows, details, columns)
        return cls(taste, fit(matrix, np.array(truth), np.array(weights), prior), columns)

    def score(
        self,
        examples: Sequence[Example],
        sources: Sequence[int],
        linked_before: Sequence[bool],
        confidence: Sequence[float],
    ) -> list[float]:
        """The probability, 0..1, that he uses each. sources: how many feeds carried it, at least 1. linked_before: whether a
        past edition has it. confidence: of its likeliest section."""
        if not examples:
            return []
        subjects = [subject_words(example) for example in examples]
        facts = zip(examples, subjects, sources, linked_before, strict=True)
        rows = [self.taste.read(*one) for one in facts]
        details = [_details(*one) for one in zip(examples, subjects, strict=True)]
        matrix = _matrix(rows, details, self.columns)
        odds = np.asarray(matrix @ self.weights) + _CONFIDENCE * (np.array(confidence) - _USUAL_CONFIDENCE)
        return [round(float(one), 4) for one in expit(odds)]


def _numbers(editions: Sequence[PastEdition], offers: Sequence[PastOffer]) -> list[int]:
    """The editions' numbers; one without is counted back from the next, the newest from the newest offer's."""
    numbers: list[int] = []
    after = max((offer.edition for offer in offers), default=0) + 1
    for edition in reversed(editions):
        after = edition.number if edition.number is not None else after - 1
        numbers.append(after)
    return numbers[::-1]


def _tells(offer: PastOffer) -> bool:
    return offer.used or offer.dropped or offer.noticed


def _read(taste: Taste, offer: PastOffer, words: Sequence[str]) -> tuple[float, ...]:
    return taste.read(offer.example, words, offer.sources, offer.linked_before)


def _details(example: Example, words: Sequence[str]) -> list[str]:
    """What single weights are kept for, each once: words as they are, the rest with what it is before it."""
    # A word has no space in it.
    said = {"site": host_of(example.url), "feed": example.feed, "author": example.author.casefold()}
    return [*words, *(f"{kind} {name}" for kind, name in said.items() if name)]


def _is_word(detail: str) -> bool:
    return " " not in detail


def _matrix(rows: Sequence[Sequence[float]], details: Sequence[Sequence[str]], columns: Mapping[str, int]) -> Any:
    """The features of `Taste`, one for the base, and one a known detail; words together are of length one, so that long titles
    say no more than short ones."""
    told = [[detail for detail in few if detail in columns] for few in details]
    values: list[float] = []
    for few in told:
        words = sum(_is_word(detail) for detail in few)
        values += [words**-0.5 if _is_word(detail) else 1.0 for detail in few]
    ends = np.cumsum([0, *map(len, told)])
    found = np.array([columns[detail] for few in told for detail in few], dtype=np.int64)
    single = sparse.csr_matrix((values, found, ends), shape=(len(details), len(columns)))
    dense = np.hstack([np.array(rows, dtype=float).reshape(len(details), len(FEATURES)), np.ones((len(details), 1))])
    return sparse.hstack([sparse.csr_matrix(dense), single], format="csr")
