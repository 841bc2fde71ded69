"""Words to numbers: counts of words, word pairs and pieces of words, weighed by how rare they are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import sparse
from sklearn.feature_extraction.text import TfidfTransformer

# scipy's matrices carry no types that mypy could check.
Matrix = Any
Ints = npt.NDArray[np.int64]

_PIECES = (3, 4, 5)


@dataclass(frozen=True, slots=True)
class Counts:
    """One row a text. words: words and pairs of neighbours; pieces: runs of 3 to 5 letters within a word."""

    words: Matrix
    pieces: Matrix

    def rows(self, chosen: Ints) -> Counts:
        """Those rows alone."""
        return Counts(self.words[chosen], self.pieces[chosen])


class Space:
    """The words, pairs and pieces that a set of texts has, each with its column."""

    def __init__(self, texts: Sequence[Sequence[str]]) -> None:
        self._words = {word: column for column, word in enumerate(dict.fromkeys(w for text in texts for w in _and_pairs(text)))}
        vocabulary = dict.fromkeys(word for text in texts for word in text)
        self._pieces = {
            piece: column for column, piece in enumerate(dict.fromkeys(p for word in vocabulary for p in _pieces(word)))
        }

    def count(self, texts: Sequence[Sequence[str]]) -> Counts:
        """Counts of texts, seen before or not; what the space does not have is left out."""
        words = _count((_and_pairs(text) for text in texts), self._words)
        # Pieces lie within words, so each different word is cut up once and the rest is one product of matrices.
        vocabulary = {word: row for row, word in enumerate(dict.fromkeys(word for text in texts for word in text))}
        cut = _count((_pieces(word) for word in vocabulary), self._pieces)
        return Counts(words, _count(texts, vocabulary) @ cut)

    def column(self, word: str) -> int | None:
        """The column of a word or a pair ("open vswitch")."""
        return self._words.get(word)

    def pieces(self, words: Sequence[str]) -> Matrix:
        """Counts of the pieces of single words, one row each."""
        return _count((_pieces(word) for word in words), self._pieces)


class Weighing:
    """tf-idf with sublinear counts, words and pieces each of length one a text: 1 + log(count), times log((1+n)/(1+df)) + 1.

    Fitted on some rows of counts; what fewer than two of them have is left out, for it cannot be told from noise.
    """

    def __init__(self, counts: Counts) -> None:
        self._parts = [_Part(counts.words), _Part(counts.pieces)]

    def apply(self, counts: Counts) -> Matrix:
        """One row a text: first words and pairs, then pieces."""
        parts = zip(self._parts, (counts.words, counts.pieces), strict=True)
        return sparse.hstack([part.apply(matrix) for part, matrix in parts], format="csr")

    @property
    def word_columns(self) -> Ints:
        """Which columns of the space's words the first columns of `apply` are."""
        return self._parts[0].columns

    @property
    def piece_columns(self) -> Ints:
        """Which columns of the space's pieces the further columns are."""
        return self._parts[1].columns

    @property
    def rarity(self) -> npt.NDArray[np.float64]:
        """The idf of every column of `apply`."""
        return np.concatenate([part.rarity for part in self._parts])


class _Part:
    def __init__(self, counts: Matrix) -> None:
        present = np.bincount(counts.indices, minlength=counts.shape[1])
        self.columns: Ints = np.flatnonzero(present >= 2)
        self._tfidf = TfidfTransformer(sublinear_tf=True)
        if len(self.columns):
            self._tfidf.fit(counts[:, self.columns])

    @property
    def rarity(self) -> npt.NDArray[np.float64]:
        return np.asarray(self._tfidf.idf_) if len(self.columns) else np.zeros(0)

    def apply(self, counts: Matrix) -> Matrix:
        chosen = counts[:, self.columns]
        return self._tfidf.transform(chosen) if len(self.columns) else chosen.astype(np.float64)


def _and_pairs(words: Sequence[str]) -> list[str]:
    return [*words, *map(" ".join, pairwise(words))]


@lru_cache(maxsize=100_000)
def _pieces(word: str) -> tuple[str, ...]:
    padded = f" {word} "
    return tuple(padded[at : at + size] for size in _PIECES for at in range(max(1, len(padded) - size + 1)))


def _count(texts: Iterable[Sequence[str]], columns: Mapping[str, int]) -> Matrix:
    find = columns.get
    found: list[int] = []
    ends = [0]
    for text in texts:
        found += [column for column in map(find, text) if column is not None]
        ends.append(len(found))
    shape = (len(ends) - 1, len(columns))
    counts = sparse.csr_matrix((np.ones(len(found)), np.array(found, dtype=np.int32), np.array(ends)), shape=shape)
    counts.sum_duplicates()
    return counts
