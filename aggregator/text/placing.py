"""Places for links in the author's words: `[his words][2]` links to the second page of a bullet."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

# Code is not looked into; an escaped bracket opens nothing; one pair of brackets may stand inside the words.
_PLACE = re.compile(
    r"(?P<code>(?P<ticks>`+)(?!`).*?(?<!`)(?P=ticks)(?!`))|\\.|\[(?P<words>(?:[^\[\]\\]|\\.|\[(?:[^\[\]\\]|\\.)*\])*)\]\[(?P<number>[1-9][0-9]?)\]",
    re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Place:
    """A place in a text. start, end: of the whole of `[words][number]`."""

    start: int
    end: int
    words: str
    number: int


def places(text: str, count: int) -> tuple[Place, ...]:
    """The places in a bullet's text for its `count` links, in reading order; a higher number is none of ours."""
    found = (match for match in _PLACE.finditer(text) if match["number"] and int(match["number"]) <= count)
    return tuple(Place(match.start(), match.end(), match["words"], int(match["number"])) for match in found)


def fill(text: str, count: int, write: Callable[[str, int], str]) -> str:
    """The text with every place written by `write(words, number)`; every other character as it was."""
    pieces: list[str] = []
    at = 0
    for place in places(text, count):
        pieces += [text[at : place.start], write(place.words, place.number)]
        at = place.end
    return "".join([*pieces, text[at:]])


def uncited(text: str, count: int) -> tuple[int, ...]:
    """The numbers of links that the text has no place for, ascending."""
    cited = {place.number for place in places(text, count)}
    return tuple(number for number in range(1, count + 1) if number not in cited)
