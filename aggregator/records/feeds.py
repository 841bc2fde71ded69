"""Feeds: as the author lists them, as the poller needs them, as a poll left them, as the author reads about them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from aggregator.records.entries import ParsedEntry


class FeedRole(StrEnum):
    """What a subscription is for. finds: the author's own stars or bookmarks elsewhere; its entries come in kept."""

    FEED = "feed"
    FINDS = "finds"


class FeedOrder(StrEnum):
    """How a list of feeds may be sorted: by title, or the most and the latest first."""

    TITLE = "title"
    USED = "used"
    ENTRIES = "entries"
    LAST_USE = "last-use"


@dataclass(frozen=True, slots=True)
class ListedFeed:
    """One feed of an OPML file.

    url: address as written. canonical_url: the key, one subscription each. title, site_url: None if the file has none.
    folders: names of the enclosing outlines, outermost first; the innermost may hint at a section.
    """

    url: str
    canonical_url: str
    title: str | None = None
    site_url: str | None = None
    folders: tuple[str, ...] = ()
    role: FeedRole = FeedRole.FEED


class FeedState(StrEnum):
    """What the author should think of a feed. `new` has not been polled."""

    NEW = "new"
    OK = "ok"
    FAILING = "failing"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class FeedToPoll:
    """What one poll of one feed has to know.

    etag, last_modified: validators to echo byte for byte; None = ask unconditionally. validators_at: when the last 200
    brought them. body_hash: sha256 hex of the last body that was stored. first_polled_at: None until the first success;
    first_days: entries older than this many days are history at that first success. failures: failed polls in a row.
    retry_after_until: no request before this instant. interval: seconds between polls that the feed last asked for or deserved.
    moved_to, moved_since, moved_polls: target of permanent redirects seen in a row, since when, how often.
    median_gap: median seconds between its entries, None while unknown.
    """

    id: int
    url: str
    canonical_url: str
    title: str | None = None
    etag: str | None = None
    last_modified: str | None = None
    validators_at: datetime | None = None
    body_hash: str | None = None
    first_polled_at: datetime | None = None
    first_days: int = 30
    last_attempt_at: datetime | None = None
    last_success_at: datetime | None = None
    last_new_at: datetime | None = None
    failures: int = 0
    error_kind: str | None = None
    error_since: datetime | None = None
    retry_after_until: datetime | None = None
    interval: float | None = None
    moved_to: str | None = None
    moved_since: datetime | None = None
    moved_polls: int = 0
    median_gap: float | None = None


@dataclass(frozen=True, slots=True)
class FetchedFeed:
    """What came over the wire, bounded and decompressed. body is None on 304.

    etag, last_modified: as sent, None if absent or unfit to store. final_url: after redirects. permanent_url: where an
    unbroken chain of 301/308 from the stored address led, None if there was none. server_date: the `Date` header.
    """

    status: int
    final_url: str
    body: bytes | None = None
    body_hash: str | None = None
    etag: str | None = None
    last_modified: str | None = None
    permanent_url: str | None = None
    content_type: str | None = None
    content_location: str | None = None
    cache_control: str | None = None
    expires: str | None = None
    server_date: datetime | None = None
    retry_after: str | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ParsedFeed:
    """A document, parsed and cleaned. `entries` holds only those whose source differs from what was known.

    version: feedparser's word for the format, or "json1". ttl: seconds the publisher asks for between polls, None if it
    does not say. skip_hours: hours GMT in which it expects no polls. keys: identity of every entry seen, in document
    order. total: entries in the document before any cap. notes: what was cut or repaired, one sentence each.
    """

    version: str
    title: str | None
    site_url: str | None
    entries: tuple[ParsedEntry, ...]
    keys: tuple[str, ...]
    total: int
    ttl: float | None = None
    skip_hours: tuple[int, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NewEntry:
    """An entry to insert. offered: becomes a candidate; else history, with the reason why."""

    parsed: ParsedEntry
    offered: bool
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class PolledFeed:
    """One feed's outcome, written in the same transaction as its entries (R13). Holds the complete new polling state.

    outcome: changed, not_modified, same_body, gone, skipped, or the error's kind. `changed` are entries whose publisher
    edited them; seen: keys still in the document. moved: True adopts `moved_to` as the feed's address.
    """

    feed_id: int
    outcome: str
    at: datetime
    next_poll_at: datetime | None
    status: int | None = None
    error: str | None = None
    error_kind: str | None = None
    error_since: datetime | None = None
    failures: int = 0
    etag: str | None = None
    last_modified: str | None = None
    validators_at: datetime | None = None
    body_hash: str | None = None
    retry_after_until: datetime | None = None
    interval: float | None = None
    title: str | None = None
    site_url: str | None = None
    moved_to: str | None = None
    moved_since: datetime | None = None
    moved_polls: int = 0
    moved: bool = False
    new: tuple[NewEntry, ...] = ()
    changed: tuple[ParsedEntry, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def succeeded(self) -> bool:
        """The server answered with a feed, or said that nothing changed."""
        return self.outcome in ("changed", "not_modified", "same_body")


@dataclass(frozen=True, slots=True)
class FeedUse:
    """An entry of a feed that an edition used. edition: "#27", else its title. section: as the edition called it, None above its
    first heading. at: the edition's date, None if unknown."""

    title: str
    section: str | None
    edition: str
    at: date | None


@dataclass(frozen=True, slots=True)
class FeedStatus:
    """A feed as the author reads about it.

    picked: how many of its links his editions used; uses: which, the latest first. offered: how many of its entries were no
    history when they came. error: a sentence or None; status: the HTTP status that said so. newest: date of its newest entry,
    else when it last had something new.
    moved_to: where permanent redirects lead, not adopted yet, since moved_since. moved_from: its address before the last move
    that was adopted, at moved_at. added_at: when it was first listed.
    """

    id: int
    url: str
    title: str | None
    site_url: str | None
    state: FeedState
    folders: tuple[str, ...]
    last_attempt: datetime | None
    last_success: datetime | None
    last_new: datetime | None
    next_poll: datetime | None
    error: str | None
    error_kind: str | None
    error_since: datetime | None
    entries: int
    picked: int
    moved_to: str | None = None
    notes: tuple[str, ...] = ()
    role: FeedRole = FeedRole.FEED
    offered: int = 0
    uses: tuple[FeedUse, ...] = ()
    newest: datetime | None = None
    added_at: datetime | None = None
    status: int | None = None
    failures: int = 0
    retry_after_until: datetime | None = None
    moved_since: datetime | None = None
    moved_from: str | None = None
    moved_at: datetime | None = None

    @property
    def last_use(self) -> FeedUse | None:
        """The latest of `uses`."""
        return self.uses[0] if self.uses else None


@dataclass(frozen=True, slots=True)
class FeedEntry:
    """An entry as a feed's history shows it. at: published, else first seen. reason: why it was not offered, None if it was."""

    title: str
    url: str | None
    at: datetime
    reason: str | None


@dataclass(frozen=True, slots=True)
class FeedSync:
    """What reading the author's list changed: addresses added, taken up again, and no longer listed."""

    added: tuple[str, ...] = ()
    returned: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    kept: int = 0


@dataclass(frozen=True, slots=True)
class FoundFeed:
    """A feed that discovery found. how: `given`, `link` (rel=alternate) or `guess` (a common path). newest: date of its newest
    entry, None if none has a date."""

    url: str
    title: str | None
    site_url: str | None
    how: str
    entries: int
    sample: tuple[str, ...] = field(default=())
    newest: datetime | None = None
