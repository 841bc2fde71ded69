from __future__ import annotations

import asyncio

import pytest

from aggregator.net.budget import Budget


def test_time_outside_does_not_count_and_time_inside_adds_up() -> None:
    async def spend() -> None:
        budget = Budget(0.05)
        for _ in range(2):
            async with budget:
                await asyncio.sleep(0.01)
            await asyncio.sleep(0.05)
        async with budget:
            await asyncio.sleep(1)

    with pytest.raises(TimeoutError):
        asyncio.run(spend())


def test_an_error_inside_passes_through() -> None:
    async def fail() -> None:
        async with Budget(1):
            raise ValueError("inside")

    with pytest.raises(ValueError, match="inside"):
        asyncio.run(fail())
