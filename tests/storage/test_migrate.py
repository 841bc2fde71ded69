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
from aggregator.records.digests import MailKind, MailState
from aggregator.storage import migrate, schema
from aggregator.storage.archive import SqlArchive
from aggregator.storage.database import Database, open_database
from aggregator.storage.lock import hold_run_lock
from aggregator.storage.migrate import Upgrade, rehearse, row_counts
from aggregator.storage.outbox import SqlOutbox
from tests.conftest import MakeUrl
from tests.storage.test_lock import end, holder
from tests.storage.world import NOW, World

MakeStep = Callable[..., None]

VERSIONS = Path(migrate.__file__).parent / "migrations"

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


def test_a_rehearsal_tells_what_an_upgrade_would_do_and_does_nothing(database: Database, future: MakeStep) -> None:
    url = database.url.render_as_string(hide_password=False)
    assert rehearse(url) == Upgrade(NOW_AT, NOW_AT)
    before = fill(database)
    future('op.execute("DELETE FROM digest_candidates")', 'CHANGES_ROWS = ("digest_candidates",)')
    found = rehearse(url)
    assert (found.before, found.after, found.is_needed) == (NOW_AT, NEXT, True)
    assert found.changed == (("digest_candidates", before["digest_candidates"], 0),)
    with database.read() as connection:
        assert row_counts(connection) == before
        assert not colours(connection)
    if database.path:
        assert [one.name for one in database.path.parent.glob(".rehearsal*")] == []
        assert not list(database.path.parent.glob("*.before-*"))


def test_a_rehearsal_says_what_an_upgrade_would_fail_at(sqlite_database: Database, future: MakeStep) -> None:
    before = fill(sqlite_database)
    future('op.execute("DELETE FROM digest_candidates")')
    with pytest.raises(StorageError, match="change the rows of digest_candidates"):
        rehearse(str(sqlite_database.url))
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


@pytest.fixture
def first_tables(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Makes a database as the first version left it, with a row in every table that the second changes. more: later versions
    that it went through."""

    def make(url: str, *more: str) -> None:
        folder = tmp_path / "first"
        (folder / "versions").mkdir(parents=True)
        steps = [path for step in ("0001", *more) for path in VERSIONS.glob(f"versions/{step}*.py")]
        for path in (*VERSIONS.glob("*.*"), *steps):
            (folder / path.relative_to(VERSIONS)).write_bytes(path.read_bytes())
        with monkeypatch.context() as then:
            then.setattr(migrate, "MIGRATIONS", folder)
            then.setattr(schema, "REVISION", more[-1] if more else "0001")
            opened = open_database(url)
        with opened.write() as connection:
            kind = "BLOB" if opened.path else "BYTEA"
            for statement in FIRST_ROWS.format(bytes=kind).strip().rstrip(";").split(";\n"):
                connection.exec_driver_sql(statement)
        opened.close()

    return make


FIRST_ROWS = """
INSERT INTO roundups (id, name, slug, created_at) VALUES (1, 'Links', 'links', '2026-03-01 12:00:00+00:00');
INSERT INTO editions (id, roundup_id, number, opened_at) VALUES (1, 1, 28, '2026-03-01 12:00:00+00:00');
INSERT INTO feeds (id, url, canonical_url, added_at, first_days, notes)
    VALUES (1, 'https://a.example/feed', 'https://a.example/feed', '2026-03-01 12:00:00+00:00', 30, '[]');
INSERT INTO subscriptions (roundup_id, feed_id, folders, since) VALUES (1, 1, '[]', '2026-03-01 12:00:00+00:00');
INSERT INTO entries (id, feed_id, key, source_hash, offered, first_seen, title, tags, text)
    VALUES (1, 1, 'k', 'h', true, '2026-03-01 12:00:00+00:00', 'One', '[]', 'text');
INSERT INTO candidates (id, roundup_id, first_seen, added, title, tags, text)
    VALUES (1, 1, '2026-03-01 12:00:00+00:00', false, 'One', '[]', 'text');
INSERT INTO outcomes (edition_id, candidate_id, outcome) VALUES (1, 1, 'unused');
INSERT INTO outbox (id, roundup_id, edition_id, slot, repeat, state, attempts, made_at, message_id, sender, recipients,
    text, html, message)
    VALUES (1, 1, 1, '2026-03-01 12:00:00+00:00', 0, 'sent', 1, '2026-03-01 12:00:00+00:00', '<a@b>', 'a@b.example', '[]',
    '', '', CAST('bytes' AS {bytes}));
INSERT INTO digest_candidates (mail_id, candidate_id) VALUES (1, 1);
INSERT INTO archive_documents (id, roundup_id, path, content_hash, saved_at, title, draft, style, sections, tags, intro, outro)
    VALUES (1, 1, 'posts/1.md', 'h', '2026-03-01 12:00:00+00:00', 'One', false, 'inline', '[]', '[]', '', '');
"""


def _is_brought_here_whole(url: str) -> None:
    upgraded = open_database(url)
    try:
        with upgraded.read() as connection:
            assert compare_metadata(MigrationContext.configure(connection), schema.metadata) == []
            counts = row_counts(connection)
        assert {counts[name] for name in ("entries", "outbox", "digest_candidates", "outcomes", "archive_documents")} == {1}
        (mail,) = SqlOutbox(upgraded).recent(5)
        assert (mail.kind, mail.state) == (MailKind.DIGEST, MailState.SENT)
    finally:
        upgraded.close()


def test_a_file_of_the_first_version_is_brought_here_whole(tmp_path: Path, first_tables: Callable[[str], None]) -> None:
    url = f"sqlite:///{tmp_path / 'old.db'}"
    first_tables(url)
    _is_brought_here_whole(url)
    assert (tmp_path / f"old.db.before-{NOW_AT}").exists()


def test_a_server_of_the_first_version_is_brought_here_whole(make_postgres: MakeUrl, first_tables: Callable[[str], None]) -> None:
    url = make_postgres()
    first_tables(url)
    _is_brought_here_whole(url)


def test_past_editions_are_read_anew_once_it_is_noted_how_they_are_written(
    tmp_path: Path, first_tables: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    source = (
        "INSERT INTO archive_sources (id, roundup_id, address, first_read_at, version, etag) "
        "VALUES (1, 1, 'posts/', '2026-03-01 12:00:00+00:00', 'as it was', 'e')"
    )
    monkeypatch.setattr("tests.storage.test_migrate.FIRST_ROWS", f"{FIRST_ROWS.strip().partition(';')[0]};\n{source}")
    url = f"sqlite:///{tmp_path / 'old.db'}"
    first_tables(url, "0002")
    upgraded = open_database(url)
    (state,) = SqlArchive(upgraded).sources(1)
    assert (state.address, state.version, state.etag) == ("posts/", None, None)
    assert state.first_read_at is not None, "what it holds is not newly published"
    upgraded.close()
