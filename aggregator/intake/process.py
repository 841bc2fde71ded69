"""One parse worker as the pool sees it: a process, two pipes, and a deadline that ends it."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from typing import IO, cast

from aggregator.errors import FeedError
from aggregator.intake.wire import LENGTH, READY, ParseTask, task_header

TASKS_PER_WORKER = 1000
START_SECONDS = 30.0
LARGEST_ANSWER = 32 * 1024 * 1024

# What a worker needs from our environment. Not the rest: passwords are in there.
_ENVIRONMENT = ("PATH", "PYTHONPATH", "PYTHONHOME", "PYTHONHASHSEED", "LANG", "LC_ALL", "LC_CTYPE", "LD_LIBRARY_PATH")


class WorkerProcess:
    """Used by one thread at a time; `kill` may come from another. retires: not to be asked again."""

    def __init__(self, arguments: Sequence[str]) -> None:
        """Starts it and waits until it is ready. Raises FeedError if it cannot be started."""
        self._process = subprocess.Popen(  # noqa: S603 - our own interpreter, our own module, two numbers
            [sys.executable, "-P", "-m", "aggregator.intake.worker", *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={name: os.environ[name] for name in _ENVIRONMENT if name in os.environ},
        )
        self._tasks = cast("IO[bytes]", self._process.stdin)
        self._answers = cast("IO[bytes]", self._process.stdout)
        for pipe in (self._tasks, self._answers):
            os.set_blocking(pipe.fileno(), False)
        self._asked = 0
        self._is_answering = False
        self.retires = False
        try:
            started = self._receive(time.monotonic() + START_SECONDS) == READY
        except (OSError, EOFError):
            started = False
        if not started:
            self.end()
            raise FeedError(
                "parse",
                "The parser's own process could not be started.",
                advice="This is no fault of the feed: see the log, and `aggregator doctor`.",
            )

    @property
    def is_usable(self) -> bool:
        """It lives, has not done its share, and owes no answer, as it does when whoever asked was interrupted."""
        has_time = not self.retires and not self._is_answering and self._asked < TASKS_PER_WORKER
        return has_time and self._process.poll() is None

    def ask(self, task: ParseTask, seconds: float) -> bytes:
        """Its answer, unchecked. Raises FeedError `parse_timeout` or `parse` if it did not survive the document."""
        self._asked += 1
        self._is_answering = True
        deadline = time.monotonic() + seconds
        try:
            self._send((task_header(task), task.body), deadline)
            answer = self._receive(deadline)
        except TimeoutError:
            self.kill()
            raise _too_long(task) from None
        except (OSError, EOFError):
            raise self._death(task) from None
        self._is_answering = False
        return answer

    def kill(self) -> None:
        """At once, whatever it does."""
        self.retires = True
        self._process.kill()

    def end(self) -> None:
        """Kills it, takes its exit status and closes the pipes."""
        self.kill()
        self._process.wait()
        for pipe in (self._tasks, self._answers):
            with contextlib.suppress(OSError):
                pipe.close()

    def _send(self, parts: Sequence[bytes], deadline: float) -> None:
        pipe = self._tasks.fileno()
        view = memoryview(b"".join(piece for part in parts for piece in (LENGTH.pack(len(part)), part)))
        while view:
            try:
                view = view[os.write(pipe, view) :]
            except BlockingIOError:
                _wait(pipe, select.POLLOUT, deadline)

    def _receive(self, deadline: float) -> bytes:
        (length,) = LENGTH.unpack(self._read(LENGTH.size, deadline))
        if length > LARGEST_ANSWER:
            raise EOFError
        return self._read(length, deadline)

    def _read(self, size: int, deadline: float) -> bytes:
        pipe = self._answers.fileno()
        pieces = []
        while size:
            try:
                piece = os.read(pipe, size)
            except BlockingIOError:
                _wait(pipe, select.POLLIN, deadline)
                continue
            if not piece:
                raise EOFError
            pieces.append(piece)
            size -= len(piece)
        return b"".join(pieces)

    def _death(self, task: ParseTask) -> FeedError:
        was_stopped = self.retires
        self.kill()
        status = self._process.wait()
        if status == -signal.SIGXCPU:
            return _too_long(task)
        if was_stopped:
            return FeedError("parse", "The parser was stopped before it was done.", resource=task.feed_url)
        return FeedError("parse", f"The parser broke down over the document (exit status {status}).", resource=task.feed_url)


def _too_long(task: ParseTask) -> FeedError:
    return FeedError("parse_timeout", "The document takes too long to parse; it was given up.", resource=task.feed_url)


def _wait(pipe: int, event: int, deadline: float) -> None:
    """Until the pipe is ready. Raises TimeoutError at the deadline."""
    poll = select.poll()
    poll.register(pipe, event)
    left = deadline - time.monotonic()
    if left <= 0 or not poll.poll(left * 1000):
        raise TimeoutError
