from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aggregator.digest.schedule import Due, Step, coming_slot, due_slot, gap_before, latest_slot, next_slot
from aggregator.settings import WEEKDAYS, DigestSettings

WEEK = timedelta(days=7)
ZONES = sorted(available_timezones())

rules = st.builds(
    lambda day, hour, minute, zone: DigestSettings(day=day, time=time(hour, minute), timezone=zone),
    st.sampled_from(WEEKDAYS),
    st.integers(0, 23),
    st.integers(0, 59),
    st.sampled_from(ZONES),
)
instants = st.integers(0, 20 * 366 * 24 * 3600).map(lambda seconds: datetime(2015, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds))


def utc(year: int, month: int, day: int, hour: int = 0, minute: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=UTC)


def rule(day: str = "friday", at: time = time(7, 0), zone: str = "America/Denver") -> DigestSettings:
    return DigestSettings.model_validate({"day": day, "time": at, "timezone": zone})


def nominal_week(at: datetime, zone: ZoneInfo) -> tuple[int, int]:
    return at.astimezone(zone).isocalendar()[0], at.astimezone(zone).isocalendar()[1]


def test_the_slot_is_the_authors_wall_time_in_winter_and_in_summer() -> None:
    assert latest_slot(rule(), utc(2019, 1, 12)) == utc(2019, 1, 11, 14)
    assert latest_slot(rule(), utc(2019, 7, 13)) == utc(2019, 7, 12, 13)


def test_a_slot_is_its_own_latest_and_not_its_own_next() -> None:
    slot = utc(2019, 1, 11, 14)
    assert latest_slot(rule(), slot) == slot
    assert next_slot(rule(), slot) == slot + WEEK
    assert next_slot(rule(), slot - timedelta(seconds=1)) == slot


@pytest.mark.parametrize(
    ("day", "at", "zone", "slot"),
    [
        ("sunday", time(2, 30), "Europe/Berlin", utc(2026, 3, 29, 1)),  # swallowed: the gap ends at 03:00 +02:00
        ("sunday", time(2, 30), "Europe/Berlin", utc(2026, 10, 25, 0, 30)),  # repeated: the first, still +02:00
        ("sunday", time(0, 0), "America/Santiago", utc(2026, 9, 6, 4)),  # midnight itself is swallowed
        ("friday", time(0, 0), "Africa/Cairo", utc(2026, 4, 23, 22)),
        ("sunday", time(2, 15), "Australia/Lord_Howe", utc(2026, 10, 3, 15, 30)),  # a gap of half an hour
        ("friday", time(7, 0), "Pacific/Apia", utc(2011, 12, 30, 10)),  # that Friday did not exist on Samoa
    ],
)
def test_daylight_saving_moves_a_slot_and_never_loses_or_doubles_it(day: str, at: time, zone: str, slot: datetime) -> None:
    its = rule(day, at, zone)
    assert latest_slot(its, slot) == slot
    before, after = latest_slot(its, slot - timedelta(seconds=1)), next_slot(its, slot)
    assert timedelta(days=5, hours=22) < slot - before < timedelta(days=8, hours=2)
    assert timedelta(days=5, hours=22) < after - slot < timedelta(days=8, hours=2)


@given(rules, st.integers(2020, 2029))
@settings(max_examples=25, deadline=None)
def test_every_iso_week_of_a_year_has_exactly_one_slot(its: DigestSettings, year: int) -> None:
    at, weeks = utc(year, 1, 1), []
    while at < utc(year + 1, 1, 1):
        at = next_slot(its, at)
        # A minute of grace: a gap on the eve of Monday may push a Sunday slot over midnight.
        weeks.append(nominal_week(at - timedelta(hours=1) if at.astimezone(its.zone).weekday() != its.weekday else at, its.zone))
    assert len(weeks) == len(set(weeks))
    assert len(weeks) in (52, 53, 54)


@given(rules, instants)
@settings(max_examples=60, deadline=None)
def test_latest_and_next_enclose_every_instant_without_a_gap(its: DigestSettings, at: datetime) -> None:
    latest, following = latest_slot(its, at), next_slot(its, at)
    assert latest <= at < following
    assert next_slot(its, latest) == following
    assert latest_slot(its, following - timedelta(microseconds=1)) == latest


@given(rules, instants, st.lists(st.integers(-30 * 24 * 60, 30 * 24 * 60), max_size=60))
@settings(max_examples=50, deadline=None)
def test_whatever_the_clock_does_no_slot_is_sent_twice_and_slots_only_advance(
    its: DigestSettings, start: datetime, jumps: list[int]
) -> None:
    now, last, sent = start, None, []
    for minutes in jumps:
        now += timedelta(minutes=minutes)
        due = due_slot(its, last_slot=last, since=start, now=now)
        if due.step is Step.SEND:
            assert due.slot is not None
            sent.append(due.slot)
            last = due.slot
    assert sent == sorted(set(sent))
    assert all(slot > start for slot in sent)


@given(
    rules,
    instants,
    st.lists(
        st.tuples(st.sampled_from(["tick", "tick", "tick", "pause", "resume", "by hand"]), st.integers(0, 16 * 24 * 60)),
        max_size=60,
    ),
)
@settings(max_examples=50, deadline=None)
def test_whatever_is_paused_resumed_and_sent_by_hand_no_slot_has_two_digests_and_none_is_due_in_a_pause(
    its: DigestSettings, start: datetime, steps: list[tuple[str, int]]
) -> None:
    now, sent = start, list[datetime]()
    until: date | None = None
    for step, minutes in steps:
        now += timedelta(minutes=minutes)
        today = now.astimezone(its.zone).date()
        if step == "pause":
            until = today + timedelta(days=1 + minutes % 30)
        elif step == "resume":
            until = None
        elif step == "by hand" and (slot := latest_slot(its, now)) not in sent:
            sent.append(slot)
        due = due_slot(its, last_slot=max(sent, default=None), since=start, now=now, paused_until=until)
        if due.step is Step.SEND:
            assert due.slot is not None
            assert due.slot not in sent
            assert until is None or due.slot.astimezone(its.zone).date() >= until
            sent.append(due.slot)
        coming = coming_slot(its, now, until)
        assert due_slot(its, last_slot=max(sent, default=None), since=start, now=coming, paused_until=until).slot == coming
    assert sent == sorted(sent)


@given(rules, instants)
@settings(max_examples=10, deadline=None)
def test_ticked_every_hour_for_weeks_gives_every_slot_once(its: DigestSettings, start: datetime) -> None:
    now, last, sent = start, None, []
    while now < start + 9 * WEEK:
        due = due_slot(its, last_slot=last, since=start, now=now)
        if due.step is Step.SEND:
            assert due.skipped == 0
            last = due.slot
            sent.append(due.slot)
        now += timedelta(hours=1)
    wanted, slot = [], start
    while (slot := next_slot(its, slot)) <= now - timedelta(hours=1):
        wanted.append(slot)
    assert sent == wanted


def test_a_fresh_installation_waits_for_its_first_slot() -> None:
    set_up = utc(2019, 1, 11, 14, 1)
    assert due_slot(rule(), last_slot=None, since=set_up, now=set_up + timedelta(days=1)) == Due(Step.NOTHING)
    first = utc(2019, 1, 18, 14)
    assert due_slot(rule(), last_slot=None, since=set_up, now=first) == Due(Step.SEND, first, 0)


def test_a_slot_missed_by_less_than_the_catch_up_is_sent_at_once() -> None:
    slot = utc(2019, 1, 11, 14)
    due = due_slot(rule(), last_slot=slot - WEEK, since=utc(2018, 1, 1), now=slot + timedelta(hours=72))
    assert due == Due(Step.SEND, slot, 0)


def test_a_slot_missed_by_more_is_not_sent_by_itself() -> None:
    slot = utc(2019, 1, 11, 14)
    due = due_slot(rule(), last_slot=slot - WEEK, since=utc(2018, 1, 1), now=slot + timedelta(hours=72, seconds=1))
    assert due == Due(Step.MISSED, slot, 0)


def test_one_digest_makes_up_for_all_the_weeks_the_machine_was_off() -> None:
    slot = utc(2019, 3, 15, 13)
    due = due_slot(rule(), last_slot=utc(2019, 2, 15, 14), since=utc(2018, 1, 1), now=slot + timedelta(minutes=1))
    assert due == Due(Step.SEND, slot, 3)


def test_a_clock_before_the_installation_sends_nothing() -> None:
    assert due_slot(rule(), last_slot=None, since=utc(2019, 1, 1), now=utc(1970, 1, 9)) == Due(Step.NOTHING)


def test_a_clock_set_back_after_a_mail_sends_nothing() -> None:
    last = utc(2019, 1, 18, 14)
    assert due_slot(rule(), last_slot=last, since=utc(2018, 1, 1), now=last - timedelta(days=5)) == Due(Step.NOTHING)


def test_nothing_is_due_in_a_pause_nor_after_it_for_a_slot_within() -> None:
    slot = utc(2019, 1, 11, 14)
    paused = {"last_slot": slot - WEEK, "since": utc(2018, 1, 1), "paused_until": date(2019, 1, 14)}
    for now in (slot, slot + timedelta(days=2), utc(2019, 1, 14, 8)):
        assert due_slot(rule(), now=now, **paused).step is Step.NOTHING  # type: ignore[arg-type]  # of mixed keywords
    assert due_slot(rule(), now=slot + WEEK, **paused) == Due(Step.SEND, slot + WEEK, 1)  # type: ignore[arg-type]  # as above


def test_a_pause_ends_with_the_first_instant_of_its_day_on_the_authors_clock() -> None:
    at_midnight = rule(at=time(0, 0))
    friday = utc(2019, 1, 11, 7)
    assert coming_slot(at_midnight, utc(2019, 1, 1), date(2019, 1, 11)) == friday
    assert coming_slot(at_midnight, utc(2019, 1, 1), date(2019, 1, 12)) == friday + WEEK
    due = due_slot(at_midnight, last_slot=None, since=utc(2018, 1, 1), now=friday, paused_until=date(2019, 1, 11))
    assert due.slot == friday


@given(rules, instants, st.integers(-400, 400))
def test_the_slot_told_to_come_is_the_one_that_becomes_due(rule: DigestSettings, now: datetime, days: int) -> None:
    until = (now + timedelta(days=days)).date()
    slot = coming_slot(rule, now, until)
    assert slot > now
    due = due_slot(rule, last_slot=None, since=datetime(1990, 1, 1, tzinfo=UTC), now=slot, paused_until=until)
    assert (due.step, due.slot) == (Step.SEND, slot)
    just_before = due_slot(rule, last_slot=now, since=now, now=slot - timedelta(seconds=1), paused_until=until)
    assert just_before.step is Step.NOTHING


@given(rules, instants, st.integers(1, 60))
def test_a_gap_counts_the_slots_between_two_mails(rule: DigestSettings, at: datetime, weeks: int) -> None:
    first = slot = latest_slot(rule, at)
    for _ in range(weeks):
        slot = next_slot(rule, slot)
    assert gap_before(rule, slot, first) == weeks - 1
    assert gap_before(rule, first, slot) == gap_before(rule, slot, None) == 0
