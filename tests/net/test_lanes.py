from __future__ import annotations

import asyncio
import itertools
import time

import pytest

from aggregator.net.lanes import Lane, Lanes


def test_a_lane_holds_one_at_a_time_and_keeps_the_gap() -> None:
    async def drive() -> list[tuple[float, float]]:
        lane = Lane(0.03)
        spans = []

        async def pass_through() -> None:
            async with lane:
                start = time.monotonic()
                await asyncio.sleep(0.005)
                spans.append((start, time.monotonic()))

        await asyncio.gather(*(pass_through() for _ in range(3)))
        return spans

    spans = asyncio.run(drive())
    assert all(later[0] - earlier[1] >= 0.029 for earlier, later in itertools.pairwise(spans))


def test_servers_do_not_wait_for_each_other() -> None:
    async def drive() -> float:
        lanes = Lanes()

        async def pass_through(n: int) -> None:
            async with lanes.lane(("192.0.2.1", n), 10):
                await asyncio.sleep(0.01)

        start = time.monotonic()
        await asyncio.gather(*(pass_through(n) for n in range(20)))
        return time.monotonic() - start

    assert asyncio.run(drive()) < 5


def test_who_gives_up_waiting_leaves_the_lane_free() -> None:
    async def drive() -> None:
        lane = Lane(30)
        async with lane:
            pass
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.01), lane:
                pass
        with pytest.raises(TimeoutError):  # still the gap, not a lock that nobody opens
            async with asyncio.timeout(0.01), lane:
                pass
        assert not lane.idle

    asyncio.run(drive())


def test_idle_lanes_are_forgotten_busy_ones_are_not() -> None:
    async def drive() -> None:
        lanes = Lanes(many=2)
        busy, idle = lanes.lane("busy", 0), lanes.lane("idle", 0)
        async with busy:
            lanes.lane("third", 0)
            assert lanes.lane("busy", 0) is busy
            assert lanes.lane("idle", 0) is not idle

    asyncio.run(drive())
