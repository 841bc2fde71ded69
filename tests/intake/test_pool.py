"""Workers that can be killed: limits, replacement, and what crosses the pipe."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from aggregator.errors import FeedError
from aggregator.intake import process, wire
from aggregator.intake.pool import ParsePool, ParseTask
from aggregator.intake.trust import read_answer
from aggregator.records.entries import ParsedEntry
from aggregator.records.feeds import ParsedFeed

URL = "https://blog.example/feed"
ENTRY = ParsedEntry(
    "k", "http://a.example/", "https://a.example/", "T", None, ("t",), "x", datetime(2026, 5, 4, tzinfo=UTC), None, "s"
)
FEED = ParsedFeed("rss20", "Title", None, (ENTRY,), ("k",), 1, 60.0, (1,), ("note",))


def task(items: str = "<item><title>A</title><guid>1</guid></item>", known: dict[str, str] | None = None) -> ParseTask:
    body = f'<rss version="2.0"><channel><title>T</title>{items}</channel></rss>'.encode()
    return ParseTask(body, URL, "application/rss+xml", None, known or {})


# feedparser's search for an address in an author's name takes time in the square of its length.
BOMB = task("<item><author>a@a" + ".a" * 60_000 + "</author></item>")


@pytest.fixture(scope="module")
def pool() -> Iterator[ParsePool]:
    with ParsePool(2) as pool:
        yield pool


def kind_of(pool: ParsePool, one: ParseTask) -> str:
    with pytest.raises(FeedError) as failed:
        pool.parse_now(one)
    assert failed.value.resource == URL
    return failed.value.kind


def workers() -> set[int]:
    """Children of this process."""
    children = Path(f"/proc/self/task/{os.getpid()}/children")
    if not children.exists():
        pytest.skip("this system does not list a process's children in /proc")
    return {int(pid) for pid in children.read_text().split()}


def test_a_document_comes_back_as_records(pool: ParsePool) -> None:
    feed = pool.parse_now(task())
    assert isinstance(feed, ParsedFeed)
    assert isinstance(feed.entries[0], ParsedEntry)
    assert (feed.version, feed.title, feed.keys, feed.entries[0].title) == ("rss20", "T", ("1",), "A")


def test_what_is_known_is_not_sent_back(pool: ParsePool) -> None:
    first = pool.parse_now(task())
    again = pool.parse_now(task(known={entry.key: entry.source_hash for entry in first.entries}))
    assert (again.entries, again.keys) == ((), ("1",))


def test_many_at_once_are_answered_each_with_its_own(pool: ParsePool) -> None:
    async def all_of_them() -> list[ParsedFeed]:
        return await asyncio.gather(*(pool.parse(task(f"<item><title>{n}</title></item>")) for n in range(20)))

    assert [feed.entries[0].title for feed in asyncio.run(all_of_them())] == [str(n) for n in range(20)]


def test_a_document_larger_than_a_pipe(pool: ParsePool) -> None:
    items = "".join(f"<item><title>{n}</title><description>{'word ' * 2000}</description></item>" for n in range(150))
    assert len(pool.parse_now(task(items)).entries) == 150


def test_a_refused_document_does_not_cost_the_worker() -> None:
    with ParsePool(1) as pool:
        before = workers()
        assert kind_of(pool, ParseTask(b"", URL)) == "empty"
        started = workers() - before
        assert kind_of(pool, ParseTask(b"<html>", URL)) == "not_a_feed"
        assert pool.parse_now(task()).total == 1
        assert workers() - before == started


def test_no_worker_is_started_before_it_is_needed_and_none_is_left_behind() -> None:
    before = workers()
    with ParsePool(2) as pool:
        assert workers() == before
        pool.parse_now(task())
        assert len(workers() - before) == 1
    assert workers() == before


@pytest.mark.parametrize("limits", [{"wall": 0.4}, {"cpu": 0.4}])
def test_a_bomb_is_given_up_and_the_next_feed_is_fine(limits: dict[str, float]) -> None:
    with ParsePool(1, **limits) as pool:  # type: ignore[arg-type]  # only floats
        pool.parse_now(task())
        start = time.monotonic()
        assert kind_of(pool, BOMB) == "parse_timeout"
        assert time.monotonic() - start < 8
        assert pool.parse_now(task()).total == 1


def test_a_document_that_needs_too_much_memory_is_given_up() -> None:
    with ParsePool(1, memory=160 * 1024 * 1024) as pool:
        assert kind_of(pool, ParseTask(b'{"items": [' + b"{}," * 3_000_000 + b"{}]}", URL)) == "parse"
        assert pool.parse_now(task()).total == 1


def test_a_worker_that_dies_is_replaced() -> None:
    with ParsePool(1) as pool:
        before = workers()
        pool.parse_now(task())
        (worker,) = workers() - before
        os.kill(worker, signal.SIGKILL)
        os.waitid(os.P_PID, worker, os.WEXITED | os.WNOWAIT)
        assert pool.parse_now(task()).total == 1


def test_a_worker_that_is_stopped_in_the_middle_is_killed_at_the_deadline() -> None:
    with ParsePool(1, wall=0.3) as pool:
        before = workers()
        pool.parse_now(task())
        (worker,) = workers() - before
        os.kill(worker, signal.SIGSTOP)
        assert kind_of(pool, replace(task(), body=task().body + b" " * 1_000_000)) == "parse_timeout"
        assert pool.parse_now(task()).total == 1


def test_a_worker_outlives_the_signals_that_stop_the_daemon() -> None:
    with ParsePool(1) as pool:
        before = workers()
        pool.parse_now(task())
        (worker,) = workers() - before
        os.kill(worker, signal.SIGINT)
        os.kill(worker, signal.SIGTERM)
        pool.parse_now(task())
        assert workers() - before == {worker}


def test_a_worker_retires_after_its_share(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "TASKS_PER_WORKER", 1)
    with ParsePool(1) as pool:
        before = workers()
        pool.parse_now(task())
        assert workers() == before
        assert pool.parse_now(task()).total == 1


def test_a_worker_that_owes_an_answer_is_not_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> bytes:
        raise KeyboardInterrupt

    with ParsePool(1) as pool:
        pool.parse_now(task())
        with monkeypatch.context() as patch:
            patch.setattr(process.WorkerProcess, "_receive", interrupted)
            with pytest.raises(KeyboardInterrupt):
                pool.parse_now(task("<item><title>first</title></item>"))
        assert pool.parse_now(task("<item><title>second</title></item>")).entries[0].title == "second"


def test_closing_ends_a_worker_at_work() -> None:
    pool = ParsePool(1)
    pool.parse_now(task())
    with ThreadPoolExecutor(1) as thread:
        waiting = thread.submit(pool.parse_now, BOMB)
        time.sleep(0.2)
        start = time.monotonic()
        pool.close()
        with pytest.raises(FeedError, match="stopped"):
            waiting.result()
        assert time.monotonic() - start < 3
    with pytest.raises(FeedError, match="stopped"):
        pool.parse_now(task())


def test_a_parser_that_cannot_start_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.executable", "/bin/false")
    with ParsePool(1) as pool, pytest.raises(FeedError, match="could not be started"):
        pool.parse_now(task())


def test_a_worker_has_no_secrets_in_its_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AGGREGATOR_SMTP_PASSWORD", "hunter2")
    with ParsePool(1) as pool:
        before = workers()
        pool.parse_now(task())
        (worker,) = workers() - before
        assert b"hunter2" not in Path(f"/proc/{worker}/environ").read_bytes()


def test_an_answer_crosses_the_pipe_unchanged() -> None:
    assert read_answer(wire.answer(FEED, retire=True), URL) == (FEED, True)


def test_a_failure_crosses_the_pipe() -> None:
    answer, retire = read_answer(wire.answer(FeedError("not_a_feed", "no\x1b[31m feed", advice="a"), retire=False), URL)
    assert isinstance(answer, FeedError)
    assert (answer.kind, answer.message, answer.advice, retire) == ("not_a_feed", "no[31m feed", "a", False)


def test_a_failure_of_an_unknown_kind_is_one_of_parsing() -> None:
    answer, _ = read_answer(wire.answer(FeedError("gone", "delete this feed"), retire=False), URL)
    assert isinstance(answer, FeedError)
    assert answer.kind == "parse"


@pytest.mark.parametrize(
    "lie",
    [
        replace(FEED, entries=(replace(ENTRY, url="javascript:alert(1)"),)),
        replace(FEED, entries=(replace(ENTRY, url=None),)),
        replace(FEED, entries=(replace(ENTRY, title=""),)),
        replace(FEED, entries=(replace(ENTRY, text="\0"),)),
        replace(FEED, entries=(replace(ENTRY, title="x" * 501),)),
        replace(FEED, entries=(replace(ENTRY, text="x" * 70_000),)),
        replace(FEED, entries=(replace(ENTRY, tags=("x",) * 33),)),
        replace(FEED, entries=(replace(ENTRY, key=""),)),
        replace(FEED, entries=(replace(ENTRY, links=("https://a.example/1",) * 51),)),
        replace(FEED, entries=(replace(ENTRY, links=("javascript:alert(1)",)),)),
        replace(FEED, entries=(replace(ENTRY, published_at=datetime(2026, 5, 4)),)),  # noqa: DTZ001 - naive is the lie
        replace(FEED, entries=(ENTRY,) * 201),
        replace(FEED, keys=("x" * 3000,)),
        replace(FEED, site_url="file:///etc/passwd"),
        replace(FEED, skip_hours=(24,)),
        replace(FEED, ttl=-1.0),
    ],
)
def test_a_worker_that_was_taken_over_is_not_believed(lie: ParsedFeed) -> None:
    answer, retire = read_answer(wire.answer(lie, retire=False), URL)
    assert isinstance(answer, FeedError)
    assert (answer.kind, retire) == ("parse", True)


@pytest.mark.parametrize(
    "answer", [b"", b"{}", b"[]", b"\xff", b'{"retire": false}', json.dumps({"feed": {}, "retire": 1}).encode()]
)
def test_nonsense_is_not_believed(answer: bytes) -> None:
    assert isinstance(read_answer(answer, URL)[0], FeedError)
