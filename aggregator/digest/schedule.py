"""When the weekly mail is due: a pure function of (rule, last slot, now). It reads no clock, no database, and sends nothing.

A slot is the instant at which one week's digest is scheduled: one per ISO week of the author's zone, whatever daylight
saving does (R7). A wall time that a spring gap swallows means the first instant after the gap; one that an autumn fold
repeats means its first occurrence.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from aggregator.settings import DigestSettings

_DAY = timedelta(days=1)
_WEEK = timedelta(days=7)


class Step(StrEnum):
    """What the daemon must do. missed: the slot passed longer ago than `catch_up`; its digest is not sent by itself."""

    NOTHING = "nothing"
    SEND = "send"
    MISSED = "missed"


@dataclass(frozen=True, slots=True)
class Due:
    """What is due. slot: the one to send or missed, None with NOTHING. skipped: earlier slots without a mail, which this
    one makes up for: the edition's ledger carries their candidates, so nothing was lost."""

    step: Step
    slot: datetime | None = None
    skipped: int = 0


def latest_slot(rule: DigestSettings, at: datetime) -> datetime:
    """The latest slot not after `at` (aware). Returns aware UTC."""
    monday = _monday(rule, at) + _WEEK
    while (slot := _slot_of_week(rule, monday)) > at:
        monday -= _WEEK
    return slot


def next_slot(rule: DigestSettings, at: datetime) -> datetime:
    """The first slot strictly after `at` (aware). Returns aware UTC."""
    monday = _monday(rule, at) - _WEEK
    while (slot := _slot_of_week(rule, monday)) <= at:
        monday += _WEEK
    return slot


def coming_slot(rule: DigestSettings, at: datetime, paused_until: date | None) -> datetime:
    """The first slot strictly after `at` (aware) that no pause swallows. Returns aware UTC."""
    resumed = _resumed(rule, paused_until)
    return next_slot(rule, at if resumed is None else max(at, resumed - timedelta.resolution))


def gap_before(rule: DigestSettings, slot: datetime, previous: datetime | None) -> int:
    """How many slots lie between the previous digest's and this one: without a mail, or with one that never left. 0 without a
    previous digest."""
    if previous is None or previous >= slot:
        return 0
    return max(0, round((slot - next_slot(rule, previous)) / _WEEK))


def due_slot(
    rule: DigestSettings,
    *,
    last_slot: datetime | None,
    since: datetime,
    now: datetime,
    paused_until: date | None = None,
) -> Due:
    """What must be done now.

    last_slot: the latest slot that has a mail, None before the first. since: when the roundup was set up; slots before it
    never existed, so a fresh installation waits for its first one, and a clock that stands before it (a machine without a
    battery, R43) sends nothing. A `last_slot` after now sends nothing either; `OutboxStore.last_slot` gives none.
    paused_until: slots before this day of his never become due, after the pause either; the next one makes up for them.
    """
    slot = latest_slot(rule, now)
    resumed = _resumed(rule, paused_until)
    if resumed is not None and slot < resumed:
        return Due(Step.NOTHING)
    after = since if last_slot is None else max(since, last_slot)
    if slot <= after:
        return Due(Step.NOTHING)
    # The slots of (after, slot): between them lie whole weeks, an hour of daylight saving aside.
    skipped = round((slot - next_slot(rule, after)) / _WEEK)
    step = Step.SEND if now - slot <= rule.catch_up else Step.MISSED
    return Due(step, slot, skipped)


def _resumed(rule: DigestSettings, paused_until: date | None) -> datetime | None:
    """The instant at which a pause ends: the first of its day in the author's zone."""
    return None if paused_until is None else _instant(datetime.combine(paused_until, time()), rule.zone)


def _monday(rule: DigestSettings, at: datetime) -> date:
    """First day of the ISO week that `at` falls into, in the author's zone."""
    local = at.astimezone(rule.zone).date()
    return local - local.weekday() * _DAY


def _slot_of_week(rule: DigestSettings, monday: date) -> datetime:
    return _instant(datetime.combine(monday + rule.weekday * _DAY, rule.time), rule.zone)


def _instant(wall: datetime, zone: ZoneInfo) -> datetime:
    """The UTC instant of a wall time; the first after the gap if the time does not exist (PEP 495 arithmetic)."""
    first = wall.replace(tzinfo=zone, fold=0).astimezone(UTC)
    if first.astimezone(zone).replace(tzinfo=None) == wall:
        return first
    # In a gap, fold=1 reads the wall time with the offset after it and so lands before it: the gap lies between the two.
    before = wall.replace(tzinfo=zone, fold=1).astimezone(UTC)
    offset = before.astimezone(zone).utcoffset()
    while first - before > timedelta(seconds=1):
        middle = before + (first - before) // 2
        middle = middle.replace(microsecond=0)
        if middle.astimezone(zone).utcoffset() == offset:
            before = middle
        else:
            first = middle
    return first
