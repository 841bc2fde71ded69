"""Reads past editions into the archive and turns their links into labels. Idempotent: a second reading changes nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, time
from pathlib import Path

from aggregator.archive.labels import labels_of, origin_of, unknown_sections
from aggregator.archive.read import read_archive
from aggregator.archive.renamed import follow_renamed
from aggregator.archive.rules import ReadingRules
from aggregator.archive.succession import suggestions
from aggregator.closing.judge import published
from aggregator.ports import Progress, Stores
from aggregator.records.archive import ArchiveReading, PastEdition, SourceState
from aggregator.records.reports import ArchiveReport
from aggregator.records.roundups import Roundup
from aggregator.settings import RoundupSettings


def run_once(
    stores: Stores,
    roundup: Roundup,
    plan: RoundupSettings,
    paths: Sequence[Path],
    *,
    home: Path,
    roundups: Sequence[RoundupSettings] = (),
    progress: Progress | None = None,
) -> ArchiveReport:
    """Reads files and folders of past editions, which close nothing. Documents are known by their path from `home`, the
    configuration's folder. roundups: all that he has; editions of the others are none of this one."""
    rules = ReadingRules.of(plan, roundups)
    reading = read_archive(paths, home=home, title=title_pattern(plan), rules=rules, progress=progress)
    reading, _ = published(reading, plan.day_of(stores.clock.now()))
    report = absorb(stores, roundup, plan, reading)
    _looked_at(stores, roundup, plan, paths, home)
    return report


def _looked_at(stores: Stores, roundup: Roundup, plan: RoundupSettings, paths: Sequence[Path], home: Path) -> None:
    """A configured folder that was just read has had its first look: what comes into it from now on is newly published."""
    read = {path.resolve() for path in paths}
    known = {one.address for one in stores.archive.sources(roundup.id) if one.first_read_at is not None}
    for source in plan.archive:
        if source.path is not None and source.address not in known:
            place = (home / source.path.expanduser()).resolve()
            if read & {place, *place.parents}:
                stores.archive.save_source(roundup.id, SourceState(source.address, first_read_at=stores.clock.now()))


def absorb(
    stores: Stores,
    roundup: Roundup,
    plan: RoundupSettings,
    reading: ArchiveReading,
    *,
    source: str | None = None,
    baseline: bool = True,
) -> ArchiveReport:
    """Takes a reading into the archive, with the labels that it teaches. source, baseline: as `ArchiveStore.save` has them."""
    now = stores.clock.now()
    follow_renamed(stores, roundup.id, reading.editions)
    written = stores.archive.save(roundup.id, reading.editions, now, source=source, baseline=baseline)
    labels = [
        label for edition in reading.editions for label in labels_of(edition, plan.canonical_section, said_at(edition, now))
    ]
    fresh = stores.learning.add_labels(roundup.id, labels)
    stores.learning.retract(roundup.id, {origin_of(one) for one in reading.editions} - {label.origin for label in labels})
    return report_on(plan, reading, written=written, labels=fresh)


def report_on(plan: RoundupSettings, reading: ArchiveReading, *, written: int = 0, labels: int = 0) -> ArchiveReport:
    """What a reading holds, by the headings of today."""
    links: Counter[str] = Counter()
    for edition in reading.editions:
        for bullet in edition.bullets:
            if bullet.section is not None:
                links[plan.heading_today(bullet.section)] += len(bullet.links)
    return ArchiveReport(
        editions=len(reading.editions),
        bullets=sum(len(edition.bullets) for edition in reading.editions),
        links=sum(len(edition.links) for edition in reading.editions),
        sections=tuple(links.most_common()),
        skipped=reading.skipped,
        unknown=tuple(unknown_sections(reading.editions, plan.section_names, plan.aliases)) if plan.sections else (),
        written=written,
        labels=labels,
        decisions=reading.decisions,
        suggestions=tuple(suggestions(reading.editions, plan.section_names, plan.aliases)),
    )


def title_pattern(plan: RoundupSettings) -> str:
    """The roundup's title with the number left open."""
    return plan.title.format(number="{number}", name=plan.name)


def said_at(edition: PastEdition, otherwise: datetime) -> datetime:
    """When the author said what this edition says: noon UTC of its day."""
    return datetime.combine(edition.published, time(12), UTC) if edition.published else otherwise
