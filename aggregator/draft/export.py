"""Writes a draft to a file, whole or not at all, and never over the author's own changes."""

from __future__ import annotations

import hashlib
import os
import threading
from datetime import date
from pathlib import Path
from typing import Literal

from aggregator.draft.compose import Format
from aggregator.errors import Refused, StorageError
from aggregator.text.slug import slug

Written = Literal["new", "replaced", "unchanged"]


def draft_name(roundup: str, number: int, format: Format, pattern: str | None = None, today: date | None = None) -> str:  # noqa: A002 - the configuration's word
    """A draft's file name: "friday-links-28.md". Made of our own slug, or after the pattern of his posts' names, with `{number}`
    and `{date}` in it; of nothing that a feed says (R31)."""
    if pattern is None or format == "html" or ("{date}" in pattern and today is None):
        return f"{slug(roundup)}-{number}.{'html' if format == 'html' else 'md'}"
    return pattern.replace("{number}", str(number)).replace("{date}", today.isoformat() if today else "")


def hash_of(data: bytes) -> str:
    """By which a file is known to be as it was."""
    return hashlib.sha256(data).hexdigest()


def export(text: str, path: Path, seen: str | None, *, over: bool = False) -> Written:
    """Writes the draft. seen: `hash_of` of what was last written there or read from there, None if it never was. over: whatever
    the file says.

    Raises Refused if the file says something else than then (it was changed by hand, or was never ours), StorageError if it
    cannot be written.
    """
    path = path.resolve()  # a link into the blog's folder stays one
    data = text.encode("utf-8")
    try:
        present = path.read_bytes() if path.exists() else None
        if present == data:
            return "unchanged"
        if present is not None and hash_of(present) != seen and not over:
            raise Refused(
                "this draft was changed by hand and is left as it is",
                resource=str(path),
                advice=f"`aggregator draft import {path}` takes the changes over; --out FILE writes elsewhere, --over over it.",
            )
        path.parent.mkdir(parents=True, exist_ok=True)
        _replace(path, data)
    except OSError as error:
        raise StorageError(
            f"the draft cannot be written: {error.strerror or error}", resource=str(path), advice="Give another path with --out."
        ) from error
    return "new" if present is None else "replaced"


def _replace(path: Path, data: bytes) -> None:
    """All of the bytes or the old file, whatever happens in between."""
    temporary = path.with_name(f".{path.name}.{threading.get_native_id()}.new")
    try:
        with temporary.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        if path.exists():
            temporary.chmod(path.stat().st_mode & 0o777)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
