"""The only reader of wall time and randomness. Everything else takes `now` and jitter as arguments, or a `Clock`."""

from __future__ import annotations

import random
import time
from datetime import UTC, datetime, timedelta


class SystemClock:
    """The real one."""

    def now(self) -> datetime:
        """Current time, aware, UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Seconds on a clock that never jumps; for durations."""
        return time.monotonic()

    def random(self) -> float:
        """Uniform in [0, 1); for jitter."""
        return random.random()  # noqa: S311 - jitter, not a secret


class ManualClock:
    """A clock that moves only when told to; for tests and rehearsals. Its randomness is a fixed sequence."""

    def __init__(self, start: datetime, seed: int = 0) -> None:
        if start.tzinfo is None:
            raise ValueError("a clock needs an aware time")
        self._now = start.astimezone(UTC)
        self._elapsed = 0.0
        self._random = random.Random(seed)  # noqa: S311

    def now(self) -> datetime:
        """Where it was set."""
        return self._now

    def monotonic(self) -> float:
        """Seconds it was advanced by."""
        return self._elapsed

    def random(self) -> float:
        """The sequence's next number."""
        return self._random.random()

    def advance(self, step: timedelta) -> None:
        """Moves forward (or back, as wall clocks do: the monotonic part then stands still)."""
        self._now += step
        self._elapsed += max(0.0, step.total_seconds())

    def set(self, now: datetime) -> None:
        """Moves to an instant."""
        self.advance(now.astimezone(UTC) - self._now)
