"""The author's feed list: look, add (by a blog's address too), remove, take over and hand out OPML."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeVar

from aggregator.desk.address import web_address
from aggregator.desk.health import Condition, Health, health_of
from aggregator.errors import NotFound, OpmlError
from aggregator.intake.discover import discover
from aggregator.intake.files import read_list, rewrite
from aggregator.intake.opml import add_feed, empty_opml, merge, read_opml, remove_feed, replace_address, revise
from aggregator.ports import Page, PageFetcher, Stores
from aggregator.records.feeds import FeedEntry, FeedOrder, FeedRole, FeedStatus, FoundFeed, ListedFeed, ParsedFeed
from aggregator.records.roundups import Roundup
from aggregator.settings import RoundupSettings
from aggregator.text.canonical import canonical_url, host_of

_Feed = TypeVar("_Feed", ListedFeed, FeedStatus)
_EVER = datetime(1970, 1, 1, tzinfo=UTC)


def find(pages: PageFetcher, read: Callable[[Page], ParsedFeed | None], address: str) -> list[FoundFeed]:
    """Feeds at a feed's or a blog's address, the likeliest first. Raises UsageError for what is no address, PageError if it
    cannot be fetched, NotFound if it has no feed."""
    # Some sites write `feed:` before an address, or in the place of its scheme.
    web_address(address.strip().removeprefix("feed:").lstrip("/"))
    found = discover(pages, address, read)
    if not found:
        raise NotFound("no feed was found here", resource=address, advice="Give the feed's own address if you know it.")
    return found


def subscribe(path: Path, name: str, feed: FoundFeed, folder: str | None = None, role: FeedRole | None = None) -> bool:
    """Writes a feed into the list at `path`; makes the list if there is none. False if it was there in this role; None leaves
    the role of a feed that is listed."""
    listed = ListedFeed(
        url=feed.url,
        canonical_url=canonical_url(feed.url) or feed.url,
        title=feed.title,
        site_url=feed.site_url,
        folders=(folder,) if folder else (),
        role=role or FeedRole.FEED,
    )

    def added(document: bytes) -> bytes:
        known = next((one for one in read_opml(document, str(path)).feeds if one.canonical_url == listed.canonical_url), None)
        if known is None or role is None:
            return add_feed(document, listed)
        return revise(document, add=(), remove=(), change={listed.canonical_url: replace(known, role=role)})

    return rewrite(path, added, new=empty_opml(name))


def unsubscribe(path: Path, address: str) -> ListedFeed:
    """Takes the feed with this address (or, if it is unambiguous, of this site or title) out of the list. Raises NotFound."""
    feed = _named(read_list(path).feeds, address)
    rewrite(path, lambda document: remove_feed(document, feed.canonical_url))
    return feed


def undo_move(stores: Stores, roundup: Roundup, path: Path, name: str) -> tuple[str, str]:
    """Takes a feed's last adopted move back (H26), in the list at `path` too; the same move is not adopted again. Returns (the
    address that it leaves, the one that it has from now on). Raises NotFound, Refused; OpmlError if the list cannot be written,
    and then the next poll writes it."""
    feed = _named(stores.feeds.statuses(roundup.id), name)
    left, now = stores.feeds.undo_move(feed.id, stores.clock.now())
    try:
        rewrite(path, lambda document: replace_address(document, left, now))
    except OSError as error:
        raise OpmlError(f"cannot be rewritten: {error.strerror}", resource=str(path), advice="Make it writable.") from error
    stores.feeds.moved_written([left])
    return left, now


def _named(feeds: Sequence[_Feed], name: str) -> _Feed:
    """The one with this address, else the only one of this site or title. Raises NotFound."""
    key = canonical_url(name)
    matches = [feed for feed in feeds if feed.url == name or (key is not None and canonical_url(feed.url) == key)]
    if not matches:
        folded = name.casefold()
        matches = [
            feed for feed in feeds if folded in ((feed.title or "").casefold(), host_of(feed.url), host_of(feed.site_url or ""))
        ]
    if len(matches) != 1:
        raise NotFound(
            "several feeds are known by this" if matches else "your list has no such feed",
            resource=name,
            advice="Give its title as `aggregator feeds list` shows it, or its address as in the OPML file.",
        )
    return matches[0]


def take_over(path: Path, name: str, other: Path | bytes) -> tuple[int, int]:
    """Merges another OPML file, or its text, into the list, folders kept. Returns (added, already there)."""
    try:
        document = other.read_bytes() if isinstance(other, Path) else other
    except OSError as error:
        raise OpmlError(f"cannot be read: {error.strerror}", resource=str(other)) from error
    listed = read_opml(document, str(other) if isinstance(other, Path) else "the list that you sent")
    added: tuple[ListedFeed, ...] = ()

    def merged(mine: bytes) -> bytes:
        nonlocal added
        result, added = merge(mine, document)
        return result

    rewrite(path, merged, new=empty_opml(name))
    return len(added), len(listed.feeds) - len(added)


@dataclass(frozen=True, slots=True)
class FollowedFeed:
    """A feed of the list. sections: today's name of a section -> how many of its links that section used, the most first."""

    status: FeedStatus
    health: Health
    sections: tuple[tuple[str, int], ...]


def followed(stores: Stores, roundup: Roundup, plan: RoundupSettings, order: FeedOrder = FeedOrder.TITLE) -> list[FollowedFeed]:
    """Every feed of the list."""
    found = sorted(stores.feeds.statuses(roundup.id), key=_ORDERS[order])
    return [_followed(stores, plan, one) for one in found]


class Show(StrEnum):
    """Which feeds of the list are looked at."""

    ALL = "all"
    TROUBLE = "trouble"
    QUIET = "silent"
    UNUSED = "unused"
    USED = "used"
    FINDS = "finds"


def show_of(said: str) -> Show:
    """By its name; all for anything else."""
    return Show(said) if said in set(Show) else Show.ALL


def is_meant(feed: FollowedFeed, words: str, show: Show) -> bool:
    """Whether every word is found in a feed's title, address, site, folders or state, and it is of that kind."""
    status, health = feed.status, feed.health
    kinds = {
        Show.ALL: True,
        Show.TROUBLE: health.is_trouble,
        Show.QUIET: health.condition is Condition.SILENT,
        Show.UNUSED: not status.picked,
        Show.USED: bool(status.picked),
        Show.FINDS: status.role is FeedRole.FINDS,
    }
    said = (status.title, status.url, status.site_url, *status.folders, health.condition, health.cause)
    text = "\n".join(one for one in said if one).casefold()
    return kinds[show] and all(word in text for word in words.casefold().split())


def latest_trouble(feeds: Sequence[FollowedFeed]) -> list[FollowedFeed]:
    """Those in trouble, what began last first: the rest he knows."""
    troubled = [one for one in feeds if one.health.is_trouble]
    return sorted(troubled, key=lambda one: (one.status.error_since or _EVER).timestamp(), reverse=True)


def show(stores: Stores, roundup: Roundup, plan: RoundupSettings, name: str, most: int) -> tuple[FollowedFeed, list[FeedEntry]]:
    """One feed of the list, by its address, site or title, and its `most` newest entries. Raises NotFound."""
    status = _named(stores.feeds.statuses(roundup.id), name)
    return _followed(stores, plan, status), stores.feeds.newest(status.id, most)


def _followed(stores: Stores, plan: RoundupSettings, status: FeedStatus) -> FollowedFeed:
    mix = Counter(plan.heading_today(use.section) for use in status.uses if use.section is not None)
    return FollowedFeed(status, health_of(status, stores.clock.now()), tuple(mix.most_common()))


def _by_title(one: FeedStatus) -> tuple[str, str]:
    return (one.title or one.url).casefold(), one.url


_ORDERS: dict[FeedOrder, Callable[[FeedStatus], Any]] = {
    FeedOrder.TITLE: _by_title,
    FeedOrder.USED: lambda one: (-one.picked, _by_title(one)),
    FeedOrder.ENTRIES: lambda one: (-one.entries, _by_title(one)),
    FeedOrder.LAST_USE: lambda one: (-(one.last_use.at.toordinal() if one.last_use and one.last_use.at else 0), _by_title(one)),
}
