"""Editions: the unit of time. Open until published, however many digests fall into it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Edition:
    """One numbered edition. published: the post's own date, None while open or if it has none. post: where it was read.
    post_hash: content hash of the post as it was last matched, None while open."""

    id: int
    roundup_id: int
    number: int
    opened_at: datetime
    closed_at: datetime | None = None
    published: date | None = None
    post: str | None = None
    post_hash: str | None = None


class Outcome(StrEnum):
    """What became of a candidate when its edition closed.

    used: in the post under the section guessed or decided. moved: in the post under another. unused: undecided and not in
    the post, counted once. waiting: undecided, already counted unused by an earlier edition. carried: kept, not in the
    post. held: on hold. dropped: gone for good.
    """

    USED = "used"
    MOVED = "moved"
    UNUSED = "unused"
    WAITING = "waiting"
    CARRIED = "carried"
    HELD = "held"
    DROPPED = "dropped"


ENDED = (Outcome.USED, Outcome.MOVED, Outcome.DROPPED)
"""What ends a candidate's way: no later edition holds it."""
PASSED_OVER = (Outcome.UNUSED, Outcome.WAITING)
"""What counts as one more edition that went by without it."""


@dataclass(frozen=True, slots=True)
class CandidateOutcome:
    """One candidate at the close. section: where the published post has it, None if not in it or above its first heading.
    noticed: he decided something in or after the digest that listed it, so that not using it says something."""

    candidate_id: int
    outcome: Outcome
    section: str | None = None
    noticed: bool = False


@dataclass(frozen=True, slots=True)
class AddedLink:
    """A link of the published post that was no candidate."""

    url: str
    canonical_url: str
    anchor: str
    section: str | None


@dataclass(frozen=True, slots=True)
class Closing:
    """What closing an edition says: each candidate's outcome, and the links the author brought himself."""

    outcomes: tuple[CandidateOutcome, ...]
    added: tuple[AddedLink, ...]

    def count(self, outcome: Outcome) -> int:
        """How many candidates had this outcome."""
        return sum(one.outcome is outcome for one in self.outcomes)
