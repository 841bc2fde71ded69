"""Feeds over weeks: whatever a server does, no document is missed and no server is bothered (R13, R17)."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from aggregator.clock import ManualClock
from aggregator.errors import FeedError
from aggregator.intake.poll import Poller
from aggregator.intake.pool import ParseTask
from aggregator.net.client import MEGABYTE, HttpClient
from aggregator.net.guard import Guard
from aggregator.net.response import Response
from aggregator.records.entries import ParsedEntry
from aggregator.records.feeds import FeedToPoll, ParsedFeed, PolledFeed

NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)
URL = "https://blog.example/feed"

PUBLISH, TOUCH, FAIL, GARBLE, DROP_TAGS, BUSY = "publish", "touch", "fail", "garble", "drop tags", "busy"


@dataclass
class Publisher(HttpClient):
    """A web server of one feed, in place of the network. `mood` rules the next answer."""

    version: int = 0
    tag: int = 0
    mood: str = ""
    conditional: list[bool] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(Guard())

    async def get(
        self,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        max_redirects: int = 5,
        raw_cap: int = 5 * MEGABYTE,
        decoded_cap: int = 10 * MEGABYTE,
        read_body: bool = True,
        read_errors: bool = False,
    ) -> Response:
        shown = (headers or {}).get("If-None-Match")
        self.conditional.append(shown is not None)
        tag = f'"{self.version}-{self.tag}"'
        if self.mood == FAIL:
            raise FeedError("timeout", "too slow")
        if self.mood == BUSY:
            return Response(429, url, None, retry_after="7200")
        if shown == tag:
            return Response(304, url, None, etag=None if self.mood == DROP_TAGS else tag)
        body = b"garbled" if self.mood == GARBLE else b"entry %d" % self.version
        return Response(200, url, None, body, etag=None if self.mood == DROP_TAGS else tag)


class Reader:
    """Reads the publisher's documents: one entry, named by its version."""

    async def parse(self, task: ParseTask) -> ParsedFeed:
        if task.body == b"garbled":
            raise FeedError("parse", "garbled")
        key = task.body.decode()
        entry = ParsedEntry(key, None, None, key, None, (), "", None, None, hashlib.sha256(task.body).hexdigest())
        return ParsedFeed("rss20", "Blog", None, (entry,), (key,), 1)


class Shelf:
    """What a store does with a poll's outcome, as far as the next poll can tell."""

    def __init__(self) -> None:
        self.feed = FeedToPoll(1, URL, URL)
        self.sources: dict[str, str] = {}

    async def known(self) -> Mapping[str, str]:
        return self.sources

    def save(self, polled: PolledFeed) -> None:
        self.sources |= {new.parsed.key: new.parsed.source_hash for new in polled.new}
        self.feed = replace(
            self.feed,
            etag=polled.etag,
            last_modified=polled.last_modified,
            validators_at=polled.validators_at,
            body_hash=polled.body_hash,
            first_polled_at=self.feed.first_polled_at or (polled.at if polled.succeeded else None),
            last_new_at=polled.at if polled.new else self.feed.last_new_at,
            failures=polled.failures,
            error_kind=polled.error_kind,
            error_since=polled.error_since,
            retry_after_until=polled.retry_after_until,
            interval=polled.interval,
        )


steps = st.tuples(
    st.sampled_from([PUBLISH, TOUCH, ""]),
    st.sampled_from([FAIL, GARBLE, DROP_TAGS, BUSY, "", ""]),
    st.timedeltas(timedelta(0), timedelta(days=9)),
)


@given(st.lists(steps, max_size=25))
@settings(deadline=None)
def test_after_anything_a_well_behaved_server_is_read_within_one_poll(history: list[tuple[str, str, timedelta]]) -> None:
    async def run() -> None:
        publisher, shelf, clock = Publisher(), Shelf(), ManualClock(NOW)
        poller = Poller(publisher, Reader(), every=timedelta(hours=1), clock=clock)
        for event, mood, pause in [*history, ("", "", timedelta(days=9))]:
            publisher.version += event == PUBLISH
            publisher.tag += event == TOUCH
            publisher.mood = mood
            clock.advance(pause)
            before = shelf.feed
            polled = await poller.poll(before, shelf.known)
            assert polled.next_poll_at is not None
            assert polled.next_poll_at >= clock.now() + (
                timedelta(minutes=1) if polled.outcome == "skipped" else timedelta(minutes=30)
            )
            if not polled.succeeded:
                assert (polled.etag, polled.body_hash, polled.validators_at) == (
                    before.etag,
                    before.body_hash,
                    before.validators_at,
                )
            shelf.save(polled)
        assert f"entry {publisher.version}" in shelf.sources

    asyncio.run(run())


def test_a_month_of_polls_is_polite() -> None:
    """One open question, and one more after each 8 days without a 200; never two polls within the floor."""

    async def run() -> tuple[list[bool], list[datetime]]:
        publisher, shelf, clock = Publisher(), Shelf(), ManualClock(NOW)
        asked = []
        while clock.now() < NOW + timedelta(days=30):
            # A new poller each time: a restart remembers nothing but what was stored.
            poller = Poller(publisher, Reader(), every=timedelta(minutes=1), clock=clock)
            polled = await poller.poll(shelf.feed, shelf.known)
            asked.append(clock.now())
            shelf.save(polled)
            assert polled.next_poll_at is not None
            clock.set(polled.next_poll_at)
        return publisher.conditional, asked

    conditional, asked = asyncio.run(run())
    assert conditional.count(False) <= 1 + 30 / 8
    assert min(later - earlier for earlier, later in pairwise(asked)) >= timedelta(minutes=30)
    assert len(asked) < 150  # an hour a day of silence, no more than a look in 24 hours at the end
