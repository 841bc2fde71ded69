"""The loop closed by publishing: reads the sources of past editions that are due, and closes the edition whose post appeared.

Level-triggered: what is in the archive and has closed nothing yet closes its edition, whenever it got there.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from aggregator.archive.renamed import renamed
from aggregator.closing.close import close, forget, reapply, reopen
from aggregator.closing.judge import broken_post, gone, next_post, published
from aggregator.errors import ArchiveError, FeedError, PageError
from aggregator.jobs import classify, learn, report
from aggregator.jobs.archive import absorb, report_on
from aggregator.jobs.blog import Found
from aggregator.jobs.sources import read_source
from aggregator.ports import Progress, Stores, Surroundings
from aggregator.records.archive import ArchiveReading, SkippedDocument, SourceState
from aggregator.records.editions import Edition
from aggregator.records.reports import ArchiveReport, CloseReport, PublishReport
from aggregator.records.roundups import Roundup
from aggregator.settings import RoundupSettings, Settings
from aggregator.settings.sources import ArchiveSource

RETRY = timedelta(minutes=15)
"""After a source could not be read; a folder that is out of reach is looked at all the time."""

log = logging.getLogger("aggregator.publish")


@dataclass(slots=True)
class _Tally:
    """What one run came to so far."""

    readings: list[ArchiveReading] = field(default_factory=list)
    written: int = 0
    labels: int = 0
    closed: list[CloseReport] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    troubles: list[str] = field(default_factory=list)


def run_once(
    outside: Surroundings,
    settings: Settings,
    roundup: Roundup,
    plan: RoundupSettings,
    *,
    due_only: bool,
    files: classify.Files | None = None,
    progress: Progress | None = None,
) -> PublishReport:
    """Reads the roundup's sources, follows what became of the posts of closed editions, and closes what was published. After a
    change it trains, files the open edition's candidates anew, and puts the report on each closed edition into the outbox.

    due_only: sources that are not due, or did not change, are left alone; else every one is read. files: keeps fitted
    classifiers between runs of one process. A source that cannot be read is told in `troubles`, and kept with its state.
    """
    outside.ledger.open_edition(roundup.id, plan.next_number, outside.clock.now())
    tally = _Tally()
    states = {one.address: one for one in outside.archive.sources(roundup.id)}
    for source in plan.archive:
        state = states.get(source.address) or SourceState(source.address)
        if not due_only or _is_due(source, state, outside.clock.now()):
            known = state if due_only else replace(state, version=None, etag=None, last_modified=None)
            _read(outside, settings, roundup, plan, source, known, tally, progress)
    _close_what_was_published(outside, roundup, plan, tally)
    unreported = report.missing(outside, roundup, plan)
    if tally.closed or tally.words or (unreported and learn.is_due(outside, roundup, plan)):
        learn.run_once(outside, roundup, plan)
        classify.run_once(outside, roundup, plan, files or classify.Files.empty())
    for one in unreported:
        report.put(outside, roundup, plan, settings, one)
    return PublishReport(_archive_report(plan, tally), tuple(tally.closed), tuple(tally.words), tuple(tally.troubles))


def _is_due(source: ArchiveSource, state: SourceState, now: datetime) -> bool:
    return source.path is not None or state.next_read_at is None or now >= state.next_read_at


def _read(
    outside: Surroundings,
    settings: Settings,
    roundup: Roundup,
    plan: RoundupSettings,
    source: ArchiveSource,
    state: SourceState,
    tally: _Tally,
    progress: Progress | None,
) -> None:
    now = outside.clock.now()
    try:
        found = read_source(outside, settings, roundup, plan, source, state, progress=progress)
    except (ArchiveError, PageError, FeedError) as error:
        _keep_trouble(outside, roundup, source, state, " ".join(str(error).replace("\n", ". ").split()), tally)
        return
    # A call that came while this was read may tell of what came after.
    again = next((one.next_read_at for one in outside.archive.sources(roundup.id) if one.address == source.address), None)
    due = now if again is not None and again > now else now + source.wait
    well = replace(state, error=None, error_since=None, last_read_at=now, next_read_at=due)
    if found is None:
        if source.path is None or state.error is not None:
            outside.archive.save_source(roundup.id, well)
        return
    _take(outside, roundup, plan, source, found, tally, baseline=state.first_read_at is None)
    well = replace(well, first_read_at=state.first_read_at or now)
    well = replace(well, version=found.version, etag=found.etag, last_modified=found.last_modified)
    if found.trouble is not None:
        since = state.error_since if state.error == found.trouble else now
        # Without validators: what could not be read is asked for again, though the feed itself does not change.
        well = replace(well, error=found.trouble, error_since=since, version=None, etag=None, last_modified=None)
        tally.troubles.append(f"{source.name}: {found.trouble}")
    outside.archive.save_source(roundup.id, well)


def _keep_trouble(
    outside: Surroundings, roundup: Roundup, source: ArchiveSource, state: SourceState, words: str, tally: _Tally
) -> None:
    now = outside.clock.now()
    tally.troubles.append(words)
    if source.path is not None and state.error == words:
        return
    since = state.error_since if state.error is not None else now
    wait = min(RETRY, source.wait)
    outside.archive.save_source(roundup.id, replace(state, error=words, error_since=since, next_read_at=now + wait))


def _take(
    outside: Surroundings,
    roundup: Roundup,
    plan: RoundupSettings,
    source: ArchiveSource,
    found: Found,
    tally: _Tally,
    *,
    baseline: bool,
) -> None:
    """Takes what was found into the archive, and does to closed editions what became of their posts."""
    today = plan.day_of(outside.clock.now())
    reading, unpublished = published(_without_twins(outside, roundup, plan, source, found.reading), today)
    edition = outside.ledger.open_edition(roundup.id, plan.next_number, outside.clock.now())
    if (broken := broken_post(reading, edition)) is not None:
        tally.troubles.append(f"{broken.path} closes nothing: {broken.reason}.")
    hashes = {one.path: one.content_hash for one in outside.archive.documents(roundup.id)}
    report = absorb(outside, roundup, plan, reading, source=source.address, baseline=baseline)
    tally.readings.append(reading)
    tally.written += report.written
    tally.labels += report.labels
    if found.whole:
        lost = gone(outside.archive.documents(roundup.id), source.address, reading, unpublished)
        closed = {edition.post: edition.id for edition in outside.ledger.editions(roundup.id)}
        # The newest first: only the edition closed last opens again, and then the one before it is that.
        for one in sorted(lost, key=lambda one: closed.get(one.path, 0), reverse=True):
            tally.words.append(_withdraw(outside, roundup, plan, one.path))
    posts = {one.path: one for one in reading.editions}
    for edition in outside.ledger.editions(roundup.id):
        post = posts.get(edition.post or "")
        if post is None or edition.closed_at is None:
            continue
        if (edition.post_hash or hashes.get(post.path)) != post.content_hash:
            reapply(outside, roundup, plan, edition, post, follower=outside.pages)
            tally.words.append(f"the post of {plan.edition_title(edition.number)} was edited and is matched again")


def _without_twins(
    stores: Stores, roundup: Roundup, plan: RoundupSettings, source: ArchiveSource, reading: ArchiveReading
) -> ArchiveReading:
    """Without editions that a source before this one has: a blog's feed, wherever it is listed, says again what its repository
    says."""
    order = [one.address for one in sorted(plan.archive, key=lambda one: one.feed is not None)]
    before = frozenset(order[: order.index(source.address)])
    known = [one for one in stores.archive.documents(roundup.id) if one.source in before]
    twins = {path: former for former, path in renamed(known, reading.editions).items()}
    if not twins:
        return reading
    kept = tuple(one for one in reading.editions if one.path not in twins)
    skipped = (*reading.skipped, *(SkippedDocument(path, f"the same edition as {twins[path]}") for path in sorted(twins)))
    return replace(reading, editions=kept, skipped=skipped)


def _withdraw(outside: Surroundings, roundup: Roundup, plan: RoundupSettings, path: str) -> str:
    """The edition closed last is open again; of an older one only the post goes."""
    editions = outside.ledger.editions(roundup.id)
    edition = next((one for one in editions if one.post == path), None)
    if edition is not None and len(editions) > 1 and edition == editions[-2]:
        reopen(outside, roundup, edition)
        return f"the post of {plan.edition_title(edition.number)} was withdrawn; the edition is open again"
    forget(outside, roundup, path)
    if edition is None:
        return f"{path} is none of your past editions any more, and teaches nothing"
    return f"the post of {plan.edition_title(edition.number)} is gone; the edition stays closed, its links teach no more"


def _close_what_was_published(outside: Surroundings, roundup: Roundup, plan: RoundupSettings, tally: _Tally) -> None:
    while (post := _published(outside, roundup, plan)) is not None:
        # As it was just read, for the archive keeps only what teaches; else as it is stored, if a run was cut off before.
        read = (one for reading in tally.readings for one in reading.editions)
        whole = next(one for one in (*read, *outside.archive.editions(roundup.id)) if one.path == post)
        closed = close(outside, roundup, plan, whole, follower=outside.pages)
        log.info("closed %s from %s", plan.edition_title(closed.closed.number), post)
        tally.closed.append(closed)


def _published(stores: Stores, roundup: Roundup, plan: RoundupSettings) -> str | None:
    editions: Sequence[Edition] = stores.ledger.editions(roundup.id)
    post = next_post(stores.archive.documents(roundup.id), editions, plan.day_of(editions[-1].opened_at))
    return post.path if post else None


def _archive_report(plan: RoundupSettings, tally: _Tally) -> ArchiveReport | None:
    """All readings as one."""
    if not tally.readings:
        return None
    whole = ArchiveReading(
        tuple(edition for one in tally.readings for edition in one.editions),
        tuple(skipped for one in tally.readings for skipped in one.skipped),
        decisions=max(tally.readings, key=lambda one: len(one.editions)).decisions,
    )
    return report_on(plan, whole, written=tally.written, labels=tally.labels)
