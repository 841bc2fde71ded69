"""One `run` a database (R8): a file lock beside an SQLite file, an advisory lock on a PostgreSQL server."""

from __future__ import annotations

import fcntl
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError

from aggregator.errors import BusyError
from aggregator.storage import schema
from aggregator.storage.database import make_engine, parse_url, sqlite_path
from aggregator.storage.faults import cannot_write, explain, name_of

# A server's lock of its own, beside the one that orders writers.
_RUN_KEY = schema.APPLICATION_ID + 1

_HELD = text(
    "SELECT EXISTS (SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND granted AND objsubid = 1 "
    "AND (CAST(classid AS bigint) << 32 | CAST(objid AS bigint)) = :key "
    "AND database = (SELECT oid FROM pg_database WHERE datname = current_database()))"
)
_TRIES = 3
"""`is_run_lock_held` holds the lock for an instant; that is no reason to be refused."""

_held: dict[str, int] = {}
_guard = threading.Lock()


@contextmanager
def hold_run_lock(url: str | URL) -> Iterator[None]:
    """Holds the database at `url` for this process until the block ends; dies with the process, whatever kills it.

    A process that holds it already may take it again (an upgrade inside `run`). Raises BusyError if another process does.
    """
    parsed = parse_url(url) if isinstance(url, str) else url
    key = parsed.render_as_string(hide_password=False)
    with _guard:
        again = key in _held
        _held[key] = _held.get(key, 0) + 1
    try:
        if again:
            yield
        elif (path := sqlite_path(parsed)) is not None:
            with _file_lock(path):
                yield
        else:
            with _server_lock(parsed):
                yield
    finally:
        with _guard:
            _held[key] -= 1
            if not _held[key]:
                del _held[key]


def is_run_lock_held(url: str | URL) -> bool:
    """Whether some process, this one too, holds the database at `url` right now. Raises StorageError."""
    parsed = parse_url(url) if isinstance(url, str) else url
    if (path := sqlite_path(parsed)) is None:
        return _is_held_on_server(parsed)
    try:
        handle = os.open(lock_path(path), os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        # Shared and let go at once; whoever wants it in this very moment tries again.
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(handle)
    return False


def lock_path(database: Path) -> Path:
    """The lock's file. It stays behind, unlocked: removing it would let two processes lock two files of one name."""
    return database.with_name(database.name + ".lock")


@contextmanager
def _file_lock(database: Path) -> Iterator[None]:
    path = lock_path(database)
    try:
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise cannot_write(error, path) from error
    try:
        if not _locked(handle):
            raise _busy(str(database), os.pread(handle, 32, 0).decode("ascii", "replace").strip())
        os.ftruncate(handle, 0)
        os.pwrite(handle, f"{os.getpid()}\n".encode(), 0)
        yield
    finally:
        os.close(handle)


def _locked(handle: int) -> bool:
    for attempt in range(_TRIES):
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            time.sleep(0.02 if attempt + 1 < _TRIES else 0)
        else:
            return True
    return False


@contextmanager
def _server_lock(url: URL) -> Iterator[None]:
    engine = make_engine(url, pooled=False)
    try:
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            if not connection.exec_driver_sql(f"SELECT pg_try_advisory_lock({_RUN_KEY})").scalar():
                raise _busy(name_of(url))
            yield
    except DBAPIError as error:
        raise explain(error, url) from error
    finally:
        engine.dispose()


def _is_held_on_server(url: URL) -> bool:
    engine = make_engine(url, pooled=False)
    try:
        with engine.connect() as connection:
            held = connection.execute(_HELD, {"key": _RUN_KEY}).scalar()
            return bool(held)
    except DBAPIError as error:
        raise explain(error, url) from error
    finally:
        engine.dispose()


def _busy(resource: str, pid: str = "") -> BusyError:
    who = f"process {pid}" if pid else "another process"
    return BusyError(
        f"{who} is running with this database", resource=resource, permanent=False, advice="Stop it first, or use it as it runs."
    )
