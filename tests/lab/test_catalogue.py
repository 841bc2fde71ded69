"""Every hostile server in one cycle beside five good ones: each ends as the catalogue says, and the good feeds land."""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import resource
import socket
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from aggregator.clock import ManualClock
from aggregator.errors import FeedError
from aggregator.intake.poll import Poller
from aggregator.intake.pool import ParseTask
from aggregator.net.client import HttpClient
from aggregator.net.guard import Guard
from aggregator.net.resolver import Lookup
from aggregator.records.feeds import FeedToPoll, ParsedFeed, PolledFeed
from tests.lab.cases import CASES, Case
from tests.lab.server import Lab, always, reply

NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)
TIMEOUT = 4.0
GOOD = tuple(f"/good-{n}" for n in range(5))


class ParserOfNothing:
    """Tells feeds from other documents, no more: documents have their own laboratory."""

    async def parse(self, task: ParseTask) -> ParsedFeed:
        if not task.body.startswith(b"<?xml"):
            raise FeedError("not_a_feed", "this is no feed", resource=task.feed_url)
        return ParsedFeed("rss20", "Good", None, (), (), 0)


@dataclass(frozen=True)
class Cycle:
    """What polling everything at once came to."""

    polled: Mapping[str, PolledFeed]
    seconds: float
    good_after: float
    grown_kb: int
    trapped: int


@pytest.fixture(scope="module")
def cycle() -> Iterator[Cycle]:
    hung_up = threading.Event()

    def lookup(host: str) -> list[str]:
        if host == "silent.test":
            hung_up.wait(30)
        answers = {"private.test": ["10.0.0.1"], "mixed.test": ["93.184.216.34", "10.0.0.1"], "refused.test": ["127.0.0.1"]}
        if host not in answers:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return answers[host]

    try:
        yield asyncio.run(_cycle(lookup))
    finally:
        hung_up.set()


async def _cycle(lookup: Lookup) -> Cycle:
    guard = Guard([ipaddress.ip_network("127.0.0.1/32")])
    polled: dict[str, PolledFeed] = {}
    good_after = 0.0

    async def nothing_known() -> Mapping[str, str]:
        return {}

    async with contextlib.AsyncExitStack() as stack:
        # A server a case: two requests to one server would wait for each other.
        urls = {case.id: (await stack.enter_async_context(Lab({case.path: case.behaviour}))).base + case.path for case in CASES}
        for path in GOOD:
            urls[path] = (await stack.enter_async_context(Lab({path: always(reply())}))).base + path
        trap = await stack.enter_async_context(Lab({}, host="127.0.0.9"))
        client = await stack.enter_async_context(HttpClient(guard, timeout=TIMEOUT, concurrency=200, lookup=lookup))
        poller = Poller(client, ParserOfNothing(), every=timedelta(hours=1), clock=ManualClock(NOW))
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        started = time.monotonic()

        async def poll(name: str) -> None:
            nonlocal good_after
            polled[name] = await poller.poll(FeedToPoll(1, urls[name], urls[name]), nothing_known)
            if name in GOOD:
                good_after = max(good_after, time.monotonic() - started)

        # The good ones start last: they must not profit from being first.
        await asyncio.gather(*map(poll, urls))
        seconds = time.monotonic() - started
        grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
        return Cycle(polled, seconds, good_after, grown, trap.connections)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_a_hostile_server_gets_its_outcome(case: Case, cycle: Cycle) -> None:
    polled = cycle.polled[case.id]
    assert polled.outcome == case.expected, polled.error
    assert polled.at == NOW
    if case.expected == "gone":
        assert polled.next_poll_at is None
    else:
        assert polled.next_poll_at is not None
        assert polled.next_poll_at >= NOW + timedelta(minutes=30)
    if not polled.succeeded:
        assert polled.error
        assert (polled.etag, polled.last_modified, polled.body_hash) == (None, None, None)


@pytest.mark.parametrize("path", GOOD)
def test_a_good_feed_lands_beside_them(path: str, cycle: Cycle) -> None:
    assert cycle.polled[path].outcome == "changed"


def test_the_cycle_ends_with_its_deadline_and_the_good_feeds_do_not_wait_for_it(cycle: Cycle) -> None:
    # Generous towards a busy machine: dripping servers alone would take thousands of seconds.
    assert cycle.seconds < 10 * TIMEOUT
    assert cycle.good_after < cycle.seconds


def test_bombs_and_floods_cost_little_memory(cycle: Cycle) -> None:
    assert cycle.grown_kb < 64 * 1024


def test_a_forbidden_address_sees_no_connection(cycle: Cycle) -> None:
    assert cycle.trapped == 0


def test_no_case_is_written_down_twice() -> None:
    assert len({case.path for case in CASES}) == len(CASES)
