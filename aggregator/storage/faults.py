"""Driver errors -> the product's errors, each with a sentence that a person can act on."""

from __future__ import annotations

import errno
import os
import sqlite3
from pathlib import Path

from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError

from aggregator.errors import DatabaseUnreadable, DiskFull, StorageError

_DAMAGED = (
    DatabaseUnreadable,
    "this is not a readable database ({error})",
    True,
    "Put a backup in its place with `aggregator restore`, or name another file under `database:`.",
)
_WAITED = (
    StorageError,
    "another program has kept the database locked for too long",
    False,
    "Try again; if it stays so, look for a program that holds it open.",
)
# Primary result code -> error, message, permanent, advice.
_SQLITE: dict[int, tuple[type[StorageError], str, bool, str | None]] = {
    sqlite3.SQLITE_NOTADB: _DAMAGED,
    sqlite3.SQLITE_CORRUPT: _DAMAGED,
    sqlite3.SQLITE_BUSY: _WAITED,
    sqlite3.SQLITE_LOCKED: _WAITED,
    sqlite3.SQLITE_FULL: (DiskFull, "the disk is full", False, "Free some room; nothing that was committed is lost."),
    sqlite3.SQLITE_CANTOPEN: (
        DatabaseUnreadable,
        "the database cannot be opened",
        True,
        "Check that its folder exists and that both are yours.",
    ),
    sqlite3.SQLITE_IOERR: (StorageError, "the disk did not do as it was told ({error})", False, "Check the disk."),
}
# What the index of SQLite's log grows by.
_PAGE = 32768
# SQLSTATE: lock_not_available, deadlock_detected, query_canceled.
_PG_WAITED = {"55P03", "40P01", "57014"}
_PG_FULL = {"53100", "25006"}


def name_of(url: URL) -> str:
    """The database as the author knows it: the file's path, or the server's address without the password."""
    return url.database or "" if url.get_backend_name() == "sqlite" else url.render_as_string(hide_password=True)


def explain(error: Exception, url: URL) -> StorageError:
    """What to raise for an error that SQLAlchemy or a driver raised while talking to the database at `url`."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    if isinstance(cause, sqlite3.Error):
        return _sqlite(cause, url)
    return _server(cause or error, url, unreachable=isinstance(error, OperationalError | InterfaceError))


def cannot_write(error: OSError, path: Path) -> StorageError:
    """What to raise for a file of the database's, or a copy of it, that the system would not let us write."""
    message = f"cannot be written ({error.strerror})"
    if error.errno in {errno.ENOSPC, errno.EDQUOT, errno.EROFS}:
        return DiskFull(message, resource=str(path), permanent=False, advice="Free some room, or name another disk.")
    return DatabaseUnreadable(message, resource=str(path), advice="Name a folder that exists and is yours.")


def _sqlite(error: sqlite3.Error, url: URL) -> StorageError:
    resource = name_of(url)
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF  # the low byte is the primary code
    # SQLite says "I/O error" where its log's index finds no room, and "cannot open" where the log may not be made.
    if code in {sqlite3.SQLITE_READONLY, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN} and (disk := _disk_fault(resource)):
        return disk
    if code == sqlite3.SQLITE_READONLY:
        return DatabaseUnreadable(
            "the database may not be written", resource=resource, advice="Make the file and its folder writable for this user."
        )
    kind, message, permanent, advice = _SQLITE.get(code, (StorageError, "the database refused: {error}", True, None))
    return kind(message.format(error=error), resource=resource, permanent=permanent, advice=advice)


def _disk_fault(resource: str) -> DiskFull | None:
    """The disk under the database is read-only or has no page left; None if it is well, or cannot be asked."""
    try:
        disk = os.statvfs(Path(resource).parent)
    except OSError:
        return None
    if disk.f_flag & os.ST_RDONLY:
        return DiskFull("the disk is read-only", resource=resource, advice="Mount it writable, or move the database.")
    if disk.f_blocks and disk.f_bavail * disk.f_frsize < _PAGE:
        return DiskFull(
            "the disk is full", resource=resource, permanent=False, advice="Free some room; nothing that was committed is lost."
        )
    return None


def _server(error: BaseException, url: URL, *, unreachable: bool) -> StorageError:
    resource = name_of(url)
    state = getattr(error, "sqlstate", None)
    words = " ".join(str(error).split()).rstrip(".") or type(error).__name__
    if state in _PG_FULL:
        return DiskFull(f"the server cannot write ({words})", resource=resource, permanent=False, advice="Free some room there.")
    if state in _PG_WAITED:
        kind, message, permanent, advice = _WAITED
        return kind(message, resource=resource, permanent=permanent, advice=advice)
    # Without a state the server never answered; class 08 is a broken connection, 28 and 3D a refused one, 57 a shutdown.
    if (unreachable and state is None) or (state or "")[:2] in {"08", "28", "3D", "57"}:
        return DatabaseUnreadable(
            f"the server cannot be used: {words}",
            resource=resource,
            permanent=state is not None and state[:2] in {"28", "3D"},
            advice="Check that it runs, and `database:` in config.yaml.",
        )
    return StorageError(f"the database refused: {words}", resource=resource)
