"""What an attempt to deliver a mail came to, and when to try again: pure, from the error and the mail's past (R6, R24)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from aggregator.errors import AggregatorError, DeliveryError
from aggregator.records.digests import Mail, MailState

RESEND_AFTER = timedelta(minutes=15)
"""From a mail that may have left to its one resend, or from a crash while sending to the moment it counts as one."""
GIVE_UP_AFTER = timedelta(days=5)
_PAUSES = (timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=1), timedelta(hours=2))
"""After the first, second, third and any further attempt (RFC 5321, 4.5.4.1 asks for 30 minutes on average)."""

OnUnknown = Literal["resend", "hold"]


@dataclass(frozen=True, slots=True)
class Settlement:
    """What to write into the outbox. next_attempt_at: None when nothing is left to try."""

    state: MailState
    error: str | None = None
    next_attempt_at: datetime | None = None


def after_error(mail: Mail, error: AggregatorError, *, now: datetime, may_have_left: bool, on_unknown: OnUnknown) -> Settlement:
    """What follows from a failed attempt.

    mail: its row, this attempt counted. may_have_left: an earlier attempt ended with nobody knowing. on_unknown: whether a
    mail that may have left is sent once more, byte for byte the same. A mail that may have left is never called failed,
    whatever a resend runs into, and never sent a third time.
    """
    words = " ".join(str(error).split())
    if isinstance(error, DeliveryError) and error.stage == "after_data":
        if may_have_left:
            return Settlement(MailState.UNKNOWN, f"{words} It may have arrived, even twice, and is not sent again by itself.")
        if on_unknown == "hold":
            return held(words)
        return Settlement(MailState.UNKNOWN, f"{words} It may have arrived, and is sent once more.", now + RESEND_AFTER)
    if error.permanent:
        return Settlement(MailState.UNKNOWN if may_have_left else MailState.FAILED_PERM, words)
    again = now + _PAUSES[min(max(mail.attempts, 1), len(_PAUSES)) - 1]
    if again - mail.made_at > GIVE_UP_AFTER:
        days = GIVE_UP_AFTER.days
        return Settlement(MailState.UNKNOWN if may_have_left else MailState.FAILED_PERM, f"Given up after {days} days. {words}")
    return Settlement(MailState.UNKNOWN if may_have_left else MailState.FAILED_TEMP, words, again)


def held(words: str) -> Settlement:
    """A mail that may have left, with `on_unknown: hold`."""
    return Settlement(
        MailState.UNKNOWN, f"{words} It may have arrived, and is held: look into your mailbox before you send it again."
    )
