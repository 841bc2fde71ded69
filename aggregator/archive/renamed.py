"""Stored editions that were read again under another name: the archive's folder moved, a file was renamed, or an edition was
closed from its web address and then found as a file."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from aggregator.archive.labels import origin_of
from aggregator.ports import Stores
from aggregator.records.archive import PastEdition


def forget_renamed(stores: Stores, roundup_id: int, read: Sequence[PastEdition]) -> None:
    """Takes back what is stored, and was taught, under a former name of a document that was just read."""
    if former := renamed(stores.archive.editions(roundup_id), read):
        stores.archive.forget(roundup_id, [edition.path for edition in former])
        stores.learning.retract(roundup_id, [origin_of(edition) for edition in former])


def renamed(stored: Iterable[PastEdition], read: Sequence[PastEdition]) -> list[PastEdition]:
    """Those of `stored` that `read` has under another path: with the same content, or with the same title and number. Kept
    as well, every link of theirs would count twice."""
    paths = {edition.path for edition in read}
    contents = {edition.content_hash for edition in read}
    names = {(edition.title, edition.number) for edition in read if edition.number is not None}
    return [
        edition
        for edition in stored
        if edition.path not in paths and (edition.content_hash in contents or (edition.title, edition.number) in names)
    ]
