"""Tells whether other processes are at the same work, so that what a dead one left claimed can be given back at once.

A lease alone would make the next poll wait until the claims of a killed process run out. Here every worker is present by a
lock that dies with it: a file lock beside an SQLite file, an advisory lock on a PostgreSQL server.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy.exc import DBAPIError

from aggregator.errors import DatabaseUnreadable
from aggregator.storage import schema
from aggregator.storage.database import Database, make_engine
from aggregator.storage.faults import explain

# Beside the locks for writers and for `run`.
_KEYS = {"poll": schema.APPLICATION_ID + 2, "send": schema.APPLICATION_ID + 3, "answers": schema.APPLICATION_ID + 4}


@contextmanager
def present(database: Database, work: str, when_alone: Callable[[], None]) -> Iterator[None]:
    """Is at `work` ("poll" or "send") until the block ends. Calls `when_alone` first if nobody else is: every claim that is
    left is then of the dead. Nobody can claim anything while it runs."""
    if database.path is not None:
        with _by_file(database.path.with_name(f"{database.path.name}.{work}"), when_alone):
            yield
    else:
        with _by_server(database, _KEYS[work], when_alone):
            yield


@contextmanager
def alone(database: Database, work: str) -> Iterator[bool]:
    """Whether this process is the only one at `work` ("answers") until the block ends. Nobody waits."""
    if database.path is None:
        with _alone_by_server(database, _KEYS[work]) as mine:
            yield mine
        return
    handle = _lock_file(database.path.with_name(f"{database.path.name}.{work}"))
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True
    finally:
        os.close(handle)


@contextmanager
def _alone_by_server(database: Database, key: int) -> Iterator[bool]:
    engine = make_engine(database.url, pooled=False)
    try:
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            # It ends with the connection.
            yield bool(connection.exec_driver_sql(f"SELECT pg_try_advisory_lock({key})").scalar())
    except DBAPIError as error:
        raise explain(error, database.url) from error
    finally:
        engine.dispose()


def _lock_file(path: Path) -> int:
    try:
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise DatabaseUnreadable(
            f"the lock file cannot be made ({error.strerror})", resource=str(path), advice="Check that its folder is yours."
        ) from error


@contextmanager
def _by_file(path: Path, when_alone: Callable[[], None]) -> Iterator[None]:
    handle = _lock_file(path)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            pass
        else:
            when_alone()
        fcntl.flock(handle, fcntl.LOCK_SH)
        yield
    finally:
        os.close(handle)


@contextmanager
def _by_server(database: Database, key: int, when_alone: Callable[[], None]) -> Iterator[None]:
    engine = make_engine(database.url, pooled=False)
    try:
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            alone = connection.exec_driver_sql(f"SELECT pg_try_advisory_lock({key})").scalar()
            if alone:
                when_alone()
            connection.exec_driver_sql(f"SELECT pg_advisory_lock_shared({key})")
            if alone:
                connection.exec_driver_sql(f"SELECT pg_advisory_unlock({key})")
            yield
    except DBAPIError as error:
        raise explain(error, database.url) from error
    finally:
        engine.dispose()
