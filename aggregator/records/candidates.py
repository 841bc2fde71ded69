"""Candidates: what is offered to a roundup, what the author said of each, and where that leaves it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from aggregator.records.archive import PastUse
from aggregator.records.editions import Outcome
from aggregator.records.learning import Guess


class State(StrEnum):
    """Where a candidate stands in the open edition."""

    NEW = "new"
    KEPT = "kept"
    DROPPED = "dropped"
    HELD = "held"


class Action(StrEnum):
    """What the author can say. `move` files under a section without deciding; `let-go` is no "no": it stays undecided, but is out
    of the way from then on; `undo` takes an earlier verdict back."""

    KEEP = "keep"
    DROP = "drop"
    HOLD = "hold"
    MOVE = "move"
    LET_GO = "let-go"
    UNDO = "undo"


class HoldKind(StrEnum):
    """Until when something is held: the next edition, a date, until a further part of its series appears, or for an edition
    with a theme."""

    NEXT = "next"
    DATE = "date"
    SERIES = "series"
    THEME = "theme"


@dataclass(frozen=True, slots=True)
class Hold:
    """An intent. until: the date of DATE, the deadline of SERIES and THEME, None for NEXT. theme: what THEME waits for, in his
    words; also of a DATE that is the day on which he called the theme. None for the others."""

    kind: HoldKind
    until: date | None = None
    theme: str | None = None


@dataclass(frozen=True, slots=True)
class NewVerdict:
    """What the author just said of one candidate. section, hold, comment: None where he said nothing of it. undoes: the
    verdict that an UNDO takes back. batch: one id per gesture, so that one undo takes a bulk action back whole."""

    candidate_id: int
    action: Action
    at: datetime
    batch: str
    section: str | None = None
    hold: Hold | None = None
    comment: str | None = None
    undoes: int | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """A stored verdict. Never changed; an UNDO is a further row."""

    id: int
    candidate_id: int
    edition_id: int
    action: Action
    at: datetime
    batch: str
    section: str | None = None
    hold: Hold | None = None
    comment: str | None = None
    undoes: int | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """The sum of a candidate's verdicts. section: the author's, None if he named none. held_in: the edition in which it was
    put on hold, so that `next` is due from the following one. held_at: since when it has been on hold. comment: the last words
    said with a verdict. let_go: undecided, and out of the way by his own word. decided_at: of the last verdict that stands."""

    state: State = State.NEW
    section: str | None = None
    hold: Hold | None = None
    held_in: int | None = None
    comment: str | None = None
    decided_at: datetime | None = None
    held_at: datetime | None = None
    let_go: bool = False


@dataclass(frozen=True, slots=True)
class Source:
    """One feed that carried a candidate. feed: its title, else its host."""

    entry_id: int
    feed_id: int
    feed: str
    feed_url: str
    folders: tuple[str, ...]
    url: str | None
    author: str | None
    published_at: datetime | None
    first_seen: datetime


class RelativeKind(StrEnum):
    """Why two belong together, perhaps. story: the same story told elsewhere. series: parts of one series. reply: one links to
    the other. linked: it links to what a past edition linked. relink: a past edition linked it, under another address."""

    STORY = "story"
    SERIES = "series"
    REPLY = "reply"
    LINKED = "linked"
    RELINK = "relink"


@dataclass(frozen=True, slots=True)
class Relative:
    """What may belong into one bullet with a candidate; a suggestion, never a merge. Either other_id, another candidate, or
    address, the canonical address of a past link. reason: in words, for the author. Known when read from a store: url, of the
    other as published, and use, the newest one of `address`."""

    kind: RelativeKind
    reason: str
    other_id: int | None = None
    address: str | None = None
    url: str | None = None
    use: PastUse | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    """A candidate as it stands now, with everything that a face needs to show it.

    id: fixed for life, also its number in the mail. url: as published, None if it has none that is safe. title, text,
    author, tags: of the original source. added: the author brought it himself; note, via: his words then. guess: the
    newest, None before the first. sources: feeds that carried it, the original first; empty for an added page.
    linked_before: earlier uses of its addresses and of its relinks, newest first. relatives: what may go into one bullet with
    it. shown: digests that listed it (sent or possibly sent). carried: closed editions it was offered in without being used.
    group: candidates of one bullet share it, None alone. ended: how a closed edition ended its way (used, moved or dropped),
    None while the open one holds it.
    """

    id: int
    url: str | None
    canonical_url: str | None
    title: str
    text: str
    author: str | None
    tags: tuple[str, ...]
    published_at: datetime | None
    first_seen: datetime
    standing: Standing
    sources: tuple[Source, ...] = ()
    guess: Guess | None = None
    added: bool = False
    note: str | None = None
    via: str | None = None
    thanks: str | None = None
    linked_before: tuple[PastUse, ...] = ()
    shown: int = 0
    carried: int = 0
    group: int | None = None
    ended: Outcome | None = None
    relatives: tuple[Relative, ...] = ()

    @property
    def section(self) -> str | None:
        """The author's section, else the guessed one, None where neither says."""
        if self.standing.section is not None:
            return self.standing.section
        return self.guess.section if self.guess else None

    @property
    def likely_section(self) -> str | None:
        """The section it stands under in lists: as `section`, else the likeliest. None goes to Unsorted."""
        return self.section or (self.guess.first if self.guess else None)

    @property
    def doubtful(self) -> bool:
        """It stands under its likeliest section only, and is marked so."""
        return self.section is None and self.likely_section is not None

    @property
    def interest(self) -> float:
        """0..1 by the newest guess."""
        return self.guess.interest if self.guess else 0.0

    def folded(self, carry: int) -> bool:
        """Undecided through `carry` closed editions, one at least, or let go: out of the way, never deleted."""
        return self.standing.state is State.NEW and (self.standing.let_go or self.carried >= max(1, carry))

    @property
    def rank(self) -> tuple[bool, float, float, int]:
        """Sort key within a section, in every list: the sure before the doubtful, the most interesting first, then the newest."""
        seen = self.published_at or self.first_seen
        return self.doubtful, -self.interest, -min(seen, self.first_seen).timestamp(), self.id


@dataclass(frozen=True, slots=True)
class NewCandidate:
    """A candidate to insert. entry_ids: its sources, the original first; empty for an added page."""

    url: str | None
    canonical_url: str | None
    title: str
    text: str
    author: str | None
    tags: tuple[str, ...]
    published_at: datetime | None
    first_seen: datetime
    entry_ids: tuple[int, ...] = ()
    added: bool = False
    note: str | None = None
    via: str | None = None
    thanks: str | None = None


@dataclass(frozen=True, slots=True)
class Copy:
    """A further source of a candidate that exists. reason: why they are one ("same address", "near-equal title and text")."""

    candidate_id: int
    entry_id: int
    reason: str


@dataclass(frozen=True, slots=True)
class Finds:
    """What the author starred or bookmarked elsewhere, to be kept in his name. notes: entry -> his note, None if none."""

    notes: Mapping[int, str | None]
    at: datetime


@dataclass(frozen=True, slots=True)
class Profile:
    """What relatives are found by. url: as published. addresses: canonical, its own first, then those of its sources. targets:
    where these led when they were followed. text: the beginning. links: canonical addresses that its sources' bodies link to.
    feed: title of the original source, else its host, None for an added page. at: published, or first seen if that was
    earlier."""

    candidate_id: int
    url: str | None
    addresses: tuple[str, ...]
    title: str
    text: str
    links: tuple[str, ...]
    feed: str | None
    at: datetime
    targets: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Related:
    """How far relating came. candidate_id: the newest candidate that was related, 0 before any. archive: the version of the
    archive that open candidates were compared with, None before. newest: the newest candidate that waits, None if none does."""

    candidate_id: int
    archive: str | None
    newest: int | None = None


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """What duplicates are found by."""

    candidate_id: int
    canonical_url: str | None
    title: str
    text: str
