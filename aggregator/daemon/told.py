"""What the daemon has told: everything once, in the log and to `status`, until it changes."""

from __future__ import annotations

import logging

from aggregator.errors import AggregatorError
from aggregator.ports import Clock, HeartbeatStore
from aggregator.records.roundups import Heartbeat

log = logging.getLogger("aggregator")


class Told:
    """Heartbeats of the jobs, and which words were said of what. One for all jobs; each says only what is its own."""

    def __init__(self, heartbeats: HeartbeatStore, clock: Clock) -> None:
        self._heartbeats, self._clock = heartbeats, clock
        self._said: dict[str, str] = {}
        self._unwell: set[str] = set()

    def take_up(self) -> None:
        """Knows again which jobs were unwell when the process before this one ended."""
        self._unwell = {beat.job for beat in self._heartbeats.beats() if not beat.ok}

    def of(self, what: str) -> str:
        """The words that stand; empty without any."""
        return self._said.get(what, "")

    def is_new(self, what: str, words: str) -> bool:
        """Whether other words stood until now. words: those that stand from now on; empty when there is nothing to say."""
        before = self.of(what)
        self._said[what] = words
        return before != words

    def beat(self, job: str, words: str, *, ok: bool) -> None:
        """Keeps for `status` what a job did. Raises StorageError."""
        self._heartbeats.beat(Heartbeat(job, self._clock.now(), words, ok))

    def trouble(self, job: str, words: str) -> bool:
        """Keeps for `status` what is wrong. Returns whether it is news. Raises StorageError."""
        self._unwell.add(job)
        news = self.is_new(job, words)
        if news:
            self.beat(job, words, ok=False)
        return news

    def well(self, job: str) -> bool:
        """What was wrong is wrong no more. Returns whether anything was. Raises StorageError."""
        self.is_new(job, "")
        was_unwell = job in self._unwell
        if was_unwell:
            self.beat(job, "well again", ok=True)
            self._unwell.discard(job)
        return was_unwell

    def failed(self, job: str, error: Exception) -> None:
        """A job raised: into the log if it is news, and for `status` each time, so that it shows when it was tried last."""
        words = str(error) or type(error).__name__
        self._unwell.add(job)
        if self.is_new(job, words):
            log.error("%s: %s", job, words, exc_info=None if isinstance(error, AggregatorError) else error)
        try:
            self.beat(job, words, ok=False)
        except AggregatorError as further:
            log.debug("the trouble could not be stored: %s", further)

    def did(self, job: str, words: str, *, ok: bool) -> None:
        """A job did something. ok: False wants the author. Raises StorageError."""
        self.beat(job, words, ok=ok)
        self.is_new(job, "")
        self._unwell.discard(job)
