"""Which posts of the archive do what: pure decisions on documents, editions and dates."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from pathlib import PurePosixPath

from aggregator.archive.posts import number_in
from aggregator.records.archive import ArchiveReading, PastEdition, SkippedDocument, StoredDocument
from aggregator.records.editions import Edition


def published(reading: ArchiveReading, today: date) -> tuple[ArchiveReading, frozenset[str]]:
    """The reading without what is not published yet, and the paths of all that is none of the roundup's, whatever it was before:
    drafts, editions dated after the author's day, and what config.yaml says is none."""
    early = [one for one in reading.editions if one.draft or (one.published is not None and one.published > today)]
    if early:
        late = {one.path for one in early}
        reasons = (SkippedDocument(one.path, _reason(one), unpublished=True) for one in early)
        skipped = sorted((*reading.skipped, *reasons), key=lambda one: one.path)
        kept = tuple(one for one in reading.editions if one.path not in late)
        reading = replace(reading, editions=kept, skipped=tuple(skipped))
    return reading, frozenset(one.path for one in reading.skipped if one.unpublished)


def next_post(documents: Iterable[StoredDocument], editions: Sequence[Edition], opened: date) -> StoredDocument | None:
    """The post that closes the open edition, the last of `editions`: the one with its number, else the first without a number
    that is dated on or after the day it opened. Never one that was there before (`baseline`), or closed an edition already.

    opened: the author's day. One that was published since the post before counts as well: several may be found in one reading.
    """
    edition = editions[-1]
    done = {one.post for one in editions}
    fresh = [one for one in documents if not one.baseline and one.path not in done]
    numbered = [one for one in fresh if one.number == edition.number]
    if numbered:
        return min(numbered, key=lambda one: (one.published or date.max, one.path))
    before = editions[-2].published if len(editions) > 1 else None
    since = [
        (one.published, one.path, one)
        for one in fresh
        if one.number is None and one.published is not None and (one.published > before if before else one.published >= opened)
    ]
    return min(since, key=lambda one: one[:2])[2] if since else None


def gone(
    documents: Iterable[StoredDocument], source: str, reading: ArchiveReading, unpublished: Iterable[str]
) -> list[StoredDocument]:
    """Documents of a source, read as a whole, that it does not have any more or has as no edition (a draft). One that cannot be
    read at the moment is none of them; nor is any if the source is empty: a folder may be out of reach."""
    if not reading.editions:
        return []
    there = ({one.path for one in reading.editions} | {one.path for one in reading.skipped}) - set(unpublished)
    return [one for one in documents if one.source == source and one.path not in there]


def broken_post(reading: ArchiveReading, edition: Edition) -> SkippedDocument | None:
    """A document that cannot be read, and whose name has the open edition's number: he may think that it is out."""
    return next(
        (one for one in reading.skipped if one.broken and number_in(PurePosixPath(one.path).stem) == edition.number), None
    )


def skipped_number(documents: Iterable[StoredDocument], edition: Edition) -> StoredDocument | None:
    """A new post with a later number than the open edition's: he skipped one."""
    later = [one for one in documents if not one.baseline and one.number is not None and one.number > edition.number]
    return min(later, key=lambda one: (one.number or 0, one.path), default=None)


def already_there(documents: Iterable[StoredDocument], edition: Edition) -> StoredDocument | None:
    """A past edition with the open one's number, which was there before it could close it."""
    return next((one for one in documents if one.baseline and one.number == edition.number), None)


def _reason(early: PastEdition) -> str:
    return (
        "a draft: its front matter says that it is not published"
        if early.draft
        else f"dated {early.published}, which is still to come"
    )
