"""Words to numbers: counts of words, word pairs and pieces of words, weighed by how rare they are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import sparse

# scipy's matrices carry no types that mypy could check.
Matrix = Any
Ints = npt.NDArray[np.int64]

_PIECES = (2, 3, 4)  # longer ones cost memory and told nothing more
_SHORT = 0.6  # of the median length: how much shorter texts are held back; 0 would make "here" as loud as a sentence


@dataclass(frozen=True, slots=True)
class Counts:
    """One row a text. words: words and pairs of neighbours; pieces: runs of 2 to 4 letters within a word."""

    words: Matrix
    pieces: Matrix


class Space:
    """The words, pairs and pieces that at least two of a set of texts have, each with its column. What only one has cannot be
    told from noise."""

    def __init__(self, texts: Sequence[Sequence[str]]) -> None:
        texts_with: Counter[str] = Counter()
        for text in texts:
            texts_with.update(dict.fromkeys(_and_pairs(text)).keys())
        pieces_in: Counter[str] = Counter()
        for word in dict.fromkeys(word for text in texts for word in text):
            for piece in dict.fromkeys(_pieces(word)):
                pieces_in[piece] += texts_with[word]
        self._words = _columns(texts_with)
        self._pieces = _columns(pieces_in)

    def count(self, texts: Sequence[Sequence[str]]) -> Counts:
        """Counts of texts, seen before or not; what the space does not have is left out."""
        words = _count((_and_pairs(text) for text in texts), self._words)
        # Pieces lie within words, so each different word is cut up once and the rest is one product of matrices.
        vocabulary = {word: row for row, word in enumerate(dict.fromkeys(word for text in texts for word in text))}
        cut = _count((_pieces(word) for word in vocabulary), self._pieces)
        return Counts(words, _count(texts, vocabulary) @ cut)

    def column(self, word: str) -> int | None:
        """The column of a word, None if the space does not have it."""
        return self._words.get(word)

    def pieces(self, words: Sequence[str]) -> Matrix:
        """Counts of the pieces of single words, one row each."""
        return _count((_pieces(word) for word in words), self._pieces)


class Weighing:
    """tf-idf with sublinear counts: 1 + log(count), times log((1+n)/(1+df)) + 1, for words and for pieces each divided by the
    text's length, which is taken as sqrt(length^2 + short^2), so that a text of next to no words weighs less than one.

    Fitted on some rows of counts; again, what fewer than two of them have is left out.
    """

    def __init__(self, counts: Counts, rows: Ints) -> None:
        self._parts = [_Part(counts.words, rows), _Part(counts.pieces, rows)]

    def apply(self, counts: Counts, rows: Ints | None = None) -> Matrix:
        """One row a text, of all texts or of `rows`: first words and pairs, then pieces."""
        # Rows are taken here, part by part, so that no second copy of all counts stands in memory.
        parts = zip(self._parts, (counts.words, counts.pieces), strict=True)
        return sparse.hstack([part.apply(matrix, rows) for part, matrix in parts], format="csr")

    @property
    def word_columns(self) -> Ints:
        """Which columns of the space's words the first columns of `apply` are."""
        return self._parts[0].columns

    @property
    def piece_columns(self) -> Ints:
        """Which columns of the space's pieces the further columns are."""
        return self._parts[1].columns

    @property
    def rarity(self) -> npt.NDArray[np.float32]:
        """The idf of every column of `apply`."""
        return np.concatenate([part.rarity for part in self._parts])


class _Part:
    def __init__(self, counts: Matrix, rows: Ints) -> None:
        texts_with = np.bincount(counts[rows].indices, minlength=counts.shape[1])
        self.columns: Ints = np.flatnonzero(texts_with >= 2)
        rarity = np.log((1 + len(rows)) / (1 + texts_with[self.columns])) + 1
        self.rarity: npt.NDArray[np.float32] = rarity.astype(np.float32)
        lengths = _lengths(self._weighed(counts, rows))
        self._short = _SHORT * float(np.median(lengths[lengths > 0])) if lengths.any() else 1.0

    def apply(self, counts: Matrix, rows: Ints | None) -> Matrix:
        chosen = self._weighed(counts, rows)
        chosen.data /= np.repeat(np.hypot(_lengths(chosen), self._short), np.diff(chosen.indptr))
        return chosen

    def _weighed(self, counts: Matrix, rows: Ints | None) -> Matrix:
        chosen = (counts if rows is None else counts[rows])[:, self.columns]
        chosen.data = (1 + np.log(chosen.data)) * self.rarity[chosen.indices]
        return chosen


def _lengths(matrix: Matrix) -> npt.NDArray[np.float32]:
    return np.asarray(sparse.linalg.norm(matrix, axis=1), dtype=np.float32)


def _columns(texts_with: Mapping[str, int]) -> dict[str, int]:
    return {item: column for column, item in enumerate(item for item, texts in texts_with.items() if texts >= 2)}


def _and_pairs(words: Sequence[str]) -> list[str]:
    return [*words, *map(" ".join, pairwise(words))]


def _pieces(word: str) -> list[str]:
    padded = f" {word} "
    return [padded[at : at + size] for size in _PIECES for at in range(max(1, len(padded) - size + 1))]


def _count(texts: Iterable[Sequence[str]], columns: Mapping[str, int]) -> Matrix:
    find = columns.get
    found: list[int] = []
    ends = [0]
    for text in texts:
        found += [column for column in map(find, text) if column is not None]
        ends.append(len(found))
    shape = (len(ends) - 1, len(columns))
    counts = sparse.csr_matrix(
        (np.ones(len(found), dtype=np.float32), np.array(found, dtype=np.int32), np.array(ends, dtype=np.int32)), shape=shape
    )
    counts.sum_duplicates()
    return counts
