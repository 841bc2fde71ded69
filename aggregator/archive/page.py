"""The portrait as one static HTML page: charts laid out here, drawn by the templates, no scripts and nothing fetched."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

import humanize
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from aggregator.archive.portrait import EditionFigures, Portrait, SectionHistory
from aggregator.archive.relinks import slips
from aggregator.archive.sites import label
from aggregator.records.learning import Evaluation
from aggregator.settings.shipped import template_folder
from aggregator.text.canonical import host_of

# Sections with a colour of their own; the rest share one.
_COLOURS = 8
_MOST_BARS = 120
_MOST_TICKS = 8
_SITES = 14
_PEOPLE = 12
_SUGGESTIONS = 12
_EXAMPLES = 8
# Headings of fewer editions, and without a colour, are told of in one line.
_LASTING = 5


@dataclass(frozen=True, slots=True)
class Bar:
    """x, width: percent of the chart's width. share: 0..1 of its height. title: what hovering over it says."""

    x: float
    width: float
    share: float
    title: str
    colour: int = 0


@dataclass(frozen=True, slots=True)
class Tick:
    """A mark on an axis. at: percent along it."""

    at: float
    text: str


@dataclass(frozen=True, slots=True)
class Chart:
    """bars may lie on one another: `base` of each is found by the template. scale: marks of the upright axis. line: 0..1, the
    usual value, None without."""

    bars: tuple[Bar, ...]
    ticks: tuple[Tick, ...]
    scale: tuple[Tick, ...]
    line: float | None
    label: str


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a list with a bar. share: 0..1. spark: small bars over time."""

    name: str
    share: float
    value: str
    note: str = ""
    colour: int = 0
    spark: tuple[Bar, ...] = ()


def render(portrait: Portrait, skeleton: str) -> str:
    """The page. skeleton: the next number's text as it would be exported."""
    environment = Environment(
        loader=FileSystemLoader(template_folder()),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "age": _age,
        "comma": humanize.intcomma,
        "day": _day,
        "host": host_of,
        "label": label,
        "percent": _percent,
        "plain": _plain,
    }
    colours = _colours(portrait)
    lasting = [one for one in portrait.sections if one.name in colours or one.editions >= _LASTING]
    return environment.get_template("portrait/page.html").render(
        p=portrait,
        skeleton=skeleton,
        cadence=_gaps(portrait),
        links=_links(portrait),
        periods=_periods(portrait.editions, colours),
        sections=[_section(one, portrait, colours) for one in lasting],
        passing=[one for one in portrait.sections if one not in lasting],
        sites=_sites(portrait),
        people=portrait.people[:_PEOPLE],
        suggestions=portrait.suggestions[:_SUGGESTIONS],
        relinked=slips(portrait.relinked)[:_EXAMPLES],
        filing=_filing(portrait.evaluation, colours) if portrait.evaluation else (),
        thin=[one for one in portrait.sections if one.thin],
        first=next((one.published for one in portrait.editions if one.published), None),
    )


def _day(value: date) -> str:
    return f"{value.day} {value:%B %Y}"


def _age(days: int) -> str:
    """A number of days in the unit that suits it."""
    return humanize.naturaldelta(timedelta(days=days))


def _percent(share: float) -> str:
    return f"{100 * share:.0f}%"


def _plain(value: float) -> str:
    """A number without a needless decimal: 26, 2.5."""
    return f"{value:.1f}".removesuffix(".0")


def _colours(portrait: Portrait) -> dict[str, int]:
    """Section -> its colour from 1, by links; 0 is everything else's."""
    return {section.name: number for number, section in enumerate(portrait.sections[:_COLOURS], 1)}


def _gaps(portrait: Portrait) -> Chart | None:
    if portrait.cadence is None:
        return None
    dated = [one for one in portrait.editions if one.gap is not None]
    # One long silence must not flatten all others.
    ceiling = _round_up(max(1.0, min(portrait.cadence.longest, 2.5 * portrait.cadence.p90)))
    values = [(one, float(one.gap or 0), f"{one.label}: {one.gap} days after the one before") for one in dated]
    return _chart(values, ceiling, min(1.0, portrait.cadence.usual / ceiling), "Days between one edition and the next")


def _links(portrait: Portrait) -> Chart:
    ceiling = _round_up(max(1, *(one.links for one in portrait.editions), 1))
    values = [(one, float(one.links), f"{one.label}: {one.links} links in {one.bullets} bullets") for one in portrait.editions]
    return _chart(values, ceiling, portrait.usual_links / ceiling, "Links in each edition")


def _chart(values: Sequence[tuple[EditionFigures, float, str]], ceiling: float, line: float, label: str) -> Chart:
    """One bar an edition; of very many editions, one bar for the mean of a few in a row."""
    together = -(-len(values) // _MOST_BARS)
    groups = [values[at : at + together] for at in range(0, len(values), together)]
    step = 100 / len(groups)
    bars = []
    for number, group in enumerate(groups):
        mean = sum(value for _, value, _ in group) / len(group)
        title = group[0][2] if together == 1 else f"{group[0][0].label} to {group[-1][0].label}: {_plain(mean)} on average"
        bars.append(Bar(number * step + step * 0.14, step * 0.72, min(1.0, mean / ceiling), title))
    scale = tuple(Tick(100 * share, _plain(ceiling * share)) for share in (0.5, 1.0))
    return Chart(tuple(bars), _year_ticks([group[0][0] for group in groups]), scale, line, label)


def _year_ticks(editions: Sequence[EditionFigures]) -> tuple[Tick, ...]:
    """The first edition of each year; every second or third year where there are many."""
    years = [one.published.year if one.published else None for one in editions]
    starts = [at for at, year in enumerate(years) if year is not None and (at == 0 or years[at - 1] != year)]
    every = -(-len(starts) // _MOST_TICKS) or 1
    ticks = [Tick(100 * at / len(editions), str(years[at])) for at in starts[::every]]
    # A year that begins just before the next one's label has no room for its own.
    crowded = {one.at for one, following in pairwise(ticks) if following.at - one.at < 9}
    return tuple(tick for tick in ticks if tick.at not in crowded and tick.at < 94)


def _round_up(value: float) -> float:
    """The next number that halves well."""
    scale = 10.0 ** (len(str(int(value))) - 1)
    return next(step * scale for step in (1, 1.5, 2, 3, 4, 5, 6, 8, 10) if step * scale >= value)


def _periods(editions: Sequence[EditionFigures], colours: dict[str, int]) -> Chart | None:
    """Each section's share of the links, by year, or by a handful of editions where there are few years."""
    if not colours:
        return None
    years = {one.published.year for one in editions if one.published}
    dated = all(one.published for one in editions) and len(years) > 2
    size = max(1, -(-len(editions) // 10))
    groups: dict[str, Counter[str]] = {}
    for number, edition in enumerate(editions):
        first = editions[number - number % size]
        period = str(edition.published.year) if dated and edition.published else first.label
        for name, links in edition.sections:
            if name is not None:
                groups.setdefault(period, Counter())[name] += links
    groups = {period: links for period, links in groups.items() if links.total()}
    step = 100 / max(1, len(groups))
    bars = [
        Bar(
            number * step + step * 0.06,
            step * 0.88,
            links[name] / links.total(),
            f"{name}, {period}: {links[name]} links",
            colour,
        )
        for number, (period, links) in enumerate(groups.items())
        for name, colour in (*colours.items(), *((other, 0) for other in links if other not in colours))
        if links[name]
    ]
    ticks = tuple(Tick((number + 0.5) * step, period) for number, period in enumerate(groups))
    return Chart(tuple(bars), ticks, (), None, "How the links spread over the sections")


def _section(section: SectionHistory, portrait: Portrait, colours: dict[str, int]) -> Row:
    return Row(
        name=section.name,
        share=section.links / portrait.links,
        value=humanize.intcomma(section.links),
        note=_section_note(section, len(portrait.editions), portrait.editions[-1].label),
        colour=colours.get(section.name, 0),
        spark=_spark(portrait.editions, section.name),
    )


def _section_note(section: SectionHistory, editions: int, newest: str) -> str:
    notes = [f"in {section.editions} of {editions}" if section.editions < editions else "in every edition"]
    if section.empty:
        notes.append(f"{section.empty} times empty" if section.empty > 1 else "once empty")
    if section.last != newest:
        notes.append(f"last in {section.last}")
    elif section.usual is not None:
        notes.append(f"usually {_plain(section.usual)} now")
    return ", ".join(notes)


def _spark(editions: Sequence[EditionFigures], name: str) -> tuple[Bar, ...]:
    values = [dict(one.sections).get(name, 0) for one in editions]
    together = -(-len(values) // _MOST_BARS)
    means = [sum(values[at : at + together]) / len(values[at : at + together]) for at in range(0, len(values), together)]
    top, step = max(means) or 1.0, 100 / len(means)
    return tuple(Bar(number * step, step * 0.8, mean / top, "") for number, mean in enumerate(means) if mean)


def _sites(portrait: Portrait) -> list[Row]:
    shown = portrait.sites[:_SITES]
    most = max((one.links for one in shown), default=1)
    return [Row(one.host, one.links / most, str(one.links), colour=1) for one in shown]


def _filing(evaluation: Evaluation, colours: dict[str, int]) -> list[Row]:
    return [
        Row(one.name, one.recall, _percent(one.recall), f"of {one.links} links", colours.get(one.name, 0))
        for one in sorted(evaluation.sections, key=lambda one: -one.links)
        if one.links
    ]
