"""The daemon: APScheduler ticks, what is due is asked of the database, one instance per database, an orderly end.

A tick that was missed (sleep, a long training) costs nothing: every job looks at what is due, not at which ticks it saw.
"""

from __future__ import annotations

import logging
import os
import queue
import signal
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext, suppress
from dataclasses import dataclass
from datetime import timedelta
from types import FrameType

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler

from aggregator.clock import SystemClock
from aggregator.desk.pause import next_digest, paused_until
from aggregator.desk.replies import act
from aggregator.desk.watching import take_in_changed, words_of
from aggregator.errors import AggregatorError, OpmlError
from aggregator.intake.files import read_list
from aggregator.jobs import classify, cycle, digest, elsewhere, learn, links, poll, publish, relate, replies, send
from aggregator.records.digests import Mail, MailState
from aggregator.records.reports import PollReport
from aggregator.records.roundups import Heartbeat, Roundup
from aggregator.settings import RoundupSettings
from aggregator.wiring import Installation

log = logging.getLogger("aggregator")

TICK_SECONDS = 60
STALLED_SECONDS = 300.0
"""No tick for this long means that the scheduler is dead in a living process: exit, and let the supervisor start anew."""
DRAIN_SECONDS = 5.0
"""How long a stop waits for what is under way; what takes longer is cut off. With what a busy machine adds to it, the process
is gone within the 10 seconds of R33; it stood at 8 and a loaded machine went past them."""
EXIT_STALLED = 70
LEARN_REST = timedelta(minutes=15)
"""From one training to the next: an author who files a candidate a minute does not want one a minute."""


@dataclass(frozen=True, slots=True)
class Done:
    """What a job did, in words for `status`; it returns None when there was nothing to do. ok: False wants the author."""

    words: str
    ok: bool = True


def read_replies(installation: Installation) -> replies.Read:
    """Reads the author's answers, does what they ask for with the desk's verbs, and puts what came of it into the outbox. Raises
    MailboxError."""
    mailbox = installation.mailbox
    if mailbox is None:
        return replies.Read()
    pairs = [(installation.roundup(plan), plan) for plan in installation.settings.roundups]
    return replies.run_once(
        installation,
        installation.settings,
        pairs,
        mailbox,
        lambda roundup, plan, said: act(installation, roundup, plan, installation.pages, said),
    )


class Daemon:
    """Runs the jobs until told to stop. Holds the run lock of its database for life."""

    def __init__(self, installation: Installation, *, tick_seconds: float = TICK_SECONDS) -> None:
        self.installation = installation
        self.tick_seconds = tick_seconds
        self.files = classify.Files.empty()
        self.memories = relate.Memories()
        self._stopping = False
        self._poll_stop = poll.Stop()
        # Not an Event: a signal that arrives while one is being set or waited for would wait for itself.
        self._woken: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._working: set[str] = set()
        self._last_tick = installation.clock.monotonic()
        self._said: dict[str, str] = {}
        self._unwell: set[str] = set()
        self._looked = float("-inf")

    def run(self, beside: Callable[[], AbstractContextManager[None]] = nullcontext) -> int:
        """Blocks until `stop` or a signal. beside: what runs as long as the daemon does, such as the web server. Returns the exit
        status: 0, or 70 if the ticks stalled. Raises BusyError."""
        with self.installation.run_lock(), beside():
            self._unwell = {beat.job for beat in self.installation.heartbeats.beats() if not beat.ok}
            self._announce()
            before = {number: signal.signal(number, self._on_signal) for number in (signal.SIGTERM, signal.SIGINT)}
            try:
                scheduler = self._scheduler()
                scheduler.start()
                status = self._wait()
                self._drain(scheduler, status)
            finally:
                for number, handler in before.items():
                    signal.signal(number, handler)
            return status

    def stop(self, why: str = "asked to stop") -> None:
        """Asks for an orderly end; returns at once. From any thread, or from a signal handler."""
        self._stopping = True
        self._poll_stop.request()
        self._woken.put(why)

    def _on_signal(self, number: int, _frame: FrameType | None) -> None:
        self.stop(signal.Signals(number).name)

    def _scheduler(self) -> BackgroundScheduler:
        # In memory: what is due stands in the database, so a lost job store loses nothing (R7, R14). A thread for each job:
        # the tick must not wait until a training, a slow feed and a silent mail server have made room.
        jobs: dict[str, Callable[[], Done | None]] = {
            "tick": self._tick,
            "learn": self._learn,
            "poll": self._poll,
            "lists": self._lists,
            "digest": self._digest,
            "send": self._send,
            "links": self._links,
            "draft": self._draft,
            replies.JOB: self._replies,
        }
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
        log.info("%s: finishing what is under way", why)
        return 0

    def _order(self) -> str | None:
        with suppress(queue.Empty):
            return self._woken.get(timeout=min(5.0, self.tick_seconds))
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
            if done is not None:
                self._beat(name, done.words, ok=done.ok)
            elif name in self._unwell:
                self._beat(name, "well again", ok=True)
            self._said.pop(name, None)
            self._unwell.discard(name)
        except Exception as error:  # noqa: BLE001 - the daemon outlives any one job; the trouble is logged and shown by `status`
            self._failed(name, error)
        finally:
            self._working.discard(name)

    def _failed(self, name: str, error: Exception) -> None:
        words = str(error) or type(error).__name__
        if self._said.get(name) != words:
            log.error("%s: %s", name, words, exc_info=None if isinstance(error, AggregatorError) else error)
            self._said[name] = words
        self._unwell.add(name)
        try:
            self._beat(name, words, ok=False)
        except AggregatorError as further:
            log.debug("the trouble could not be stored: %s", further)

    def _beat(self, name: str, words: str, *, ok: bool) -> None:
        self.installation.heartbeats.beat(Heartbeat(name, self.installation.clock.now(), words, ok))

    def _tick(self) -> Done:
        self._last_tick = self.installation.clock.monotonic()
        self.installation.refresh()
        self._config_read()
        for roundup, plan in self._pairs():
            self.installation.ledger.assign_section_keys(roundup.id, plan.section_names, plan.aliases)
        return Done("alive")

    def _config_read(self) -> None:
        """Tells of a config.yaml that is broken for a while; what it said before holds on. The log has it already."""
        config = self.installation.config
        if config is not None and config.trouble is not None:
            words = " ".join(str(config.trouble).split())
            if self._said.get("configuration") != words:
                self._beat("configuration", words, ok=False)
                self._said["configuration"] = words
                self._unwell.add("configuration")
        elif "configuration" in self._unwell:
            self._beat("configuration", "well again", ok=True)
            self._said.pop("configuration", None)
            self._unwell.discard("configuration")

    def _pairs(self) -> list[tuple[Roundup, RoundupSettings]]:
        return [(self.installation.roundup(plan), plan) for plan in self.installation.settings.roundups]

    def _learn(self) -> Done | None:
        """Reads past editions where they changed, closes what was published, and trains when there is something new to learn.
        The next poll files anew what is open."""
        words = []
        for roundup, plan in self._pairs():
            words += self._published(roundup, plan)
            if learn.is_due(self.installation, roundup, plan, rest=LEARN_REST):
                learnt = learn.run_once(self.installation, roundup, plan)
                if learnt.trained:
                    words.append(f"{plan.name}: {learnt.reason}")
        for one in words:
            log.info(one, extra={"job": "learn"})
        return Done("; ".join(words)) if words else None

    def _published(self, roundup: Roundup, plan: RoundupSettings) -> list[str]:
        """Reads the sources of past editions that are due; what was published closes its edition."""
        report = publish.run_once(self.installation, self.installation.settings, roundup, plan, due_only=True, files=self.files)
        trouble = " ".join(report.troubles)
        if trouble and self._said.get(f"sources of {plan.name}") != trouble:
            log.warning("%s: %s", plan.name, trouble)
        self._said[f"sources of {plan.name}"] = trouble
        words = [f"closed {plan.edition_title(one.closed.number)} from its post" for one in report.closed]
        words += report.words
        if report.archive is not None and report.archive.written:
            fresh = report.archive.written
            words.insert(0, f"{fresh:,} past edition{'s' if fresh > 1 else ''} new or changed")
        if report.closed:
            self._send()
        return [f"{plan.name}: {one}" for one in words]

    def _lists(self) -> None:
        """Compares the author's list of feeds with the one that he keeps elsewhere, once a day; changes neither."""
        told = elsewhere.run_once(self.installation, self.installation.settings, self.installation.pages)
        if told is not None and told.words:
            log.log(logging.INFO if told.ok else logging.WARNING, "%s", told.words, extra={"job": elsewhere.JOB})

    def _poll(self) -> Done | None:
        bad: list[OpmlError] = []
        report = cycle.run_once(
            self.installation,
            self.installation.settings,
            self.installation.poller(),
            stop=self._poll_stop,
            files=self.files,
            memories=self.memories,
            train=False,  # the learn job's business; two trainings at once would only cost time
            on_bad_list=bad.append,
        )
        self._lists_read(bad)
        return self._polled(report)

    def _lists_read(self, bad: Sequence[OpmlError]) -> None:
        """A list that is broken for a while (he is editing it) stops nothing: what was followed is polled on."""
        if bad:
            words = " ".join(str(bad[0]).split())
            if self._said.get("feed list") != words:
                log.warning("%s Polling the feeds known so far.", words)
                self._beat("feed list", words, ok=False)
                self._said["feed list"] = words
                self._unwell.add("feed list")
        elif "feed list" in self._unwell:
            log.info("the feed list can be read again")
            self._beat("feed list", "well again", ok=True)
            self._said.pop("feed list", None)
            self._unwell.discard("feed list")

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
        return Done(words)

    def _digest(self) -> Done | None:
        words = []
        for roundup, plan in self._pairs():
            self._tell_pause(roundup, plan)
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

    def _tell_pause(self, roundup: Roundup, plan: RoundupSettings) -> None:
        """Says once that a pause began or ended."""
        until = paused_until(roundup, plan, self.installation.clock.now())
        said = f"no digest of {plan.name} until {until}: it is paused; feeds are polled on" if until else ""
        if said != self._said.get(f"pause {roundup.id}", ""):
            log.info("%s", said or f"the pause of {plan.name} is over")
            self._said[f"pause {roundup.id}"] = said

    def _links(self) -> Done | None:
        """Looks at kept links that are due, a few at a time, and saves kept pages."""
        if self._said.get("network") == "down":
            return None
        here = self.installation
        found = [(plan, links.run_once(here, here.pages, roundup, plan, here.settings.links)) for roundup, plan in self._pairs()]
        words = [f"{plan.name}: {report.words}" for plan, report in found if report.words]
        for one in words:
            log.info(one, extra={"job": "links"})
        return Done("; ".join(words)) if words else None

    def _draft(self) -> Done | None:
        """Takes over what the author changed in an exported draft."""
        reports = [(plan, one) for roundup, plan in self._pairs() for one in take_in_changed(self.installation, roundup, plan)]
        words = [f"{plan.name}: {words_of(report)}" for plan, report in reports]
        for one in words:
            log.info(one, extra={"job": "draft"})
        return Done("; ".join(words)) if words else None

    def _replies(self) -> Done | None:
        """Looks into the mailbox for answers, as often as the settings say."""
        mail, now = self.installation.settings.mail, self.installation.clock.monotonic()
        if mail.replies is None or now - self._looked < mail.replies.every.total_seconds():
            return None
        self._looked = now
        read = read_replies(self.installation)
        for one in read.words:
            log.info(one, extra={"job": replies.JOB})
        if read.doubtful:
            log.warning("%d mails came in your name and do not prove that they are yours; nothing was done", read.doubtful)
        if read.words or read.doubtful:
            self._send()
        return Done("; ".join(read.words)) if read.words else None

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
            return f"mailed the {mail.kind} of {mail.slot:%d %b} to {', '.join(mail.recipients)}"
        if mail.state is MailState.WRITTEN:
            return f"wrote the {mail.kind} of {mail.slot:%d %b} to {self.installation.outbox_folder}"
        return f"the {mail.kind} of {mail.slot:%d %b} is {mail.state}: {mail.error}"

    def _announce(self) -> None:
        settings = self.installation.settings
        if kind := self.installation.database.network_filesystem:
            log.warning("the database lies on a network file system (%s), where locks cannot be trusted; move it to a disk", kind)
        for roundup, plan in self._pairs():
            edition = self.installation.ledger.open_edition(roundup.id, plan.next_number, self.installation.clock.now())
            slot = next_digest(roundup, plan, self.installation.clock.now()).astimezone(plan.digest.zone)
            log.info("%s is open; its next digest is due %s", plan.edition_title(edition.number), f"{slot:%A %d %b %Y %H:%M %Z}")
            with suppress(OpmlError):  # the first poll tells of a list that cannot be read
                log.info("following the %d feeds of %s", len(read_list(settings.feeds_of(plan)).feeds), settings.feeds_of(plan))
        if not settings.mail.host:
            log.info("no mail server is configured (`mail: host:`); digests go to %s", self.installation.outbox_folder)
