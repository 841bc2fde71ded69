"""The geometry of charts: shapes in percent across and shares of the height, which the templates draw at any width."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

_MOST_BARS = 120
_MOST_TICKS = 8
_CROWDED = 9
"""Percent of the width: marks nearer than this would write over one another."""
_LAST = 94


@dataclass(frozen=True, slots=True)
class Bar:
    """x, width: percent of the chart's width. share: 0..1 of its height, standing on `base`. title: what hovering says."""

    x: float
    width: float
    share: float
    title: str
    colour: int = 0
    base: float = 0.0


@dataclass(frozen=True, slots=True)
class Tick:
    """A mark on an axis. at: percent along it."""

    at: float
    text: str


@dataclass(frozen=True, slots=True)
class Chart:
    """scale: marks of the upright axis. line: 0..1, the usual value, None without. label: for who hears the page."""

    bars: tuple[Bar, ...]
    ticks: tuple[Tick, ...]
    scale: tuple[Tick, ...]
    line: float | None
    label: str


@dataclass(frozen=True, slots=True)
class Point:
    """x: percent across. share: 0..1 of the height. size: 0..1, how much weight it has."""

    x: float
    share: float
    title: str
    size: float = 0.0


@dataclass(frozen=True, slots=True)
class Curve:
    """Points, joined in order. diagonal: with the line on which both axes agree."""

    points: tuple[Point, ...]
    ticks: tuple[Tick, ...]
    scale: tuple[Tick, ...]
    label: str
    diagonal: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a list with a bar. share: 0..1. spark: small bars over time."""

    name: str
    share: float
    value: str
    note: str = ""
    colour: int = 0
    spark: tuple[Bar, ...] = ()


@dataclass(frozen=True, slots=True)
class Column:
    """One value of a chart of columns. title: what hovering says. mark: what the axis may say under it ("2019", "#27")."""

    value: float
    title: str
    mark: str | None
    label: str


def columns(values: Sequence[Column], ceiling: float, line: float | None, label: str) -> Chart:
    """One bar a value; of very many values, one bar for the mean of a few in a row. At least one value."""
    together = -(-len(values) // _MOST_BARS)
    groups = [values[at : at + together] for at in range(0, len(values), together)]
    step = 100 / len(groups)
    bars = []
    for number, group in enumerate(groups):
        mean = sum(one.value for one in group) / len(group)
        title = group[0].title if together == 1 else f"{group[0].label} to {group[-1].label}: {_plain(mean)} on average"
        bars.append(Bar(number * step + step * 0.14, step * 0.72, min(1.0, mean / ceiling), title))
    return Chart(tuple(bars), ticks([group[0].mark for group in groups]), upright(ceiling), line, label)


def stacked(values: Sequence[tuple[str, Sequence[tuple[float, str, int]]]], label: str) -> Chart:
    """One bar a value, of parts that stand on one another. values: mark, and of each part its value, title and colour."""
    ceiling = round_up(max(1.0, *(sum(value for value, _, _ in parts) for _, parts in values), 1.0))
    step = 100 / len(values)
    bars = []
    for number, (_, parts) in enumerate(values):
        base = 0.0
        for value, title, colour in parts:
            if value:
                bars.append(Bar(number * step + step * 0.14, step * 0.72, value / ceiling, title, colour, base))
            base += value / ceiling
    return Chart(tuple(bars), ticks([mark for mark, _ in values]), upright(ceiling), None, label)


def upright(ceiling: float) -> tuple[Tick, ...]:
    """The marks of an upright axis: half and whole."""
    return tuple(Tick(100 * share, _plain(ceiling * share)) for share in (0.5, 1.0))


def ticks(marks: Sequence[str | None]) -> tuple[Tick, ...]:
    """A mark wherever it changes; every second or third where there are many, none where the next one has no room."""
    starts = [at for at, mark in enumerate(marks) if mark is not None and (at == 0 or marks[at - 1] != mark)]
    every = -(-len(starts) // _MOST_TICKS) or 1
    found = [Tick(100 * at / len(marks), marks[at] or "") for at in starts[::every]]
    crowded = {one.at for one, following in pairwise(found) if following.at - one.at < _CROWDED}
    return tuple(tick for tick in found if tick.at not in crowded and tick.at < _LAST)


def spark(values: Sequence[float]) -> tuple[Bar, ...]:
    """Small bars over time, each the mean of a few in a row where there are very many."""
    together = -(-len(values) // _MOST_BARS)
    means = [sum(values[at : at + together]) / len(values[at : at + together]) for at in range(0, len(values), together)]
    top, step = max(means) or 1.0, 100 / len(means)
    return tuple(Bar(number * step, step * 0.8, mean / top, "") for number, mean in enumerate(means) if mean)


def round_up(value: float) -> float:
    """The next number that halves well."""
    scale = 10.0 ** (len(str(int(value))) - 1)
    return next(step * scale for step in (1, 1.5, 2, 3, 4, 5, 6, 8, 10) if step * scale >= value)


def _plain(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")
