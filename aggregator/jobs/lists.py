"""Reads the author's feed lists into subscriptions, and writes adopted moves back into them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from aggregator.errors import OpmlError
from aggregator.intake.files import read_list, rewrite
from aggregator.intake.opml import replace_address
from aggregator.ports import Stores
from aggregator.records.feeds import FeedSync
from aggregator.records.roundups import Roundup


def run_once(stores: Stores, roundup: Roundup, path: Path, *, first_days: int, later_days: int) -> FeedSync:
    """Makes the subscriptions equal to the list at `path`. A missing list is an OpmlError: unsubscribing everything because
    a file is gone for a moment would be worse than stopping."""
    listed = read_list(path)
    return stores.feeds.sync(roundup.id, listed.feeds, stores.clock.now(), first_days, later_days)


def write_moves(stores: Stores, lists: Iterable[tuple[Roundup, Path]]) -> None:
    """Puts adopted new addresses into every list that has the old one, folders and unknown attributes kept.

    Raises OpmlError for a list that cannot be rewritten, when the others are done. Its moves are tried again the next time;
    until then the old address means the feed that moved.
    """
    written: set[str] = set()
    failed: set[str] = set()
    trouble: OpmlError | None = None
    for roundup, path in lists:
        moves = stores.feeds.moved(roundup.id)
        if not moves:
            continue
        try:
            _replace(path, moves)
        except OpmlError as error:
            failed.update(old for old, _ in moves)
            trouble = trouble or error
        else:
            written.update(old for old, _ in moves)
    stores.feeds.moved_written(written - failed)
    if trouble is not None:
        raise trouble


def _replace(path: Path, moves: Sequence[tuple[str, str]]) -> None:
    def replaced(document: bytes) -> bytes:
        for old, new in moves:
            document = replace_address(document, old, new)
        return document

    try:
        rewrite(path, replaced)
    except OSError as error:
        raise OpmlError(f"cannot be rewritten: {error.strerror}", resource=str(path), advice="Make it writable.") from error
