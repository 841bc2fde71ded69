"""How sections stand, what would fit one, and what teaching it came to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class SectionStanding:
    """One configured section. links, editions: of the archive. last: the newest edition that has links under it, None without.
    unused: editions since then. usual: median bullets in the last of those that have it, None without. labels: what teaches it.
    learnt: the current classifier knows it. words: its state in a few words."""

    name: str
    links: int
    editions: int
    last: str | None
    last_date: date | None
    unused: int
    usual: int | None
    labels: int
    learnt: bool
    words: str


@dataclass(frozen=True, slots=True)
class StrayHeading:
    """A heading of past editions that is no section today. suggestion: the section that it may mean, and why; None if none."""

    name: str
    links: int
    suggestion: str | None
    why: str | None


@dataclass(frozen=True, slots=True)
class Fitting:
    """A past bullet or a waiting candidate that would fit a section. id: "p" and hex for a bullet, a candidate's number else.
    section: where it stands now. edition: of a bullet. links: how many it would teach."""

    id: str
    title: str
    url: str | None
    section: str | None
    edition: str | None
    links: int
    score: float
    why: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Taught:
    """What teaching came to: links of past editions, candidates moved, and how many links the section knows now."""

    section: str
    links: int
    candidates: int
    labels: int
