from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from aggregator.clock import ManualClock, SystemClock
from aggregator.ports import Clock

NOON = datetime(2026, 11, 27, 12, 0, tzinfo=UTC)


def test_both_clocks_fit_the_port() -> None:
    clocks: list[Clock] = [SystemClock(), ManualClock(NOON)]
    for clock in clocks:
        assert clock.now().utcoffset() == timedelta(0)
        assert 0 <= clock.random() < 1
        assert clock.monotonic() <= clock.monotonic()


def test_a_manual_clock_moves_only_when_told_to() -> None:
    clock = ManualClock(NOON)
    assert clock.now() == clock.now() == NOON
    clock.advance(timedelta(hours=2))
    assert clock.now() == NOON + timedelta(hours=2)
    assert clock.monotonic() == 7200


def test_a_wall_clock_that_jumps_back_takes_no_duration_with_it() -> None:
    clock = ManualClock(NOON)
    clock.advance(timedelta(minutes=1))
    clock.set(NOON - timedelta(days=1))
    assert clock.now() == NOON - timedelta(days=1)
    assert clock.monotonic() == 60


def test_a_manual_clock_keeps_utc_and_refuses_a_naive_time() -> None:
    assert ManualClock(datetime(2026, 11, 27, 5, 0, tzinfo=timezone(timedelta(hours=-7)))).now().tzinfo is UTC
    with pytest.raises(ValueError, match="aware"):
        ManualClock(datetime(2026, 11, 27))  # noqa: DTZ001 - what is tested


def test_chance_can_be_repeated() -> None:
    first, second = ManualClock(NOON, seed=7), ManualClock(NOON, seed=7)
    assert [first.random() for _ in range(3)] == [second.random() for _ in range(3)]
    assert first.random() != ManualClock(NOON, seed=8).random()
