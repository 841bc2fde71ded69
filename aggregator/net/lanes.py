"""Keeps requests to one address and port apart: one at a time, and a pause between two (R17)."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Hashable
from types import TracebackType


class Lane:
    """The way to one server. Held with `async with` while a request runs; the next one waits for its end and the gap."""

    __slots__ = ("_free_at", "_gap", "_lock")

    def __init__(self, gap: float) -> None:
        self._gap = gap
        self._free_at = 0.0
        self._lock = asyncio.Lock()

    async def __aenter__(self) -> None:
        await self._lock.acquire()
        if (wait := self._free_at - time.monotonic()) > 0:
            try:
                await asyncio.sleep(wait)
            except BaseException:
                self._lock.release()
                raise

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._free_at = time.monotonic() + self._gap
        self._lock.release()

    @property
    def idle(self) -> bool:
        """Nobody is in it and the gap has passed: forgetting it changes nothing."""
        return not self._lock.locked() and self._free_at <= time.monotonic()


class Lanes:
    """A lane for each server. Idle ones are forgotten once there are many."""

    def __init__(self, many: int = 4096) -> None:
        self._many = many
        self._lanes: dict[Hashable, Lane] = {}

    def lane(self, server: Hashable, gap: float) -> Lane:
        """The server's lane; `gap` in seconds counts when it is new."""
        lane = self._lanes.get(server)
        if lane is None:
            if len(self._lanes) >= self._many:
                self._lanes = {key: lane for key, lane in self._lanes.items() if not lane.idle}
            lane = self._lanes[server] = Lane(gap)
        return lane
