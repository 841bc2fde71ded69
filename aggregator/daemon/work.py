"""What the daemon does at each tick, job by job. Every job looks at what is due, not at which ticks it saw."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from aggregator.daemon.told import Told
from aggregator.desk.pause import paused_until
from aggregator.desk.replies import act
from aggregator.desk.watching import take_in_changed, words_of
from aggregator.errors import AggregatorError, OpmlError, StorageError
from aggregator.jobs import backup, classify, cycle, digest, elsewhere, learn, links, poll, publish, relate, replies, send
from aggregator.records.digests import Mail, MailState
from aggregator.records.reports import PollReport
from aggregator.records.roundups import Roundup
from aggregator.settings import RoundupSettings
from aggregator.wiring import Installation

log = logging.getLogger("aggregator")

LEARN_REST = timedelta(minutes=15)
"""From one training to the next: an author who files a candidate a minute does not want one a minute."""
BACKUP_REST = timedelta(hours=1)
"""From a backup that failed to the next: on a disk that is full, each one fills it to the brim."""


@dataclass(frozen=True, slots=True)
class Done:
    """What a job did, in words for `status`; it returns None when all is well and there was nothing to do. ok: False wants the
    author."""

    words: str
    ok: bool = True


NOT_YET = Done("")
"""Returned by a job whose turn it is not: nothing was tried, and how it went last holds on."""


def read_replies(installation: Installation, is_over: Callable[[], bool] = lambda: False) -> replies.Read:
    """Reads the author's answers, does what they ask for with the desk's verbs, and puts what came of it into the outbox.
    is_over: as of `jobs.replies.run_once`. Raises MailboxError."""
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
        is_over,
    )


class Work:
    """The jobs of one installation; what they remember between two ticks is lost with the process, and missed by nobody.

    told: where they say what must be said once only.
    """

    def __init__(self, installation: Installation, told: Told) -> None:
        self._installation, self._told = installation, told
        self._files = classify.Files.empty()
        self._memories = relate.Memories()
        self._poll_stop = poll.Stop()
        self._looked = float("-inf")
        self._no_backup_before = float("-inf")

    def jobs(self) -> dict[str, Callable[[], Done | None]]:
        """Every job but the tick, by the name under which `status` shows it."""
        return {
            "learn": self.learn,
            "poll": self.poll,
            "lists": self.lists,
            "digest": self.digest,
            "send": self.send,
            "links": self.links,
            "draft": self.draft,
            "backup": self.backup,
            replies.JOB: self.replies,
        }

    def stop(self) -> None:
        """No feed is asked and no further answer read; returns at once."""
        self._poll_stop.request()

    def pairs(self) -> list[tuple[Roundup, RoundupSettings]]:
        """Every roundup there is."""
        return [(self._installation.roundup(plan), plan) for plan in self._installation.settings.roundups]

    def learn(self) -> Done | None:
        """Reads past editions where they changed, closes what was published, and trains when there is something new to learn.
        The next poll files anew what is open."""
        words = []
        for roundup, plan in self.pairs():
            words += self._published(roundup, plan)
            if learn.is_due(self._installation, roundup, plan, rest=LEARN_REST):
                learnt = learn.run_once(self._installation, roundup, plan)
                if learnt.trained:
                    words.append(f"{plan.name}: {learnt.reason}")
        for one in words:
            log.info(one, extra={"job": "learn"})
        return Done("; ".join(words)) if words else None

    def _published(self, roundup: Roundup, plan: RoundupSettings) -> list[str]:
        """Reads the sources of past editions that are due; what was published closes its edition."""
        report = publish.run_once(
            self._installation, self._installation.settings, roundup, plan, due_only=True, files=self._files
        )
        trouble = " ".join(report.troubles)
        if self._told.is_new(f"sources of {plan.name}", trouble) and trouble:
            log.warning("%s: %s", plan.name, trouble)
        words = [f"closed {plan.edition_title(one.closed.number)} from its post" for one in report.closed]
        words += report.words
        if report.archive is not None and report.archive.written:
            fresh = report.archive.written
            words.insert(0, f"{fresh:,} past edition{'s' if fresh > 1 else ''} new or changed")
        if report.closed:
            self.send()
        return [f"{plan.name}: {one}" for one in words]

    def lists(self) -> None:
        """Compares the author's list of feeds with the one that he keeps elsewhere, once a day; changes neither."""
        told = elsewhere.run_once(self._installation, self._installation.settings, self._installation.pages)
        if told is not None and told.words:
            log.log(logging.INFO if told.ok else logging.WARNING, "%s", told.words, extra={"job": elsewhere.JOB})

    def poll(self) -> Done | None:
        """Asks the feeds that are due, and files what is new."""
        bad: list[OpmlError] = []
        report = cycle.run_once(
            self._installation,
            self._installation.settings,
            self._installation.poller(),
            stop=self._poll_stop,
            files=self._files,
            memories=self._memories,
            train=False,  # the learn job's business; two trainings at once would only cost time
            on_bad_list=bad.append,
        )
        self._lists_read(bad)
        return self._polled(report)

    def _lists_read(self, bad: Sequence[OpmlError]) -> None:
        """A list that is broken for a while (he is editing it) stops nothing: what was followed is polled on."""
        if bad:
            words = " ".join(str(bad[0]).split())
            if self._told.trouble("feed list", words):
                log.warning("%s Polling the feeds known so far.", words)
        elif self._told.well("feed list"):
            log.info("the feed list can be read again")

    def _polled(self, report: PollReport) -> Done | None:
        if not report.outcomes:
            return None
        counts = report.counts
        if report.offline:
            words = "there is no network; no feed is blamed for it"
            if self._told.is_new("network", "down"):
                log.warning("%s", words)
            return Done(words, ok=False)
        if self._told.is_new("network", ""):
            log.info("the network is back")
        words = (
            f"polled {len(report.outcomes)} feeds: {counts['changed']} changed, {counts['unchanged']} unchanged, "
            f"{counts['failed']} failed; {report.new_entries} new entries"
        )
        log.info(words, extra={"job": "poll", "feeds": len(report.outcomes), "new_entries": report.new_entries, **counts})
        return Done(words)

    def digest(self) -> Done | None:
        """Makes the digests that are due, and sends them."""
        words = []
        for roundup, plan in self.pairs():
            self._tell_pause(roundup, plan)
            report = digest.run_once(self._installation, roundup, plan, self._installation.settings)
            if report is not None and report.digest is not None:
                words.append(
                    f"{plan.name}: the digest of {report.slot:%d %b %H:%M} UTC lists {len(report.digest.listed)} candidates"
                )
        for one in words:
            log.info(one, extra={"job": "digest"})
        if words:
            self.send()
        return Done("; ".join(words)) if words else None

    def _tell_pause(self, roundup: Roundup, plan: RoundupSettings) -> None:
        """Says once that a pause began or ended."""
        until = paused_until(roundup, plan, self._installation.clock.now())
        said = f"no digest of {plan.name} until {until}: it is paused; feeds are polled on" if until else ""
        if self._told.is_new(f"pause {roundup.id}", said):
            log.info("%s", said or f"the pause of {plan.name} is over")

    def links(self) -> Done | None:
        """Looks at kept links that are due, a few at a time, and saves kept pages."""
        if self._told.of("network"):
            return NOT_YET
        here = self._installation
        found = [(plan, links.run_once(here, here.pages, roundup, plan, here.settings.links)) for roundup, plan in self.pairs()]
        words = [f"{plan.name}: {report.words}" for plan, report in found if report.words]
        for one in words:
            log.info(one, extra={"job": "links"})
        return Done("; ".join(words)) if words else None

    def draft(self) -> Done | None:
        """Takes over what the author changed in exported drafts. What is refused stops none of the others."""
        refused: list[AggregatorError] = []
        words = [
            f"{plan.name}: {words_of(report)}"
            for roundup, plan in self.pairs()
            for report in take_in_changed(self._installation, roundup, plan, refused.append)
        ]
        for one in words:
            log.info(one, extra={"job": "draft"})
        if refused:
            raise refused[0]
        return Done("; ".join(words)) if words else None

    def replies(self) -> Done | None:
        """Looks into the mailbox for answers, as often as the settings say."""
        mail, now = self._installation.settings.mail, self._installation.clock.monotonic()
        if mail.replies is None:
            return None
        if now - self._looked < mail.replies.every.total_seconds():
            return NOT_YET
        self._looked = now
        read = read_replies(self._installation, lambda: self._poll_stop.requested)
        for one in read.words:
            log.info(one, extra={"job": replies.JOB})
        if read.doubtful:
            log.warning("%d mails came in your name and do not prove that they are yours; nothing was done", read.doubtful)
        if read.words or read.doubtful:
            self.send()
        return Done("; ".join(read.words)) if read.words else None

    def backup(self) -> Done | None:
        """Makes the day's copy of the database; a server's own tools back up a server."""
        here = self._installation
        now, wanted = here.clock.monotonic(), here.settings.backups
        if here.database.path is None:
            return None
        if now < self._no_backup_before:
            return NOT_YET
        try:
            words = backup.run_once(
                here.backup, here.settings.path(wanted.folder), keep=wanted.keep, today=here.clock.now().date()
            )
        except StorageError:
            self._no_backup_before = now + BACKUP_REST.total_seconds()
            raise
        return Done(words) if words else None

    def send(self) -> Done | None:
        """Delivers what is due in the outbox."""
        settled = send.run_once(
            self._installation,
            self._installation.sender,
            files=self._installation.outbox_folder,
            on_unknown=self._installation.settings.mail.on_unknown,
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
            return f"wrote the {mail.kind} of {mail.slot:%d %b} to {self._installation.outbox_folder}"
        return f"the {mail.kind} of {mail.slot:%d %b} is {mail.state}: {mail.error}"
