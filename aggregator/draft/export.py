"""Writes a draft to a file, whole or not at all, and never over the author's own changes."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import Literal

from aggregator.draft.compose import Format
from aggregator.errors import Refused, StorageError
from aggregator.text.slug import slug

Written = Literal["new", "replaced", "unchanged"]


def draft_name(roundup: str, number: int, format: Format) -> str:  # noqa: A002 - the configuration's word
    """A draft's file name: "friday-links-28.md". Made of our own slug only (R31)."""
    return f"{slug(roundup)}-{number}.{'html' if format == 'html' else 'md'}"


def export(text: str, path: Path) -> Written:
    """Writes the draft, and beside it a hidden note of its checksum by which the next export knows whether he changed it.

    Raises Refused if the file was changed by hand (or was never ours), StorageError if it cannot be written.
    """
    path = path.resolve()  # a link into the blog's folder stays one
    data = text.encode("utf-8")
    note = path.with_name(f".{path.name}.sha256")
    try:
        present = path.read_bytes() if path.exists() else None
        ours = note.read_text(encoding="ascii", errors="replace").strip() if note.exists() else None
        if present == data:
            outcome: Written = "unchanged"
        elif present is None:
            outcome = "new"
        elif hashlib.sha256(present).hexdigest() == ours:
            outcome = "replaced"
        else:
            raise Refused(
                "this draft was changed by hand and is left as it is",
                resource=str(path),
                advice="Write the new one elsewhere with --out FILE, or move this one aside.",
            )
        path.parent.mkdir(parents=True, exist_ok=True)
        if outcome != "unchanged":
            _replace(path, data)
        _replace(note, hashlib.sha256(data).hexdigest().encode("ascii") + b"\n")
    except OSError as error:
        raise StorageError(
            f"the draft cannot be written: {error.strerror or error}", resource=str(path), advice="Give another path with --out."
        ) from error
    return outcome


def _replace(path: Path, data: bytes) -> None:
    """All of the bytes or the old file, whatever happens in between."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}.new")
    try:
        with temporary.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
