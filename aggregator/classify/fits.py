"""What would fit a section that knows few links yet: by its keywords and name, and by likeness to those that it knows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from sklearn.feature_extraction.text import TfidfVectorizer

from aggregator.classify.coldstart import KeywordRules
from aggregator.classify.explain import tells
from aggregator.classify.text import BODY_WORDS, brief_words, opening_words
from aggregator.records.learning import Example
from aggregator.settings import SectionSettings

_LIKE = 0.15  # cosine below which likeness is chance
_TOLD = 3

_Likeness = tuple[npt.NDArray[np.float64], list[tuple[str, ...]]]


@dataclass(frozen=True, slots=True)
class Fit:
    """One example that would fit. place: in the sequence given. score: 0..1, for the order only. why: most telling first."""

    place: int
    score: float
    why: tuple[str, ...]


def fits(section: SectionSettings, examples: Sequence[Example], known: Sequence[Example] = ()) -> list[Fit]:
    """The examples that speak for the section, best first; those without any evidence are left out. known: links that stand
    under it. An example's comment counts as its text."""
    told = [replace(one, text=one.text or one.comment) for one in examples]
    ruled = KeywordRules([section]).guess(told)
    likeness, shared = _likeness(told, known)
    found = []
    for place, guess in enumerate(ruled):
        like = float(likeness[place])
        why = (*guess.why, *([f"like its links: {', '.join(shared[place])}"] if shared[place] else ()))
        if why:
            found.append(Fit(place, round(1 - (1 - guess.confidence) * (1 - like), 4), why))
    return sorted(found, key=lambda one: (-one.score, one.place))


def _likeness(examples: Sequence[Example], known: Sequence[Example]) -> _Likeness:
    """Cosine of each example and the mean of the known ones, 0 where it is chance; and the words that make it."""
    nothing: _Likeness = np.zeros(len(examples)), [()] * len(examples)
    if not examples or not known:
        return nothing
    vectorizer = TfidfVectorizer(analyzer=_words, sublinear_tf=True)
    try:
        rows = vectorizer.fit_transform([*examples, *known])
    except ValueError:  # not one word in all of them
        return nothing
    centre = np.asarray(rows[len(examples) :].mean(axis=0)).ravel()
    length = np.linalg.norm(centre)
    if not length:
        return nothing
    products = rows[: len(examples)].multiply(centre / length).tocsr()
    cosine = np.asarray(products.sum(axis=1)).ravel()
    names = vectorizer.get_feature_names_out()
    shared: list[tuple[str, ...]] = []
    for place, value in enumerate(cosine):
        row = products[place]
        strongest = [one for one in np.argsort(-row.data, kind="stable")[:_TOLD] if row.data[one] > 0]
        telling = row.indices[strongest] if value >= _LIKE else ()
        shared.append(tuple(str(names[column]) for column in telling))
    return np.where(cosine >= _LIKE, cosine, 0.0), shared


def _words(example: Example) -> list[str]:
    words = [*brief_words(example), *opening_words(example.text or example.comment, BODY_WORDS)]
    return [word for word in words if tells(word)]
