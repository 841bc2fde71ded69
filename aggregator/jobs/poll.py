"""Polls the feeds that are due: many at once, each to its own outcome, saved a hundred at a time.

What one feed needs is `intake.poll`; here is only who comes next, and what is saved when.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import Protocol

from aggregator.intake.pacing import UNREACHED, fair_order, local_network_down, offline
from aggregator.ports import Progress, Stores
from aggregator.records.feeds import FeedToPoll, PolledFeed
from aggregator.records.reports import FeedOutcome, PollReport

log = logging.getLogger(__name__)

BATCH = 100
"""Feeds a transaction: a crash loses at most this much work, and no entry (R13)."""
LEASE_SECONDS = 4 * 3600.0
"""A claim outlives any cycle, one of thousands of slow feeds too (H41): until then nobody else polls the feed. What a dead
process had claimed is given back at the next cycle's start, not when its lease ends."""
MOST_FEEDS = 100_000
_GLANCE_SECONDS = 0.2
"""How often a cycle looks whether it was asked to stop."""


Known = Callable[[], Awaitable[Mapping[str, str]]]


class FeedPoller(Protocol):
    """See `intake.poll.Poller`."""

    async def poll(self, feed: FeedToPoll, known: Known) -> PolledFeed:
        """One feed's outcome; `known` asks for its stored entries, only when its body turns out to have changed."""
        ...


def run_once(
    stores: Stores,
    poller: AbstractAsyncContextManager[FeedPoller],
    *,
    concurrency: int,
    everything: bool = False,
    progress: Progress | None = None,
    stop: Stop | None = None,
) -> PollReport:
    """One cycle. `everything` ignores due times (never a 410 or a running Retry-After). Setting `stop` ends it early: feeds
    under way are given back unpolled. Never raises for a feed's sake."""
    stop = stop or Stop()
    now = stores.clock.now()
    waiting = stores.feeds.waiting(now) if everything else []
    with stores.feeds.cycle():
        claimed = stores.feeds.claim(now, MOST_FEEDS, LEASE_SECONDS, everything)
        if progress:
            progress.start("polling", len(claimed))
        cycle = _Cycle(stores, progress, {feed.id: feed for feed in claimed})
        try:
            asyncio.run(cycle.run(poller, concurrency, stop))
        finally:
            stores.feeds.release(cycle.unsaved())
            if progress:
                progress.stop()
    skipped = [FeedOutcome(one.url, "skipped", error=one.error or _why_waiting(one.next_poll is None)) for one in waiting]
    return PollReport((*cycle.outcomes, *skipped), cycle.new_entries, cycle.offline, history=dict(cycle.history))


def _why_waiting(gone: bool) -> str:
    return "gone for good (410)" if gone else "its server asked us to wait"


class Stop:
    """Asks a running cycle to end. May be set from any thread or from a signal handler."""

    def __init__(self) -> None:
        self.requested = False

    def request(self) -> None:
        """Ends the cycle within a fraction of a second."""
        self.requested = True


@dataclass(slots=True)
class _Cycle:
    stores: Stores
    progress: Progress | None
    claimed: dict[int, FeedToPoll]
    outcomes: list[FeedOutcome] = field(default_factory=list)
    new_entries: int = 0
    history: Counter[str] = field(default_factory=Counter)
    offline: bool = False
    _saved: set[int] = field(default_factory=set)
    _unreached: list[PolledFeed] = field(default_factory=list)

    async def run(self, poller: AbstractAsyncContextManager[FeedPoller], concurrency: int, stop: Stop) -> None:
        """Polls everything claimed. The queue of outcomes is bounded, so a slow disk slows the network, not the memory."""
        if not self.claimed:
            return
        done: asyncio.Queue[PolledFeed | None] = asyncio.Queue(BATCH)
        async with poller as ready:
            polling = asyncio.create_task(self._poll_all(ready, min(concurrency, len(self.claimed)), done))
            try:
                while not (stop.requested or polling.done()) and await self._save_next(done):
                    pass
            finally:
                polling.cancel()
                await asyncio.wait((polling,))
            while not done.empty():
                await self._save_next(done)
            if not polling.cancelled():
                polling.result()
        self._settle_unreached()

    async def _poll_all(self, poller: FeedPoller, workers: int, done: asyncio.Queue[PolledFeed | None]) -> None:
        """Ends the queue with a None, so that nobody waits for more."""
        waiting = iter(fair_order(self.claimed.values()))
        async with asyncio.TaskGroup() as group:
            for _ in range(workers):
                group.create_task(self._work(poller, waiting, done))
        await done.put(None)

    async def _work(self, poller: FeedPoller, waiting: Iterator[FeedToPoll], done: asyncio.Queue[PolledFeed | None]) -> None:
        for feed in waiting:  # one iterator, shared by all workers
            await done.put(await poller.poll(feed, self._known(feed)))

    def _known(self, feed: FeedToPoll) -> Known:
        async def known() -> Mapping[str, str]:
            if feed.first_polled_at is None:
                return {}
            return (await asyncio.to_thread(self.stores.feeds.known_sources, [feed.id])).get(feed.id, {})

        return known

    async def _save_next(self, done: asyncio.Queue[PolledFeed | None]) -> bool:
        """Saves what has come, waiting a moment for the first of it. False at the queue's end."""
        try:
            async with asyncio.timeout(_GLANCE_SECONDS):
                come = [await done.get()]
        except TimeoutError:
            return True
        while len(come) < BATCH and not done.empty():
            come.append(done.get_nowait())
        batch = [one for one in come if one is not None]
        if batch:
            await asyncio.to_thread(self._take, batch)
        return None not in come

    def _take(self, batch: Sequence[PolledFeed]) -> None:
        """Saves what answered. Who could not be reached waits for the cycle's end: with no network nobody is to blame."""
        if self.progress:
            self.progress.step(len(batch))
        self._unreached += [one for one in batch if one.outcome in UNREACHED]
        self._save([one for one in batch if one.outcome not in UNREACHED])

    def _settle_unreached(self) -> None:
        said = {one.url: one.outcome for one in self.outcomes}
        said |= {self.claimed[one.feed_id].url: one.outcome for one in self._unreached}
        self.offline = bool(self._unreached) and local_network_down(said)
        if self.offline:
            self._save([offline(self.claimed[one.feed_id], now=one.at) for one in self._unreached])
        else:
            self._save(self._unreached)

    def _save(self, polled: Sequence[PolledFeed]) -> None:
        if not polled:
            return
        self.new_entries += self.stores.feeds.save(polled)
        self._saved.update(one.feed_id for one in polled)
        for one in polled:
            url = self.claimed[one.feed_id].url
            self.outcomes.append(FeedOutcome(url, one.outcome, one.status, len(one.new), one.error))
            self.history.update(entry.reason for entry in one.new if entry.reason is not None)
            log.debug("%s: %s", url, one.error or one.outcome, extra={"job": "poll", "outcome": one.outcome})

    def unsaved(self) -> list[int]:
        """Claims that no outcome was written for."""
        return [feed_id for feed_id in self.claimed if feed_id not in self._saved]
