"""Reads the author's feed list into subscriptions, and writes adopted moves back into it."""

from __future__ import annotations

from collections.abc import Sequence
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
    write_moves(stores, roundup, path)
    listed = read_list(path)
    return stores.feeds.sync(roundup.id, listed.feeds, stores.clock.now(), first_days, later_days)


def write_moves(stores: Stores, roundup: Roundup, path: Path) -> Sequence[tuple[str, str]]:
    """Puts adopted new addresses into the author's list, folders and unknown attributes kept. Returns (old, new)."""
    moves = stores.feeds.moved(roundup.id)
    if not moves or not path.exists():
        return ()

    def replaced(document: bytes) -> bytes:
        for old, new in moves:
            document = replace_address(document, old, new)
        return document

    try:
        rewrite(path, replaced)
    except OSError as error:
        raise OpmlError(f"cannot be rewritten: {error.strerror}", resource=str(path), advice="Make it writable.") from error
    stores.feeds.moved_written([old for old, _ in moves])
    return moves
