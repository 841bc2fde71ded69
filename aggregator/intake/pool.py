"""Parses documents in processes that can be killed (R3): a bomb costs one feed one poll, never the daemon."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from types import TracebackType
from typing import BinaryIO, Self, cast

from pydantic import BaseModel, ConfigDict, ValidationError

from aggregator.errors import FeedError
from aggregator.intake.clean import AUTHOR_LIMIT, KEY_LIMIT, NEWEST, TAG_LIMIT, TAGS_LIMIT, TEXT_LIMIT, TITLE_LIMIT
from aggregator.intake.wire import READY, FrameError, ParseTask, read_part, task_header, write_frame
from aggregator.records.entries import ParsedEntry
from aggregator.records.feeds import ParsedFeed
from aggregator.text.canonical import LONGEST_URL, safe_url
from aggregator.text.hygiene import clean_line

__all__ = ["ParsePool", "ParseTask"]

WALL_SECONDS = 10.0
CPU_SECONDS = 5.0
MEMORY_BYTES = 512 * 1024 * 1024
TASKS_PER_WORKER = 1000
START_SECONDS = 30.0
LARGEST_ANSWER = 32 * 1024 * 1024

# What a worker needs from our environment. Not the rest: passwords are in there.
_ENVIRONMENT = ("PATH", "PYTHONPATH", "PYTHONHOME", "PYTHONHASHSEED", "LANG", "LC_ALL", "LC_CTYPE", "LD_LIBRARY_PATH")


class _Failure(BaseModel):
    model_config = ConfigDict(extra="forbid")
    kind: str
    message: str
    advice: str | None


class _Answer(BaseModel):
    model_config = ConfigDict(extra="forbid")
    feed: ParsedFeed | None = None
    error: _Failure | None = None
    retire: bool


_KINDS = frozenset(("empty", "not_a_feed", "unsupported", "parse"))


class ParsePool:
    """At most `workers` processes, each started when it is first needed, used again and again, and replaced when it was killed
    or has parsed a thousand documents.

    A task may take `wall` seconds, `cpu` of them computing, and `memory` bytes. Any number of threads and tasks may ask at
    once; those that find no free worker wait, holding nothing but their own document.
    """

    def __init__(
        self, workers: int = 2, *, wall: float = WALL_SECONDS, cpu: float = CPU_SECONDS, memory: int = MEMORY_BYTES
    ) -> None:
        self._wall = wall
        self._arguments = [str(cpu), str(memory)]
        self._free = threading.BoundedSemaphore(workers)
        self._idle: deque[_Worker] = deque()
        self._busy: set[_Worker] = set()
        self._lock = threading.Lock()
        self._closed = False
        self._threads = ThreadPoolExecutor(workers, thread_name_prefix="parse")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Ends every worker, those at work too; whoever waits for them gets a FeedError."""
        with self._lock:
            self._closed = True
            idle = list(self._idle)
            self._idle.clear()
            busy = list(self._busy)
        for worker in busy:
            # Whoever waits for it gives it back and so ends it.
            worker.kill()
        for worker in idle:
            worker.end()
        self._threads.shutdown(cancel_futures=True)

    async def parse(self, task: ParseTask) -> ParsedFeed:
        """Like `parse_now`, without holding up the event loop."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, self.parse_now, task)

    def parse_now(self, task: ParseTask) -> ParsedFeed:
        """Raises FeedError of kind empty, not_a_feed, unsupported, parse, or parse_timeout if it took too long."""
        with self._free:
            worker = self._take()
            try:
                answer = worker.ask(task, self._wall)
            finally:
                self._give_back(worker)
        return _believed(answer, task.feed_url)

    def _take(self) -> _Worker:
        with self._lock:
            worker = self._idle.pop() if self._idle else None
        if worker is not None and not worker.is_usable:
            worker.end()
            worker = None
        if worker is None:
            worker = _Worker(self._arguments)
        with self._lock:
            if not self._closed:
                self._busy.add(worker)
                return worker
        worker.end()
        raise _stopped()

    def _give_back(self, worker: _Worker) -> None:
        with self._lock:
            self._busy.discard(worker)
            if worker.is_usable and not self._closed:
                self._idle.append(worker)
                return
        worker.end()


class _Worker:
    """One process and the two pipes to it. Used by one thread at a time; `kill` may come from another."""

    def __init__(self, arguments: list[str]) -> None:
        self._process = subprocess.Popen(  # noqa: S603 - our own interpreter, our own module, two numbers
            [sys.executable, "-P", "-m", "aggregator.intake.worker", *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={name: os.environ[name] for name in _ENVIRONMENT if name in os.environ},
        )
        self._tasks = cast("BinaryIO", self._process.stdin)
        self._answers = cast("BinaryIO", self._process.stdout)
        self._asked = 0
        self._retires = False
        self._expired = False
        if self._within(START_SECONDS, lambda: read_part(self._answers, len(READY))) != READY:
            self.end()
            raise FeedError(
                "parse",
                "The parser's own process could not be started.",
                advice="This is no fault of the feed: see the log, and `aggregator doctor`.",
            )

    @property
    def is_usable(self) -> bool:
        return not self._retires and self._asked < TASKS_PER_WORKER and self._process.poll() is None

    def ask(self, task: ParseTask, wall: float) -> _Answer:
        """Raises FeedError `parse_timeout` or `parse` if the worker did not survive the document."""
        self._asked += 1

        def exchange() -> bytes | None:
            write_frame(self._tasks, task_header(task), task.body)
            return read_part(self._answers, LARGEST_ANSWER)

        answered = self._within(wall, exchange)
        if answered is None:
            raise self._death(task.feed_url)
        try:
            answer = _Answer.model_validate_json(answered, strict=True)
        except ValidationError:
            self._retires = True
            raise FeedError("parse", "The parser's answer makes no sense.", resource=task.feed_url) from None
        self._retires = answer.retire
        return answer

    def kill(self) -> None:
        self._process.kill()

    def end(self) -> None:
        """Ends the process, takes its exit status and closes the pipes."""
        self._process.kill()
        self._process.wait()
        for pipe in (self._tasks, self._answers):
            # What was still on its way to a dead process is lost; that is what ending it means.
            with contextlib.suppress(OSError):
                pipe.close()

    def _within(self, seconds: float, exchange: Callable[[], bytes | None]) -> bytes | None:
        """None if the process ended, by itself or because the time was over. Killing is the one thing that ends both a read
        and a write that hang."""
        timer = threading.Timer(seconds, self._expire)
        timer.daemon = True
        timer.start()
        try:
            return exchange()
        except (OSError, FrameError):
            return None
        finally:
            timer.cancel()
            # So that it cannot strike at the next task.
            timer.join()

    def _expire(self) -> None:
        self._expired = True
        self._process.kill()

    def _death(self, feed_url: str) -> FeedError:
        self._process.kill()
        status = self._process.wait()
        if self._expired or status == -signal.SIGXCPU:
            return FeedError("parse_timeout", "The document takes too long to parse; it was given up.", resource=feed_url)
        if status == -signal.SIGKILL:
            return _stopped(feed_url)
        return FeedError("parse", f"The parser broke down over the document (exit status {status}).", resource=feed_url)


def _stopped(feed_url: str | None = None) -> FeedError:
    return FeedError("parse", "The parser was stopped before it was done.", resource=feed_url)


def _believed(answer: _Answer, feed_url: str) -> ParsedFeed:
    """A worker has seen hostile bytes: even what it says about itself is checked before it is stored."""
    if answer.error is not None:
        kind = answer.error.kind if answer.error.kind in _KINDS else "parse"
        raise FeedError(kind, clean_line(answer.error.message, 400), resource=feed_url, advice=answer.error.advice)
    feed = answer.feed
    if feed is None or not (_feed_holds(feed) and all(map(_entry_holds, feed.entries))):
        raise FeedError("parse", "The parser's answer makes no sense.", resource=feed_url)
    return feed


def _feed_holds(feed: ParsedFeed) -> bool:
    return (
        len(feed.entries) <= NEWEST
        and len(feed.title or "") <= AUTHOR_LIMIT
        and (feed.site_url is None or safe_url(feed.site_url) == feed.site_url)
        and all(0 < len(key) <= KEY_LIMIT for key in feed.keys)
        and (feed.ttl is None or 0 < feed.ttl < float("inf"))
        and all(0 <= hour < 24 for hour in feed.skip_hours)
    )


def _entry_holds(entry: ParsedEntry) -> bool:
    return (
        0 < len(entry.key) <= KEY_LIMIT
        and (entry.url is None or safe_url(entry.url) == entry.url)
        and (entry.canonical_url is None or (entry.url is not None and len(entry.canonical_url) <= 3 * LONGEST_URL))
        and 0 < len(entry.title) <= TITLE_LIMIT
        and len(entry.author or "") <= AUTHOR_LIMIT
        and len(entry.tags) <= TAGS_LIMIT
        and all(len(tag) <= TAG_LIMIT for tag in entry.tags)
        and len(entry.text) <= TEXT_LIMIT
        and all(at is None or at.tzinfo is not None for at in (entry.published_at, entry.updated_at))
    )
