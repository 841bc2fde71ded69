"""What comes back from a mail: links whose button was pressed, and mails of the author's."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from aggregator.records.candidates import Action


@dataclass(frozen=True, slots=True)
class UsedLink:
    """A link whose button was pressed. token_hash: sha256, in hex. at: of the verdict that it came to."""

    token_hash: str
    at: datetime
    candidate_id: int
    action: Action


@dataclass(frozen=True, slots=True)
class IncomingMail:
    """A mail as it was found in the mailbox, in words.

    message_id: with its brackets; made of its bytes where it has none. sender: the one bare address of From in small letters,
    None for none or several. recipients: every address it was sent to, in small letters; openly: those that every reader of it
    sees. references: Message-IDs that it answers
    or follows. text: what it says, its own words and quoted ones; forwarded: the whole text of a mail attached to it, with its
    From line first. automatic: why it was not written by a person, None if it may have been. doubt: why its sender is doubtful
    (a mail server on the way said so), None if nobody did.
    """

    message_id: str
    sender: str | None
    recipients: tuple[str, ...]
    subject: str
    references: tuple[str, ...]
    text: str
    forwarded: tuple[str, ...] = ()
    automatic: str | None = None
    doubt: str | None = None
    openly: tuple[str, ...] = ()


class ReceivedKind(StrEnum):
    """What a mail was taken for: an answer to one of ours; pages to add; or one of his that did not prove that it is his, with
    which nothing is done."""

    ANSWER = "answer"
    ADD = "add"
    UNPROVED = "unproved"


@dataclass(frozen=True, slots=True)
class ReceivedMail:
    """A mail of the author's that was taken up; none is taken up twice.

    said: what came of each of its statements, in order; None for one that was begun and of which nobody knows the end.
    gestures: names of those that they came to, oldest first. answered_at: when its answer went into the outbox, None before.
    """

    id: int
    message_id: str
    roundup_id: int
    sender: str
    subject: str
    kind: ReceivedKind
    at: datetime
    said: tuple[str | None, ...] = ()
    answered_at: datetime | None = None
    gestures: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NewReceived:
    """A mail to take up, as of `ReceivedMail`."""

    message_id: str
    roundup_id: int
    sender: str
    subject: str
    kind: ReceivedKind
    at: datetime


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one statement of a mail. gestures: how many of his gestures it made, for undoing them. understood: False where
    nothing was done because of what he wrote."""

    words: str
    gestures: int = 0
    understood: bool = True
