"""Decides when a feed is polled next and what is remembered of this poll (R17-R20). Pure: `now` and jitter are arguments.

Fetches nothing, stores nothing, and takes the entries as the caller decided about them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from operator import itemgetter
from urllib.parse import urlsplit, urlunsplit

from aggregator.errors import FeedError
from aggregator.net.response import http_date
from aggregator.records.entries import ParsedEntry
from aggregator.records.feeds import FeedToPoll, FetchedFeed, NewEntry, ParsedFeed, PolledFeed

FLOOR = timedelta(minutes=30)
CEILING = timedelta(days=7)
QUIET_CEILING = timedelta(hours=24)
BACKOFF_CEILING = timedelta(hours=24)
UNASKED_WAIT = timedelta(hours=1)
MIN_RETRY_AFTER = timedelta(minutes=1)
OFFLINE_RETRY = timedelta(minutes=5)

# A feed that has been silent for a day is worth a look every hour, for a week every seven hours.
_LOOKS_PER_SILENCE = 24
_JITTER_SHARE = 0.1
_MOVE_POLLS = 5
_MOVE_DAYS = timedelta(days=7)
UNREACHED = frozenset({"dns", "network"})
"""Outcomes that may mean that our own network is down."""


def after_success(
    feed: FeedToPoll,
    fetched: FetchedFeed,
    parsed: ParsedFeed | None,
    *,
    now: datetime,
    every: timedelta,
    jitter: float,
    new: tuple[NewEntry, ...] = (),
    changed: tuple[ParsedEntry, ...] = (),
    same_feed: bool = True,
) -> PolledFeed:
    """The state after a 304, or after a 200 that is a feed.

    parsed: None when the body was not parsed (304, or the hash of the last one). every: the author's interval. jitter: in
    [0, 1), stretches the interval by up to a tenth. same_feed: False if nothing in the document is known from before, which
    is no ground to follow a redirect.
    """
    unchanged = fetched.status == 304
    interval = _interval(feed, fetched, parsed, now=now, fresh=bool(new))
    next_poll_at = now + _stretched(_clamp(max(interval, every), FLOOR, CEILING), jitter)
    if parsed is not None:
        next_poll_at = _outside(parsed.skip_hours, next_poll_at)
    polled = PolledFeed(
        feed_id=feed.id,
        outcome="not_modified" if unchanged else "same_body" if parsed is None else "changed",
        at=now,
        next_poll_at=next_poll_at,
        status=fetched.status,
        # A 304 may bring new validators or none; only a 200 proves that they lead to what we have (R13).
        etag=fetched.etag or feed.etag if unchanged else fetched.etag,
        last_modified=fetched.last_modified or feed.last_modified if unchanged else fetched.last_modified,
        validators_at=feed.validators_at if unchanged else now,
        body_hash=feed.body_hash if unchanged else fetched.body_hash,
        interval=interval.total_seconds(),
        title=parsed.title if parsed is not None else None,
        site_url=parsed.site_url if parsed is not None else None,
        new=new,
        changed=changed,
        notes=fetched.notes + (parsed.notes if parsed is not None else ()),
    )
    return _with_move(polled, feed, fetched.permanent_url if same_feed else None, now)


def after_failure(feed: FeedToPoll, error: FeedError, *, now: datetime, every: timedelta, jitter: float) -> PolledFeed:
    """The state after an error: everything that was known stays known, the next poll moves away (R18, R20)."""
    polled = replace(
        _untouched(feed, now),
        outcome=error.kind,
        status=error.status,
        error=error.message if error.advice is None else f"{error.message}. {error.advice}",
        error_kind=error.kind,
        error_since=feed.error_since or now,
        failures=feed.failures + 1,
        retry_after_until=None,
    )
    if error.kind == "gone":
        return replace(polled, next_poll_at=None)
    if error.retry_after is not None:
        asked = _clamp(_seconds(error.retry_after), MIN_RETRY_AFTER, CEILING)
        return replace(polled, retry_after_until=now + asked, next_poll_at=now + _stretched(max(asked, FLOOR), jitter))
    wait = UNASKED_WAIT if error.kind in ("rate_limited", "unavailable") else max(every, FLOOR)
    backed_off = max(wait, min(wait * 2 ** min(feed.failures, 16), BACKOFF_CEILING))
    return replace(polled, next_poll_at=now + _stretched(backed_off, jitter))


def skipped(feed: FeedToPoll, until: datetime, *, now: datetime) -> PolledFeed:
    """The state of a feed that was due, but whose server has asked (through another feed) not to be polled before `until`."""
    return replace(_untouched(feed, now), outcome="skipped", next_poll_at=max(until, now + MIN_RETRY_AFTER))


def offline(feed: FeedToPoll, *, now: datetime) -> PolledFeed:
    """The state of a feed that could not be asked because our own network is down: no failure of its own, and soon again."""
    return replace(
        _untouched(feed, now),
        outcome="offline",
        next_poll_at=now + OFFLINE_RETRY,
        error="this computer seems to have no network",
    )


def local_network_down(outcomes: Mapping[str, str]) -> bool:
    """Whether one cycle's outcomes (address -> outcome) say that the network at home is down, not the feeds (R18).

    True if feeds on at least two hosts were asked and none was reached. Loopback and skipped feeds say nothing either way.
    """
    hosts: set[str] = set()
    for url, outcome in outcomes.items():
        host = _host(url)
        if outcome == "skipped" or _is_loopback(host):
            continue
        if outcome not in UNREACHED:
            return False
        hosts.add(host)
    return len(hosts) >= 2


def retry_after_seconds(value: str | None, server_date: datetime | None, now: datetime) -> float | None:
    """A Retry-After header in seconds, its date form taken relative to the server's own clock (H65). None for garbage; a
    moment in the past is 0."""
    if value is None:
        return None
    text = value.strip()
    if re.fullmatch(r"\d{1,18}", text, re.ASCII):
        return float(text)
    moment = http_date(text)
    return None if moment is None else max(0.0, (moment - (server_date or now)).total_seconds())


def fair_order(feeds: Iterable[FeedToPoll]) -> list[FeedToPoll]:
    """The same feeds with those of one host spread out, else in their order: since a host is asked one thing at a time, a
    hundred feeds of one in a row would keep all the others waiting (H41)."""
    turns: Counter[str] = Counter()
    rounds = []
    for feed in feeds:
        host = _host(feed.url)
        rounds.append((turns[host], feed))
        turns[host] += 1
    return [feed for _, feed in sorted(rounds, key=itemgetter(0))]


def _untouched(feed: FeedToPoll, now: datetime) -> PolledFeed:
    """Everything as it was before this poll."""
    return PolledFeed(
        feed_id=feed.id,
        outcome="",
        at=now,
        next_poll_at=None,
        error_kind=feed.error_kind,
        error_since=feed.error_since,
        failures=feed.failures,
        etag=feed.etag,
        last_modified=feed.last_modified,
        validators_at=feed.validators_at,
        body_hash=feed.body_hash,
        retry_after_until=feed.retry_after_until,
        interval=feed.interval,
        moved_to=feed.moved_to,
        moved_since=feed.moved_since,
        moved_polls=feed.moved_polls,
    )


def _interval(feed: FeedToPoll, fetched: FetchedFeed, parsed: ParsedFeed | None, *, now: datetime, fresh: bool) -> timedelta:
    """What the feed itself asks for or deserves. The author's own interval is kept out of what is stored, so that he may
    lower it."""
    # What the document asked for (ttl) was read when it last changed, and holds until it changes again.
    wishes = [_seconds(feed.interval if parsed is None else parsed.ttl), _cache_lifetime(fetched, now)]
    last_news = feed.last_new_at or feed.first_polled_at
    if last_news is not None and not fresh:
        wishes.append(min((now - last_news) / _LOOKS_PER_SILENCE, QUIET_CEILING))
    return _clamp(max(wishes), FLOOR, CEILING)


def _cache_lifetime(fetched: FetchedFeed, now: datetime) -> timedelta:
    directives = [part.strip().lower() for part in (fetched.cache_control or "").split(",")]
    if "no-cache" in directives or "no-store" in directives:
        return timedelta(0)
    for directive in directives:
        if match := re.fullmatch(r'max-age\s*=\s*"?(\d{1,18})"?', directive, re.ASCII):
            return _seconds(float(match[1]))
    expires = http_date(fetched.expires)
    return timedelta(0) if expires is None else max(timedelta(0), expires - (fetched.server_date or now))


def _outside(skip_hours: tuple[int, ...], moment: datetime) -> datetime:
    """The first moment from `moment` on whose hour (GMT; 24 is midnight) the publisher did not ask to leave out. Asking to
    leave out all of them asks for nothing."""
    skip = {hour % 24 for hour in skip_hours if 0 <= hour <= 24}
    if len(skip) >= 24:
        return moment
    moment = moment.astimezone(UTC)
    while moment.hour in skip:
        moment = moment.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    return moment


def _with_move(polled: PolledFeed, feed: FeedToPoll, target: str | None, now: datetime) -> PolledFeed:
    """R19: an address is followed for good only after a week of the same answer; captive portals last a day (H25, H26)."""
    if target is None or target == feed.url:
        return polled
    if target == feed.moved_to and feed.moved_since is not None:
        since, polls = feed.moved_since, feed.moved_polls + 1
    else:
        since, polls = now, 1
    moved = _only_secured(feed.url, target) or (polls >= _MOVE_POLLS and now - since >= _MOVE_DAYS)
    polled = replace(polled, moved_to=target, moved_since=since, moved_polls=polls, moved=moved)
    # Validators belong to an address (R13).
    return replace(polled, etag=None, last_modified=None, validators_at=None) if moved else polled


def _only_secured(old: str, new: str) -> bool:
    """Whether `new` is `old` on https, and nothing else."""
    before = urlsplit(old)
    return before.scheme == "http" and urlunsplit(before._replace(scheme="https", path=before.path or "/", fragment="")) == new


def _stretched(wait: timedelta, jitter: float) -> timedelta:
    """Longer by up to a tenth: never before the moment that somebody asked for, and not all feeds at once."""
    return wait * (1 + _JITTER_SHARE * jitter)


def _seconds(value: float | None) -> timedelta:
    """Publishers' numbers as a span that can be added to a date: negative and missing ones are nothing."""
    return timedelta(seconds=min(max(value or 0.0, 0.0), CEILING.total_seconds()))


def _clamp(value: timedelta, low: timedelta, high: timedelta) -> timedelta:
    return min(max(value, low), high)


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def _is_loopback(host: str) -> bool:
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
