"""The store of what comes back from mails, and the mailbox that it comes from."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Protocol

from aggregator.records.received import NewReceived, ReceivedKind, ReceivedMail, UsedLink


class ReceivedStore(Protocol):
    """Links whose button was pressed, and mails that were taken up."""

    def used(self, token_hash: str) -> UsedLink | None:
        """What pressing the button of a link came to; None if nobody did."""
        ...

    def use(self, used: UsedLink) -> None:
        """Remembers it, once."""
        ...

    def reading(self) -> AbstractContextManager[bool]:
        """One process at a time reads the mailbox: whether it is this one."""
        ...

    def known(self, message_ids: Sequence[str]) -> set[str]:
        """Those of them that are done with."""
        ...

    def take(self, mail: NewReceived) -> ReceivedMail:
        """Takes up a mail; the one that was taken up before, if it was."""
        ...

    def say(self, mail_id: int, said: Sequence[str | None], gestures: Sequence[str]) -> None:
        """Writes how far it came."""
        ...

    def find(self, mail_id: int) -> ReceivedMail | None:
        """The mail of this number; None if it is forgotten."""
        ...

    def answered(self, mail_id: int, at: datetime) -> None:
        """Its answer is in the outbox, or it gets none."""
        ...

    def forget(self, unproved: datetime, every: datetime) -> None:
        """Those that proved nothing and came before `unproved`, and all that came before `every`."""
        ...

    def last(self, roundup_id: int, kind: ReceivedKind | None = None, limit: int = 20) -> list[ReceivedMail]:
        """Mails that were taken up, newest first."""
        ...


class Mailbox(Protocol):
    """A mailbox in which answers are found."""

    def check(self) -> str:
        """Connects, signs in, opens the folder and says how many mails it holds. Raises MailboxError."""
        ...

    def mails(self, since: datetime, senders: Collection[str]) -> AbstractContextManager[Iterator[bytes]]:
        """Mails from one of these addresses (in small letters) that came since that day and that were not taken from here before,
        oldest first, whole; what is too large to be one of the author's is left out. Raises MailboxError."""
        ...
