"""A verified copy of the database a day, and so many days of them kept (R25)."""

from __future__ import annotations

import errno
import os
import re
from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path

import humanize

from aggregator.errors import StorageError

_NAME = re.compile(r"aggregator-([0-9]{4}-[0-9]{2}-[0-9]{2})\.db")
_BEGUN = re.compile(rf"\.{_NAME.pattern}\..+")
"""A copy in the making, as `storage.backup` calls it."""


def run_once(copy: Callable[[Path], int], folder: Path, *, keep: int, today: date) -> str | None:
    """Makes today's copy unless it is there, then takes away all but this and the newest others, `keep` together. copy: writes a
    verified copy to a path and returns its bytes. Returns what was done, in words; None if nothing was due. Raises StorageError;
    no older copy is gone then."""
    path = folder / f"aggregator-{today:%Y-%m-%d}.db"
    if keep < 1:
        return None
    try:
        if path.exists():
            return None
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        # Of a process that was cut off in the middle of one: as large as the database, and of no use.
        for begun in [one for one in folder.iterdir() if _BEGUN.fullmatch(one.name)]:
            begun.unlink(missing_ok=True)
        octets = copy(path)
        for old in outdated((one.name for one in folder.iterdir()), keep, path.name):
            (folder / old).unlink(missing_ok=True)
    except OSError as error:
        raise StorageError(
            f"the day's backup cannot be made: {error.strerror or os.strerror(error.errno or errno.EIO)}",
            resource=str(folder),
            advice="Make room there, or name another folder under `backups:`.",
        ) from error
    return f"{path.name}, {humanize.naturalsize(octets)}, verified"


def outdated(names: Iterable[str], keep: int, made: str) -> list[str]:
    """Copies of ours to be taken away: all but the one just made and the newest others, `keep` together, by the day in their
    names. Whatever else lies there is not ours."""
    # The one just made counts as the newest, whatever its day: by a clock that was wrong once, others may be of days to come.
    others = sorted((name for name in names if _NAME.fullmatch(name) and name != made), reverse=True)
    return others[keep - 1 :]


def newest(folder: Path) -> tuple[date, int] | None:
    """The day of the newest copy, and how many there are; None without any."""
    try:
        days = sorted(found[1] for one in folder.iterdir() if (found := _NAME.fullmatch(one.name)))
    except OSError:
        return None
    return (date.fromisoformat(days[-1]), len(days)) if days else None
