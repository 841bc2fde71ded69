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


def run_once(copy: Callable[[Path], int], folder: Path, *, keep: int, today: date) -> str | None:
    """Makes today's copy unless it is there, then takes away all but the newest `keep`. copy: writes a verified copy to a path
    and returns its bytes. Returns what was done, in words; None if nothing was due. Raises StorageError; nothing older is gone
    then."""
    path = folder / f"aggregator-{today:%Y-%m-%d}.db"
    if keep < 1 or path.exists():
        return None
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        octets = copy(path)
        for old in outdated((one.name for one in folder.iterdir()), keep):
            (folder / old).unlink(missing_ok=True)
    except OSError as error:
        raise StorageError(
            f"the day's backup cannot be made: {error.strerror or os.strerror(error.errno or errno.EIO)}",
            resource=str(folder),
            advice="Make room there, or name another folder under `backups:`.",
        ) from error
    return f"{path.name}, {humanize.naturalsize(octets)}, verified"


def outdated(names: Iterable[str], keep: int) -> list[str]:
    """Copies of ours that are not among the newest `keep`, by the day in their names. Whatever else lies there is not ours."""
    ours = sorted((name for name in names if _NAME.fullmatch(name)), reverse=True)
    return ours[keep:]


def newest(folder: Path) -> tuple[date, int] | None:
    """The day of the newest copy, and how many there are; None without any."""
    try:
        days = sorted(found[1] for one in folder.iterdir() if (found := _NAME.fullmatch(one.name)))
    except OSError:
        return None
    return (date.fromisoformat(days[-1]), len(days)) if days else None
