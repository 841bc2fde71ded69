"""What is the matter with a feed, in words that tell one cause from another. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from aggregator.records.feeds import FeedState, FeedStatus

SILENT = timedelta(days=365)
_MOVE_IS_NEWS = timedelta(days=60)


class Condition(StrEnum):
    """A feed's health in one word. `moved` was adopted lately, `moving` is not adopted yet; both feeds are read."""

    WELL = "well"
    NEW = "new"
    MOVED = "moved"
    MOVING = "moving"
    SILENT = "silent"
    ASKED_TO_WAIT = "asked to wait"
    SLOW = "too slow"
    DEAD_HOST = "dead host"
    BOT_WALL = "bot wall"
    NOT_FOUND = "not found"
    GONE = "gone"
    CERTIFICATE = "certificate"
    NOT_A_FEED = "not a feed"
    FAILING = "failing"


@dataclass(frozen=True, slots=True)
class Health:
    """condition, and its cause in a sentence; None where nothing is the matter."""

    condition: Condition
    cause: str | None = None

    @property
    def is_trouble(self) -> bool:
        """Nothing comes from it, and it ought to."""
        return self.condition not in (Condition.WELL, Condition.NEW, Condition.MOVED, Condition.MOVING, Condition.SILENT)


# By the kinds of errors.FeedError; what is not here is FAILING and speaks for itself.
_CAUSES = {
    "dns": (Condition.DEAD_HOST, "its host cannot be found"),
    "network": (Condition.DEAD_HOST, "its host does not answer"),
    "forbidden": (Condition.BOT_WALL, "the server turns programs away (HTTP 403)"),
    "challenge": (Condition.BOT_WALL, "the server asks for a browser before it answers"),
    "not_found": (Condition.NOT_FOUND, "there is nothing at its address any more (HTTP 404)"),
    "gone": (Condition.GONE, "the server says that it is gone for good (HTTP 410); it is not asked again"),
    "tls": (Condition.CERTIFICATE, "its certificate is not valid"),
    "not_a_feed": (Condition.NOT_A_FEED, "what stands at its address is no feed any more"),
    "unsupported": (Condition.NOT_A_FEED, "what stands at its address is no kind of feed that is understood"),
    "empty": (Condition.NOT_A_FEED, "the server answers with an empty document"),
    "parse": (Condition.NOT_A_FEED, "what stands at its address is broken and cannot be read"),
    "timeout": (Condition.SLOW, "the server takes too long to answer"),
    "parse_timeout": (Condition.SLOW, "it takes too long to read"),
    "rate_limited": (Condition.ASKED_TO_WAIT, "the server asks us to come less often (HTTP 429)"),
    "unavailable": (Condition.ASKED_TO_WAIT, "the server is out of service for now (HTTP 503)"),
}


def health_of(feed: FeedStatus, now: datetime) -> Health:
    """How a feed is at this moment. What keeps it from being read comes first, then moves, then silence."""
    if feed.state in (FeedState.FAILING, FeedState.GONE):
        return _trouble(feed, now)
    if feed.state is FeedState.NEW:
        return Health(Condition.NEW, "it has not been polled yet")
    if feed.moved_to is not None:
        return Health(Condition.MOVING, f"it answers from {feed.moved_to} for now; adopted once that has lasted a week")
    if feed.newest is not None and now - feed.newest >= SILENT:
        return Health(Condition.SILENT, f"nothing new since {feed.newest:%B %Y}")
    if feed.moved_from is not None and feed.moved_at is not None and now - feed.moved_at < _MOVE_IS_NEWS:
        return Health(Condition.MOVED, f"it moved here from {feed.moved_from} on {feed.moved_at.day} {feed.moved_at:%b %Y}")
    return Health(Condition.WELL)


def _trouble(feed: FeedStatus, now: datetime) -> Health:
    condition, cause = _CAUSES.get(feed.error_kind or "", (Condition.FAILING, feed.error or "the last poll failed"))
    if feed.error_kind == "tls" and feed.error and "certificate" not in feed.error.casefold():
        cause = "no secure connection comes about"
    if feed.retry_after_until is not None and feed.retry_after_until > now:
        cause = f"{cause}; it is asked again on {feed.retry_after_until.day} {feed.retry_after_until:%b %H:%M} UTC"
    return Health(condition, cause)
