"""What a parse worker answers, checked: it has read hostile bytes, so even what it says about itself is not believed (R3)."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, ValidationError

from aggregator.errors import FeedError
from aggregator.intake.clean import AUTHOR_LIMIT, HTML_LIMIT, KEY_LIMIT, NEWEST, TAG_LIMIT, TAGS_LIMIT, TEXT_LIMIT, TITLE_LIMIT
from aggregator.intake.links import MOST as LINKS_LIMIT
from aggregator.records.entries import ParsedEntry
from aggregator.records.feeds import ParsedFeed
from aggregator.text.canonical import LONGEST_URL, safe_url
from aggregator.text.hygiene import clean_line

_KINDS = frozenset(("empty", "not_a_feed", "unsupported", "parse"))


class _Failure(BaseModel):
    model_config = ConfigDict(extra="forbid")
    kind: str
    message: str
    advice: str | None


class _Answer(BaseModel):
    model_config = ConfigDict(extra="forbid")
    feed: ParsedFeed | None = None
    error: _Failure | None = None
    retire: bool


def read_answer(answer: bytes, feed_url: str) -> tuple[ParsedFeed | FeedError, bool]:
    """The parsed feed, or why there is none; and whether the worker should be replaced."""
    try:
        read = _Answer.model_validate_json(answer, strict=True)
    except ValidationError:
        return _nonsense(feed_url), True
    if read.error is not None:
        kind = read.error.kind if read.error.kind in _KINDS else "parse"
        advice = clean_line(read.error.advice or "", 400) or None
        return FeedError(kind, clean_line(read.error.message, 400), resource=feed_url, advice=advice), read.retire
    feed = read.feed
    if feed is None or not (_feed_holds(feed) and all(map(_entry_holds, feed.entries))):
        return _nonsense(feed_url), True
    return feed, read.retire


def _nonsense(feed_url: str) -> FeedError:
    return FeedError("parse", "The parser's answer makes no sense.", resource=feed_url)


def _feed_holds(feed: ParsedFeed) -> bool:
    return (
        len(feed.entries) <= NEWEST
        and len(feed.title or "") <= AUTHOR_LIMIT
        and (feed.site_url is None or safe_url(feed.site_url) == feed.site_url)
        and all(0 < len(key) <= KEY_LIMIT for key in feed.keys)
        and (feed.ttl is None or 0 < feed.ttl < float("inf"))
        and all(0 <= hour < 24 for hour in feed.skip_hours)
    )


def _entry_holds(entry: ParsedEntry) -> bool:
    return (
        0 < len(entry.key) <= KEY_LIMIT
        and (entry.url is None or safe_url(entry.url) == entry.url)
        and (entry.canonical_url is None or (entry.url is not None and len(entry.canonical_url) <= 3 * LONGEST_URL))
        and 0 < len(entry.title) <= TITLE_LIMIT
        and len(entry.author or "") <= AUTHOR_LIMIT
        and len(entry.tags) <= TAGS_LIMIT
        and all(len(tag) <= TAG_LIMIT for tag in entry.tags)
        and len(entry.text) <= TEXT_LIMIT
        and len(entry.html) <= HTML_LIMIT
        and len(entry.links) <= LINKS_LIMIT
        and all(len(link) <= 3 * LONGEST_URL and link.startswith("https://") and link.isascii() for link in entry.links)
        and not any(
            "\0" in value for value in (entry.key, entry.title, entry.author or "", *entry.tags, entry.text, *entry.links)
        )
        and all(at is None or at.tzinfo is not None for at in (entry.published_at, entry.updated_at))
    )
