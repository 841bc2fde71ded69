"""Verified copies of the database, out and back (R25)."""

from __future__ import annotations

import contextlib
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from sqlalchemy.engine import URL

from aggregator.errors import DatabaseTooNew, DatabaseUnreadable, NotFound, Refused
from aggregator.storage import schema
from aggregator.storage.database import Database, parse_url, sqlite_path
from aggregator.storage.faults import cannot_write, explain, name_of
from aggregator.storage.lock import hold_run_lock

_SIDECARS = ("-wal", "-shm")
_KEPT = ".before-restore"
_MAGIC = b"SQLite format 3\0"


def backup(database: Database, path: Path) -> int:
    """Writes a verified copy of the whole database to `path`, beside running writers, readable by its owner only. A file that
    is there is replaced once the copy has been verified. Returns its size in bytes.

    Raises Refused on PostgreSQL or where `path` is the database itself, StorageError, DiskFull.
    """
    source = database.path
    if source is None:
        raise _for_servers("pg_dump --format=custom --file=aggregator.dump", database.url)
    if path.is_dir():
        raise Refused("this is a folder; a backup needs the name of a file", resource=str(path))
    if path.exists() and path.samefile(source):
        raise Refused("this is the database itself", resource=str(path), advice="Name another file.")
    return copy_verified(source, path)


def copy_verified(source: Path, target: Path) -> int:
    """`VACUUM INTO` a file beside `target`, checked, flushed, then renamed. Returns its bytes. Raises StorageError, DiskFull."""
    with _temporary_beside(target) as temporary:
        try:
            with closing(sqlite3.connect(source, isolation_level=None, timeout=10)) as connection:
                connection.execute("VACUUM INTO ?", (str(temporary),))
        except sqlite3.Error as error:
            raise explain(error, URL.create("sqlite", database=str(source))) from error
        _check_ours(temporary, shown=target)
        _put(temporary, target)
    return target.stat().st_size


def restore(url: str, path: Path) -> tuple[int, Path | None]:
    """Puts the backup at `path` in the place of the database at `url`, which is kept as `<name>.before-restore`. Returns the
    backup's size in bytes and where the old database is kept, None if there was none.

    Raises BusyError while a `run` holds the database, Refused on PostgreSQL or for a file that is no backup (the bare file
    of a live database lacks what its log holds), DatabaseUnreadable, DatabaseTooNew, NotFound, DiskFull.
    """
    parsed = parse_url(url)
    target = sqlite_path(parsed)
    if target is None:
        raise _for_servers("pg_restore --clean --dbname=<database> aggregator.dump", parsed)
    if not path.is_file():
        raise NotFound("there is no such backup", resource=str(path))
    with hold_run_lock(parsed), _temporary_beside(target) as temporary:
        _copy(path, temporary)
        _check_ours(temporary, shown=path)
        kept = _set_aside(target)
        _put(temporary, target)
        return target.stat().st_size, kept


def _set_aside(target: Path) -> Path | None:
    """Keeps the present database with its log, then takes the log away: beside another file it would be played into it.
    Returns where it is kept, None if there was none."""
    there = target.exists()
    if there:
        # A damaged database may refuse; it is set aside as it is.
        with contextlib.suppress(sqlite3.Error), closing(sqlite3.connect(target, isolation_level=None, timeout=10)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    for suffix in ("", *_SIDECARS):
        part = target.with_name(target.name + suffix)
        aside = target.with_name(f"{target.name}{_KEPT}{suffix}")
        if part.exists():
            _copy(part, aside)
        else:
            aside.unlink(missing_ok=True)
    for suffix in _SIDECARS:
        target.with_name(target.name + suffix).unlink(missing_ok=True)
    return target.with_name(f"{target.name}{_KEPT}") if there else None


def _check_ours(path: Path, *, shown: Path) -> None:
    """A whole, self-contained database of ours that this version can read. Raises Refused, DatabaseUnreadable, DatabaseTooNew."""
    with path.open("rb") as file:
        header = file.read(20)
    # Bytes 18 and 19 say 2 in a database with a write-ahead log, 1 in what VACUUM INTO wrote (SQLite file format, 1.3.3).
    if not header.startswith(_MAGIC):
        raise _not_ours(shown)
    if header[18:20] != b"\x01\x01":
        raise Refused(
            "this is the bare file of a live database, without what its log still holds",
            resource=str(shown),
            advice="Make a backup with `aggregator backup`.",
        )
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as connection:
            words = connection.execute("PRAGMA integrity_check").fetchone()[0]
            ours = connection.execute("PRAGMA application_id").fetchone()[0] == schema.APPLICATION_ID
            revision = connection.execute("PRAGMA user_version").fetchone()[0]
    except sqlite3.DatabaseError as error:
        if error.sqlite_errorcode & 0xFF not in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
            raise explain(error, URL.create("sqlite", database=str(shown))) from error
        words, ours, revision = str(error), True, 0
    if words != "ok":
        raise DatabaseUnreadable(f"the copy is damaged ({words})", resource=str(shown), advice="Use another one.")
    if not ours:
        raise _not_ours(shown)
    if revision > int(schema.REVISION):
        raise DatabaseTooNew("a newer version wrote this backup", resource=str(shown), advice="Install that version.")


def _not_ours(shown: Path) -> DatabaseUnreadable:
    return DatabaseUnreadable(
        "this is no backup of aggregator", resource=str(shown), advice="Name a file that `aggregator backup` made."
    )


@contextlib.contextmanager
def _temporary_beside(target: Path) -> Iterator[Path]:
    """An empty file of mode 0600 in the target's folder, gone afterwards."""
    try:
        handle, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
    except OSError as error:
        raise cannot_write(error, target) from error
    os.close(handle)
    try:
        yield Path(name)
    finally:
        Path(name).unlink(missing_ok=True)


def _copy(source: Path, target: Path) -> None:
    try:
        shutil.copyfile(source, target)
        target.chmod(0o600)
    except OSError as error:
        raise cannot_write(error, target) from error


def _put(temporary: Path, target: Path) -> None:
    """Flushes and renames, so that a power cut leaves the old file or the new one."""
    try:
        _flush(temporary)
        temporary.replace(target)
        _flush(target.parent)
    except OSError as error:
        raise cannot_write(error, target) from error


def _flush(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _for_servers(command: str, url: URL) -> Refused:
    return Refused("a PostgreSQL server has better tools for this", resource=name_of(url), advice=f"Use `{command}`.")
