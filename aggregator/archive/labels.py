"""Past editions to labels: each link under a section of today's teaches where such links belong."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from rapidfuzz import fuzz

from aggregator.records.archive import PastEdition
from aggregator.records.headings import heading_key
from aggregator.records.learning import Example, LabelSource, NewLabel

# Of 100: where "Cloud Computing" still finds "Cloud Computing/Cloud Management" and "Other" finds nothing.
_ALIKE = 65
_EMPTY_WORDS = frozenset({"and", "the", "of", "for", "in", "on", "a", "an", "other", "misc", "miscellaneous", "more", "stuff"})


class UnknownSection(NamedTuple):
    """A heading of past editions that is no section of today's. suggestion: the section it may mean, None if none is near."""

    name: str
    links: int
    suggestion: str | None


def labels_of(edition: PastEdition, section_of: Callable[[str], str | None], at: datetime) -> list[NewLabel]:
    """One label for each link that stands under a known section.

    section_of: heading as written -> today's section, None if unknown (`RoundupSettings.canonical_section`). at: when the
    author said so.
    """
    origin = origin_of(edition)
    labels: dict[tuple[str, str], NewLabel] = {}
    for bullet in edition.bullets:
        section = section_of(bullet.section) if bullet.section is not None else None
        if section is None:
            continue
        for link in bullet.links:
            example = Example(title=link.anchor, url=link.url, comment=bullet.text)
            label = NewLabel(example, section, LabelSource.ARCHIVE, at, origin, edition.number)
            labels.setdefault((link.canonical_url, section), label)
    return list(labels.values())


def origin_of(document: PastEdition | str) -> str:
    """Who says so: the document, or its path, so that a changed one takes back what it taught."""
    return f"archive:{document if isinstance(document, str) else document.path}"


def unknown_sections(editions: Sequence[PastEdition], known: Sequence[str], aliases: Mapping[str, str]) -> list[UnknownSection]:
    """Headings with links that neither name a known section nor have an alias, most links first, each with a suggestion."""
    names = {heading_key(name) for name in (*known, *aliases)}
    links: Counter[str] = Counter()
    for edition in editions:
        for bullet in edition.bullets:
            if bullet.section is not None and heading_key(bullet.section) not in names:
                links[bullet.section] += len(bullet.links)
    return [UnknownSection(name, count, nearest_section(name, known)) for name, count in links.most_common()]


def nearest_section(name: str, known: Sequence[str]) -> str | None:
    """The known section that shares the most words with a heading, or is spelt nearly the same; None if none does."""
    best = max(known, key=lambda one: _likeness(name, one), default=None)
    return best if best is not None and _likeness(name, best) >= _ALIKE else None


def _likeness(one: str, other: str) -> float:
    mine, theirs = _words(one), _words(other)
    if not mine or not theirs:
        return 0.0
    shared = 100 * len(mine & theirs) / min(len(mine), len(theirs))
    # The spelling decides between sections that share as many words.
    spelling = fuzz.ratio(one.casefold(), other.casefold())
    return max(spelling, shared * 0.9 + spelling * 0.1)


def _words(text: str) -> set[str]:
    return set(re.findall(r"[^\W_]+", text.casefold())) - _EMPTY_WORDS
