"""The day's backup: made once, verified, its owner's alone; the newest few are kept (R25)."""

from __future__ import annotations

import stat
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.errors import StorageError
from aggregator.jobs.backup import newest, outdated, run_once
from aggregator.storage.backup import backup
from aggregator.storage.database import Database, open_database

DAY = date(2026, 3, 2)


def name(day: date) -> str:
    return f"aggregator-{day:%Y-%m-%d}.db"


def test_a_copy_a_day_of_which_the_newest_are_kept(sqlite_database: Database, tmp_path: Path) -> None:
    folder = tmp_path / "home" / "backups"

    def made(day: date) -> str | None:
        return run_once(lambda path: backup(sqlite_database, path), folder, keep=3, today=day)

    said = made(DAY)
    assert said is not None
    assert name(DAY) in said
    assert made(DAY) is None
    (folder / "notes.txt").write_text("mine")
    for days in range(1, 6):
        assert made(DAY + timedelta(days))
    kept = sorted(one.name for one in folder.iterdir())
    assert kept == [*(name(DAY + timedelta(days)) for days in (3, 4, 5)), "notes.txt"]
    assert newest(folder) == (DAY + timedelta(days=5), 3)
    copy = folder / name(DAY + timedelta(days=5))
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    opened = open_database(f"sqlite:///{copy}", migrate=False)
    assert opened.examine()
    opened.close()


def test_none_is_made_where_none_is_wanted(tmp_path: Path) -> None:
    assert run_once(lambda _: pytest.fail("copied"), tmp_path / "backups", keep=0, today=DAY) is None
    assert not (tmp_path / "backups").exists()
    assert newest(tmp_path / "backups") is None


def test_where_it_cannot_be_written_the_older_ones_stay(tmp_path: Path) -> None:
    (tmp_path / name(DAY)).touch()

    def full(_: Path) -> int:
        raise OSError(28, "No space left on device")

    with pytest.raises(StorageError, match="No space left") as caught:
        run_once(full, tmp_path, keep=1, today=DAY + timedelta(days=1))
    assert "backups:" in str(caught.value.advice)
    assert (tmp_path / name(DAY)).exists()
    (tmp_path / "file").touch()
    with pytest.raises(StorageError):
        run_once(full, tmp_path / "file", keep=1, today=DAY)


def test_a_clock_that_was_wrong_once_makes_no_copy_again_and_again(tmp_path: Path) -> None:
    made = list[str]()

    def copy(path: Path) -> int:
        made.append(path.name)
        path.touch()
        return 0

    days = [date(2040, 1, 1), DAY, DAY, date(1970, 1, 1), date(1970, 1, 1), DAY + timedelta(days=1)]
    for day in days:
        run_once(copy, tmp_path, keep=2, today=day)
    assert made == [name(date(2040, 1, 1)), name(DAY), name(date(1970, 1, 1)), name(DAY + timedelta(days=1))]


def test_what_a_process_left_that_was_cut_off_in_the_middle_is_taken_away(sqlite_database: Database, tmp_path: Path) -> None:
    left, other = tmp_path / f".{name(DAY)}.abc123", tmp_path / ".notes.db.swp"
    left.touch()
    other.touch()
    assert run_once(lambda path: backup(sqlite_database, path), tmp_path, keep=1, today=DAY)
    assert sorted(one.name for one in tmp_path.glob("*aggregator-*")) == [name(DAY)]
    assert other.exists()


@given(
    st.sets(st.dates(), max_size=12),
    st.dates(min_value=date(1000, 1, 1)),
    st.integers(1, 9),
    st.sets(st.text(max_size=20), max_size=3),
)
def test_what_goes_is_ours_and_older_than_all_that_stays_but_what_was_just_made(
    days: set[date], today: date, keep: int, others: set[str]
) -> None:
    made = name(today)
    ours = {name(day) for day in days if day.year >= 1000} - {made}
    gone = set(outdated([*ours, made, *others], keep, made))
    assert gone <= ours
    assert len(ours - gone) == min(keep - 1, len(ours))
    assert not gone or not ours - gone or max(gone) < min(ours - gone)
