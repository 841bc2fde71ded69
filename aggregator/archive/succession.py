"""Sections renamed, merged or split over the years: which later heading took over from one that is no longer used."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from aggregator.archive.labels import nearest_section
from aggregator.archive.sites import label
from aggregator.records.archive import PastEdition, Succession
from aggregator.records.headings import heading_key
from aggregator.text.canonical import address_words, host_of

# Without settings, today's sections are those of so many of the newest editions.
_NEWEST = 5
# An old heading and its successor share few editions: those in which the author tried both.
_MOST_TOGETHER = 0.25
# How far apart the end of one and the beginning of the other may lie, in editions.
_GAP = 3
# Fewer links say too little about what a section is about.
_FEWEST_LINKS = 5
_LIKE_LINKS = 0.2
_CLEARLY = 1.25


@dataclass(slots=True)
class _Heading:
    """name: its newest spelling. editions: positions of those that have it. words: of its links, with their hosts."""

    name: str
    editions: list[int] = field(default_factory=list)
    links: int = 0
    words: Counter[str] = field(default_factory=Counter)


def suggestions(
    editions: Sequence[PastEdition], known: Sequence[str] = (), aliases: Mapping[str, str] | None = None
) -> list[Succession]:
    """Old headings with the later one that each of them seems to mean, most links first; none where nothing speaks for one.

    editions: oldest first. known: today's sections; without them, the headings of the newest editions. aliases: what the
    author confirmed already. A heading is taken for another where the names are alike, or where it ends when the other
    begins, or ends while the other goes on, and its links are clearly more like that one's than like any other's: cosine
    of the words of link texts and addresses and of hosts, each weighted by how few headings have it.
    """
    headings = _headings(editions)
    today = {heading_key(name): name for name in known} or {
        key: one.name for key, one in headings.items() if one.editions[-1] >= len(editions) - _NEWEST
    }
    settled = {*today, *(heading_key(old) for old in aliases or {})}
    vectors = _vectors(headings)
    found = []
    for key, old in headings.items():
        if key not in settled and old.links and (best := _successor(old, today, headings, vectors, editions)):
            found.append(Succession(old.name, best[0], old.links, best[1]))
    return sorted(found, key=lambda one: (-one.links, one.old))


def _headings(editions: Sequence[PastEdition]) -> dict[str, _Heading]:
    found: dict[str, _Heading] = {}
    for position, edition in enumerate(editions):
        for name in edition.sections:
            one = found.setdefault(heading_key(name), _Heading(name))
            one.name = name
            one.editions.append(position)
        for bullet in edition.bullets:
            if bullet.section is not None:
                one = found.setdefault(heading_key(bullet.section), _Heading(bullet.section, [position]))
                one.links += len(bullet.links)
                for link in bullet.links:
                    one.words.update((*link.anchor.casefold().split(), *address_words(link.url), f"//{host_of(link.url)}"))
    return found


def _vectors(headings: Mapping[str, _Heading]) -> dict[str, dict[str, float]]:
    """Each heading's words as a vector of length 1: log counts, weighted by how few headings have the word; one of all headings
    tells nothing."""
    spread = Counter(word for one in headings.values() for word in one.words)
    vectors = {}
    for key, one in headings.items():
        raw = {word: (1 + math.log(n)) * math.log(len(headings) / spread[word]) for word, n in one.words.items()}
        length = math.sqrt(sum(value * value for value in raw.values())) or 1.0
        vectors[key] = {word: value / length for word, value in raw.items()}
    return vectors


def _successor(
    old: _Heading,
    today: Mapping[str, str],
    headings: Mapping[str, _Heading],
    vectors: Mapping[str, Mapping[str, float]],
    editions: Sequence[PastEdition],
) -> tuple[str, str] | None:
    """Today's section that an old heading means, and why."""
    if spelt := nearest_section(old.name, tuple(today.values())):
        return spelt, "their names are alike"
    if old.links < _FEWEST_LINKS:
        return None
    mine = vectors[heading_key(old.name)]
    likeness = {key: sum(value * vectors[key].get(word, 0.0) for word, value in mine.items()) for key in today if key in headings}
    ranked = sorted((key for key, score in likeness.items() if score >= _LIKE_LINKS), key=lambda key: (-likeness[key], key))
    when = _when(old, headings[ranked[0]], editions) if ranked else None
    if when is None:
        return None
    first, *others = ranked
    rivals = [key for key in others if likeness[first] < _CLEARLY * likeness[key]]
    if not rivals:
        return today[first], f"{when}, and their links are alike"
    # Cut in two: both parts begin where it ends, and both are like it.
    if len(rivals) == 1 and all(_begins_where_it_ends(old, headings[key]) for key in (first, *rivals)):
        return today[first], f"it seems to have been split into “{today[first]}” and “{today[rivals[0]]}”"
    return None


def _when(old: _Heading, new: _Heading, editions: Sequence[PastEdition]) -> str | None:
    """How one follows the other in time; None if it does not."""
    end, beginning = old.editions[-1], new.editions[0]
    if _begins_where_it_ends(old, new):
        return f"one ends with {label(editions[end])} where the other begins with {label(editions[beginning])}"
    if new.editions[-1] > end + _GAP and beginning <= end:
        return f"one ends with {label(editions[end])} while the other goes on"
    return None


def _begins_where_it_ends(old: _Heading, new: _Heading) -> bool:
    together = len(set(old.editions) & set(new.editions))
    return together <= _MOST_TOGETHER * len(old.editions) and abs(new.editions[0] - old.editions[-1]) <= _GAP
