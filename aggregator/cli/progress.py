"""The progress bar: on stderr, and on a terminal only. Elsewhere long work runs silently."""

from __future__ import annotations

import os
import sys
from types import TracebackType

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TaskID, TextColumn, TimeRemainingColumn


class NoProgress:
    """Shows nothing. Both kinds serve as a context manager, so that a bar never outlives an error."""

    def start(self, what: str, total: int | None) -> None:
        """Nothing."""

    def step(self, n: int = 1) -> None:
        """Nothing."""

    def stop(self) -> None:
        """Nothing."""

    def __enter__(self) -> NoProgress:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.stop()


class RichProgress:
    """One bar at a time, gone when its work is done. A spinner where the total is not known."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._bar: Progress | None = None
        self._task = TaskID(0)

    def start(self, what: str, total: int | None) -> None:
        """Begins a bar for `what`; one still running is taken away first."""
        self.stop()
        words = TextColumn("{task.description}", markup=False)
        counted = (BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()) if total is not None else ()
        self._bar = Progress(SpinnerColumn(), words, *counted, console=self._console, transient=True)
        self._task = self._bar.add_task(what, total=total)
        self._bar.start()

    def step(self, n: int = 1) -> None:
        """`n` more are done."""
        if self._bar is not None:
            self._bar.advance(self._task, n)

    def stop(self) -> None:
        """Takes the bar away. Harmless without one."""
        if self._bar is not None:
            self._bar.stop()
            self._bar = None

    def __enter__(self) -> RichProgress:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.stop()


def progress() -> RichProgress | NoProgress:
    """The bar that suits stderr. Asked of the stream itself: FORCE_COLOR must not put a bar into a log file."""
    if sys.stderr.isatty() and os.environ.get("TERM") != "dumb":
        return RichProgress(Console(stderr=True))
    return NoProgress()
