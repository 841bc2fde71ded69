"""The beginning of a text, cut where a reader would cut it."""

from __future__ import annotations

import re

_SENTENCE_END = re.compile(r"[.!?…][\"'”’)\]]*(?=\s)|[。！？](?!\S*[」』）])")
# A full stop after these ends no sentence.
_ABBREVIATION = re.compile(r"(?:\b(?:[A-Za-z]|e\.g|i\.e|etc|vs|cf|Dr|Mr|Mrs|Ms|St|No|Inc|Ltd|Co))\.$")


def excerpt(text: str, limit: int) -> str:
    """The first at most `limit` characters of a plain text on one line.

    Whole sentences if they fill at least half of the room, else whole words and an ellipsis, counted in `limit`.
    """
    if limit < 1:
        return ""
    # Folding white space of the whole text would cost as much as the text is long.
    line = " ".join(text[: limit * 4 + 200].split())
    if len(line) <= limit:
        return line
    sentences = _last_sentence_end(line, limit)
    if sentences >= limit // 2:
        return line[:sentences]
    room = line[:limit]
    cut = room.rfind(" ")
    # Alphabets without spaces, or one endless word: anywhere is as good.
    words = line[:cut] if cut >= limit // 2 else line[: limit - 1]
    return words.rstrip(" ,;:–—-(\u200d") + "…"


def _last_sentence_end(line: str, limit: int) -> int:
    last = 0
    for end in _SENTENCE_END.finditer(line, 0, limit + 1):
        if end.end() <= limit and not _ABBREVIATION.search(line, max(0, end.end() - 8), end.end()):
            last = end.end()
    return last
