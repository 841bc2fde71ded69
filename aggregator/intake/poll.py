"""One poll of one feed, from the question to the complete outcome: fetch, parse what changed, decide, pace.

Never raises: whatever happens becomes an outcome with a next poll (R20), since one feed's trouble is no other feed's.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from typing import Protocol
from urllib.parse import urlsplit

from aggregator.errors import FeedError
from aggregator.intake.decide import decide_entries
from aggregator.intake.fetch import fetch_feed
from aggregator.intake.pacing import after_failure, after_success, skipped
from aggregator.intake.pool import ParseTask
from aggregator.net.client import HttpClient
from aggregator.ports import Clock
from aggregator.records.feeds import FeedToPoll, ParsedFeed, PolledFeed

log = logging.getLogger(__name__)

Known = Callable[[], Awaitable[Mapping[str, str]]]


class Parser(Protocol):
    """Turns a document into entries. `intake.pool.ParsePool` is the real one."""

    async def parse(self, task: ParseTask) -> ParsedFeed:
        """Raises FeedError."""
        ...


class Poller:
    """Polls feeds with one client and one parser.

    every: the author's interval. waiting: hosts that asked not to be polled until some instant; give pollers of one process
    the same dictionary, and the next cycle still heeds what this one was told.
    """

    def __init__(
        self, client: HttpClient, parser: Parser, *, every: timedelta, clock: Clock, waiting: dict[str, datetime] | None = None
    ) -> None:
        self._client = client
        self._parser = parser
        self._every = every
        self._clock = clock
        self._waiting = {} if waiting is None else waiting

    async def poll(self, feed: FeedToPoll, known: Known) -> PolledFeed:
        """Polls one feed. known: reads key -> source hash of its stored entries; asked for only when the document changed.

        Raises nothing but asyncio.CancelledError.
        """
        now = self._clock.now()
        until = self._waiting.get(_host(feed.url))
        if until is not None and until > now:
            return skipped(feed, until, now=now)
        try:
            return await self._poll(feed, known, now)
        except FeedError as error:
            failure = error
        except Exception as error:
            # A fault of ours in one feed becomes that feed's recorded outcome and stops no other (R20).
            log.exception("polling a feed of %s failed in an unforeseen way", _host(feed.url))
            failure = FeedError("internal", f"polling it failed in an unforeseen way ({type(error).__name__})", resource=feed.url)
        polled = after_failure(feed, failure, now=self._clock.now(), every=self._every, jitter=self._clock.random())
        self._remember(failure.resource or feed.url, polled)
        return polled

    async def _poll(self, feed: FeedToPoll, known: Known, now: datetime) -> PolledFeed:
        fetched = await fetch_feed(self._client, feed, now)
        now = self._clock.now()
        if fetched.body is None or fetched.body_hash == feed.body_hash:
            return after_success(feed, fetched, None, now=now, every=self._every, jitter=self._clock.random())
        stored = await known()
        parsed = await self._parser.parse(
            ParseTask(
                body=fetched.body,
                feed_url=fetched.final_url,
                content_type=fetched.content_type,
                content_location=fetched.content_location,
                known=stored,
            )
        )
        first = feed.first_polled_at is None
        decided = decide_entries(parsed, first=first, now=now, first_days=feed.first_days, known=stored)
        return after_success(
            feed,
            fetched,
            parsed,
            now=now,
            every=self._every,
            jitter=self._clock.random(),
            new=decided.new,
            changed=decided.changed,
            same_feed=not stored or not parsed.keys or any(key in stored for key in parsed.keys),
        )

    def _remember(self, url: str, polled: PolledFeed) -> None:
        """A public host that asks for peace gets it for all its feeds. On a private one a single bad route must not silence
        the others (R18, H61)."""
        if polled.retry_after_until is not None and not self._client.is_local(url):
            for host in [host for host, until in self._waiting.items() if until <= polled.at]:
                del self._waiting[host]
            self._waiting[_host(url)] = polled.retry_after_until


def _host(url: str) -> str:
    """Host and port, without credentials; empty for what is no address."""
    try:
        return urlsplit(url).netloc.rpartition("@")[2].lower()
    except ValueError:
        return ""
