"""Whether the daemon is well, for the program that watches it (R33)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from aggregator.records.digests import Mail, MailState
from aggregator.records.roundups import Heartbeat

TICK = "tick"
OLDEST_TICK = timedelta(minutes=5)
"""A tick is written to the database every minute: a late one tells of stalled ticks, or that nothing can be written."""
LONGEST_WAIT = timedelta(hours=6)
"""A mail that waits longer has outlived what a mail server's bad hour explains."""
_WAITING = (MailState.RENDERED, MailState.SENDING, MailState.FAILED_TEMP, MailState.UNKNOWN)


@dataclass(frozen=True, slots=True)
class Health:
    """tick_age, mail_age: seconds since the last tick and since the oldest mail that still waits was made, None without one."""

    ok: bool
    tick_age: float | None
    mail_age: float | None


def health(beats: Sequence[Heartbeat], mails: Sequence[Mail], now: datetime) -> Health:
    """Judges by what the daemon left in the database; asks nothing else and says nothing private."""
    ticks = [now - beat.at for beat in beats if beat.job == TICK]
    waits = [now - mail.made_at for mail in mails if mail.state in _WAITING]
    tick, wait = min(ticks, default=None), max(waits, default=None)
    return Health(
        ok=tick is not None and tick <= OLDEST_TICK and (wait is None or wait <= LONGEST_WAIT),
        tick_age=None if tick is None else tick.total_seconds(),
        mail_age=None if wait is None else wait.total_seconds(),
    )
