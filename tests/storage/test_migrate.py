"""Migrations: complete, backed up, all or nothing (R12)."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect

from aggregator.errors import BusyError, StorageError
from aggregator.storage import migrate, schema
from aggregator.storage.database import Database, open_database
from aggregator.storage.lock import hold_run_lock
from aggregator.storage.migrate import row_counts
from tests.conftest import MakeUrl
from tests.storage.test_lock import end, holder
from tests.storage.world import NOW, World

MakeStep = Callable[..., None]

VERSIONS = Path(migrate.__file__).parent / "migrations"

NOW_AT = schema.REVISION
NEXT = f"{int(NOW_AT) + 1:04}"

NOW_AT = schema.REVISION
NEXT = f"{int(NOW_AT) + 1:04}"

STEP = '''"""A step of the future."""
from alembic import op
import sqlalchemy as sa
revision, down_revision, branch_labels, depends_on = "{to}", "{of}", None, None
{declared}
def upgrade() -> None:
    """Test."""
    with op.batch_alter_table("feeds") as feeds:
        feeds.add_column(sa.Column("colour", sa.Text()))
    {more}
'''


@pytest.fixture
def future(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> MakeStep:
    """Makes a later version with one more migration, then pretends to be it."""
    folder = tmp_path / "later"

    def make(more: str = "pass", declared: str = "") -> None:
        (folder / "versions").mkdir(parents=True, exist_ok=True)
        for path in (*VERSIONS.glob("*.*"), *VERSIONS.glob("versions/*.py")):
            (folder / path.relative_to(VERSIONS)).write_bytes(path.read_bytes())
        (folder / "versions" / f"{NEXT}_colour.py").write_text(STEP.format(to=NEXT, of=NOW_AT, more=more, declared=declared))
        monkeypatch.setattr(migrate, "MIGRATIONS", folder)
        monkeypatch.setattr(schema, "REVISION", NEXT)

    return make


def fill(database: Database) -> dict[str, int]:
    world = World(database)
    ids = world.offer("one", "two", "three")
    world.outbox.put(world.mail(shown=tuple(ids)))
    with database.read() as connection:
        counts = row_counts(connection)
    assert counts["entries"] == counts["digest_candidates"] == 3
    return counts


def colours(connection: Connection) -> bool:
    return any(column["name"] == "colour" for column in inspect(connection).get_columns("feeds"))


def test_the_migrations_make_exactly_the_schema(database: Database) -> None:
    with database.read() as connection:
        assert compare_metadata(MigrationContext.configure(connection), schema.metadata) == []


def test_the_newest_migration_is_the_one_the_code_knows() -> None:
    script = ScriptDirectory(str(VERSIONS))
    assert script.get_current_head() == schema.REVISION


def test_an_upgrade_keeps_every_row(database: Database, future: MakeStep) -> None:
    """M6: rebuilding a table with foreign keys on would erase what refers to it."""
    before = fill(database)
    future()
    upgraded = open_database(database.url.render_as_string(hide_password=False))
    with upgraded.read() as connection:
        assert row_counts(connection) == before
        assert colours(connection)
        if database.path:
            assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
            assert connection.exec_driver_sql("PRAGMA user_version").scalar() == int(NEXT)
    with upgraded.write() as connection:
        connection.exec_driver_sql("ALTER TABLE feeds DROP COLUMN colour")
        connection.exec_driver_sql(f"UPDATE alembic_version SET version_num = '{NOW_AT}'")
    upgraded.close()


def test_before_an_upgrade_a_verified_backup_is_made(sqlite_database: Database, future: MakeStep, tmp_path: Path) -> None:
    fill(sqlite_database)
    future()
    open_database(str(sqlite_database.url)).close()
    with closing(sqlite3.connect(tmp_path / f"aggregator.db.before-{NEXT}")) as connection:
        assert connection.execute("SELECT version_num FROM alembic_version").fetchone() == (NOW_AT,)
        assert connection.execute("SELECT count(*) FROM entries").fetchone() == (3,)


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ('op.execute("DELETE FROM digest_candidates")', "change the rows of digest_candidates"),
        ('op.execute("UPDATE digest_candidates SET candidate_id = candidate_id + 100")', "break references of digest_candidates"),
    ],
)
def test_an_upgrade_that_would_lose_something_changes_nothing(
    sqlite_database: Database, future: MakeStep, more: str, words: str
) -> None:
    before = fill(sqlite_database)
    future(more)
    with pytest.raises(StorageError, match=words):
        open_database(str(sqlite_database.url))
    with sqlite_database.read() as connection:
        assert row_counts(connection) == before
        assert not colours(connection)


def test_a_migration_may_say_that_it_changes_rows(sqlite_database: Database, future: MakeStep) -> None:
    fill(sqlite_database)
    future('op.execute("DELETE FROM digest_candidates")', 'CHANGES_ROWS = ("digest_candidates",)')
    upgraded = open_database(str(sqlite_database.url))
    with upgraded.read() as connection:
        assert row_counts(connection)["digest_candidates"] == 0
    upgraded.close()


def test_a_migration_that_fails_half_way_leaves_the_old_tables(sqlite_database: Database, future: MakeStep) -> None:
    """M7: the driver's own transactions would leave what was created before the failure."""
    before = fill(sqlite_database)
    future('op.create_table("extra", sa.Column("id", sa.Integer())); raise ZeroDivisionError')
    with pytest.raises(ZeroDivisionError):
        open_database(str(sqlite_database.url))
    with sqlite_database.read() as connection:
        assert row_counts(connection) == before


def test_nothing_is_upgraded_under_a_running_daemon(sqlite_url: str, future: MakeStep) -> None:
    process = holder(sqlite_url)
    try:
        future()
        with pytest.raises(BusyError):
            open_database(sqlite_url)
    finally:
        end(process)
    with hold_run_lock(sqlite_url):
        open_database(sqlite_url).close()


def test_an_older_database_is_not_touched_without_leave(sqlite_url: str, future: MakeStep) -> None:
    future()
    with pytest.raises(StorageError, match="older version"):
        open_database(sqlite_url, migrate=False)


def test_a_server_with_other_tables_may_be_shared(make_postgres: MakeUrl) -> None:
    url = make_postgres()
    database = open_database(url)
    with database.write() as connection:
        connection.exec_driver_sql("CREATE TABLE jobs_of_another_program (id int)")
    database.close()
    again = open_database(url)
    World(again)
    assert World(again).ledger.roundup("x", "x", NOW).id == 2
    again.close()
