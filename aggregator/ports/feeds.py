"""The store of feeds, subscriptions and entries."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Protocol

from aggregator.records.entries import Entry
from aggregator.records.feeds import FeedEntry, FeedStatus, FeedSync, FeedToPoll, ListedFeed, PolledFeed


class FeedStore(Protocol):
    """Feeds, subscriptions and entries."""

    def sync(self, roundup_id: int, listed: Sequence[ListedFeed], now: datetime, first_days: int, later_days: int) -> FeedSync:
        """Makes the roundup's subscriptions equal to the author's list. Until a day after the first of the roundup's feeds was
        polled, a feed gets `first_days`, one that comes later `later_days`. Nothing is deleted: a feed in no list is left
        in peace."""
        ...

    def claim(self, now: datetime, limit: int, lease: float, everything: bool = False) -> list[FeedToPoll]:
        """Claims subscribed feeds that are due, most overdue first, for `lease` seconds by conditional UPDATE. With
        `everything` due times are ignored, a 410 and a running Retry-After never. A claimed feed is not claimed again."""
        ...

    def release(self, feed_ids: Collection[int]) -> None:
        """Gives claims back unused (shutdown, no network)."""
        ...

    def cycle(self) -> AbstractContextManager[None]:
        """One cycle of polling. Entering it gives back what a process that is no more had claimed."""
        ...

    def waiting(self, now: datetime) -> list[FeedStatus]:
        """Subscribed feeds that `claim(everything=True)` passes over: gone, or told to wait."""
        ...

    def known_sources(self, feed_ids: Collection[int]) -> dict[int, dict[str, str]]:
        """Per feed, key -> source_hash of its stored entries (tombstones included)."""
        ...

    def save(self, polled: Sequence[PolledFeed]) -> int:
        """Writes feeds' new polling state and their entries in one transaction; idempotent on (feed, key). Returns how many
        entries were really new. A changed entry updates its text, at most 24 times, and stays what it was."""
        ...

    def statuses(self, roundup_id: int | None = None) -> list[FeedStatus]:
        """Every subscribed feed as the author reads about it, by title."""
        ...

    def states(self, roundup_id: int) -> list[FeedStatus]:
        """The same without figures, in no order: for who asks after health alone, and often."""
        ...

    def newest(self, feed_id: int, limit: int) -> list[FeedEntry]:
        """A feed's entries, the newest first."""
        ...

    def former_addresses(self) -> dict[str, str]:
        """Canonical address that a feed has moved away from -> the canonical address that it has today."""
        ...

    def follow_only(self, roundup_ids: Collection[int], now: datetime) -> None:
        """Ends the subscriptions of every other roundup, as if their lists were empty; `sync` takes them up again."""
        ...

    def entries_to_offer(self, roundup_id: int, limit: int) -> list[Entry]:
        """Offered entries of the roundup's feeds that are no candidate's source yet, oldest first."""
        ...

    def history_count(self, roundup_id: int, since: datetime) -> Mapping[str, int]:
        """Entries first seen since then that were not offered: reason -> count."""
        ...

    def moved(self, roundup_id: int | None = None) -> list[tuple[str, str]]:
        """Adopted moves not yet written to the author's list: (old address, new address)."""
        ...

    def undo_move(self, feed_id: int, at: datetime) -> tuple[str, str]:
        """Gives a feed the address back that it had before its last move. Returns (the address that it leaves, the one that it
        has from now on), which `moved` says too until the list has it. Raises NotFound, Refused."""
        ...

    def moved_written(self, old_urls: Collection[str]) -> None:
        """The list now has the new addresses."""
        ...
