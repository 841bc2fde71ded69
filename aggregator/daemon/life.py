"""The daemon's life: APScheduler ticks, one instance per database, signs of life for its supervisor, an orderly end.

A tick that was missed (sleep, a long training) costs nothing: what is due is asked of the database.
"""

from __future__ import annotations

import logging
import os
import queue
import signal
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext, suppress
from types import FrameType

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler

from aggregator.clock import SystemClock
from aggregator.daemon.supervisor import Supervisor
from aggregator.daemon.told import Told
from aggregator.daemon.work import NOT_YET, Done, Work
from aggregator.desk.pause import next_digest
from aggregator.errors import OpmlError
from aggregator.intake.files import read_list
from aggregator.wiring import Installation

log = logging.getLogger("aggregator")

TICK_SECONDS = 60
STALLED_SECONDS = 300.0
"""No tick for this long means that the scheduler is dead in a living process: exit, and let the supervisor start anew."""
DRAIN_SECONDS = 4.0
"""How long a stop waits for what is under way; what takes longer, a mail server that says nothing say, is cut off. With what the
web server and a busy machine add to it, the process is gone within the 10 seconds of R33; at 8 it was not."""
EXIT_STALLED = 70
_LOOK_SECONDS = 5.0


class Daemon:
    """Runs the jobs until told to stop. Holds the run lock of its database for life.

    supervisor: who is told that it is ready, alive and stopping; nobody without one.
    """

    def __init__(
        self, installation: Installation, *, tick_seconds: float = TICK_SECONDS, supervisor: Supervisor | None = None
    ) -> None:
        self.installation = installation
        self.tick_seconds = tick_seconds
        self.told = Told(installation.heartbeats, installation.clock)
        self.work = Work(installation, self.told)
        self._supervisor = supervisor or Supervisor()
        self._stopping = False
        # Not an Event: a signal that arrives while one is being set or waited for would wait for itself.
        self._woken: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._working: set[str] = set()
        self._last_tick = installation.clock.monotonic()

    def run(self, beside: Callable[[], AbstractContextManager[None]] = nullcontext) -> int:
        """Blocks until `stop` or a signal. beside: what runs as long as the daemon does, such as the web server. Returns the exit
        status: 0, or 70 if the ticks stalled. Raises BusyError."""
        with self.installation.run_lock(), beside():
            self.told.take_up()
            self._announce()
            before = {number: signal.signal(number, self._on_signal) for number in (signal.SIGTERM, signal.SIGINT)}
            try:
                scheduler = self._scheduler()
                scheduler.start()
                self._supervisor.ready()
                status = self._wait()
                self._supervisor.stopping()
                self._drain(scheduler, status)
            finally:
                for number, handler in before.items():
                    signal.signal(number, handler)
            return status

    def stop(self, why: str = "asked to stop") -> None:
        """Asks for an orderly end; returns at once. From any thread, or from a signal handler."""
        self._stopping = True
        self.work.stop()
        self._woken.put(why)

    def _on_signal(self, number: int, _frame: FrameType | None) -> None:
        self.stop(signal.Signals(number).name)

    def _scheduler(self) -> BackgroundScheduler:
        # In memory: what is due stands in the database, so a lost job store loses nothing (R7, R14). A thread for each job:
        # the tick must not wait until a training, a slow feed and a silent mail server have made room.
        jobs = {"tick": self._tick, **self.work.jobs()}
        scheduler = BackgroundScheduler(
            executors={"default": ThreadPoolExecutor(len(jobs))},
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
            timezone="UTC",
        )
        now = SystemClock().now()  # the scheduler's own clock is the machine's, whatever the installation goes by
        for name, job in jobs.items():
            scheduler.add_job(self._guarded, "interval", seconds=self.tick_seconds, args=(name, job), id=name, next_run_time=now)
        return scheduler

    def _wait(self) -> int:
        while (why := self._order()) is None:
            silent = self.installation.clock.monotonic() - self._last_tick
            if silent > max(STALLED_SECONDS, 3 * self.tick_seconds):
                log.error("no tick for %d seconds; ending so that the supervisor starts me anew", silent)
                self.stop()
                return EXIT_STALLED
            self._supervisor.alive()
        log.info("%s: finishing what is under way", why)
        return 0

    def _order(self) -> str | None:
        # A supervisor that watches hears of us twice in the time it allows, as its manual asks.
        patience = (self._supervisor.watchdog or 2 * _LOOK_SECONDS) / 2
        with suppress(queue.Empty):
            return self._woken.get(timeout=min(_LOOK_SECONDS, self.tick_seconds, patience))
        return None

    def _drain(self, scheduler: BackgroundScheduler, status: int) -> None:
        scheduler.shutdown(wait=False)
        deadline = time.monotonic() + DRAIN_SECONDS
        while self._working and time.monotonic() < deadline:
            time.sleep(0.05)
        if self._working:
            # Every commit is whole: what is cut off here is taken up at the next start.
            log.warning("stopped while %s was under way; it goes on at the next start", ", ".join(sorted(self._working)))
            logging.shutdown()
            os._exit(status)
        log.info("stopped")

    def _guarded(self, name: str, job: Callable[[], Done | None]) -> None:
        """Runs one job; whatever it raises is logged once, kept for `status`, and tried again at the next tick."""
        self._working.add(name)
        try:
            if self._stopping:
                return
            done = job()
            if done is None:
                self.told.well(name)
            elif done is not NOT_YET:
                self.told.did(name, done.words, ok=done.ok)
        except Exception as error:  # noqa: BLE001 - the daemon outlives any one job; the trouble is logged and shown by `status`
            self.told.failed(name, error)
        finally:
            self._working.discard(name)

    def _tick(self) -> Done:
        self._last_tick = self.installation.clock.monotonic()
        self.installation.refresh()
        self._config_read()
        for roundup, plan in self.work.pairs():
            self.installation.ledger.assign_section_keys(roundup.id, plan.section_names, plan.aliases)
        return Done("alive")

    def _config_read(self) -> None:
        """Tells of a config.yaml that is broken for a while; what it said before holds on. The log has it already."""
        config = self.installation.config
        if config is not None and config.trouble is not None:
            self.told.trouble("configuration", " ".join(str(config.trouble).split()))
        else:
            self.told.well("configuration")

    def _announce(self) -> None:
        settings = self.installation.settings
        if kind := self.installation.database.network_filesystem:
            log.warning("the database lies on a network file system (%s), where locks cannot be trusted; move it to a disk", kind)
        for roundup, plan in self.work.pairs():
            edition = self.installation.ledger.open_edition(roundup.id, plan.next_number, self.installation.clock.now())
            slot = next_digest(roundup, plan, self.installation.clock.now()).astimezone(plan.digest.zone)
            log.info("%s is open; its next digest is due %s", plan.edition_title(edition.number), f"{slot:%A %d %b %Y %H:%M %Z}")
            with suppress(OpmlError):  # the first poll tells of a list that cannot be read
                log.info("following the %d feeds of %s", len(read_list(settings.feeds_of(plan)).feeds), settings.feeds_of(plan))
        if not settings.mail.host:
            log.info("no mail server is configured (`mail: host:`); digests go to %s", self.installation.outbox_folder)
