"""The daemon: in this process with a clock that obeys, and as a real one that is told to stop, killed, and out of room."""

from __future__ import annotations

import json
import logging
import os
import re
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from aggregator.daemon import life
from aggregator.daemon.life import EXIT_STALLED, Daemon
from aggregator.daemon.work import Done
from aggregator.errors import DiskFull
from aggregator.jobs import cycle, digest
from aggregator.records.digests import MailState
from aggregator.settings import load_settings
from aggregator.storage.lock import hold_run_lock
from aggregator.wiring import Installation
from tests.journeys.conftest import World
from tests.journeys.test_kill import Gate, Mailbox, command, configure, feed_servers, listening, run

FRIDAY = datetime.fromisoformat("2026-03-06T07:00:30+01:00")
TICK = 0.05


@pytest.fixture
def world(sqlite_url: str, tmp_path: Path) -> Iterator[World]:
    made = World(tmp_path / "home", sqlite_url)
    yield made
    made.close()


def run_until(daemon: Daemon, happened: Callable[[], bool], seconds: float = 30) -> int:
    """Runs the daemon here until something happened; its exit status."""

    def watch() -> None:
        deadline = time.monotonic() + seconds
        while not happened() and time.monotonic() < deadline:
            time.sleep(0.02)
        daemon.stop()

    threading.Thread(target=watch).start()
    status = daemon.run()
    assert happened(), "it never came to that"
    return status


def beats(world: World) -> dict[str, tuple[str, bool]]:
    return {beat.job: (beat.words, beat.ok) for beat in world.installation.heartbeats.beats()}


def test_a_pause_stops_the_digest_but_not_the_polling_and_its_end_brings_it(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    world.blog("storage").post("A raid of disks", "https://s.example/raid", "All about it.", FRIDAY - timedelta(days=1))
    roundup = world.roundup
    world.until(FRIDAY)
    world.installation.ledger.pause(roundup.id, (FRIDAY + timedelta(days=3)).date())
    daemon = Daemon(world.installation, tick_seconds=TICK)
    with caplog.at_level(logging.INFO, logger="aggregator"):
        assert run_until(daemon, lambda: "poll" in beats(world) and "no digest of Rack Notes" in caplog.text) == 0
        assert world.mails == []
        world.installation.ledger.pause(roundup.id, None)
        assert run_until(Daemon(world.installation, tick_seconds=TICK), lambda: bool(world.mails)) == 0


def test_what_is_due_is_learnt_polled_filed_mailed_and_told(world: World) -> None:
    world.installation.roundup(world.plan)
    world.until(FRIDAY - timedelta(hours=1))
    world.blog("storage").post("The raid of disks", "https://storage.example/raid", "All about disks.", world.clock.now())
    daemon = Daemon(world.installation, tick_seconds=TICK)

    def filed() -> bool:
        return any(one.guess and one.guess.first == "Storage" for one in world.installation.ledger.candidates(world.roundup.id))

    assert run_until(daemon, lambda: "learn" in beats(world) and filed()) == 0
    assert world.mails == [], "its slot is still to come"
    world.until(FRIDAY)
    assert run_until(Daemon(world.installation, tick_seconds=TICK), lambda: bool(world.mails) and "digest" in beats(world)) == 0
    assert "The raid of disks" in world.last_text
    assert len(world.mails) == 1
    told = beats(world)
    assert told["learn"][0].startswith("Rack Notes: 6 past editions new or changed; Rack Notes: ")
    assert told["poll"] == ("polled 1 feeds: 1 changed, 0 unchanged, 0 failed; 1 new entries", True)
    assert "lists 1 candidates" in told["digest"][0]


def test_the_database_is_copied_once_a_day(world: World) -> None:
    daemon = Daemon(world.installation, tick_seconds=TICK)
    folder = world.home / "backups"
    assert run_until(daemon, lambda: "backup" in beats(world)) == 0
    (first,) = folder.iterdir()
    assert beats(world)["backup"][0].startswith(first.name)
    world.until(world.clock.now() + timedelta(days=1))
    assert run_until(Daemon(world.installation, tick_seconds=TICK), lambda: len(list(folder.glob("*.db"))) == 2) == 0


def test_past_editions_are_read_again_when_one_changes_and_a_dead_link_among_them_is_no_trouble(world: World) -> None:
    """A link to nowhere in the archive's folder made every learning fail."""
    (world.home / "past" / "gone.md").symlink_to(world.home / "nowhere.md")
    daemon = Daemon(world.installation, tick_seconds=TICK)
    assert daemon.work.learn() is not None
    assert daemon.work.learn() is None
    (world.home / "past" / "gone.md").unlink()
    edition = (world.home / "past" / "rack-notes-6.md").read_text().replace("#6", "#5a").replace("/6/", "/60/")
    (world.home / "past" / "rack-notes-60.md").write_text(edition)
    again = daemon.work.learn()
    assert again is not None
    assert "1 past edition new or changed" in again.words


def test_a_roundup_with_too_little_to_learn_from_is_quiet_about_it(world: World) -> None:
    """It said so every minute."""
    for number in range(2, 7):
        (world.home / "past" / f"rack-notes-{number}.md").unlink()
    text = (world.home / "past" / "rack-notes-1.md").read_text()
    (world.home / "past" / "rack-notes-1.md").write_text("\n".join(text.splitlines()[:10]))
    daemon = Daemon(world.installation, tick_seconds=TICK)
    daemon.work.learn()
    assert daemon.work.learn() is None


def test_ticks_that_stall_end_the_process_for_its_supervisor(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    daemon = Daemon(world.installation, tick_seconds=TICK)
    monkeypatch.setattr(daemon, "_tick", lambda: None)
    threading.Timer(0.2, world.clock.advance, [timedelta(seconds=301)]).start()
    assert daemon.run() == EXIT_STALLED


def test_a_stalled_daemon_with_a_job_that_hangs_ends_with_the_same_status(
    world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """It ended with status 0, and was not started again."""
    let_go, ended = threading.Event(), list[int]()
    daemon = Daemon(world.installation, tick_seconds=TICK)
    monkeypatch.setattr(life, "DRAIN_SECONDS", 0.1)
    monkeypatch.setattr(os, "_exit", ended.append)
    monkeypatch.setattr(logging, "shutdown", lambda: None)
    monkeypatch.setattr(daemon, "_tick", let_go.wait)
    threading.Timer(0.2, world.clock.advance, [timedelta(seconds=301)]).start()
    daemon.run()
    let_go.set()
    assert ended == [EXIT_STALLED]
    assert re.search(r"stopped while .*\btick was under way", caplog.text), "beside it others may be"


def test_four_jobs_that_take_their_time_do_not_hold_up_the_tick(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    let_go, ticks = threading.Event(), list[int]()
    daemon = Daemon(world.installation, tick_seconds=TICK)
    for name in ("learn", "poll", "digest", "send"):
        monkeypatch.setattr(daemon.work, name, lambda: let_go.wait() and None)
    monkeypatch.setattr(daemon, "_tick", lambda: ticks.append(1))

    def enough() -> bool:
        if len(ticks) > 5:
            let_go.set()
        return let_go.is_set()

    assert run_until(daemon, enough) == 0


def test_a_failing_job_is_logged_once_told_by_status_and_well_again(
    world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    calls = list[int]()

    def full() -> Done | None:
        calls.append(1)
        raise DiskFull("the disk is full")

    first = Daemon(world.installation, tick_seconds=TICK)
    monkeypatch.setattr(first.work, "send", full)
    assert run_until(first, lambda: len(calls) > 3) == 0
    assert [record.getMessage() for record in caplog.records].count("send: the disk is full") == 1
    assert beats(world)["send"] == ("the disk is full", False)
    second = Daemon(world.installation, tick_seconds=TICK)
    assert run_until(second, lambda: beats(world)["send"][1]) == 0, "another process tells that it is mended"
    assert beats(world)["send"] == ("well again", True)


def test_a_broken_list_is_told_and_what_is_known_is_polled(world: World, caplog: pytest.LogCaptureFixture) -> None:
    blog = world.blog("storage")
    daemon = Daemon(world.installation, tick_seconds=TICK)
    assert daemon.work.poll() is not None
    good = (world.home / "feeds.opml").read_text()
    (world.home / "feeds.opml").write_text("<opml><body><outline")
    blog.post("A raid", "https://storage.example/raid", "", world.clock.now())
    world.clock.advance(timedelta(days=1))
    done = daemon.work.poll()
    assert done is not None
    assert "1 new entries" in done.words
    daemon.work.poll()
    assert caplog.text.count("Polling the feeds known so far") == 1
    assert not beats(world)["feed list"][1]
    (world.home / "feeds.opml").write_text(good)
    daemon.work.poll()
    assert beats(world)["feed list"] == ("well again", True)


def wait_for(happened: Callable[[], bool], seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < deadline, "it never came to that"
        time.sleep(0.02)


class Running:
    """`aggregator run` as a process of its own."""

    def __init__(self, home: Path, **environment: str) -> None:
        self._log = home / "log.txt"
        every = {**os.environ, "AGGREGATOR_LOG__FORMAT": "json", **environment}
        with self._log.open("w") as log:
            self.process = subprocess.Popen(command("run"), cwd=home, stdout=log, stderr=log, env=every)

    @property
    def lines(self) -> list[dict[str, object]]:
        """Its log; every whole line of it is a JSON object."""
        return [json.loads(line) for line in self._log.read_text().splitlines(keepends=True) if line.endswith("\n")]

    def says(self, words: str) -> bool:
        return any(words in str(line["event"]) for line in self.lines)

    def children(self) -> list[int]:
        tasks = Path(f"/proc/{self.process.pid}/task").iterdir()
        return [int(one) for task in tasks for one in (task / "children").read_text().split()]

    def terminate(self, seconds: float = 10) -> int:
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(seconds)


@contextmanager
def running(home: Path, **environment: str) -> Iterator[Running]:
    made = Running(home, **environment)
    try:
        yield made
    finally:
        made.process.kill()
        made.process.wait()


def waiting_mail(home: Path) -> None:
    """A digest in the outbox that is due at once."""
    settings = load_settings(home / "config.yaml")
    with Installation(settings) as installation:
        plan = settings.roundups[0]
        roundup = installation.roundup(plan)
        digest.put(installation, roundup, plan, settings)
        assert installation.outbox.recent(1)[0].state is MailState.RENDERED


def open_gate() -> Gate:
    gate = Gate()
    gate.open()
    return gate


def test_a_real_one_polls_mails_what_waits_and_ends_in_order(tmp_path: Path) -> None:
    mailbox = Mailbox(open_gate(), "")
    with feed_servers(open_gate(), 0) as ports, listening(mailbox) as port:
        configure(tmp_path, ports, port)
        waiting_mail(tmp_path)
        with running(tmp_path) as daemon:
            wait_for(lambda: daemon.says("24 new entries") and daemon.says("mailed the digest of"))
            second = subprocess.run(command("run"), cwd=tmp_path, capture_output=True, text=True, timeout=30, check=False)
            assert second.returncode == 75
            assert f"process {daemon.process.pid} is running" in second.stderr
            assert "Traceback" not in second.stderr
            assert len(run(tmp_path, "candidates", "--json")) == 24, "commands work beside it"
            assert daemon.terminate() == 0
        assert len(mailbox.kept) == 1
        polled = next(line for line in daemon.lines if line.get("job") == "poll")
        assert (polled["level"], polled["feeds"], polled["new_entries"], polled["changed"]) == ("info", 6, 24, 6)
        assert daemon.says("SIGTERM: finishing what is under way")
        assert daemon.lines[-1]["event"] == "stopped"


def test_its_supervisor_hears_that_it_is_ready_alive_and_stopping(tmp_path: Path) -> None:
    configure(tmp_path, [], 9)
    where = str(tmp_path / "notify")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as heard:
        heard.bind(where)
        heard.settimeout(30)
        with running(tmp_path, NOTIFY_SOCKET=where, WATCHDOG_USEC="200000") as daemon:
            assert [heard.recv(100), heard.recv(100)] == [b"READY=1", b"WATCHDOG=1"]
            assert daemon.terminate() == 0
        heard.setblocking(False)
        last = b""
        with suppress(BlockingIOError):
            while True:
                last = heard.recv(100)
        assert last == b"STOPPING=1"


def test_told_to_stop_it_waits_for_nobody_and_loses_nothing(tmp_path: Path) -> None:
    feeds_gate, mail_gate = Gate(), Gate()
    mailbox = Mailbox(mail_gate, "MAIL")
    with feed_servers(feeds_gate, 0) as ports, listening(mailbox) as port:
        configure(tmp_path, ports, port)
        waiting_mail(tmp_path)
        with running(tmp_path) as daemon:
            assert feeds_gate.reached.wait(30)
            assert mail_gate.reached.wait(30)
            wait_for(lambda: bool(daemon.children()))
            children = daemon.children()
            began = time.monotonic()
            assert daemon.terminate() == 0
            assert time.monotonic() - began < 10
            assert daemon.says("stopped while send was under way")
            wait_for(lambda: not any(Path(f"/proc/{one}").exists() for one in children), 5)
        feeds_gate.open()
        mail_gate.open()
        polled = run(tmp_path, "poll", "--json")
        assert isinstance(polled["feeds"], int)
        assert polled["feeds"] >= 1, "the slow feed is due as before"
        assert len(run(tmp_path, "candidates", "--json")) == 24
        sent = run(tmp_path, "digest", "--send", "--json")
        assert (sent["state"], len(mailbox.kept)) == ("sent", 1)


def test_killed_it_starts_again_at_once(tmp_path: Path) -> None:
    gate = Gate()
    with feed_servers(gate, 0) as ports:
        configure(tmp_path, ports, 9)
        with running(tmp_path) as daemon:
            assert gate.reached.wait(30)
            daemon.process.kill()
            assert daemon.process.wait(5) == -signal.SIGKILL
        gate.open()
        with running(tmp_path) as daemon:
            wait_for(lambda: daemon.says("0 failed"))
            assert daemon.terminate() == 0
        assert len(run(tmp_path, "candidates", "--json")) == 24


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 2 MB, which its owner can fill or make read-only."""
    place = tmp_path / "disk"
    place.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m", "none", place], capture_output=True, check=False)
    if mounted.returncode:
        pytest.skip("mounting a small disk takes root")
    yield place
    subprocess.run(["umount", "-l", place], check=True)


def fill(path: Path) -> None:
    with path.open("wb", buffering=0) as ballast, suppress(OSError):
        while True:
            ballast.write(b"x" * 4096)


def test_out_of_room_it_says_so_and_loses_nothing(small_disk: Path) -> None:
    with feed_servers(open_gate(), 0) as ports:
        configure(small_disk, ports, 9)
        settings = load_settings(small_disk / "config.yaml")
        with Installation(settings) as installation:
            cycle.run_once(installation, settings, installation.poller(), everything=True)
            before = installation.ledger.candidates(1)
        fill(small_disk / "ballast")
        refused = subprocess.run(
            command("poll", "--all"), cwd=small_disk, capture_output=True, text=True, timeout=60, check=False
        )
        assert refused.returncode == 1
        assert "disk is full" in refused.stderr
        assert "Traceback" not in refused.stderr
        (small_disk / "ballast").unlink()
        with Installation(settings) as installation:
            assert installation.ledger.candidates(1) == before
        assert run(small_disk, "poll", "--all", "--json")["unchanged"] == 6


def test_on_a_read_only_disk_it_says_so(small_disk: Path) -> None:
    configure(small_disk, [], 9)
    run(small_disk, "poll", "--json")
    subprocess.run(["mount", "-o", "remount,ro", small_disk], check=True)
    for words in ("run", "poll", "status"):
        refused = subprocess.run(command(words), cwd=small_disk, capture_output=True, text=True, timeout=60, check=False)
        assert refused.returncode == 1
        assert "read-only" in refused.stderr.lower()
        assert "Traceback" not in refused.stderr


def test_the_lock_is_free_after_a_run_here(world: World) -> None:
    assert run_until(Daemon(world.installation, tick_seconds=TICK), lambda: "tick" in beats(world)) == 0
    with hold_run_lock(world.settings.database_url):
        pass
