"""The copies of the database that the daemon makes."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field

from aggregator.settings.part import Part
from aggregator.settings.values import Count


class BackupSettings(Part):
    """One a day. keep: so many of them, the newest; 0 = none is made. folder: where they go."""

    keep: Count = Field(default=7, ge=0, le=3650)
    folder: Path = Path("backups")
