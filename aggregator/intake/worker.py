"""The parse worker's process: reads tasks from its input, writes answers to its output, may do nothing else (R3, R4).

Started by `intake.pool` as `python -P -m aggregator.intake.worker CPU_SECONDS MEMORY_BYTES`. What it parses is hostile, so
that a crash, a loop or a bomb in here costs one feed one poll, and nothing that could be stolen is in its environment.
"""

from __future__ import annotations

import contextlib
import gc
import math
import os
import resource
import signal
import sys
import sysconfig
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO

from aggregator.errors import FeedError
from aggregator.intake import wire
from aggregator.intake.parse import parse_document
from aggregator.records.feeds import ParsedFeed

LARGEST_TASK = 32 * 1024 * 1024
# A worker that holds more than this has met something large and will hardly shrink again.
_RETIRE_ABOVE = 80 * 1024 * 1024

_DENIED = ("socket.", "subprocess.", "os.exec", "os.fork", "os.posix_spawn", "os.spawn", "os.system", "os.remove", "os.rename")


def main(cpu_seconds: float, memory: int) -> None:
    """Answers tasks until the input ends."""
    # Whoever stops the daemon stops its whole group; what is being parsed is finished first, and the end of the input ends us.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    tasks, answers = _pipes()
    memory_used = _memory_gauge()
    _limit(memory)
    sys.addaudithook(_guard())
    # What the libraries made at import stays: no need to look through it again and again.
    gc.freeze()
    wire.write_frame(answers, wire.READY)
    while (header := wire.read_part(tasks, LARGEST_TASK)) is not None:
        body = wire.read_part(tasks, LARGEST_TASK)
        if body is None:
            return
        _limit_cpu(cpu_seconds)
        parsed = _parse(wire.read_task(header, body))
        wire.write_frame(answers, wire.answer(parsed, retire=memory_used() > _RETIRE_ABOVE))


def _parse(task: wire.ParseTask) -> ParsedFeed | FeedError:
    try:
        return parse_document(
            task.body,
            feed_url=task.feed_url,
            content_type=task.content_type,
            content_location=task.content_location,
            known=task.known,
            bodies=task.bodies,
        )
    except FeedError as error:
        return error
    except (MemoryError, RecursionError) as error:
        return FeedError("parse", f"The document is too complex to parse ({type(error).__name__}).")
    except Exception as error:  # noqa: BLE001 - whatever a hostile document sets off is that feed's own failure, and told as such
        return FeedError("parse", f"The document cannot be parsed: {type(error).__name__}: {error!s:.200}")


def _pipes() -> tuple[BinaryIO, BinaryIO]:
    """Our ends of the pipes; nothing that a library prints may get between the frames."""
    tasks, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nowhere = os.open(os.devnull, os.O_RDWR)
    os.dup2(nowhere, 0)
    os.dup2(nowhere, 1)
    os.close(nowhere)
    return tasks, answers


def _limit(memory: int) -> None:
    limits = {
        resource.RLIMIT_AS: memory,
        resource.RLIMIT_NOFILE: 16,
        resource.RLIMIT_FSIZE: 0,
        resource.RLIMIT_CORE: 0,
    }
    for limit, value in limits.items():
        # macOS knows some of these and refuses to set them; the wall clock in the pool holds everywhere.
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(limit, (value, value))


def _limit_cpu(seconds: float) -> None:
    """So much more than has been used: the kernel counts over the life of the process, and ends it with SIGXCPU."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    allowed = math.ceil(used.ru_utime + used.ru_stime + seconds)
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_CPU, (allowed, resource.RLIM_INFINITY))


def _memory_gauge() -> Callable[[], int]:
    """Bytes of memory in use, asked again and again; always 0 where the system has no /proc.

    Not `ru_maxrss`: a child begins with the peak of the parent that forked it.
    """
    try:
        statm = os.open("/proc/self/statm", os.O_RDONLY)
    except OSError:
        return lambda: 0
    page = resource.getpagesize()
    return lambda: int(os.pread(statm, 256, 0).split()[1]) * page


def _guard() -> Callable[[str, tuple[Any, ...]], None]:
    """Refuses files outside the interpreter's libraries, connections and processes, should a parser ever ask for one."""
    libraries = tuple(
        {os.path.realpath(path) + os.sep for path in (*sysconfig.get_paths().values(), sys.prefix, sys.base_prefix)}
    )
    own = f"{Path(__file__).resolve().parent.parent}{os.sep}"

    def guard(event: str, arguments: tuple[Any, ...]) -> None:
        if event[0] not in "os":
            # Most events, by far, are of no interest (`builtins.id`): out of the way with them.
            return
        if event == "open":
            path = arguments[0]
            if isinstance(path, str | bytes) and not os.path.realpath(os.fsdecode(path)).startswith((own, *libraries)):
                raise PermissionError("a parser opens no files")
        elif event.startswith(_DENIED):
            raise PermissionError("a parser does nothing but parse")

    return guard


if __name__ == "__main__":
    # The daemon is gone, or has had enough of us: nobody is left to tell.
    with contextlib.suppress(BrokenPipeError, wire.FrameError):
        main(float(sys.argv[1]), int(sys.argv[2]))
