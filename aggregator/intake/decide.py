"""What a parsed feed brings: entries that are new, edited, or history. Pure; finds no copies and stores nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from aggregator.records.entries import ParsedEntry
from aggregator.records.feeds import NewEntry, ParsedFeed

# A clock or a time zone may be wrong by that much; a date beyond it is meant to stay on top (H71).
_TOLERANCE = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Decided:
    """new: never seen under their keys, in document order. changed: seen, and edited by their publisher since."""

    new: tuple[NewEntry, ...]
    changed: tuple[ParsedEntry, ...]


def decide_entries(parsed: ParsedFeed, *, first: bool, now: datetime, first_days: int, known: Mapping[str, str]) -> Decided:
    """Sorts a parsed feed's entries.

    At the feed's first success (`first`) entries older than `first_days` days and undated ones are history: stored, searchable,
    not offered (R35). Later everything under a new key is news, however it is dated: a date is a hint (R21). known: key ->
    source_hash of stored entries. Every entry of `parsed` that is not known as it stands comes out exactly once.
    """
    oldest = now - timedelta(days=first_days)
    new: list[NewEntry] = []
    changed: list[ParsedEntry] = []
    for entry in parsed.entries:
        source = known.get(entry.key)
        if source == entry.source_hash:
            continue
        entry = _believable(entry, now)  # noqa: PLW2901 - from here on only what we believe of it
        if source is not None:
            changed.append(entry)
            continue
        reason = _history(entry, oldest, first_days) if first else None
        new.append(NewEntry(parsed=entry, offered=reason is None, reason=reason))
    return Decided(tuple(new), tuple(changed))


def _history(entry: ParsedEntry, oldest: datetime, first_days: int) -> str | None:
    if entry.published_at is None:
        return "undated when you subscribed"
    if entry.published_at < oldest:
        return f"older than {first_days} days when you subscribed"
    return None


def _believable(entry: ParsedEntry, now: datetime) -> ParsedEntry:
    """Without dates of the far future."""
    latest = now + _TOLERANCE
    published, updated = entry.published_at, entry.updated_at
    if (published is None or published <= latest) and (updated is None or updated <= latest):
        return entry
    return replace(
        entry,
        published_at=None if published is None or published > latest else published,
        updated_at=None if updated is None or updated > latest else updated,
    )
