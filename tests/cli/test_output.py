from __future__ import annotations

import io
import json
import sys
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType
from zoneinfo import ZoneInfo

import pytest
from rich.text import Text

from aggregator.cli import output

NOW = datetime(2026, 11, 27, 14, 0, tzinfo=UTC)


class Colour(StrEnum):
    RED = "red"


@dataclass(frozen=True, slots=True)
class Inner:
    at: datetime
    path: Path


@dataclass(frozen=True, slots=True)
class Outer:
    inner: tuple[Inner, ...]
    colour: Colour


def test_json_is_one_document_with_records_times_and_paths_in_it(capsys: pytest.CaptureFixture[str]) -> None:
    record = Outer((Inner(NOW, Path("a/b")),), Colour.RED)
    output.print_json({"record": record, "day": date(2026, 1, 2), "at": time(7, 0), "for": timedelta(minutes=1)})
    printed = capsys.readouterr()
    assert json.loads(printed.out) == {
        "record": {"inner": [{"at": "2026-11-27T14:00:00+00:00", "path": "a/b"}], "colour": "red"},
        "day": "2026-01-02",
        "at": "07:00:00",
        "for": 60.0,
    }
    assert printed.out.count("\n") == 1
    assert printed.err == ""


def test_json_takes_sets_in_order_and_any_mapping(capsys: pytest.CaptureFixture[str]) -> None:
    output.print_json([{"b", "a"}, MappingProxyType({"x": 1})])
    assert json.loads(capsys.readouterr().out) == [["a", "b"], {"x": 1}]


def test_json_refuses_what_it_cannot_say() -> None:
    with pytest.raises(TypeError, match="object has no place"):
        output.print_json(object())
    with pytest.raises(ValueError, match="JSON"):
        output.print_json(float("nan"))


def test_json_falls_back_to_escapes_where_the_stream_cannot_show_a_letter(monkeypatch: pytest.MonkeyPatch) -> None:
    raw = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(raw, encoding="ascii"))
    output.print_json({"title": "café \udcff"})
    assert json.loads(raw.getvalue()) == {"title": "café \udcff"}


def test_square_brackets_in_a_title_are_no_markup(capsys: pytest.CaptureFixture[str]) -> None:
    output.say("[bold]not bold[/bold] :smile: [link=https://evil.example]x[/link]")
    output.table(["title"], [["[red]plain[/red]"]])
    out = capsys.readouterr().out
    assert "[bold]not bold[/bold] :smile: [link=https://evil.example]x[/link]\n" in out
    assert "[red]plain[/red]" in out


def test_nothing_that_is_shown_can_steer_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    output.say("a\x1b]0;title\x07b\nc")
    output.warn("a\x9b2Jb")
    output.table(["x"], [["a\x1b[2Jb"]])
    printed = capsys.readouterr()
    assert "\x1b" not in printed.out + printed.err
    assert "\x9b" not in printed.err
    assert printed.out.startswith("a\ufffd]0;title\ufffdb\nc\n")


def test_a_long_line_is_not_folded_in_a_pipe(capsys: pytest.CaptureFixture[str]) -> None:
    output.say("word " * 100)
    output.table(["a", "b"], [["x" * 300, None], [Text("y"), 7]])
    assert [line.split() for line in capsys.readouterr().out.splitlines()] == [
        ["word"] * 100,
        ["a", "b"],
        ["x" * 300],
        ["y", "7"],
    ]


def test_a_pipe_gets_no_colours(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FORCE_COLOR", raising=False)
    output.say("fine", style="bold green")
    output.warn("careful")
    output.fail("broken")
    printed = capsys.readouterr()
    assert printed.out == "fine\n"
    assert printed.err == "careful\nbroken\n"


def test_numbers_stand_to_the_right(capsys: pytest.CaptureFixture[str]) -> None:
    output.table(["name", "links"], [["a", 7], ["b", 1200]], title="Sites", numbers=[1])
    assert capsys.readouterr().out.splitlines() == ["Sites", "name  links", "a         7", "b      1200"]


@pytest.mark.parametrize(
    ("when", "words"),
    [
        (None, "never"),
        (NOW - timedelta(hours=3), "3 hours ago"),
        (NOW + timedelta(hours=3), "3 hours from now"),
        (NOW, "now"),
    ],
)
def test_an_age_reads_as_people_say_it(when: datetime | None, words: str) -> None:
    assert output.age(when, NOW) == words


def test_a_moment_stands_on_the_authors_clock() -> None:
    assert output.moment(NOW, ZoneInfo("America/Denver")) == "Fri 27 Nov 2026 07:00"
    assert output.moment(None, ZoneInfo("UTC"), never="not yet") == "not yet"


def test_counts_and_sizes_read_naturally() -> None:
    assert output.count(1, "feed") == "1 feed"
    assert output.count(1200, "feed") == "1,200 feeds"
    assert output.count(2, "entry", "entries") == "2 entries"
    assert output.size(1_200_000) == "1.2 MB"
