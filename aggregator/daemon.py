"""The daemon: APScheduler ticks, what is due is asked of the database, one instance per database, an orderly end.

A tick that was missed (sleep, a long training) costs nothing: every job looks at what is due, not at which ticks it saw.
"""

from __future__ import annotations

import logging
import os
import signal
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler

from aggregator.digest.schedule import next_slot
from aggregator.errors import AggregatorError, OpmlError
from aggregator.jobs import archive, classify, cycle, digest, learn, offer, poll, send
from aggregator.records.digests import Mail, MailState
from aggregator.records.reports import PollReport
from aggregator.records.roundups import Heartbeat, Roundup
from aggregator.settings import RoundupSettings
from aggregator.wiring import Installation

log = logging.getLogger("aggregator")

TICK_SECONDS = 60
STALLED_SECONDS = 300.0
"""No tick for this long means that the scheduler is dead in a living process: exit, and let the supervisor start anew."""
DRAIN_SECONDS = 8.0
EXIT_STALLED = 70


@dataclass(frozen=True, slots=True)
class Done:
    """What a job did, in words for `status`; it returns None when there was nothing to do. ok: False wants the author."""

    words: str
    ok: bool = True


class Daemon:
    """Runs the jobs until told to stop. Holds the run lock of its database for life."""

    def __init__(self, installation: Installation, *, tick_seconds: float = TICK_SECONDS) -> None:
        self.installation = installation
        self.tick_seconds = tick_seconds
        self.files = classify.Files.empty()
        self._stop = threading.Event()
        self._poll_stop = poll.Stop()
        self._working: set[str] = set()
        self._last_tick = installation.clock.monotonic()
        self._said: dict[str, str] = {}
        self._seen: dict[int, str] = {}

    def run(self) -> int:
        """Blocks until `stop` or a signal. Returns the exit status: 0, or 70 if the ticks stalled. Raises BusyError."""
        with self.installation.run_lock():
            self._pairs()  # opens the database before anything is promised
            scheduler = self._scheduler()
            for number in (signal.SIGTERM, signal.SIGINT):
                signal.signal(number, self._on_signal)
            self._announce()
            scheduler.start()
            status = self._wait()
            self._drain(scheduler)
            return status

    def stop(self) -> None:
        """Asks for an orderly end; returns at once."""
        self._stop.set()
        self._poll_stop.request()

    def _on_signal(self, number: int, _frame: FrameType | None) -> None:
        log.info("%s: finishing what is under way", signal.Signals(number).name)
        self.stop()

    def _scheduler(self) -> BackgroundScheduler:
        # In memory: what is due stands in the database, so a lost job store loses nothing (R7, R14).
        scheduler = BackgroundScheduler(
            executors={"default": ThreadPoolExecutor(4)},
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
            timezone="UTC",
        )
        now = self.installation.clock.now()
        for name, job in (
            ("tick", self._tick),
            ("learn", self._learn),
            ("poll", self._poll),
            ("digest", self._digest),
            ("send", self._send),
        ):
            scheduler.add_job(self._guarded, "interval", seconds=self.tick_seconds, args=(name, job), id=name, next_run_time=now)
        return scheduler

    def _wait(self) -> int:
        while not self._stop.wait(min(5.0, self.tick_seconds)):
            silent = self.installation.clock.monotonic() - self._last_tick
            if silent > max(STALLED_SECONDS, 3 * self.tick_seconds):
                log.error("no tick for %d seconds; ending so that the supervisor starts me anew", silent)
                self._poll_stop.request()
                return EXIT_STALLED
        return 0

    def _drain(self, scheduler: BackgroundScheduler) -> None:
        scheduler.shutdown(wait=False)
        deadline = self.installation.clock.monotonic() + DRAIN_SECONDS
        while self._working - {"tick"} and self.installation.clock.monotonic() < deadline:
            threading.Event().wait(0.05)
        if self._working:
            # Every commit is whole: what is cut off here is taken up at the next start.
            log.warning("stopped while %s was under way; it goes on at the next start", ", ".join(sorted(self._working)))
            logging.shutdown()
            os._exit(0)
        log.info("stopped")

    def _guarded(self, name: str, job: Callable[[], Done | None]) -> None:
        """Runs one job; whatever it raises is logged once, kept for `status`, and tried again at the next tick."""
        if self._stop.is_set():
            return
        self._working.add(name)
        try:
            done = job()
            if done is not None:
                self._beat(name, done.words, ok=done.ok)
            elif name in self._said:
                self._beat(name, "well again", ok=True)
            self._said.pop(name, None)
        except Exception as error:  # noqa: BLE001 - the daemon outlives any one job; the trouble is logged and shown by `status`
            self._failed(name, error)
        finally:
            self._working.discard(name)

    def _failed(self, name: str, error: Exception) -> None:
        words = str(error) or type(error).__name__
        if self._said.get(name) != words:
            log.error("%s: %s", name, words, exc_info=None if isinstance(error, AggregatorError) else error)
            self._said[name] = words
        try:
            self._beat(name, words, ok=False)
        except AggregatorError as further:
            log.debug("the trouble could not be stored: %s", further)

    def _beat(self, name: str, words: str, *, ok: bool) -> None:
        self.installation.heartbeats.beat(Heartbeat(name, self.installation.clock.now(), words, ok))

    def _tick(self) -> Done:
        self._last_tick = self.installation.clock.monotonic()
        return Done("alive")

    def _pairs(self) -> list[tuple[Roundup, RoundupSettings]]:
        return [(self.installation.roundup(plan), plan) for plan in self.installation.settings.roundups]

    def _learn(self) -> Done | None:
        """Reads the configured past editions when they changed, and trains when there is something new to learn."""
        words = []
        settings = self.installation.settings
        for roundup, plan in self._pairs():
            sources = [path for one in plan.archive if "://" not in one and (path := settings.path(one)).exists()]
            if sources and self._changed(roundup, sources):
                read = archive.run_once(self.installation, roundup, plan, sources, home=settings.home)
                if read.written:
                    words.append(f"{plan.name}: read {read.written} past editions, {read.links} links")
            if learn.is_due(self.installation, roundup, plan):
                learnt = learn.run_once(self.installation, roundup, plan)
                words.append(f"{plan.name}: {learnt.reason}")
                offer.run_once(self.installation, roundup)
                classify.run_once(self.installation, roundup, plan, self.files)
        for one in words:
            log.info(one, extra={"job": "learn"})
        return Done("; ".join(words)) if words else None

    def _changed(self, roundup: Roundup, sources: list[Path]) -> bool:
        """A cheap look: newest change and number of files. Reading thousands of editions each minute would be rude."""
        files = [file for source in sources for file in (source.rglob("*") if source.is_dir() else [source])]
        seen = f"{len(files)} files, newest {max((file.stat().st_mtime_ns for file in files), default=0)}"
        changed = self._seen.get(roundup.id) != seen
        self._seen[roundup.id] = seen
        return changed

    def _poll(self) -> Done | None:
        report = cycle.run_once(
            self.installation,
            self.installation.settings,
            self.installation.poller(),
            stop=self._poll_stop,
            files=self.files,
            train=False,  # the learn job's business; two trainings at once would only cost time
            on_bad_list=self._bad_list,
        )
        return self._polled(report)

    def _bad_list(self, error: OpmlError) -> None:
        """A list that is broken for a while (he is editing it) stops nothing: what was followed is polled on."""
        if self._said.get("list") != str(error):
            log.warning("%s; polling the feeds known so far", error)
        self._said["list"] = str(error)

    def _polled(self, report: PollReport) -> Done | None:
        if not report.outcomes:
            return None
        counts = report.counts
        if report.offline:
            words = "there is no network; no feed is blamed for it"
            if self._said.get("network") != "down":
                log.warning("%s", words)
            self._said["network"] = "down"
            return Done(words, ok=False)
        if self._said.pop("network", None):
            log.info("the network is back")
        words = (
            f"polled {len(report.outcomes)} feeds: {counts['changed']} changed, {counts['unchanged']} unchanged, "
            f"{counts['failed']} failed; {report.new_entries} new entries"
        )
        log.info(words, extra={"job": "poll", "feeds": len(report.outcomes), "new_entries": report.new_entries, **counts})
        for one in report.outcomes:
            if one.error:
                log.debug("%s: %s", one.url, one.error, extra={"job": "poll", "outcome": one.outcome})
        return Done(words)

    def _digest(self) -> Done | None:
        words = []
        for roundup, plan in self._pairs():
            report = digest.run_once(self.installation, roundup, plan, self.installation.settings)
            if report is not None and report.digest is not None:
                words.append(
                    f"{plan.name}: the digest of {report.slot:%d %b %H:%M} UTC lists {len(report.digest.listed)} candidates"
                )
        for one in words:
            log.info(one, extra={"job": "digest"})
        if words:
            self._send()
        return Done("; ".join(words)) if words else None

    def _send(self) -> Done | None:
        settled = send.run_once(
            self.installation,
            self.installation.sender,
            files=self.installation.outbox_folder,
            on_unknown=self.installation.settings.mail.on_unknown,
        )
        words = [self._mail_words(mail) for mail in settled]
        for mail, one in zip(settled, words, strict=True):
            log.log(
                logging.INFO if mail.state in (MailState.SENT, MailState.WRITTEN) else logging.WARNING, one, extra={"job": "send"}
            )
        return Done("; ".join(words)) if words else None

    def _mail_words(self, mail: Mail) -> str:
        if mail.state is MailState.SENT:
            return f"mailed the digest of {mail.slot:%d %b} to {', '.join(mail.recipients)}"
        if mail.state is MailState.WRITTEN:
            return f"wrote the digest of {mail.slot:%d %b} to {self.installation.outbox_folder}"
        return f"the digest of {mail.slot:%d %b} is {mail.state}: {mail.error}"

    def _announce(self) -> None:
        settings = self.installation.settings
        for roundup, plan in self._pairs():
            edition = self.installation.ledger.open_edition(roundup.id, plan.next_number, self.installation.clock.now())
            slot = next_slot(plan.digest, self.installation.clock.now()).astimezone(plan.digest.zone)
            log.info("%s is open; its next digest is due %s", plan.edition_title(edition.number), f"{slot:%A %d %b %Y %H:%M %Z}")
        if not settings.mail.host:
            log.info("no mail server is configured (`mail: host:`); digests go to %s", self.installation.outbox_folder)
