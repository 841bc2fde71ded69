"""Why a guess says what it says: the words and the site that spoke for the first section rather than the second."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import numpy as np
from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS

from aggregator.classify.features import Ints
from aggregator.classify.sections import Floats, Reading, SectionModel
from aggregator.classify.text import stem, visible_words
from aggregator.records.learning import Example
from aggregator.text.canonical import host_of

_WORDS = 3
_READ = 40  # words of an example that are looked at: the reason must be where a person sees it
# Words of any blog: where they tip a scale, they do so by habit, and a reason made of them explains nothing.
_FILLER = ENGLISH_STOP_WORDS | {
    "article",
    "blog",
    "news",
    "page",
    "part",
    "piece",
    "post",
    "posts",
    "read",
    "series",
    "site",
    "write",
}
_RELATIVE = 0.25  # of the strongest word; weaker ones would only be listed to fill the line


def explain(model: SectionModel, reading: Reading, first: Ints, second: Ints) -> list[tuple[str, ...]]:
    """At most two phrases an example. first, second: columns of the model's sections, one pair an example.

    A word's part is its own coefficient plus those of the pieces it is made of, first section's minus second's, weighed as the
    classifier weighs them.
    """
    examples = reading.examples
    words = [
        [word for word in visible_words(example, body[:_READ])[:_READ] if tells(word)]
        for example, body in zip(examples, reading.bodies, strict=True)
    ]
    by_pair: dict[tuple[int, int], list[int]] = defaultdict(list)
    for row, pair in enumerate(zip(first.tolist(), second.tolist(), strict=True)):
        by_pair[pair].append(row)
    weights = _WordWeights(model, list(dict.fromkeys(word for text in words for word in text)))
    phrases: list[tuple[str, ...]] = [()] * len(examples)
    for pair, rows in by_pair.items():
        parts = weights.between(*pair)
        for row in rows:
            said = _strongest(words[row], parts)
            found = [f"words: {', '.join(said)}"] if said else []
            found += site_phrase(model, examples[row], model.sections[pair[0]])
            phrases[row] = tuple(found)
    return phrases


def site_phrase(model: SectionModel, example: Example, section: str) -> list[str]:
    """ "site: example.org, usually Networking (7 of 9)", where that is so."""
    host = host_of(example.url)
    seen = model.sites.get(host)
    if seen is None or seen.total() < 2 or seen[section] * 2 <= seen.total():
        return []
    return [f"site: {host}, usually {section} ({seen[section]} of {seen.total()})"]


class _WordWeights:
    """For each of some words, how strongly it speaks for one section rather than another."""

    def __init__(self, model: SectionModel, words: Sequence[str]) -> None:
        self._words = words
        columns = model.weighing.word_columns
        position = {column: place for place, column in enumerate(columns.tolist())}
        own = [position.get(model.space.column(stem(word)), -1) for word in words]
        weighted: Floats = model.coefficients * model.weighing.rarity[:, np.newaxis]
        # A last row of zeros stands for words that the classifier does not know as a whole.
        whole = np.vstack([weighted[: len(columns)], np.zeros(weighted.shape[1])])[own]
        pieces = model.space.pieces([stem(word) for word in words])[:, model.weighing.piece_columns]
        # Each text's pieces are scaled to length one; there are about as many to a word as its own pieces.
        size = np.sqrt(np.maximum(1, np.asarray(pieces.sum(axis=1)).ravel()))[:, np.newaxis]
        self._parts: Floats = whole + np.asarray(pieces @ weighted[len(columns) :]) / size

    def between(self, first: int, second: int) -> dict[str, float]:
        return dict(zip(self._words, (self._parts[:, first] - self._parts[:, second]).tolist(), strict=True))


def _strongest(words: Sequence[str], parts: dict[str, float]) -> list[str]:
    ranked = sorted(words, key=lambda word: -parts[word])[:_WORDS]
    least = max(0.0, parts[ranked[0]] * _RELATIVE) if ranked else 0.0
    return [word for word in ranked if parts[word] > least]


def tells(word: str) -> bool:
    """Whether a reason may name this word: fillers explain nothing."""
    return len(word) > 1 and word not in _FILLER
