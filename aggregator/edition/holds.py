"""Holds: what the author's words mean, and when a held candidate is due again."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta

from dateutil import parser as dateutil_parser
from dateutil.relativedelta import relativedelta

from aggregator.edition.series import part_number, series_key
from aggregator.errors import UsageError
from aggregator.records.candidates import Candidate, Hold, HoldKind, State
from aggregator.records.editions import Edition
from aggregator.text.canonical import host_of
from aggregator.text.hygiene import clean_line

SERIES_PATIENCE = timedelta(days=60)
"""How long a series may keep something back if no further part appears."""
THEME_PATIENCE = timedelta(days=180)
"""The same for an edition with a theme: he makes one or two of them a year."""
LONGEST_THEME = 60


def parse_until(text: str, today: date) -> Hold:
    """What to wait for: `next`, a date, `series` or `theme WORDS`, the last two with a deadline behind `until`, such as
    `theme kubernetes until 1 March`. `today` is the author's own date.

    A date is `today`, ISO (2027-01-03), or has a month or weekday in words ("3 Jan", "friday"); without a year it is the coming
    one. Digits alone such as 3/4 are refused, since they name two days. Raises UsageError for what is no date, for a past one,
    and for a theme without words.
    """
    words = clean_line(text)
    folded = words.casefold()
    if folded == HoldKind.NEXT:
        return Hold(HoldKind.NEXT)
    intent, _, rest = words.partition(" ")
    if intent.casefold().rstrip(":") == HoldKind.SERIES:
        given = re.fullmatch(r"(?:until\s+)?(.+)", rest, re.IGNORECASE)
        return Hold(HoldKind.SERIES, _coming(given[1], today) if given else today + SERIES_PATIENCE)
    if intent.casefold().rstrip(":") == HoldKind.THEME:
        given = re.fullmatch(r"(.*)\suntil\s+(.+)", f" {rest}", re.IGNORECASE)
        theme = (given[1] if given else rest).strip(" \"'")
        if not theme:
            raise UsageError("this hold names no theme", advice="Write it like `theme kubernetes until 1 March`.")
        return Hold(
            HoldKind.THEME, _coming(given[2], today) if given else today + THEME_PATIENCE, clean_line(theme, LONGEST_THEME)
        )
    return Hold(HoldKind.DATE, _coming(words, today))


def called(theme: str, today: date) -> Hold:
    """What something waits for whose theme has come: nothing, from today on."""
    return Hold(HoldKind.DATE, today, theme)


def theme_key(hold: Hold | None) -> str | None:
    """Equal for the same theme, however it was spelt; None for a hold that has none."""
    return hold.theme.casefold() if hold is not None and hold.theme else None


def waits_for(hold: Hold, today: date) -> str:
    """What a hold waits for, in words that go behind "held"."""
    until = day_in_words(hold.until, today) if hold.until else None
    latest = f", until {until} at the latest" if until else ""
    if hold.theme and hold.kind is HoldKind.DATE:
        return f"for this edition, whose theme is {hold.theme}"
    return {
        HoldKind.NEXT: "for the next edition",
        HoldKind.DATE: f"until {until}",
        HoldKind.SERIES: f"until its series goes on{latest}",
        HoldKind.THEME: f"for an edition on {hold.theme}{latest}",
    }[hold.kind]


def days_held(candidate: Candidate, now: datetime) -> int | None:
    """Whole days since it was first put on hold; None for what is not held."""
    since = candidate.standing.held_at
    return max(0, (now - since).days) if since is not None else None


def could_fit(section: str, candidates: Iterable[Candidate]) -> list[Candidate]:
    """Held candidates that would stand under a section, such as one that runs thin; those that wait longest first."""
    held = [one for one in candidates if one.standing.state is State.HELD and one.likely_section == section]
    return sorted(held, key=lambda one: (one.standing.held_at or one.first_seen, one.id))


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
    day, theme = day_in_words(until, today), standing.hold.theme
    if kind is HoldKind.DATE:
        return f"for the theme {theme}" if theme else f"held until {day}"
    return f"no edition on {theme} by {day}" if kind is HoldKind.THEME else f"no further part by {day}"


def due_reasons(candidates: Sequence[Candidate], edition: Edition, today: date) -> dict[int, str]:
    """Why each is due, of those that are."""
    reasons = ((one.id, due_reason(one, edition, today, candidates)) for one in candidates)
    return {id_: reason for id_, reason in reasons if reason is not None}


def day_in_words(day: date, today: date) -> str:
    """`3 Jan`, with the year where it is another one."""
    return f"{day.day} {day:%b}" + ("" if day.year == today.year else f" {day.year}")


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


def _coming(text: str, today: date) -> date:
    until = _parse_date(text.strip().casefold(), today)
    if until < today:
        raise UsageError("this date is past", resource=text.strip(), advice=f"Give a date from {today.isoformat()} on.")
    return until


def _parse_date(words: str, today: date) -> date:
    if words == "today":
        return today
    try:
        return date.fromisoformat(words)
    except ValueError:
        found = _parse_words(words, today)
    if found is None:
        raise UsageError(
            "this is no time to hold until",
            resource=words,
            advice="Write next, series, theme WORDS, or a date such as 2027-01-03.",
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
