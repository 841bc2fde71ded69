"""Holds: what the author's words mean, and when a held candidate is due again."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta

from dateutil import parser as dateutil_parser
from dateutil.relativedelta import relativedelta

from aggregator.edition.series import part_number, series_key
from aggregator.errors import UsageError
from aggregator.records.candidates import Candidate, Hold, HoldKind, State
from aggregator.records.editions import Edition
from aggregator.text.canonical import host_of

SERIES_PATIENCE = timedelta(days=60)
"""How long a series may keep something back if no further part appears."""


def parse_until(text: str, today: date) -> Hold:
    """`next`, `series` or a date -> what to wait for. `today` is the author's own date.

    A date is ISO (2027-01-03) or has a month or weekday in words ("3 Jan", "friday"); without a year it is the coming one.
    Digits alone such as 3/4 are refused, since they name two days. Raises UsageError for what is no date and for a past one.
    """
    words = text.strip().casefold()
    if words == HoldKind.NEXT:
        return Hold(HoldKind.NEXT)
    if words == HoldKind.SERIES:
        return Hold(HoldKind.SERIES, today + SERIES_PATIENCE)
    until = _parse_date(words, today)
    if until < today:
        raise UsageError("this date is past", resource=text.strip(), advice=f"Give a date from {today.isoformat()} on.")
    return Hold(HoldKind.DATE, until)


def is_due(candidate: Candidate, edition: Edition, today: date, others: Iterable[Candidate]) -> bool:
    """Whether a held candidate's wait is over, in this open edition, on the author's date. `others`: all the edition holds."""
    return due_reason(candidate, edition, today, others) is not None


def due_reason(candidate: Candidate, edition: Edition, today: date, others: Iterable[Candidate]) -> str | None:
    """Why it is due, in words for the mail ("held until 3 Jan"); None while it waits or is not held. It may quote a feed."""
    standing = candidate.standing
    if standing.state is not State.HELD or standing.hold is None:
        return None
    kind, until = standing.hold.kind, standing.hold.until
    if kind is HoldKind.NEXT:
        # Ids of a roundup's editions grow, and only the newest is open.
        return "held for this edition" if standing.held_in is None or edition.id > standing.held_in else None
    if kind is HoldKind.SERIES and (further := _further_part(candidate, others)):
        return f"a further part appeared: {further.title}"
    if until is None or today < until:
        return None
    day = f"{until.day} {until:%b}" + ("" if until.year == today.year else f" {until.year}")
    return f"held until {day}" if kind is HoldKind.DATE else f"no further part by {day}"


def _further_part(held: Candidate, others: Iterable[Candidate]) -> Candidate | None:
    """The next higher part of the same series. Parts that wait for the series too do not count: they wait for the same thing."""
    key = _series_of(held)
    if key is None:
        return None
    own = part_number(held.title) or 1
    later = [
        (number, other.id, other)
        for other in others
        if other.id != held.id
        and (number := part_number(other.title)) is not None
        and number > own
        and not (other.standing.hold and other.standing.hold.kind is HoldKind.SERIES)
        and _series_of(other) == key
    ]
    return min(later, key=lambda one: one[:2])[2] if later else None


def _series_of(candidate: Candidate) -> tuple[str, str] | None:
    address = candidate.url or (candidate.sources[0].feed_url if candidate.sources else None)
    return series_key(candidate.title, host_of(address)) if address else None


def _parse_date(words: str, today: date) -> date:
    try:
        return date.fromisoformat(words)
    except ValueError:
        found = _parse_words(words, today)
    if found is None:
        raise UsageError(
            "this is no time to hold until", resource=words, advice="Write next, series, or a date such as 2027-01-03."
        )
    return found


def _parse_words(words: str, today: date) -> date | None:
    weekday = dateutil_parser.parserinfo().weekday(words)
    if weekday is not None:
        return today + relativedelta(days=1, weekday=weekday)
    if not re.search(r"\d", words) or not re.search(r"[^\W\d_]{3}", words):
        return None
    # What is missing is filled from a default; defaults of two years tell whether the year was.
    defaults = (datetime.combine(day, time()) for day in (today, today + relativedelta(years=1)))
    try:
        found, following = (dateutil_parser.parse(words, default=day, ignoretz=True).date() for day in defaults)
    except (ValueError, OverflowError):
        return None
    return found if found == following or found >= today else following
