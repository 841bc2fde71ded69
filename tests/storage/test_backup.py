"""Backups: verified on the way out and on the way back, nothing stale left beside them (R25)."""

from __future__ import annotations

import shutil
import sqlite3
import threading
from contextlib import closing
from pathlib import Path

import pytest

from aggregator.errors import BusyError, DatabaseTooNew, DatabaseUnreadable, NotFound, Refused, StorageError
from aggregator.storage.backup import backup, restore
from aggregator.storage.database import Database, open_database
from tests.storage.test_lock import end, holder
from tests.storage.world import World, parsed, polled


def titles(url: str) -> set[str]:
    database = open_database(url)
    try:
        world = World(database)
        return {entry.title for entry in world.feeds.entries_to_offer(world.roundup, 10_000)}
    finally:
        database.close()


def test_a_backup_holds_everything_and_is_its_owner_s_only(sqlite_database: Database, tmp_path: Path) -> None:
    World(sqlite_database).entries("one", "two")
    path = tmp_path / "copy.db"
    assert backup(sqlite_database, path) == path.stat().st_size > 0
    assert path.stat().st_mode & 0o777 == 0o600
    assert titles(f"sqlite:///{path}") == {"On one", "On two"}
    assert [one.name for one in tmp_path.glob(".copy*")] == []


def test_a_backup_under_writing_is_one_instant(sqlite_database: Database, tmp_path: Path) -> None:
    world = World(sqlite_database)
    (feed,) = world.follow("a.example")
    stop = threading.Event()

    def write() -> None:
        n = 0
        while not stop.is_set():
            world.feeds.save([polled(feed.id, parsed(f"{n}a"), parsed(f"{n}b"))])
            n += 1

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for n in range(5):
            backup(sqlite_database, tmp_path / f"{n}.db")
    finally:
        stop.set()
        writer.join()
    for n in range(5):
        assert len(titles(f"sqlite:///{tmp_path / f'{n}.db'}")) % 2 == 0


def test_a_backup_replaces_an_older_one(sqlite_database: Database, tmp_path: Path) -> None:
    path = tmp_path / "copy.db"
    backup(sqlite_database, path)
    World(sqlite_database).entries("one")
    backup(sqlite_database, path)
    assert titles(f"sqlite:///{path}") == {"On one"}


def test_a_backup_never_writes_over_the_database_itself(sqlite_database: Database, tmp_path: Path) -> None:
    with pytest.raises(Refused, match="the database itself"):
        backup(sqlite_database, tmp_path / ".." / tmp_path.name / "aggregator.db")
    with pytest.raises(Refused, match="a folder"):
        backup(sqlite_database, tmp_path)
    with pytest.raises(StorageError, match="cannot be written"):
        backup(sqlite_database, tmp_path / "missing" / "copy.db")


def test_restoring_goes_back_and_keeps_what_was_there(sqlite_database: Database, tmp_path: Path) -> None:
    url = str(sqlite_database.url)
    world = World(sqlite_database)
    world.entries("one")
    backup(sqlite_database, tmp_path / "copy.db")
    world.entries("two", host="b.example")
    log = tmp_path / "aggregator.db-wal"
    assert log.stat().st_size > 0
    sqlite_database.close()
    # A killed process leaves its log; played into another file it would ruin it.
    log.write_bytes(b"stale")
    kept = tmp_path / "aggregator.db.before-restore"
    assert restore(url, tmp_path / "copy.db") == ((tmp_path / "copy.db").stat().st_size, kept)
    assert not log.exists()
    assert (tmp_path / "aggregator.db").stat().st_mode & 0o777 == 0o600
    assert titles(url) == {"On one"}
    assert titles(f"sqlite:///{kept}") == {"On two"}


def test_a_damaged_database_can_be_replaced(sqlite_url: str, tmp_path: Path) -> None:
    database = open_database(sqlite_url)
    World(database).entries("one")
    backup(database, tmp_path / "copy.db")
    database.close()
    (tmp_path / "aggregator.db").write_bytes(b"ruined" * 1000)
    restore(sqlite_url, tmp_path / "copy.db")
    assert titles(sqlite_url) == {"On one"}


def test_a_backup_can_be_restored_where_there_is_no_database_yet(sqlite_database: Database, tmp_path: Path) -> None:
    World(sqlite_database).entries("one")
    backup(sqlite_database, tmp_path / "copy.db")
    assert restore(f"sqlite:///{tmp_path / 'fresh.db'}", tmp_path / "copy.db")[1] is None
    assert titles(f"sqlite:///{tmp_path / 'fresh.db'}") == {"On one"}


def test_the_bare_file_of_a_live_database_is_no_backup(sqlite_database: Database, tmp_path: Path) -> None:
    """Copied without its log it lacks the newest commits, and nothing in it says so."""
    World(sqlite_database).entries("one")
    shutil.copyfile(tmp_path / "aggregator.db", tmp_path / "bare.db")
    with pytest.raises(Refused, match="bare file of a live database"):
        restore(f"sqlite:///{tmp_path / 'fresh.db'}", tmp_path / "bare.db")
    assert not (tmp_path / "fresh.db").exists()


def test_what_is_no_backup_of_ours_is_refused_and_changes_nothing(sqlite_url: str, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("Remember the milk. " * 99)
    with closing(sqlite3.connect(tmp_path / "other.db")) as connection:
        connection.execute("CREATE TABLE invoices (id)")
    before = (tmp_path / "aggregator.db").read_bytes()
    for name in ("notes.txt", "other.db"):
        with pytest.raises(DatabaseUnreadable, match="no backup of aggregator\nName a file that `aggregator backup` made"):
            restore(sqlite_url, tmp_path / name)
    with pytest.raises(NotFound):
        restore(sqlite_url, tmp_path / "none.db")
    assert (tmp_path / "aggregator.db").read_bytes() == before


def test_a_damaged_or_newer_backup_is_refused(sqlite_database: Database, sqlite_url: str, tmp_path: Path) -> None:
    World(sqlite_database).entries(*(f"{n}" for n in range(300)))
    path = tmp_path / "copy.db"
    backup(sqlite_database, path)
    whole = path.read_bytes()
    path.write_bytes(whole[:20_000] + b"\xff" * 4096 + whole[24_096:])
    with pytest.raises(DatabaseUnreadable, match="the copy is damaged"):
        restore(sqlite_url, path)
    path.write_bytes(whole)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA user_version=9999")
    with pytest.raises(DatabaseTooNew):
        restore(sqlite_url, path)


def test_nothing_is_restored_under_a_running_daemon(sqlite_database: Database, sqlite_url: str, tmp_path: Path) -> None:
    backup(sqlite_database, tmp_path / "copy.db")
    process = holder(sqlite_url)
    try:
        with pytest.raises(BusyError):
            restore(sqlite_url, tmp_path / "copy.db")
    finally:
        end(process)


def test_a_server_is_left_to_its_own_tools(postgres_database: Database, tmp_path: Path) -> None:
    with pytest.raises(Refused, match="pg_dump"):
        backup(postgres_database, tmp_path / "x")
    with pytest.raises(Refused, match="pg_restore"):
        restore(postgres_database.url.render_as_string(hide_password=False), tmp_path / "x")
