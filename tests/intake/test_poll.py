from __future__ import annotations

import asyncio
import ipaddress
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import TypeVar

import pytest

from aggregator.clock import ManualClock
from aggregator.errors import FeedError, StorageError
from aggregator.intake.poll import Poller
from aggregator.intake.pool import ParseTask
from aggregator.net.client import HttpClient
from aggregator.net.guard import Guard
from aggregator.records.entries import ParsedEntry
from aggregator.records.feeds import FeedToPoll, ParsedFeed, PolledFeed
from tests.lab.server import GOOD, Behaviour, Exchange, Lab, always, reply

NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)
LOOPBACK = Guard([ipaddress.ip_network("127.0.0.0/8")])
T = TypeVar("T")


class LoopbackIsPublic(Guard):
    """Treats loopback as the public internet is treated."""

    def refusal(self, address: str, port: int) -> str | None:
        return None

    def is_allowed(self, address: str) -> bool:
        return False


def entry(key: str, source_hash: str = "h", published: datetime | None = NOW) -> ParsedEntry:
    return ParsedEntry(key, f"http://blog.example/{key}", None, key, None, (), "", published, None, source_hash)


@dataclass
class FakeParser:
    """Gives back what it was told to, or raises it. Remembers its tasks."""

    result: ParsedFeed | Exception = field(
        default_factory=lambda: ParsedFeed("rss20", "Blog", None, (entry("a"), entry("b")), ("a", "b"), 2)
    )
    tasks: list[ParseTask] = field(default_factory=list)

    async def parse(self, task: ParseTask) -> ParsedFeed:
        self.tasks.append(task)
        if isinstance(self.result, Exception):
            raise self.result
        return self.result


class Stored:
    """The stored entries' hashes; counts how often they are asked for."""

    def __init__(self, sources: Mapping[str, str] | Exception | None = None) -> None:
        self._sources = sources
        self.asked = 0

    async def __call__(self) -> Mapping[str, str]:
        self.asked += 1
        if isinstance(self._sources, Exception):
            raise self._sources
        return self._sources or {}


def polling(
    behaviours: Mapping[str, Behaviour],
    use: Callable[[Lab, Poller], Awaitable[T]],
    *,
    parser: FakeParser | None = None,
    guard: Guard = LOOPBACK,
    clock: ManualClock | None = None,
) -> T:
    async def run() -> T:
        async with Lab(behaviours) as lab, HttpClient(guard, timeout=5, gap=0) as client:
            poller = Poller(client, parser or FakeParser(), every=timedelta(hours=1), clock=clock or ManualClock(NOW))
            return await use(lab, poller)

    return asyncio.run(run())


def feed_at(lab: Lab, path: str = "/") -> FeedToPoll:
    return FeedToPoll(1, lab.base + path, lab.base + path)


def after(feed: FeedToPoll, polled: PolledFeed) -> FeedToPoll:
    """The feed as the store would hand it out next time."""
    return replace(
        feed,
        etag=polled.etag,
        last_modified=polled.last_modified,
        validators_at=polled.validators_at,
        body_hash=polled.body_hash,
        failures=polled.failures,
        first_polled_at=feed.first_polled_at or (polled.at if polled.succeeded else None),
    )


def test_a_first_poll_brings_entries_validators_and_a_next_poll() -> None:
    parser = FakeParser()

    async def use(lab: Lab, poller: Poller) -> PolledFeed:
        return await poller.poll(feed_at(lab), Stored())

    polled = polling({"/": always(reply(GOOD, "200 OK", 'ETag: "x"', "Content-Type: text/xml"))}, use, parser=parser)
    assert polled.outcome == "changed"
    assert [new.parsed.key for new in polled.new] == ["a", "b"]
    assert polled.etag == '"x"'
    assert polled.next_poll_at is not None
    assert (parser.tasks[0].body, parser.tasks[0].content_type) == (GOOD, "text/xml")


def test_a_304_ends_before_the_store_and_the_parser_are_asked() -> None:
    parser, stored = FakeParser(), Stored()

    async def tagged(exchange: Exchange) -> None:
        known = exchange.request.headers.get("if-none-match") == '"x"'
        await exchange.send(reply(b"", "304 Not Modified") if known else reply(GOOD, "200 OK", 'ETag: "x"'))

    async def use(lab: Lab, poller: Poller) -> PolledFeed:
        feed = feed_at(lab)
        feed = after(feed, await poller.poll(feed, stored))
        return await poller.poll(feed, stored)

    polled = polling({"/": tagged}, use, parser=parser)
    assert (polled.outcome, polled.status, polled.etag, polled.new) == ("not_modified", 304, '"x"', ())
    assert (len(parser.tasks), stored.asked) == (1, 1)


def test_the_same_body_is_not_parsed_again_but_its_new_validators_count() -> None:
    parser, stored = FakeParser(), Stored()
    tags = iter("xy")

    async def touched(exchange: Exchange) -> None:
        await exchange.send(reply(GOOD, "200 OK", f'ETag: "{next(tags)}"'))

    async def use(lab: Lab, poller: Poller) -> PolledFeed:
        feed = feed_at(lab)
        feed = after(feed, await poller.poll(feed, stored))
        return await poller.poll(feed, stored)

    polled = polling({"/": touched}, use, parser=parser)
    assert (polled.outcome, polled.etag) == ("same_body", '"y"')
    assert len(parser.tasks) == 1


def test_what_is_known_is_not_news_and_an_edit_is_a_change() -> None:
    async def use(lab: Lab, poller: Poller) -> PolledFeed:
        feed = replace(feed_at(lab), first_polled_at=NOW - timedelta(days=30))
        return await poller.poll(feed, Stored({"a": "h", "b": "older"}))

    polled = polling({"/": always(reply())}, use)
    assert polled.new == ()
    assert [changed.key for changed in polled.changed] == ["b"]


def test_a_failed_parse_keeps_the_old_validators() -> None:
    async def use(lab: Lab, poller: Poller) -> PolledFeed:
        feed = replace(feed_at(lab), etag='"old"', validators_at=NOW, body_hash="old")
        return await poller.poll(feed, Stored())

    parser = FakeParser(FeedError("parse_timeout", "it took too long"))
    polled = polling({"/": always(reply(GOOD, "200 OK", 'ETag: "new"'))}, use, parser=parser)
    assert (polled.outcome, polled.etag, polled.body_hash) == ("parse_timeout", '"old"', "old")


@pytest.mark.parametrize("where", ["parser", "store"])
def test_a_fault_of_ours_becomes_the_feeds_outcome(where: str, caplog: pytest.LogCaptureFixture) -> None:
    async def use(lab: Lab, poller: Poller) -> PolledFeed:
        return await poller.poll(feed_at(lab), Stored(StorageError("no") if where == "store" else None))

    parser = FakeParser(ZeroDivisionError()) if where == "parser" else FakeParser()
    polled = polling({"/": always(reply())}, use, parser=parser)
    assert polled.outcome == "internal"
    assert polled.next_poll_at is not None
    assert polled.next_poll_at >= NOW + timedelta(minutes=30)
    assert "unforeseen" in caplog.text


@pytest.mark.parametrize("url", ["http://[::1", "ftp://blog.example/", "", "http://a:b:c/"])
def test_an_address_that_is_none_is_an_outcome_too(url: str) -> None:
    async def use(lab: Lab, poller: Poller) -> PolledFeed:
        return await poller.poll(FeedToPoll(1, url, url), Stored())

    assert polling({}, use).outcome == "unsupported"


def test_a_cancelled_poll_is_cancelled() -> None:
    async def never(exchange: Exchange) -> None:
        await asyncio.sleep(60)

    async def use(lab: Lab, poller: Poller) -> None:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.02):
                await poller.poll(feed_at(lab), Stored())

    polling({"/": never}, use)


def busy(seconds: int) -> Behaviour:
    return always(reply(b"", "429 Too Many Requests", f"Retry-After: {seconds}"))


def test_a_public_host_that_asks_for_time_gets_it_for_all_its_feeds() -> None:
    clock = ManualClock(NOW)

    async def use(lab: Lab, poller: Poller) -> tuple[PolledFeed, PolledFeed, int]:
        await poller.poll(feed_at(lab, "/busy"), Stored())
        waiting = await poller.poll(feed_at(lab, "/other"), Stored())
        asked = len(lab.asked("/other"))
        clock.advance(timedelta(hours=2, seconds=1))
        return waiting, await poller.poll(feed_at(lab, "/other"), Stored()), asked

    paths = {"/busy": busy(7200), "/other": always(reply())}
    waiting, later, asked = polling(paths, use, guard=LoopbackIsPublic(), clock=clock)
    assert (waiting.outcome, waiting.next_poll_at, asked) == ("skipped", NOW + timedelta(hours=2), 0)
    assert later.outcome == "changed"


def test_the_next_cycle_heeds_what_this_one_was_told() -> None:
    waiting: dict[str, datetime] = {}
    clock = ManualClock(NOW)

    async def run() -> PolledFeed:
        async with Lab({"/busy": busy(7200)}) as lab, HttpClient(LoopbackIsPublic(), timeout=5, gap=0) as client:
            pollers = [Poller(client, FakeParser(), every=timedelta(hours=1), clock=clock, waiting=waiting) for _ in range(2)]
            await pollers[0].poll(feed_at(lab, "/busy"), Stored())
            return await pollers[1].poll(feed_at(lab, "/other"), Stored())

    assert asyncio.run(run()).outcome == "skipped"
    assert list(waiting.values()) == [NOW + timedelta(hours=2)]


def test_on_a_private_host_one_busy_route_does_not_silence_the_others() -> None:
    async def use(lab: Lab, poller: Poller) -> PolledFeed:
        await poller.poll(feed_at(lab, "/busy"), Stored())
        return await poller.poll(feed_at(lab, "/other"), Stored())

    assert polling({"/busy": busy(7200), "/other": always(reply())}, use).outcome == "changed"


def test_a_captive_portal_moves_nothing() -> None:
    parser = FakeParser(FeedError("not_a_feed", "this is a web page"))

    async def use(lab: Lab, poller: Poller) -> PolledFeed:
        feed = replace(feed_at(lab), etag='"old"', validators_at=NOW, body_hash="old", first_polled_at=NOW)
        return await poller.poll(feed, Stored({"a": "h"}))

    behaviours = {"/": always(reply(b"", "301 Moved", "Location: /login")), "/login": always(reply(b"<html>Log in"))}
    polled = polling(behaviours, use, parser=parser)
    assert (polled.outcome, polled.moved, polled.moved_to, polled.etag) == ("not_a_feed", False, None, '"old"')


def test_a_permanent_redirect_to_a_stranger_is_not_counted_as_a_move() -> None:
    async def use(lab: Lab, poller: Poller) -> tuple[PolledFeed, PolledFeed]:
        feed = replace(feed_at(lab), first_polled_at=NOW - timedelta(days=9))
        return await poller.poll(feed, Stored({"z": "h"})), await poller.poll(feed, Stored({"a": "h"}))

    behaviours = {"/": always(reply(b"", "301 Moved", "Location: /new")), "/new": always(reply())}
    stranger, same = polling(behaviours, use)
    assert stranger.moved_to is None
    assert (same.moved_to is not None, same.moved_polls) == (True, 1)


def test_a_server_that_always_says_304_is_asked_openly_after_eight_days() -> None:
    clock = ManualClock(NOW)

    async def stubborn(exchange: Exchange) -> None:
        conditional = "if-none-match" in exchange.request.headers
        await exchange.send(reply(b"", "304 Not Modified") if conditional else reply(GOOD, "200 OK", 'ETag: "x"'))

    async def use(lab: Lab, poller: Poller) -> list[str]:
        feed, outcomes = feed_at(lab), []
        for _ in range(11):
            polled = await poller.poll(feed, Stored())
            outcomes.append(polled.outcome)
            feed = after(feed, polled)
            clock.advance(timedelta(days=1))
        return outcomes

    assert polling({"/": stubborn}, use, clock=clock) == ["changed", *["not_modified"] * 8, "same_body", "not_modified"]
