from __future__ import annotations

import io
import sys

import pytest
from rich.console import Console

from aggregator.cli.progress import NoProgress, RichProgress, progress
from aggregator.ports import Progress


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_pipe_gets_no_bar_even_with_force_color(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert isinstance(progress(), NoProgress)


def test_a_terminal_gets_a_bar_unless_it_is_a_dumb_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", Terminal())
    monkeypatch.setenv("TERM", "xterm")
    assert isinstance(progress(), RichProgress)
    monkeypatch.setenv("TERM", "dumb")
    assert isinstance(progress(), NoProgress)


@pytest.mark.parametrize("total", [3, None])
def test_the_bar_says_what_it_is_doing_and_goes_away(total: int | None) -> None:
    screen = Terminal()
    with RichProgress(Console(file=screen, force_terminal=True, width=100)) as bar:
        bar.start("Polling [feeds]", total)
        bar.step()
        bar.step(2)
    assert "Polling [feeds]" in screen.getvalue()
    assert ("3/3" in screen.getvalue()) is (total == 3)
    bar.stop()


def test_both_kinds_fit_the_port() -> None:
    quiet: Progress = NoProgress()
    loud: Progress = RichProgress(Console(file=Terminal()))
    with NoProgress() as nothing:
        nothing.start("anything", 1)
        nothing.step()
    loud.step()
    for one in (quiet, loud):
        one.stop()
