"""A portrait of a roundup: what a folder of past editions says of its author. Figures only; faces show them."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from statistics import median

from aggregator.archive.people import Person, people
from aggregator.archive.relinks import Relink, relinks
from aggregator.archive.sites import Site, label, sites_of, worth_following
from aggregator.records.archive import ArchiveReading, PastEdition, SkippedDocument
from aggregator.records.learning import Evaluation
from aggregator.text.titles import roundup_name

# What the author does now is read from his last editions, not from all.
_RECENT = 10


@dataclass(frozen=True, slots=True)
class EditionFigures:
    """One edition. label: "#27" or its title. gap: days since the one before, None for the first or without dates.
    sections: links by section as written, None for links above or without sections."""

    label: str
    title: str
    published: date | None
    gap: int | None
    links: int
    bullets: int
    sections: tuple[tuple[str | None, int], ...]


@dataclass(frozen=True, slots=True)
class Cadence:
    """Days between editions. usual: the median; p90: nine of ten are no further apart. last: the newest edition's date;
    silence: days since then."""

    usual: float
    p90: int
    longest: int
    last: date
    silence: int


@dataclass(frozen=True, slots=True)
class SectionHistory:
    """One section. editions: that have its heading; empty: of those, how many had no link under it. usual: median links in
    the recent editions that have it, None if none has. thin: recently it mostly held one link or none."""

    name: str
    links: int
    editions: int
    empty: int
    usual: float | None
    last: str
    thin: bool


@dataclass(frozen=True, slots=True)
class NextNumber:
    """The edition to come. title: in his style. sections: the headings he uses now, in his order. intro, outro: the newest
    edition's own words with the number brought up to date, "" if they hold links."""

    number: int | None
    title: str
    sections: tuple[str, ...]
    intro: str
    outro: str


@dataclass(frozen=True, slots=True)
class Portrait:
    """Everything worth saying. cadence: None with fewer than two dated editions. several: share of bullets with more than one
    link; words: median words of a bullet. relinked: links that an earlier edition had. evaluation: None where there are
    too few editions to tell."""

    name: str
    editions: tuple[EditionFigures, ...]
    links: int
    bullets: int
    usual_links: float
    cadence: Cadence | None
    several: float
    words: float
    sections: tuple[SectionHistory, ...]
    sites: tuple[Site, ...]
    once: int
    people: tuple[Person, ...]
    relinked: tuple[Relink, ...]
    suggestions: tuple[Site, ...]
    style: str
    front_matter: Mapping[str, object]
    next: NextNumber
    evaluation: Evaluation | None
    skipped: tuple[SkippedDocument, ...]


def paint(reading: ArchiveReading, evaluation: Evaluation | None, today: date) -> Portrait:
    """The portrait of a reading with at least one edition (ValueError without)."""
    if not reading.editions:
        raise ValueError("a portrait needs at least one edition")
    editions = reading.editions
    figures = _figures(editions)
    bullets = [bullet for edition in editions for bullet in edition.bullets]
    sites = sites_of(editions)
    recent = editions[-_RECENT:]
    reference = sum(edition.style == "reference" for edition in recent)
    return Portrait(
        name=_name(reading),
        editions=figures,
        links=sum(one.links for one in figures),
        bullets=len(bullets),
        usual_links=median(one.links for one in figures),
        cadence=_cadence(figures, today),
        several=sum(len(bullet.links) > 1 for bullet in bullets) / len(bullets) if bullets else 0.0,
        words=median(len(bullet.text.split()) for bullet in bullets) if bullets else 0.0,
        sections=_sections(editions),
        sites=sites,
        once=sum(site.links == 1 for site in sites),
        people=people(editions),
        relinked=tuple(relinks(editions)),
        suggestions=worth_following(sites),
        style="reference" if 2 * reference > len(recent) else "inline",
        front_matter=reading.front_matter,
        next=_next(reading),
        evaluation=evaluation,
        skipped=reading.skipped,
    )


def _name(reading: ArchiveReading) -> str:
    """The roundup's name: its title pattern without the number, else the newest title."""
    head = reading.title.split("{number}")[0].replace("{{", "{").replace("}}", "}")
    return roundup_name(head) or reading.editions[-1].title


def _figures(editions: Sequence[PastEdition]) -> tuple[EditionFigures, ...]:
    figures = []
    before: date | None = None
    for edition in editions:
        links: Counter[str | None] = Counter()
        for bullet in edition.bullets:
            links[bullet.section] += len(bullet.links)
        gap = (edition.published - before).days if edition.published and before else None
        before = edition.published or before
        figures.append(
            EditionFigures(
                label=label(edition),
                title=edition.title,
                published=edition.published,
                gap=gap,
                links=len(edition.links),
                bullets=len(edition.bullets),
                sections=tuple(links.items()),
            )
        )
    return tuple(figures)


def _cadence(figures: Sequence[EditionFigures], today: date) -> Cadence | None:
    gaps = sorted(one.gap for one in figures if one.gap is not None)
    last = max((one.published for one in figures if one.published), default=None)
    if not gaps or last is None:
        return None
    # The nearest-rank percentile: a gap that occurred, not one between two.
    p90 = gaps[math.ceil(0.9 * len(gaps)) - 1]
    return Cadence(median(gaps), p90, gaps[-1], last, max(0, (today - last).days))


def _sections(editions: Sequence[PastEdition]) -> tuple[SectionHistory, ...]:
    """In order of links; a heading that never held one is left out."""
    counts: dict[str, dict[int, int]] = {}
    for position, edition in enumerate(editions):
        for name in edition.sections:
            counts.setdefault(name, {}).setdefault(position, 0)
        for bullet in edition.bullets:
            if bullet.section is not None:
                counts[bullet.section][position] += len(bullet.links)
    histories = []
    for name, links in counts.items():
        recent = [number for position, number in links.items() if position >= len(editions) - _RECENT]
        usual = median(recent) if recent else None
        histories.append(
            SectionHistory(
                name=name,
                links=sum(links.values()),
                editions=len(links),
                empty=sum(number == 0 for number in links.values()),
                usual=usual,
                last=label(editions[max(links)]),
                thin=usual is not None and usual <= 1 and len(recent) > 1,
            )
        )
    return tuple(sorted((one for one in histories if one.links), key=lambda one: (-one.links, one.name)))


def _next(reading: ArchiveReading) -> NextNumber:
    newest = reading.editions[-1]
    last = max((edition.number for edition in reading.editions if edition.number is not None), default=None)
    number = None if last is None else last + 1
    title = reading.title.format(number=number) if number is not None and reading.title else newest.title
    return NextNumber(
        number,
        title,
        _sections_now(reading.editions),
        _carried(newest.intro, newest, number),
        _carried(newest.outro, newest, number),
    )


def _sections_now(editions: Sequence[PastEdition]) -> tuple[str, ...]:
    """The newest edition's headings, without those that were used this once, and with those that the last few mostly had."""
    last_few = editions[-5:]
    count = Counter(name for edition in last_few for name in edition.sections)
    sections = [name for name in editions[-1].sections if len(last_few) < 3 or count[name] > 1]
    sections += [name for name, times in count.items() if 2 * times > len(last_few) and name not in sections]
    return tuple(sections)


def _carried(words: str, newest: PastEdition, number: int | None) -> str:
    """The newest edition's words for the next one; none with links, which would lead to last time's pages."""
    if "](" in words or "][" in words or "<http" in words:
        return ""
    if number is None or newest.number is None:
        return words
    return re.sub(rf"(?<!\d){newest.number}(?!\d)", str(number), words)
