"""A pause: which day was meant, and what it stops."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from aggregator.desk.pause import day_of, next_digest, pause, paused_until, resume
from aggregator.desk.status import status
from aggregator.errors import UsageError
from tests.desk.conftest import Office

TODAY = date(2026, 12, 18)


@pytest.mark.parametrize(
    ("words", "day"),
    [
        ("2027-01-08", date(2027, 1, 8)),
        ("until 2027-01-08", date(2027, 1, 8)),
        ("3 weeks", date(2027, 1, 8)),
        ("1 week", date(2026, 12, 25)),
        ("Until 10 Days", date(2026, 12, 28)),
    ],
)
def test_a_day_and_a_length_of_time_are_understood(words: str, day: date) -> None:
    assert day_of(words, TODAY) == day


@pytest.mark.parametrize("words", ["", "soon", "2026-12-18", "2025-01-01", "0 weeks", "-1 weeks", "9999 weeks", "9999-12-31"])
def test_what_is_no_day_to_come_is_refused_with_how_it_is_written(words: str) -> None:
    with pytest.raises(UsageError) as refused:
        day_of(words, TODAY)
    assert "3 weeks" in (refused.value.advice or "")


def test_a_pause_moves_the_next_digest_and_resuming_brings_it_back(office: Office) -> None:
    stores, roundup, plan = office.all
    now = office.clock.now()
    usual = next_digest(roundup, plan, now)
    day = pause(stores, roundup, plan, "3 weeks")
    paused = stores.roundup(plan)
    assert paused_until(paused, plan, now) == day
    assert next_digest(paused, plan, now) >= usual + timedelta(days=14)
    found = status(stores, paused, plan, mails=False, running=False)
    assert (found.paused_until, found.next_digest) == (day, next_digest(paused, plan, now))
    office.clock.advance(timedelta(days=22))
    assert paused_until(paused, plan, office.clock.now()) is None
    resume(stores, paused)
    assert stores.roundup(plan).paused_until is None


def test_no_digest_is_called_missed_that_fell_into_a_pause(office: Office) -> None:
    stores, roundup, plan = office.all
    pause(stores, roundup, plan, "2 weeks")
    office.clock.advance(timedelta(days=13))
    found = status(stores, stores.roundup(plan), plan, mails=False, running=False)
    assert not any("missed" in one.words for one in found.troubles)
