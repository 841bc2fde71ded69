"""Digests as files, for an author without a mail server, and for looking at one before it is sent."""

from __future__ import annotations

import errno
import os
import tempfile
from pathlib import Path

from aggregator.errors import DiskFull, StorageError

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EROFS)


def write_mail(folder: Path, stem: str, *, message: bytes, html: str, text: str) -> tuple[Path, Path, Path]:
    """Writes `<stem>.eml`, `.html` and `.txt` into `folder`, made if missing, each one whole or not at all and readable by
    its owner alone. Returns their paths. Raises DiskFull or StorageError."""
    contents = {".eml": message, ".html": html.encode(), ".txt": text.encode()}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        eml, page, plain = (_write(folder / f"{stem}{suffix}", data) for suffix, data in contents.items())
    except OSError as error:
        kind = DiskFull if error.errno in _FULL else StorageError
        reason = error.strerror or str(error)
        raise kind(
            f"the digest cannot be written: {reason}",
            resource=str(folder),
            permanent=False,
            advice="Make room there, or name a folder that is yours.",
        ) from error
    return eml, page, plain


def _write(path: Path, data: bytes) -> Path:
    # The temporary file is 0600, and stays so under its final name.
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    return path
