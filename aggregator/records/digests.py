"""Digests: what one mail says; and the row of a mail in the outbox."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from aggregator.records.candidates import Candidate


@dataclass(frozen=True, slots=True)
class FeedTrouble:
    """One feed in trouble, in words. new: first told in this digest. feed_id: for `NewMail.told`."""

    feed: str
    url: str
    words: str
    since: datetime | None
    new: bool
    feed_id: int


@dataclass(frozen=True, slots=True)
class Withheld:
    """A count of things not shown, and why, such as (12, "copies merged")."""

    count: int
    reason: str


@dataclass(frozen=True, slots=True)
class SectionPart:
    """One section of a digest.

    new: first offered since the last sent digest, by interest, those in doubt after the sure ones. more: how many new ones
    did not fit. waiting: how many older undecided ones there are; older: those of them shown. kept, held: counts.
    quiet: the sentence an empty section says, None if it is not empty.
    """

    name: str
    new: tuple[Candidate, ...]
    more: int
    waiting: int
    older: tuple[Candidate, ...]
    kept: int
    held: int
    quiet: str | None = None


@dataclass(frozen=True, slots=True)
class ActionLink:
    """A link of the mail that leads to one action. words: what it does; a section's name where it moves there. name: what one
    hears who does not see beside which candidate it stands."""

    words: str
    url: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Answering:
    """How a mail can be answered. desk: the address of the open edition's page, None where only this machine reaches it.
    replies: an answer to the mail is read. links: candidate -> what can be done with it, none without `desk`."""

    desk: str | None = None
    replies: bool = False
    links: Mapping[int, tuple[ActionLink, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Digest:
    """One digest, assembled and ready to render. All times aware; `zone` is the author's.

    title: the open edition's ("Technology Short Take #28"). week: which digest of this edition this is, from 1.
    usual_days: median days between his editions, None while unknown. due: holds that are due. kept: by section order.
    thin: (section, kept, held that could fit). unsorted: no usable evidence. next_slot: the next mail. repeat: 0, or how
    often this slot was asked for again. gap_days: days since the previous sent digest, None for the first.
    due_reasons: why a hold is due, by candidate, in words. unsorted_older: as `older` of a section. notices: sentences that
    the author must read first. catch_up: when the mail before the gap went out that this one makes up for, None without a
    gap; new ones beyond its best few are counted only. usual_links: median links of his editions, None while unknown.
    answering: what he can do from the mail itself.
    """

    roundup: str
    short_name: str
    title: str
    number: int
    slot: datetime
    now: datetime
    zone: str
    week: int
    days_open: int
    usual_days: int | None
    due: tuple[Candidate, ...]
    kept: tuple[Candidate, ...]
    thin: tuple[tuple[str, int, int], ...]
    sections: tuple[SectionPart, ...]
    unsorted: tuple[Candidate, ...]
    unsorted_more: int
    withheld: tuple[Withheld, ...]
    troubles: tuple[FeedTrouble, ...]
    known_troubles: int
    feeds: int
    classifier: str
    next_slot: datetime | None
    answering: Answering = Answering()
    gap_days: int | None = None
    repeat: int = 0
    due_reasons: Mapping[int, str] = field(default_factory=dict)
    unsorted_older: tuple[Candidate, ...] = ()
    notices: tuple[str, ...] = ()
    catch_up: datetime | None = None
    usual_links: int | None = None

    @property
    def listed(self) -> tuple[Candidate, ...]:
        """Every candidate that the mail names, once, in reading order."""
        seen: dict[int, Candidate] = {}
        for part in (self.due, self.kept, *((*one.new, *one.older) for one in self.sections), self.unsorted, self.unsorted_older):
            for candidate in part:
                seen.setdefault(candidate.id, candidate)
        return tuple(seen.values())


@dataclass(frozen=True, slots=True)
class RenderedDigest:
    """subject: our words and numbers only, never a feed's (R10). notices: what went wrong with the author's own templates.
    listed: candidates that it names; the others are counted in a line."""

    subject: str
    html: str
    text: str
    notices: tuple[str, ...] = ()
    listed: tuple[int, ...] = ()


class MailState(StrEnum):
    """R6. rendered: exact bytes committed. sending: an attempt is under way. unknown: the bytes may have left. written: no
    mail server, files instead. superseded: a newer digest, with all that this one had, was made before it could leave."""

    RENDERED = "rendered"
    SENDING = "sending"
    SENT = "sent"
    WRITTEN = "written"
    FAILED_TEMP = "failed_temp"
    FAILED_PERM = "failed_perm"
    UNKNOWN = "unknown"
    SUPERSEDED = "superseded"

    @property
    def seen(self) -> bool:
        """The author has it, may have it, or is getting it: what it shows has been shown."""
        return self in (MailState.SENDING, MailState.SENT, MailState.WRITTEN, MailState.UNKNOWN)


class MailKind(StrEnum):
    """What a mail is: the digest of a slot, the report on an edition that closed (its slot is the moment of closing), or the
    answer to a mail of the author's (its slot is the moment at which that was read, its repeat that mail's number)."""

    DIGEST = "digest"
    REPORT = "report"
    ANSWER = "answer"


@dataclass(frozen=True, slots=True)
class NewMail:
    """A mail to put in the outbox. message: the exact bytes. shown: candidates that it offers, listed: those of them that it
    names. told: feeds whose trouble it tells."""

    roundup_id: int
    edition_id: int
    slot: datetime
    repeat: int
    message_id: str
    sender: str
    recipients: tuple[str, ...]
    message: bytes
    html: str
    text: str
    made_at: datetime
    shown: tuple[int, ...]
    told: tuple[int, ...] = ()
    listed: tuple[int, ...] = ()
    kind: MailKind = MailKind.DIGEST


@dataclass(frozen=True, slots=True)
class Mail:
    """A row of the outbox. next_attempt_at: None when there is nothing left to try. error: a sentence."""

    id: int
    roundup_id: int
    edition_id: int
    slot: datetime
    repeat: int
    message_id: str
    sender: str
    recipients: tuple[str, ...]
    message: bytes
    html: str
    text: str
    state: MailState
    attempts: int
    made_at: datetime
    started_at: datetime | None
    sent_at: datetime | None
    next_attempt_at: datetime | None
    error: str | None
    kind: MailKind = MailKind.DIGEST
