"""What jobs and verbs say they did: for people, for `--json`, for the log."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from aggregator.records.archive import Decisions, SkippedDocument, Succession
from aggregator.records.digests import Digest, Mail, RenderedDigest
from aggregator.records.editions import AddedLink, Closing, Edition, Outcome
from aggregator.records.learning import Guess

_UNCHANGED = frozenset({"not_modified", "same_body"})


@dataclass(frozen=True, slots=True)
class FeedOutcome:
    """One feed of a poll. outcome: changed, not_modified, same_body, gone, skipped, offline, or an error kind."""

    url: str
    outcome: str
    status: int | None = None
    new_entries: int = 0
    error: str | None = None


@dataclass(frozen=True, slots=True)
class PollReport:
    """One cycle. offline: nothing answered, the trouble is on our side; no feed was counted as failed.

    new_entries became candidates (of every roundup together), or copies of one, or stay history: reason -> count.
    """

    outcomes: tuple[FeedOutcome, ...]
    new_entries: int
    offline: bool = False
    candidates: int = 0
    history: Mapping[str, int] = field(default_factory=dict)

    @property
    def copies(self) -> int:
        """New entries that are further sources of a candidate."""
        return max(0, self.new_entries - self.candidates - sum(self.history.values()))

    @property
    def counts(self) -> Counter[str]:
        """How many feeds changed, were unchanged, failed or were skipped."""
        return Counter(_class_of(one.outcome) for one in self.outcomes)


def _class_of(outcome: str) -> str:
    if outcome in ("changed", "skipped"):
        return outcome
    if outcome == "offline":
        return "skipped"
    return "unchanged" if outcome in _UNCHANGED else "failed"


@dataclass(frozen=True, slots=True)
class ArchiveReport:
    """What reading past editions came to. sections: (heading as the author has it today, links). unknown: headings that
    the configuration does not know: (name, links, suggested section or None). written: documents that were new or changed.
    decisions: what was taken for what. suggestions: old headings with the section that each seems to mean."""

    editions: int
    bullets: int
    links: int
    sections: tuple[tuple[str, int], ...]
    skipped: tuple[SkippedDocument, ...]
    unknown: tuple[tuple[str, int, str | None], ...]
    written: int
    labels: int
    decisions: Decisions = field(default_factory=Decisions)
    suggestions: tuple[Succession, ...] = ()


@dataclass(frozen=True, slots=True)
class LearnReport:
    """What training came to. trained: False if nothing was newer than the adopted classifier."""

    trained: bool
    adopted: bool
    labels: int
    top1: float | None
    top2: float | None
    reason: str


@dataclass(frozen=True, slots=True)
class DigestReport:
    """One digest. mail: its outbox row, None if it was only rendered. repeated: the slot had a mail before, and digest and
    rendered are None. candidates: how many it offers, listed or counted."""

    digest: Digest | None
    rendered: RenderedDigest | None
    message: bytes
    message_id: str
    edition: Edition
    slot: datetime
    mail: Mail | None = None
    repeated: bool = False
    candidates: int = 0


@dataclass(frozen=True, slots=True)
class PublishReport:
    """What reading the sources of past editions came to. archive: None if nothing was read. closed: editions that their posts
    closed. words: what else happened to closed editions, a sentence each. troubles: sources that could not be read, and why."""

    archive: ArchiveReport | None = None
    closed: tuple[CloseReport, ...] = ()
    words: tuple[str, ...] = ()
    troubles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CloseReport:
    """A closed edition and the one that opened. links: how many its post has."""

    closed: Edition
    opened: Edition
    closing: Closing
    links: int


@dataclass(frozen=True, slots=True)
class ClosedLink:
    """A candidate that its edition's post linked. outcome: used or moved. section: where the post has it, None above its first
    heading. decided: the section that the author had named by then, None if none. guess: the last one made before the close,
    None if there was none."""

    candidate_id: int
    title: str
    url: str | None
    outcome: Outcome
    section: str | None
    decided: str | None
    guess: Guess | None
    published_at: datetime | None
    first_seen: datetime


@dataclass(frozen=True, slots=True)
class ClosedEdition:
    """What became of an edition, as it is stored. links: candidates that its post has. counts: outcome -> candidates, all
    outcomes. added: links of the post that were no candidates."""

    edition: Edition
    links: tuple[ClosedLink, ...]
    counts: Mapping[Outcome, int]
    added: tuple[AddedLink, ...]
