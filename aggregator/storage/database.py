"""Opens the database and hands out short transactions: many readers, one writer, on SQLite as on PostgreSQL (R11, R40)."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, NullPool, Table, create_engine, event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError

from aggregator.errors import ConfigError, DatabaseUnreadable, StorageError
from aggregator.storage import schema
from aggregator.storage.faults import explain, name_of
from aggregator.storage.filesystem import network_filesystem

#: Seconds that a writer waits for the one before it.
PATIENCE = 10

#: Values in one IN list; SQLite's limit is 32,766 parameters a statement.
CHUNK = 8000

T = TypeVar("T")

_WRITE, _DURABLE = "aggregator_write", "aggregator_durable"


class Database:
    """An open database. Safe to share between threads; a transaction belongs to the thread that opened it."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    @property
    def url(self) -> URL:
        """Where it is, password included."""
        return self.engine.url

    @property
    def name(self) -> str:
        """Where it is, as an author may read it: a path, or an address without the password."""
        return name_of(self.engine.url)

    @property
    def path(self) -> Path | None:
        """The SQLite file, None on a server."""
        return sqlite_path(self.engine.url)

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A transaction that sees one instant and changes nothing. Raises StorageError."""
        with self._transaction(write=False, durable=False) as connection:
            yield connection

    @contextmanager
    def write(self, *, durable: bool = False) -> Iterator[Connection]:
        """A transaction that no other writer runs beside: what it read is still so when it commits (M5). Waits its turn for
        `PATIENCE` seconds. durable: the commit survives a power cut, not only a crash. Raises StorageError."""
        with self._transaction(write=True, durable=durable) as connection:
            yield connection

    @contextmanager
    def _transaction(self, *, write: bool, durable: bool) -> Iterator[Connection]:
        try:
            with self.engine.connect() as connection:
                connection = connection.execution_options(**{_WRITE: write, _DURABLE: durable})  # noqa: PLW2901 - the same one
                with connection.begin():
                    yield connection
        except DBAPIError as error:
            raise explain(error, self.engine.url) from error

    @property
    def network_filesystem(self) -> str | None:
        """The kind of network file system its file lies on, None for a local one or a server."""
        return network_filesystem(self.path) if self.path is not None else None

    def examine(self) -> str:
        """Checks the whole database through and says where it is. Raises DatabaseUnreadable if it is damaged, StorageError if
        it lies where it may come to be."""
        if self.network_filesystem is not None:
            raise StorageError(
                f"it lies on a network file system ({self.network_filesystem}), where locks cannot be trusted",
                resource=self.name,
                advice="Move it to a local disk, or use PostgreSQL.",
            )
        with self.read() as connection:
            if self.path is not None:
                words = connection.exec_driver_sql("PRAGMA quick_check").scalar()
                if words != "ok":
                    raise DatabaseUnreadable(
                        f"it is damaged ({words})", resource=self.name, advice="Put a backup back: aggregator restore FILE"
                    )
            else:
                connection.exec_driver_sql("SELECT 1")
        return self.name

    def close(self) -> None:
        """Closes every connection."""
        self.engine.dispose()


def open_database(url: str, *, migrate: bool = True) -> Database:
    """Opens the database at `url`, made or upgraded first unless `migrate` is False.

    Raises ConfigError for an address that is none, DatabaseUnreadable, DatabaseTooNew, DiskFull or StorageError for a
    database that cannot be used, BusyError where an upgrade is needed and another `run` holds the database.
    """
    from aggregator.storage.migrate import prepare  # noqa: PLC0415 - it needs this module's engine

    engine = make_engine(url)
    try:
        prepare(engine, migrate=migrate)
    except (DBAPIError, sqlite3.Error) as error:
        engine.dispose()
        raise explain(error, engine.url) from error
    except BaseException:
        engine.dispose()
        raise
    return Database(engine)


def parse_url(url: str) -> URL:
    """Of the configuration -> SQLAlchemy's, the driver named. Raises ConfigError."""
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise ConfigError(
            "this is no database address",
            resource="database",
            advice="Write sqlite:///aggregator.db or postgresql+psycopg://user@host/name.",
        ) from None
    if parsed.get_backend_name() in {"postgresql", "postgres"}:
        return parsed.set(drivername="postgresql+psycopg")
    if parsed.get_backend_name() != "sqlite":
        raise ConfigError(f"{parsed.drivername!r} is neither sqlite nor postgresql", resource="database")
    if not parsed.database or parsed.database == ":memory:" or parsed.database.startswith("file:"):
        raise ConfigError(
            "SQLite needs a file here; a database in memory would forget everything",
            resource="database",
            advice="Write sqlite:///aggregator.db.",
        )
    return parsed


def sqlite_path(url: URL) -> Path | None:
    """The file behind an SQLite address, None for a server's."""
    return Path(url.database) if url.get_backend_name() == "sqlite" and url.database else None


def make_engine(url: str | URL, *, foreign_keys: bool = True, pooled: bool = True) -> Engine:
    """An engine with the events of R11. Migrations take one of their own with foreign keys off (R12). Raises ConfigError,
    DatabaseUnreadable."""
    parsed = parse_url(url) if isinstance(url, str) else url
    is_sqlite = parsed.get_backend_name() == "sqlite"
    options: dict[str, Any] = {} if pooled else {"poolclass": NullPool}
    if is_sqlite:
        options["connect_args"] = {"timeout": PATIENCE}
    else:
        settings = f"-c timezone=UTC -c lock_timeout={PATIENCE}s"
        options["connect_args"] = {"options": settings, "connect_timeout": PATIENCE}
        options["pool_pre_ping"] = pooled
    try:
        engine = create_engine(parsed, **options)
    except (ModuleNotFoundError, NoSuchModuleError):
        raise DatabaseUnreadable(
            "the PostgreSQL driver is not installed", resource=name_of(parsed), advice="pip install 'aggregator[postgres]'"
        ) from None
    if is_sqlite:
        _listen_sqlite(engine, foreign_keys=foreign_keys)
    else:
        _listen_postgres(engine)
    return engine


def _listen_sqlite(engine: Engine, *, foreign_keys: bool) -> None:
    @event.listens_for(engine, "connect")
    def connected(connection: Any, _record: Any) -> None:
        # The driver's own transactions start late and only around some statements; ours start where `begin` says (M5, M7).
        connection.isolation_level = None
        connection.execute(f"PRAGMA foreign_keys={'ON' if foreign_keys else 'OFF'}")
        connection.execute("PRAGMA cache_size=-16000")

    @event.listens_for(engine, "begin")
    def begun(connection: Connection) -> None:
        options = connection.get_execution_options()
        if not options.get(_WRITE, True):
            connection.exec_driver_sql("BEGIN")
            return
        # NORMAL is safe against crashes but may lose the last commits with the power; must be set outside a transaction.
        connection.exec_driver_sql(f"PRAGMA synchronous={'FULL' if options.get(_DURABLE, True) else 'NORMAL'}")
        connection.exec_driver_sql("BEGIN IMMEDIATE")


def _listen_postgres(engine: Engine) -> None:
    @event.listens_for(engine, "begin")
    def begun(connection: Connection) -> None:
        if not connection.get_execution_options().get(_WRITE, True):
            connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            return
        # One writer at a time, as on SQLite: read-then-write is then right on both, and writes are short.
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({schema.APPLICATION_ID})")


def insert(connection: Connection, table: Table) -> Any:
    """An INSERT that knows `on_conflict_do_nothing` and `on_conflict_do_update`, which both dialects spell alike."""
    return (sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert)(table)


def chunks(values: Collection[T], size: int = CHUNK) -> Iterator[list[T]]:
    """`values` in lists of at most `size`; none for none."""
    listed = list(values)
    for start in range(0, len(listed), size):
        yield listed[start : start + size]
