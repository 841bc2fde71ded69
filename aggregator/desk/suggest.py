"""What the list of feeds could gain and lose: sites that he links and does not follow, feeds that give him nothing, moves."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from shlex import quote

from aggregator.archive.sites import Site, sites_of, worth_following
from aggregator.errors import PageError
from aggregator.intake.discover import discover
from aggregator.ports import Page, PageFetcher, Progress, Stores
from aggregator.records.feeds import FeedRole, FeedState, FeedStatus, FoundFeed, ParsedFeed
from aggregator.records.roundups import Roundup
from aggregator.text.canonical import host_of

UNUSED_EDITIONS = 20
"""A feed of which none of so many editions used anything may go."""
DEAD = timedelta(days=90)
SILENT = timedelta(days=730)


class Advice(StrEnum):
    """What is proposed."""

    FOLLOW = "follow"
    LET_GO = "let_go"
    MOVED = "moved"


@dataclass(frozen=True, slots=True)
class Suggestion:
    """what: a site's host, or a feed's title. reason: in words. command: what does it. feed: what discovery found at a site, None
    before; url: of a feed that is followed; site, by_hand: figures of a site, and in how many editions he added it by hand."""

    advice: Advice
    what: str
    reason: str
    command: str
    url: str | None = None
    site: Site | None = None
    by_hand: int = 0
    feed: FoundFeed | None = None


def suggest(stores: Stores, roundup: Roundup, least: int = 3) -> list[Suggestion]:
    """Everything that is proposed: whom to follow (the latest linked first), what to let go, what has moved. least: in how many
    editions a site must have been linked, one that he added by hand counting twice."""
    feeds = stores.feeds.statuses(roundup.id)
    editions = stores.archive.editions(roundup.id)
    closings = stores.ledger.closings(roundup.id)
    by_hand = Counter(host for one in closings for host in {host_of(link.url) for link in one.added})
    followed = {host_of(address) for feed in feeds for address in (feed.url, feed.site_url) if address}
    sites = worth_following(sites_of(editions), least, own=followed, by_hand=by_hand)
    numbers = {one.number for one in editions}
    dates = [one.published for one in editions if one.published is not None]
    dates += [_day(one.edition.published, one.edition.closed_at) for one in closings if one.edition.number not in numbers]
    now = stores.clock.now()
    return [
        *(_follow(site, by_hand) for site in sites),
        *(found for feed in feeds if (found := _let_go(feed, dates, now)) is not None),
        *(found for feed in feeds if (found := _moved(feed)) is not None),
    ]


def with_feeds(
    suggestions: Sequence[Suggestion],
    pages: PageFetcher,
    read: Callable[[Page], ParsedFeed | None],
    most: int,
    progress: Progress | None = None,
) -> list[Suggestion]:
    """The same, with the feed of each of the first `most` sites where one can be found."""
    sites = [one for one in suggestions if one.advice is Advice.FOLLOW][:most]
    if progress:
        progress.start("looking for feeds", len(sites))
    found: dict[str, FoundFeed | None] = {}
    try:
        for one in sites:
            found[one.what] = _feed_at(one.what, pages, read)
            if progress:
                progress.step()
    finally:
        if progress:
            progress.stop()
    return [_found(one, found.get(one.what)) if one.advice is Advice.FOLLOW else one for one in suggestions]


def _feed_at(host: str, pages: PageFetcher, read: Callable[[Page], ParsedFeed | None]) -> FoundFeed | None:
    try:
        return next(iter(discover(pages, host, read)), None)
    except PageError:
        return None  # a site that is down today is still one that he links


def _found(one: Suggestion, feed: FoundFeed | None) -> Suggestion:
    return one if feed is None else replace(one, feed=feed, command=f"aggregator feeds add {quote(feed.url)}")


def _day(published: date | None, closed_at: datetime | None) -> date:
    return published or (closed_at.date() if closed_at else date.min)


def _follow(site: Site, by_hand: Mapping[str, int]) -> Suggestion:
    own = by_hand.get(site.host, 0)
    reason = f"{site.links} links in {site.editions} editions, the last in {site.last}"
    if own:
        reason += f"; in {own} of them you added it by hand" if own > 1 else "; once you added it by hand"
    return Suggestion(Advice.FOLLOW, site.host, reason, f"aggregator feeds add {quote(site.host)}", site=site, by_hand=own)


def _let_go(feed: FeedStatus, editions: Sequence[date], now: datetime) -> Suggestion | None:
    reason = _why_let_go(feed, editions, now)
    if reason is None:
        return None
    return Suggestion(Advice.LET_GO, feed.title or feed.url, reason, f"aggregator feeds remove {quote(feed.url)}", url=feed.url)


def _why_let_go(feed: FeedStatus, editions: Sequence[date], now: datetime) -> str | None:
    if feed.state is FeedState.GONE:
        return "gone for good, says its server"
    if feed.state is FeedState.FAILING and feed.error_since is not None and now - feed.error_since >= DEAD:
        return f"dead for {(now - feed.error_since).days} days: {feed.error or 'no reason given'}"
    if feed.newest is not None and now - feed.newest >= SILENT:
        return f"silent since {feed.newest:%B %Y}"
    if feed.role is FeedRole.FINDS or feed.added_at is None:
        return None
    since = sorted(day for day in editions if day >= feed.added_at.date())[-UNUSED_EDITIONS:]
    if len(since) < UNUSED_EDITIONS or any(use.at is None or use.at >= since[0] for use in feed.uses):
        return None
    return f"none of your last {UNUSED_EDITIONS} editions used anything of it, of {feed.offered} entries offered"


def _moved(feed: FeedStatus) -> Suggestion | None:
    double = next((note for note in feed.notes if "which is followed already" in note), None)
    if double is not None:
        return Suggestion(
            Advice.MOVED, feed.title or feed.url, double, f"aggregator feeds remove {quote(feed.url)}", url=feed.url
        )
    if feed.moved_to is None:
        return None
    since = f" since {feed.moved_since.day} {feed.moved_since:%b %Y}" if feed.moved_since else ""
    return Suggestion(
        Advice.MOVED,
        feed.title or feed.url,
        f"answers from {feed.moved_to}{since}; it is taken over by itself after a week",
        f"aggregator feeds remove {quote(feed.url)} && aggregator feeds add {quote(feed.moved_to)}",
        url=feed.url,
    )
