"""The author's feed list: look, add (by a blog's address too), remove, take over and hand out OPML, and what to follow next."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from aggregator.archive.sites import Site, sites_of, worth_following
from aggregator.desk.address import web_address
from aggregator.errors import NotFound, OpmlError
from aggregator.intake.discover import discover
from aggregator.intake.files import read_list, rewrite
from aggregator.intake.opml import add_feed, empty_opml, merge, read_opml, remove_feed
from aggregator.ports import Page, PageFetcher, Stores
from aggregator.records.feeds import FeedStatus, FoundFeed, ListedFeed, ParsedFeed
from aggregator.records.roundups import Roundup
from aggregator.text.canonical import canonical_url, host_of


def find(pages: PageFetcher, read: Callable[[Page], ParsedFeed | None], address: str) -> list[FoundFeed]:
    """Feeds at a feed's or a blog's address, the likeliest first. Raises UsageError for what is no address, PageError if it
    cannot be fetched, NotFound if it has no feed."""
    # Some sites write `feed:` before an address, or in the place of its scheme.
    web_address(address.strip().removeprefix("feed:").lstrip("/"))
    found = discover(pages, address, read)
    if not found:
        raise NotFound("no feed was found here", resource=address, advice="Give the feed's own address if you know it.")
    return found


def subscribe(path: Path, name: str, feed: FoundFeed, folder: str | None = None) -> bool:
    """Writes a feed into the list at `path`; makes the list if there is none. False if it was there."""
    listed = ListedFeed(
        url=feed.url,
        canonical_url=canonical_url(feed.url) or feed.url,
        title=feed.title,
        site_url=feed.site_url,
        folders=(folder,) if folder else (),
    )
    return rewrite(path, lambda document: add_feed(document, listed), new=empty_opml(name))


def unsubscribe(path: Path, address: str) -> ListedFeed:
    """Takes the feed with this address (or, if it is unambiguous, of this site or title) out of the list. Raises NotFound."""
    listed = read_list(path).feeds
    key = canonical_url(address) or address
    matches = [feed for feed in listed if feed.canonical_url == key or feed.url == address]
    if not matches:
        folded = address.casefold()
        matches = [
            feed for feed in listed if folded in ((feed.title or "").casefold(), host_of(feed.url), host_of(feed.site_url or ""))
        ]
    if len(matches) != 1:
        why = "several feeds are known by this" if matches else "your list has no such feed"
        raise NotFound(
            why,
            resource=address,
            advice="Give its title as `aggregator feeds list` shows it, or its address as in the OPML file.",
        )
    rewrite(path, lambda document: remove_feed(document, matches[0].canonical_url))
    return matches[0]


def take_over(path: Path, name: str, other: Path) -> tuple[int, int]:
    """Merges another OPML file into the list, folders kept. Returns (added, already there)."""
    try:
        document = other.read_bytes()
    except OSError as error:
        raise OpmlError(f"cannot be read: {error.strerror}", resource=str(other)) from error
    listed = read_opml(document, str(other))
    added: tuple[ListedFeed, ...] = ()

    def merged(mine: bytes) -> bytes:
        nonlocal added
        result, added = merge(mine, document)
        return result

    rewrite(path, merged, new=empty_opml(name))
    return len(added), len(listed.feeds) - len(added)


def statuses(stores: Stores, roundup: Roundup) -> Sequence[FeedStatus]:
    """Every feed of the list, by title."""
    return stores.feeds.statuses(roundup.id)


def suggest(stores: Stores, roundup: Roundup, least: int = 3) -> tuple[Site, ...]:
    """Sites linked in at least `least` editions of the archive that no feed of the list covers, the latest linked first."""
    addresses = (address for one in stores.feeds.statuses(roundup.id) for address in (one.url, one.site_url) if address)
    followed = {host_of(address) for address in addresses}
    return worth_following(sites_of(stores.archive.editions(roundup.id)), least, own=followed)
