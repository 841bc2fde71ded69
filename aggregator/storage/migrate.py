"""Brings a database to this version's tables, and proves that nothing was lost on the way (R12).

A new migration is one more file in `migrations/versions`, numbered on; `schema.REVISION` follows it. One that means to change
how many rows a table has names the table in `CHANGES_ROWS`.
"""

from __future__ import annotations

import tempfile
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, Engine, func, inspect, select, table, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError

from aggregator.errors import DatabaseTooNew, DatabaseUnreadable, StorageError
from aggregator.storage import schema
from aggregator.storage.backup import copy_verified
from aggregator.storage.database import make_engine, sqlite_path
from aggregator.storage.faults import cannot_write, explain, name_of
from aggregator.storage.lock import hold_run_lock

MIGRATIONS = Path(__file__).with_name("migrations")

_VERSION_TABLE = "alembic_version"


@dataclass(frozen=True, slots=True)
class Upgrade:
    """A way from one revision of the tables to this version's. before: None = there are none yet. rows: of all tables; changed:
    table -> rows before and after, of those where they differ, tables that come or go included (0 before, or after)."""

    before: str | None
    after: str
    rows: int = 0
    changed: tuple[tuple[str, int, int], ...] = ()

    @property
    def is_needed(self) -> bool:
        """The tables are not this version's yet."""
        return self.before != self.after


def prepare(engine: Engine, *, migrate: bool) -> None:
    """Leaves the engine's database at this version's revision, or raises.

    An empty database gets its tables. An older one is upgraded under the run lock, after a verified backup beside it
    (`<name>.before-<revision>`, SQLite only: a server's own tools back up a server). Raises DatabaseUnreadable,
    DatabaseTooNew, BusyError, StorageError.
    """
    path = sqlite_path(engine.url)
    if path is not None:
        _check_place(path, may_create=migrate)
    with engine.connect().execution_options(aggregator_write=False) as connection, connection.begin():
        revision = read_revision(connection)
    if revision == schema.REVISION:
        return
    name = name_of(engine.url)
    _refuse_newer(revision, name)
    if not migrate:
        what = "there is no database here yet" if revision is None else "an older version wrote this database"
        raise StorageError(what, resource=name, advice="`aggregator run` or any command that writes will see to it.")
    if revision is None:
        if path is not None:
            _prepare_file(engine)
        _upgrade(engine)
        return
    with hold_run_lock(engine.url):
        if path is not None:
            copy_verified(path, path.with_name(f"{path.name}.before-{schema.REVISION}"))
        _upgrade(engine)


def rehearse(url: str) -> Upgrade:
    """What `prepare` would do to a database that is there, tried on a copy beside it, which is gone afterwards; on PostgreSQL in
    a transaction that is taken back, for which no `run` may hold the database. Changes nothing. Raises as `prepare`, and DiskFull
    where there is no room for the copy."""
    engine = make_engine(url, pooled=False)
    try:
        return _rehearsed(engine)
    except DBAPIError as error:
        raise explain(error, engine.url) from error


def _rehearsed(engine: Engine) -> Upgrade:
    path = sqlite_path(engine.url)
    if path is not None:
        _check_place(path, may_create=False)
    with engine.connect().execution_options(aggregator_write=False) as connection, connection.begin():
        revision = read_revision(connection)
    _refuse_newer(revision, name_of(engine.url))
    if revision in (None, schema.REVISION):
        return Upgrade(revision, schema.REVISION)
    if path is None:
        with hold_run_lock(engine.url):
            return _upgrade(engine, keep=False)
    try:
        with tempfile.TemporaryDirectory(prefix=".rehearsal-", dir=path.parent) as folder:
            copy = Path(folder) / path.name
            copy_verified(path, copy)
            return _upgrade(make_engine(URL.create("sqlite", database=str(copy)), pooled=False))
    except OSError as error:
        raise cannot_write(error, path) from error


def _refuse_newer(revision: str | None, name: str) -> None:
    if revision is not None and revision > schema.REVISION:
        raise DatabaseTooNew(
            f"a newer version wrote this database (its tables are {revision}, this version knows {schema.REVISION})",
            resource=name,
            advice="Install the newer version again, or restore a backup from before it.",
        )


def read_revision(connection: Connection) -> str | None:
    """The revision of the tables, None where there are none yet. Raises DatabaseUnreadable if they are another program's."""
    names = set(inspect(connection).get_table_names())
    if _VERSION_TABLE in names:
        found = connection.execute(text(f"SELECT version_num FROM {_VERSION_TABLE}")).scalar()  # noqa: S608 - a constant
        if found is None or str(found).isdigit():
            return found
    elif connection.dialect.name == "sqlite":
        # Marked but without tables: another first start is about to make them.
        if not names and connection.exec_driver_sql("PRAGMA application_id").scalar() in (0, schema.APPLICATION_ID):
            return None
    elif not names & set(schema.metadata.tables):
        return None
    raise DatabaseUnreadable(
        "this database belongs to another program",
        resource=name_of(connection.engine.url),
        advice="Name another under `database:`.",
    )


def row_counts(connection: Connection) -> dict[str, int]:
    """Table -> rows, for every table that is there."""
    names = inspect(connection).get_table_names()
    return {name: connection.execute(select(func.count()).select_from(table(name))).scalar_one() for name in names}


def _check_place(path: Path, *, may_create: bool) -> None:
    if path.is_dir():
        raise DatabaseUnreadable("this is a folder, not a database file", resource=str(path), advice="Name a file in it.")
    if not path.parent.is_dir():
        raise DatabaseUnreadable(
            f"the folder {path.parent} does not exist", resource=str(path), advice="Create it, or change `database:`."
        )
    if path.exists():
        return
    if not may_create:
        raise DatabaseUnreadable("there is no database here yet", resource=str(path), advice="`aggregator run` makes one.")
    try:
        # SQLite would make it readable by all; its log takes over the file's mode.
        path.touch(mode=0o600)
    except OSError as error:
        raise cannot_write(error, path) from error


def _prepare_file(engine: Engine) -> None:
    # Neither can change inside a transaction. Both are idempotent, so two first starts at once do no harm.
    with closing(engine.raw_connection()) as connection:
        for pragma in ("journal_mode=WAL", f"application_id={schema.APPLICATION_ID}"):
            connection.cursor().execute(f"PRAGMA {pragma}")


def _upgrade(engine: Engine, *, keep: bool = True) -> Upgrade:
    """All migrations in one transaction, foreign keys off: rebuilding a table would set off its cascades (M6). keep: False takes
    them back in the end."""
    from alembic import command  # noqa: PLC0415 - half a second to import, needed once a release
    from alembic.config import Config  # noqa: PLC0415

    config = Config(attributes={"declared": set()})
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    own = make_engine(engine.url, foreign_keys=False, pooled=False)
    try:
        with own.connect() as connection, connection.begin() as transaction:
            revision, before = read_revision(connection), row_counts(connection)
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
            after = _check(connection, before, config.attributes["declared"])
            if not keep:
                transaction.rollback()
    finally:
        own.dispose()
    names = sorted((before.keys() | after.keys()) - {_VERSION_TABLE})
    changed = tuple((name, before.get(name, 0), after.get(name, 0)) for name in names if before.get(name) != after.get(name))
    return Upgrade(revision, schema.REVISION, sum(after.values()), changed)


def _check(connection: Connection, before: dict[str, int], declared: set[str]) -> dict[str, int]:
    """Raises StorageError, which rolls everything back, unless every row is still there and every reference holds. Returns the
    rows of each table."""
    resource = name_of(connection.engine.url)
    if read_revision(connection) != schema.REVISION:
        raise StorageError(f"the migrations to {schema.REVISION} are missing; nothing was changed", resource=resource)
    after = row_counts(connection)
    lost = [name for name, rows in before.items() if name not in declared | {_VERSION_TABLE} and after.get(name) != rows]
    if lost:
        raise StorageError(f"the upgrade would change the rows of {', '.join(lost)}; nothing was changed", resource=resource)
    if connection.dialect.name != "sqlite":
        return after
    if (broken := connection.exec_driver_sql("PRAGMA foreign_key_check").first()) is not None:
        raise StorageError(f"the upgrade would break references of {broken[0]}; nothing was changed", resource=resource)
    if (words := connection.exec_driver_sql("PRAGMA integrity_check").scalar()) != "ok":
        raise StorageError(f"the database is damaged ({words}); nothing was changed", resource=resource)
    connection.exec_driver_sql(f"PRAGMA user_version={int(schema.REVISION)}")
    return after
