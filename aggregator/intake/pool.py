"""Parses documents in processes that can be killed (R3): a bomb costs one feed one poll, never the daemon."""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from types import TracebackType
from typing import Self

from aggregator.errors import FeedError
from aggregator.intake.process import WorkerProcess
from aggregator.intake.trust import read_answer
from aggregator.intake.wire import ParseTask
from aggregator.records.feeds import ParsedFeed

__all__ = ["ParsePool", "ParseTask"]

WALL_SECONDS = 10.0
CPU_SECONDS = 5.0
MEMORY_BYTES = 512 * 1024 * 1024


class ParsePool:
    """At most `workers` processes, each started when it is first needed, used again and again, and replaced when it was
    killed, has grown, or has parsed a thousand documents.

    A task may take `wall` seconds, `cpu` of them computing, and `memory` bytes. Any number of threads and coroutines may ask
    at once; those that find no free worker wait, holding nothing but their own document, so who bounds them bounds the memory.
    """

    def __init__(
        self, workers: int = 2, *, wall: float = WALL_SECONDS, cpu: float = CPU_SECONDS, memory: int = MEMORY_BYTES
    ) -> None:
        self._wall = wall
        self._arguments = (str(cpu), str(memory))
        self._free = threading.BoundedSemaphore(workers)
        self._idle: deque[WorkerProcess] = deque()
        self._busy: set[WorkerProcess] = set()
        self._lock = threading.Lock()
        self._closed = False
        self._retired = False
        self._threads = ThreadPoolExecutor(workers, thread_name_prefix="parse")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Ends every worker, those at work too; whoever waits gets a FeedError. May be called twice."""
        with self._lock:
            self._closed = True
            idle = list(self._idle)
            self._idle.clear()
            busy = list(self._busy)
        for worker in busy:
            # Whoever waits for it gives it back, and so ends it.
            worker.kill()
        for worker in idle:
            worker.end()
        self._threads.shutdown()

    def retire(self) -> None:
        """Keeps no worker from now on: those at work end with their document, and who asks still gets one for his alone."""
        with self._lock:
            self._retired = True
            idle = list(self._idle)
            self._idle.clear()
        for worker in idle:
            worker.end()

    async def parse(self, task: ParseTask) -> ParsedFeed:
        """Like `parse_now`, without holding up the event loop."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, self.parse_now, task)

    def parse_now(self, task: ParseTask) -> ParsedFeed:
        """Raises FeedError of kind empty, not_a_feed, unsupported, parse, or parse_timeout if it took too long."""
        with self._free:
            worker = self._take()
            try:
                answer, worker.retires = read_answer(worker.ask(task, self._wall), task.feed_url)
            finally:
                self._give_back(worker)
        if isinstance(answer, FeedError):
            raise answer
        return answer

    def _take(self) -> WorkerProcess:
        with self._lock:
            worker = self._idle.pop() if self._idle else None
            is_closed = self._closed
        if worker is not None and not worker.is_usable:
            worker.end()
            worker = None
        if worker is None and not is_closed:
            worker = WorkerProcess(self._arguments)
        with self._lock:
            if worker is not None and not self._closed:
                self._busy.add(worker)
                return worker
        if worker is not None:
            worker.end()
        raise FeedError("parse", "The parser has been stopped.")

    def _give_back(self, worker: WorkerProcess) -> None:
        with self._lock:
            self._busy.discard(worker)
            if worker.is_usable and not self._closed and not self._retired:
                self._idle.append(worker)
                return
        worker.end()
