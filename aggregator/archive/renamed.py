"""Stored editions that were read again under another name: the archive's folder moved, a file was renamed, or an edition was
closed from its web address and then found as a file."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from aggregator.archive.labels import origin_of
from aggregator.ports import Stores
from aggregator.records.archive import PastEdition, StoredDocument


def follow_renamed(stores: Stores, roundup_id: int, read: Sequence[PastEdition]) -> None:
    """What is stored under a former name of a document that was just read gets its name; what it taught under the former one is
    taken back."""
    if names := renamed(stores.archive.documents(roundup_id), read):
        stores.learning.retract(roundup_id, [origin_of(one) for one in names])
        stores.archive.rename(roundup_id, names)


def renamed(stored: Iterable[StoredDocument], read: Sequence[PastEdition]) -> dict[str, str]:
    """Former path -> path, of those of `stored` that `read` has under another one: with the same content, or with the same title
    and number. Kept as well, every link of theirs would count twice."""
    paths = {edition.path for edition in read}
    contents = {edition.content_hash: edition.path for edition in read}
    names: dict[tuple[str, int | None], str] = {
        (edition.title, edition.number): edition.path for edition in read if edition.number is not None
    }
    found = {}
    for one in stored:
        path = contents.get(one.content_hash) or names.get((one.title, one.number))
        if path is not None and one.path not in paths:
            found[one.path] = path
    return found
