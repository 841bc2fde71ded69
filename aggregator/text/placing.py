"""Places for links in the author's words: `[his words][2]` links to the second page of a bullet."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from aggregator.text.running import CODE, running

MOST = 99
"""Links that one text can place."""

# Code is not looked into; an escaped bracket opens nothing; one pair of brackets may stand inside the words.
_WORDS = r"\[(?P<words>(?:[^\[\]\\]|\\.|\[(?:[^\[\]\\]|\\.)*\])*)\]"
_PLACE = re.compile(rf"{CODE}|{_WORDS}\[(?P<number>[1-9][0-9]?)\]", re.DOTALL)
# An image leads nowhere; a target with a title after it is more than a place can say.
_TARGET = r"\([ ]*(?:<(?P<pointed>https?://[^\s<>]+)>|(?P<plain>https?://(?:[^\s()<>\\]|\([^\s()<>\\]*\))+))[ ]*\)"
_TYPED = re.compile(rf"{CODE}|!{_WORDS.replace('?P<words>', '?:')}\([^()]*\)|{_WORDS}{_TARGET}", re.DOTALL | re.IGNORECASE)
_DEFINITION = re.compile(r"^ {0,3}\[(?P<number>[1-9][0-9]?)\]:", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Place:
    """A place in a text. start, end: of the whole of `[words][number]`."""

    start: int
    end: int
    words: str
    number: int


def places(text: str, count: int) -> tuple[Place, ...]:
    """The places in a bullet's text for its `count` links, in reading order; a higher number is none of ours, nor is one that
    the text itself defines (`[2]: https://...`)."""
    own = defined(text)
    found = (match for match in _PLACE.finditer(running(text)) if match["number"])
    numbered = ((match, int(match["number"])) for match in found)
    return tuple(
        Place(match.start(), match.end(), text[slice(*match.span("words"))], number)
        for match, number in numbered
        if number <= count and number not in own
    )


def defined(text: str) -> frozenset[int]:
    """The numbers by which the text defines references of its own."""
    return frozenset(int(match["number"]) for match in _DEFINITION.finditer(running(text)))


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


def renumber(text: str, count: int, numbers: Mapping[int, int]) -> str:
    """The text with its places under new numbers; what stands in a place that gets none stays as plain words."""

    def write(words: str, number: int) -> str:
        return f"[{words}][{numbers[number]}]" if number in numbers else words

    return fill(text, count, write)


@dataclass(frozen=True, slots=True)
class TypedLink:
    """A link as Markdown writes it in line, `[words](address)`. start, end: of the whole of it."""

    start: int
    end: int
    words: str
    url: str


def typed_links(text: str) -> tuple[TypedLink, ...]:
    """The web links that a text writes out itself, in reading order; no images, nothing inside code, none with a title."""
    found = (match for match in _TYPED.finditer(running(text)) if match["words"] is not None)
    return tuple(
        TypedLink(match.start(), match.end(), text[slice(*match.span("words"))], match["pointed"] or match["plain"])
        for match in found
    )
