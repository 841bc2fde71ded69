"""Opening a database: made when new, refused with a sentence when it cannot be ours, right under many threads."""

from __future__ import annotations

import sqlite3
import threading
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import OperationalError

from aggregator.errors import ConfigError, DatabaseTooNew, DatabaseUnreadable, DiskFull, StorageError
from aggregator.records.feeds import PolledFeed
from aggregator.storage import schema
from aggregator.storage.database import Database, chunks, make_engine, open_database
from aggregator.storage.faults import explain
from tests.conftest import MakeUrl
from tests.storage.world import NOW, World, listed, parsed, polled


def test_no_update_is_lost_between_threads(database: Database) -> None:
    """M5: with the driver's defaults six threads that read, then update, lose five updates of six, without an error."""
    world = World(database)
    (feed,) = world.follow("a.example")
    count = schema.feeds.c.moved_polls

    def add() -> None:
        for _ in range(20):
            with database.write() as connection:
                seen = connection.execute(select(count).where(schema.feeds.c.id == feed.id)).scalar_one()
                connection.execute(update(schema.feeds).values(moved_polls=seen + 1))

    threads = [threading.Thread(target=add) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.read() as connection:
        assert connection.execute(select(count)).scalar_one() == 120


def test_a_long_reader_sees_one_instant_while_others_write(database: Database) -> None:
    world = World(database)
    (feed,) = world.follow("a.example")
    query = select(schema.entries.c.key)
    with database.read() as connection:
        assert connection.execute(query).all() == []
        world.feeds.save([polled(feed.id, parsed("one"))])
        assert connection.execute(query).all() == []
    with database.read() as connection:
        assert connection.execute(query).scalars().all() == ["one"]


def test_a_failed_transaction_leaves_nothing(database: Database) -> None:
    def fail() -> None:
        with database.write() as connection:
            connection.execute(schema.heartbeats.insert().values(job="poll", at=NOW, words="", ok=True))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    with database.read() as connection:
        assert connection.execute(schema.heartbeats.select()).all() == []


def test_a_refused_row_is_a_storage_error_with_the_reason(database: Database) -> None:
    with pytest.raises(StorageError, match=r"refused: .*(?i:foreign key)"):
        World(database).feeds.save([polled(999, parsed("one"))])


def test_a_new_file_is_made_with_our_settings_and_opens_again(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'new.db'}"
    open_database(url).close()
    database = open_database(url)
    with database.read() as connection:
        pragmas = {name: connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in ("journal_mode", "foreign_keys")}
        ours = connection.exec_driver_sql("PRAGMA application_id").scalar()
    assert (pragmas, ours) == ({"journal_mode": "wal", "foreign_keys": 1}, schema.APPLICATION_ID)
    assert (tmp_path / "new.db").stat().st_mode & 0o777 == 0o600
    assert (database.path, database.name) == (tmp_path / "new.db", str(tmp_path / "new.db"))
    database.close()


def test_the_outbox_waits_for_the_disk_and_polling_does_not(sqlite_database: Database) -> None:
    found = []
    for durable in (True, False):
        with sqlite_database.write(durable=durable) as connection:
            found.append(connection.exec_driver_sql("PRAGMA synchronous").scalar())
    assert found == [2, 1]


def test_two_first_starts_at_once_make_one_database(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'new.db'}"
    failed: list[Exception] = []

    def start() -> None:
        try:
            open_database(url).close()
        except StorageError as error:
            failed.append(error)

    threads = [threading.Thread(target=start) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    open_database(url, migrate=False).close()


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda folder: folder / "missing" / "a.db", "the folder .*missing does not exist"),
        (lambda folder: folder, "a folder, not a database file"),
    ],
)
def test_a_place_that_cannot_hold_a_database_is_named(tmp_path: Path, make: object, words: str) -> None:
    path = make(tmp_path)  # type: ignore[operator]  # a lambda of the table above
    with pytest.raises(DatabaseUnreadable, match=words):
        open_database(f"sqlite:///{path}")


def test_a_file_that_is_no_database_is_refused_untouched(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("Remember the milk. " * 100)
    with pytest.raises(DatabaseUnreadable, match="not a readable database"):
        open_database(f"sqlite:///{path}")
    assert path.read_text().startswith("Remember")


def test_another_program_s_database_is_refused_untouched(tmp_path: Path) -> None:
    path = tmp_path / "other.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE invoices (id)")
    before = path.read_bytes()
    with pytest.raises(DatabaseUnreadable, match="another program"):
        open_database(f"sqlite:///{path}")
    assert path.read_bytes() == before


def test_a_newer_version_s_database_is_refused(database: Database) -> None:
    with database.write() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    try:
        with pytest.raises(DatabaseTooNew, match="9999"):
            open_database(database.url.render_as_string(hide_password=False))
    finally:
        with database.write() as connection:
            connection.exec_driver_sql(f"UPDATE alembic_version SET version_num = '{schema.REVISION}'")


def test_without_leave_to_migrate_nothing_is_made(tmp_path: Path) -> None:
    path = tmp_path / "none.db"
    with pytest.raises(DatabaseUnreadable, match="no database here yet"):
        open_database(f"sqlite:///{path}", migrate=False)
    assert not path.exists()


@pytest.mark.parametrize(
    "url", ["", "aggregator.db", "mysql://localhost/x", "sqlite://", "sqlite:///:memory:", "sqlite:///file:x?mode=memory"]
)
def test_an_address_that_is_none_is_a_mistake_in_the_configuration(url: str) -> None:
    with pytest.raises(ConfigError):
        open_database(url)


def test_a_server_that_does_not_answer_is_named_without_its_password(tmp_path: Path) -> None:
    pytest.importorskip("psycopg")
    with pytest.raises(DatabaseUnreadable, match=r"postgresql\+psycopg:///db.*cannot be used") as caught:
        open_database(f"postgresql://me:secret@/db?host={tmp_path}")
    assert "secret" not in str(caught.value)
    assert not caught.value.permanent


def test_a_server_without_that_database_says_so(make_postgres: MakeUrl) -> None:
    with pytest.raises(DatabaseUnreadable, match="does not exist"):
        open_database(make_postgres().replace("/fresh", "/absent"))


def test_a_writer_that_waits_too_long_gets_an_error_that_may_pass(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("aggregator.storage.database.PATIENCE", 0.05 if database.path else 1)
    impatient = Database(make_engine(database.url))
    with database.write(), pytest.raises(StorageError, match="locked for too long") as caught, impatient.write():
        pass
    assert not caught.value.permanent
    impatient.close()


def test_a_full_disk_stops_with_a_sentence_and_commits_nothing(sqlite_database: Database) -> None:
    """R38: a page limit stands in for the end of the disk."""
    world = World(sqlite_database)
    world.feeds.sync(world.roundup, [listed("a.example")], NOW, 30, 7)
    (feed,) = world.feeds.claim(NOW, 1, 1)
    with sqlite_database.engine.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        connection.exec_driver_sql(f"PRAGMA max_page_count={pages + 4}")
    large: list[PolledFeed] = [polled(feed.id, *(parsed(f"{n}", text="x" * 5000) for n in range(50)))]
    with pytest.raises(DiskFull, match="the disk is full") as caught:
        world.feeds.save(large)
    assert not caught.value.permanent
    assert world.feeds.known_sources([feed.id]) == {feed.id: {}}


@pytest.mark.parametrize(
    ("code", "kind", "words"),
    [
        (sqlite3.SQLITE_BUSY, StorageError, "locked for too long"),
        (sqlite3.SQLITE_READONLY, DatabaseUnreadable, "may not be written"),
        (sqlite3.SQLITE_CANTOPEN, DatabaseUnreadable, "cannot be opened"),
        (sqlite3.SQLITE_CORRUPT, DatabaseUnreadable, "not a readable database"),
        (sqlite3.SQLITE_IOERR_WRITE, StorageError, "did not do as it was told"),
        (sqlite3.SQLITE_MISUSE, StorageError, "refused"),
    ],
)
def test_every_driver_error_becomes_a_sentence(tmp_path: Path, code: int, kind: type[StorageError], words: str) -> None:
    cause = sqlite3.OperationalError("words of the driver")
    cause.sqlite_errorcode = code
    error = OperationalError("SELECT", {}, cause)
    told = explain(error, make_engine(f"sqlite:///{tmp_path / 'a.db'}").url)
    assert type(told) is kind
    assert words in told.message
    assert told.resource == str(tmp_path / "a.db")


def test_chunks_leave_nothing_out() -> None:
    assert list(chunks(range(5), 2)) == [[0, 1], [2, 3], [4]]
    assert list(chunks([])) == []


def test_a_whole_database_is_examined_and_named(database: Database) -> None:
    assert database.examine() == database.name


def test_a_damaged_database_is_told_apart(sqlite_url: str, tmp_path: Path) -> None:
    path = tmp_path / "aggregator.db"
    database = open_database(sqlite_url)
    World(database).entries(*(f"{n}" for n in range(300)))
    database.close()
    whole = path.read_bytes()
    half = len(whole) // 2
    path.write_bytes(whole[:half] + b"\xff" * 8192 + whole[half + 8192 :])
    again = open_database(sqlite_url)
    with pytest.raises(DatabaseUnreadable):
        again.examine()
    again.close()
