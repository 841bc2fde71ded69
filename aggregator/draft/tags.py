"""Tags for the post out of those that the author gives: where a section is used, where a link is about one."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from aggregator.records.candidates import Candidate
from aggregator.records.drafts import Bullet

_TWICE = 2


def tags_of(vocabulary: Mapping[str, int], bullets: Sequence[Bullet]) -> tuple[str, ...]:
    """In his spelling: sections that he uses as tags first, then in the order of the bullets. vocabulary: how often he gave each
    tag; one that he gave once counts only where a link's own publisher gives it too."""
    spellings: dict[str, str] = {}
    for tag in sorted(vocabulary, key=lambda one: -vocabulary[one]):
        spellings.setdefault(tag.casefold(), tag)
    found: dict[str, None] = {}
    for bullet in bullets:
        for part in _parts(bullet.section or ""):
            if part in spellings:
                found.setdefault(spellings[part])
    usual = {key: tag for key, tag in spellings.items() if vocabulary[tag] >= _TWICE}
    words = {key: re.compile(rf"(?<!\w){re.escape(key)}(?!\w)") for key in usual}
    for bullet in bullets:
        for link in bullet.links:
            for tag in _about(link.candidate, bullet.text, spellings, words):
                found.setdefault(spellings[tag])
    return tuple(found)


def _parts(section: str) -> list[str]:
    """A section's name, and the names that it is made of ("Servers/Hardware")."""
    return [one.strip().casefold() for one in (section, *re.split(r"[/&,]| and ", section)) if one.strip()]


def _about(candidate: Candidate, words: str, spellings: Mapping[str, str], patterns: Mapping[str, re.Pattern[str]]) -> list[str]:
    given = [key for tag in candidate.tags if (key := tag.casefold()) in spellings]
    text = f"{candidate.title}\n{words}".casefold()
    return [*given, *(key for key, pattern in patterns.items() if pattern.search(text))]
