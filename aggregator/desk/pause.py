"""A pause: no digest until a day of the author's choice. Polling, filing and learning go on."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta

from aggregator.desk.decide import today
from aggregator.digest.schedule import coming_slot
from aggregator.errors import UsageError
from aggregator.ports import Stores
from aggregator.records.roundups import Roundup
from aggregator.settings import RoundupSettings

_ADVICE = "Write it as 2027-01-08, or as 3 weeks."
_LONGEST = timedelta(days=3660)
_UNITS = {"day": 1, "week": 7}


def pause(stores: Stores, roundup: Roundup, plan: RoundupSettings, until: str) -> date:
    """Pauses until that day or for so long ("2027-01-08", "3 weeks"); a pause under way is replaced. Returns the first day after
    it. Raises UsageError for what is no day to come."""
    day = day_of(until, today(plan, stores.clock.now()))
    stores.ledger.pause(roundup.id, day)
    return day


def resume(stores: Stores, roundup: Roundup) -> None:
    """Ends a pause, if there is one. A slot that passed in it and that is still worth a mail becomes due at once."""
    stores.ledger.pause(roundup.id, None)


def paused_until(roundup: Roundup, plan: RoundupSettings, now: datetime) -> date | None:
    """The first day after the pause that is under way, None if none is."""
    day = roundup.paused_until
    return day if day is not None and today(plan, now) < day else None


def next_digest(roundup: Roundup, plan: RoundupSettings, now: datetime) -> datetime:
    """When the next digest goes out."""
    return coming_slot(plan.digest, now, roundup.paused_until)


def day_of(words: str, today: date) -> date:
    """ "2027-01-08", "until 2027-01-08", "3 weeks", "10 days" -> the day. Raises UsageError for one that is not to come."""
    said = words.strip().casefold().removeprefix("until ").strip()
    if match := re.fullmatch(r"([0-9]{1,4}) ?(day|week)s?", said):
        day = today + timedelta(days=int(match[1]) * _UNITS[match[2]])
    else:
        try:
            day = date.fromisoformat(said)
        except ValueError:
            raise UsageError(f"{words!r} is no day", resource="pause", advice=_ADVICE) from None
    if not today < day <= today + _LONGEST:
        when = "not to come" if day <= today else "more than ten years ahead"
        raise UsageError(f"{day} is {when}", resource="pause", advice=_ADVICE)
    return day
