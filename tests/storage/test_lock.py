"""One run a database (R8)."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from aggregator.errors import BusyError, DatabaseUnreadable
from aggregator.storage.database import Database, open_database
from aggregator.storage.lock import hold_run_lock, is_run_lock_held, lock_path

HOLD = """
import sys, time
from aggregator.storage.lock import hold_run_lock
with hold_run_lock(sys.argv[1]):
    print("held", flush=True)
    time.sleep(60)
"""


def holder(url: str) -> subprocess.Popen[str]:
    process = subprocess.Popen([sys.executable, "-c", HOLD, url], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    return process


def end(process: subprocess.Popen[str]) -> None:
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert process.stdout is not None
    process.stdout.close()


def test_a_second_run_is_refused_and_a_killed_one_leaves_nothing_locked(database: Database) -> None:
    url = database.url.render_as_string(hide_password=False)
    process = holder(url)
    try:
        with pytest.raises(BusyError) as caught, hold_run_lock(url):
            pass
        assert caught.value.exit_status == 75
        if database.path:
            assert f"process {process.pid}" in caught.value.message
    finally:
        end(process)
    with hold_run_lock(url):
        pass


def test_commands_work_beside_a_run(database: Database) -> None:
    url = database.url.render_as_string(hide_password=False)
    with hold_run_lock(url):
        open_database(url).close()


def test_one_process_may_take_its_lock_again(sqlite_url: str) -> None:
    with hold_run_lock(sqlite_url):
        with hold_run_lock(sqlite_url):
            pass
        process = subprocess.run([sys.executable, "-c", HOLD, sqlite_url], capture_output=True, text=True, check=False)
        assert "BusyError" in process.stderr


def test_the_lock_is_the_owner_s_only_and_names_its_holder(sqlite_url: str, tmp_path: Path) -> None:
    with hold_run_lock(sqlite_url):
        path = lock_path(tmp_path / "aggregator.db")
        assert path.read_text() == f"{os.getpid()}\n"
        assert path.stat().st_mode & 0o777 == 0o600


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with (
        pytest.raises(DatabaseUnreadable, match=r"a\.db\.lock: cannot be written"),
        hold_run_lock(f"sqlite:///{tmp_path / 'missing' / 'a.db'}"),
    ):
        pass


def test_whether_somebody_runs_can_be_asked_without_disturbing_him(database: Database) -> None:
    url = database.url.render_as_string(hide_password=False)
    assert not is_run_lock_held(url)
    with hold_run_lock(url):
        assert is_run_lock_held(url)
        assert is_run_lock_held(url)
    assert not is_run_lock_held(url)
