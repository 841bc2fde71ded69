"""Three-way merge of one text, word by word: edits of different words meet, edits of the same place do not. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from difflib import SequenceMatcher
from itertools import groupby

_WORD = re.compile(r"\s*\S+|\s+\Z")
_LINE = re.compile(r"[^\n]*\n|[^\n]+\Z")
_MOST = 5_000
"""Words of a side; the comparison takes time by their square."""

Split = Callable[[str], list[str]]


def words(text: str) -> list[str]:
    """Every word with the white space before it."""
    return _WORD.findall(text)


def lines(text: str) -> list[str]:
    """Every line with its end."""
    return _LINE.findall(text)


def weave(base: str, one: str, other: str, split: Split = words) -> str | None:
    """What both sides made of `base`; None where they changed the same words, or words with none between them that both left.

    White space alone is never in the way: where it differs, that of `one` holds.
    """
    sides = (split(base), split(one), split(other))
    if max(map(len, sides)) > _MOST:
        return None
    pieces: list[str] = []
    for old, mine, theirs, stable in _stretches(*sides):
        if stable:
            pieces += [_taken(*same) or same[1] for same in zip(old, mine, theirs, strict=True)]
            continue
        piece = _taken("".join(old), "".join(mine), "".join(theirs))
        if piece is None:
            return None
        pieces.append(piece)
    return "".join(pieces)


def changed(before: str, after: str) -> list[tuple[str, bool]]:
    """`after` in stretches, each with whether `before` has it otherwise or not at all; the white space around what differs
    belongs to its neighbours."""
    old, new = words(before), words(after)
    if max(len(old), len(new)) > _MOST:
        return [(after, before != after)]
    kept = {to for _, to in _same(old, new)}
    parts: list[tuple[str, bool]] = []
    for differs, stretch in groupby(range(len(new)), key=lambda at: at not in kept):
        text = "".join(new[at] for at in stretch)
        word = text.lstrip() if differs else text
        parts += [(text[: len(text) - len(word)], False), (word, differs)]
    joined = groupby((one for one in parts if one[0]), key=lambda one: one[1])
    return [("".join(text for text, _ in those), differs) for differs, those in joined]


def _stretches(
    base: Sequence[str], one: Sequence[str], other: Sequence[str]
) -> Iterator[tuple[Sequence[str], Sequence[str], Sequence[str], bool]]:
    """The three sides side by side, cut into what all have and what lies between."""
    to_one, to_other = dict(_same(base, one)), dict(_same(base, other))
    i = j = k = 0
    for at in range(len(base)):
        if at in to_one and at in to_other:
            mine, theirs = to_one[at], to_other[at]
            yield base[i:at], one[j:mine], other[k:theirs], False
            i, j, k = at + 1, mine + 1, theirs + 1
            yield base[at:i], one[mine:j], other[theirs:k], True
    yield base[i:], one[j:], other[k:], False


def _same(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Index -> index of what stayed but for the white space before it."""
    matcher = SequenceMatcher(None, [word.strip() for word in old], [word.strip() for word in new], autojunk=False)
    return ((block.a + at, block.b + at) for block in matcher.get_matching_blocks() for at in range(block.size))


def _taken(base: str, one: str, other: str) -> str | None:
    if other in (base, one):
        return one
    return other if one == base else None
