"""The stores of mails and of when jobs last ran; who hands a mail over."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Protocol

from aggregator.records.digests import Mail, MailState, NewMail
from aggregator.records.roundups import Heartbeat


class OutboxStore(Protocol):
    """Mails and their delivery (R6). What is asked by slot is asked of digests."""

    def put(self, mail: NewMail) -> Mail:
        """Commits the exact bytes. A second mail of the same (roundup, kind, slot, repeat) returns the first unchanged. A
        digest supersedes those of the roundup that have not left yet."""
        ...

    def find(self, roundup_id: int, slot: datetime) -> list[Mail]:
        """The slot's digests, oldest repeat first."""
        ...

    def last_slot(self, roundup_id: int, now: datetime) -> datetime | None:
        """Latest slot not after `now` with a digest, whatever became of it."""
        ...

    def last_sent(self, roundup_id: int, before: datetime | None = None) -> Mail | None:
        """The digest made last of those sent, written, being sent or perhaps sent; of slots before `before` only."""
        ...

    def by_message_id(self, message_ids: Sequence[str]) -> Mail | None:
        """The first of these that is a mail of ours."""
        ...

    def offered(self, mail_id: int) -> int:
        """How many candidates a mail offers."""
        ...

    def in_edition(self, edition_id: int) -> list[Mail]:
        """The edition's digests in order of slot."""
        ...

    def delivery(self, resend_after: float) -> AbstractContextManager[None]:
        """A round of sending. Entering it makes `unknown` what a process that is no more was sending, due for its one resend
        `resend_after` seconds after that began."""
        ...

    def claim(self, now: datetime, stale: float, only: int | None = None) -> Mail | None:
        """Takes one mail that is due, by conditional UPDATE, and commits `sending` with its start. A `sending` row older
        than `stale` seconds is a crash in the window: it becomes `unknown`, due for one resend of identical bytes. `only`
        names the one mail that may be taken, due or not."""
        ...

    def settle(
        self, mail_id: int, state: MailState, at: datetime, error: str | None = None, next_attempt_at: datetime | None = None
    ) -> None:
        """Writes what an attempt came to."""
        ...

    def reported(self, edition_ids: Collection[int]) -> set[tuple[int, datetime]]:
        """Edition and slot of each report on one of these editions, whatever became of it."""
        ...

    def recent(self, limit: int) -> list[Mail]:
        """Newest first."""
        ...

    def told_feeds(self, roundup_id: int) -> dict[int, datetime]:
        """Feed -> when the last mail that told of its trouble was made."""
        ...


class HeartbeatStore(Protocol):
    """When jobs last ran."""

    def beat(self, beat: Heartbeat) -> None: ...
    def beats(self) -> list[Heartbeat]: ...


class MailSender(Protocol):
    """Hands exact bytes to a mail server."""

    def send(self, sender: str, recipients: Sequence[str], message: bytes) -> Mapping[str, str]:
        """Returns recipients that were refused while others were accepted -> why. Raises DeliveryError."""
        ...

    def check(self) -> None:
        """Connects and authenticates, sends nothing. Raises DeliveryError."""
        ...
