"""Roundups: an installation may run several."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class Roundup:
    """A stored roundup. name: the key, from config.yaml. slug: its name for addresses and file names.
    paused_until: no digest is due before this day of his, None without a pause."""

    id: int
    name: str
    slug: str
    created_at: datetime
    paused_until: date | None = None


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """When a job last ran, and what it said, for `status` and the watchdog."""

    job: str
    at: datetime
    words: str
    ok: bool
