"""The author's feed list on disk: read whole, rewritten atomically."""

from __future__ import annotations

import errno
import fcntl
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from aggregator.errors import OpmlError
from aggregator.intake.opml import OpmlReading, read_opml


def read_list(path: Path) -> OpmlReading:
    """Reads an OPML file. Raises OpmlError with line and reason, or if there is no file."""
    try:
        document = path.read_bytes()
    except FileNotFoundError:
        raise OpmlError(
            "there is no feed list here", resource=str(path), advice="Run `aggregator init`, or `aggregator feeds add ADDRESS`."
        ) from None
    except OSError as error:
        raise OpmlError(f"cannot be read: {error.strerror}", resource=str(path)) from error
    return read_opml(document, str(path))


def rewrite(path: Path, change: Callable[[bytes], bytes], new: bytes | None = None) -> bool:
    """Replaces a file by its changed self, or not at all; `new` is what a missing file starts as. True if it differs.

    A link stays a link (the author's list may live elsewhere); the file's mode is kept, and its owner where that is allowed.
    Raises OSError, PermissionError for a file that was made read-only: its folder would let us, its author did not mean it.
    """
    target = path.resolve()
    with _alone(target.parent):
        return _rewrite(target, change, new)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """One at a time changes files of a folder, in any process: between reading and replacing nobody else's change is lost."""
    handle = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _rewrite(target: Path, change: Callable[[bytes], bytes], new: bytes | None) -> bool:
    document = target.read_bytes() if target.exists() or new is None else new
    changed = change(document)
    if changed == document and target.exists():
        return False
    was = target.stat() if target.exists() else None
    if was is not None and not os.access(target, os.W_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(target))
    descriptor, temporary = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(changed)
            file.flush()
            os.fsync(file.fileno())
        if was is not None and hasattr(os, "chown"):
            with suppress(PermissionError):
                os.chown(temporary, was.st_uid, was.st_gid)
        Path(temporary).chmod(was.st_mode & 0o777 if was is not None else 0o644)
        Path(temporary).replace(target)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    return True
