"""A deadline that counts only the time spent inside it, so that waiting for one's turn costs nothing."""

from __future__ import annotations

import asyncio
import time
from types import TracebackType


class Budget:
    """So many seconds in all, spent in one or more `async with` blocks. The block in which they run out raises TimeoutError."""

    __slots__ = ("_left", "_since", "_timeout")

    def __init__(self, seconds: float) -> None:
        self._left = seconds
        self._since = 0.0
        self._timeout: asyncio.Timeout | None = None

    async def __aenter__(self) -> None:
        self._since = time.monotonic()
        self._timeout = asyncio.timeout(self._left)
        await self._timeout.__aenter__()

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._left = max(0.0, self._left - (time.monotonic() - self._since))
        if self._timeout is not None:
            await self._timeout.__aexit__(kind, error, trace)
