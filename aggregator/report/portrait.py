"""The portrait as one static HTML page: its charts are laid out here and drawn by the templates."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import humanize

from aggregator.archive.portrait import EditionFigures, Portrait, SectionHistory
from aggregator.archive.relinks import slips
from aggregator.archive.sites import label
from aggregator.records.learning import Evaluation
from aggregator.report.charts import Bar, Chart, Column, Row, Tick, columns, round_up, spark
from aggregator.report.pages import fill, percent, plain

# Sections with a colour of their own; the rest share one.
_COLOURS = 8
_SITES = 14
_PEOPLE = 12
_SUGGESTIONS = 12
_EXAMPLES = 8
_ROWS = 100
# Headings of fewer editions, and without a colour, are told of in one line.
_LASTING = 5


def render(portrait: Portrait, skeleton: str) -> str:
    """The page. skeleton: the next number's text as it would be exported."""
    colours = _colours(portrait)
    lasting = [one for one in portrait.sections if one.name in colours or one.editions >= _LASTING]
    values: dict[str, object] = {
        "p": portrait,
        "skeleton": skeleton,
        "newest": portrait.editions[: -_ROWS - 1 : -1],
        "cadence": _gaps(portrait),
        "links": _links(portrait),
        "periods": _periods(portrait.editions, colours),
        "sections": [_section(one, portrait, colours) for one in lasting],
        "passing": [one for one in portrait.sections if one not in lasting],
        "sites": _sites(portrait),
        "people": portrait.people[:_PEOPLE],
        "suggestions": portrait.suggestions[:_SUGGESTIONS],
        "relinked": [(one, label(one.earlier), label(one.edition)) for one in slips(portrait.relinked)[:_EXAMPLES]],
        "filing": _filing(portrait.evaluation, colours) if portrait.evaluation else (),
        "thin": [one for one in portrait.sections if one.thin],
        "first": next((one.published for one in portrait.editions if one.published), None),
    }
    return fill("report/portrait.html", values)


def _colours(portrait: Portrait) -> dict[str, int]:
    """Section -> its colour from 1, by links; 0 is everything else's."""
    return {section.name: number for number, section in enumerate(portrait.sections[:_COLOURS], 1)}


def _gaps(portrait: Portrait) -> Chart | None:
    if portrait.cadence is None:
        return None
    dated = [one for one in portrait.editions if one.gap is not None]
    # One long silence must not flatten all others.
    ceiling = round_up(max(1.0, min(portrait.cadence.longest, 2.5 * portrait.cadence.p90)))
    values = [Column(one.gap or 0, f"{one.label}: {one.gap} days after the one before", _year(one), one.label) for one in dated]
    return columns(values, ceiling, min(1.0, portrait.cadence.usual / ceiling), "Days between one edition and the next")


def _links(portrait: Portrait) -> Chart:
    ceiling = round_up(max(1, *(one.links for one in portrait.editions), 1))
    values = [
        Column(one.links, f"{one.label}: {one.links} links in {one.bullets} bullets", _year(one), one.label)
        for one in portrait.editions
    ]
    return columns(values, ceiling, portrait.usual_links / ceiling, "Links in each edition")


def _year(edition: EditionFigures) -> str | None:
    return str(edition.published.year) if edition.published else None


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
        spark=spark([dict(one.sections).get(section.name, 0) for one in portrait.editions]),
    )


def _section_note(section: SectionHistory, editions: int, newest: str) -> str:
    notes = [f"in {section.editions} of {editions}" if section.editions < editions else "in every edition"]
    if section.empty:
        notes.append(f"{section.empty} times empty" if section.empty > 1 else "once empty")
    if section.last != newest:
        notes.append(f"last in {section.last}")
    elif section.usual is not None:
        notes.append(f"usually {plain(section.usual)} now")
    return ", ".join(notes)


def _sites(portrait: Portrait) -> list[Row]:
    shown = portrait.sites[:_SITES]
    most = max((one.links for one in shown), default=1)
    return [Row(one.host, one.links / most, str(one.links), colour=1) for one in shown]


def _filing(evaluation: Evaluation, colours: dict[str, int]) -> list[Row]:
    return [
        Row(one.name, one.recall, percent(one.recall), f"of {one.links} links", colours.get(one.name, 0))
        for one in sorted(evaluation.sections, key=lambda one: -one.links)
        if one.links
    ]
