"""Work that takes longer than a page may: done in a thread of its own, its progress told whenever asked."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from threading import Lock, Thread

from aggregator.errors import AggregatorError, Refused
from aggregator.ports import Progress

log = logging.getLogger("aggregator")


@dataclass(slots=True)
class Work:
    """One piece of work. what: it does at the moment; done of total, None where nobody knows how much there is. words: what it
    came to. error: why it failed. result: what it found, for the page that shows it."""

    title: str
    what: str = ""
    done: int = 0
    total: int | None = None
    running: bool = True
    words: str = ""
    error: AggregatorError | None = None
    result: object = None

    def start(self, what: str, total: int | None) -> None:
        """As `ports.Progress`."""
        self.what, self.total, self.done = what, total, 0

    def step(self, n: int = 1) -> None:
        """As `ports.Progress`."""
        self.done += n

    def stop(self) -> None:
        """As `ports.Progress`."""


Doing = Callable[[Progress], tuple[str, object]]
"""Does it; returns what it came to, in words, and what it found."""


class Works:
    """At most one piece of work of a name at a time; the last one of each stays to be looked at."""

    def __init__(self) -> None:
        self._works: dict[str, Work] = {}
        self._lock = Lock()

    def get(self, name: str) -> Work | None:
        """The piece of work that was begun last under a name, as it stands at this moment. A page asks before it reads anything
        else: what it shows beside work that has ended is then no older than that."""
        work = self._works.get(name)
        return replace(work) if work is not None else None

    def begin(self, name: str, title: str, doing: Doing) -> Work:
        """Begins it and returns at once. Raises Refused while the last one of this name is under way."""
        with self._lock:
            if (last := self._works.get(name)) is not None and last.running:
                raise Refused("this is under way already", resource=last.title, permanent=False, advice="Wait until it is done.")
            work = self._works[name] = Work(title)
        # A daemon's thread: whatever is cut off when the process ends is whole in the database up to its last commit.
        Thread(target=self._do, args=(work, doing), name=f"desk {name}", daemon=True).start()
        return work

    @staticmethod
    def _do(work: Work, doing: Doing) -> None:
        try:
            work.words, work.result = doing(work)
        except AggregatorError as error:
            work.error = error
        except Exception:  # a thread's end is told on its page and in the log, or nowhere
            log.exception("%s failed", work.title)
            work.error = AggregatorError("this failed for a reason of ours", advice="The log says more.")
        finally:
            work.running = False
