"""What the author overruled in how his past editions are read."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from pathlib import PurePosixPath
from typing import Self

from aggregator.records.headings import heading_key
from aggregator.settings import RoundupSettings
from aggregator.text.canonical import host_of


@dataclass(frozen=True, slots=True)
class ReadingRules:
    """editions, not_editions: patterns of paths or addresses; `*` stands for anything, slashes too. boilerplate, content: keys of
    headings (`heading_key`) that are never, or always, the author's picks. level: of the headings that are sections. sites:
    his own hosts. others: titles of his other roundups, which may stand in the same folder."""

    editions: tuple[str, ...] = ()
    not_editions: tuple[str, ...] = ()
    boilerplate: frozenset[str] = frozenset()
    content: frozenset[str] = frozenset()
    level: int | None = None
    sites: frozenset[str] = frozenset()
    others: tuple[str, ...] = ()

    @classmethod
    def of(cls, plan: RoundupSettings, roundups: Iterable[RoundupSettings] = ()) -> Self:
        """The rules of a roundup: its `reading:`; and its sections, by whatever name, are always his picks. roundups: all that he
        has."""
        reading = plan.reading
        named = (*plan.section_names, *plan.aliases, *reading.content)
        return cls(
            editions=reading.editions,
            not_editions=reading.not_editions,
            boilerplate=frozenset(map(heading_key, reading.boilerplate)),
            content=frozenset(map(heading_key, named)) - frozenset(map(heading_key, reading.boilerplate)),
            level=reading.level,
            sites=frozenset({host_of(reading.site)} if reading.site else ()),
            others=tuple(one.edition_title(1) for one in roundups if one.name != plan.name),
        )

    def knowing(self, sections: Iterable[str]) -> Self:
        """The same, where these headings are the author's picks unless he said otherwise."""
        known = frozenset(map(heading_key, sections)) - self.boilerplate
        return replace(self, content=self.content | known) if known else self

    def verdict(self, path: str) -> bool | None:
        """Whether the author said that this document is an edition; None if he said nothing."""
        if _matches(path, self.not_editions):
            return False
        return _matches(path, self.editions) if self.editions else None


def _matches(path: str, patterns: Iterable[str]) -> bool:
    """The pattern stands for the whole path or address, or for its last part, or for a folder above it."""
    name = PurePosixPath(path).name
    return any(
        fnmatchcase(path, pattern) or fnmatchcase(name, pattern) or fnmatchcase(path, f"{pattern.rstrip('/')}/*")
        for pattern in patterns
    )
