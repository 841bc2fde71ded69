"""Asks one feed whether it has news: a conditional GET, and what its status means."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta

from aggregator.errors import FeedError
from aggregator.intake.pacing import retry_after_seconds
from aggregator.net.client import HttpClient
from aggregator.net.response import Response
from aggregator.records.feeds import FeedToPoll, FetchedFeed

# Some servers answer 304 to any validator they are shown; without validators they must show what they have (R13, H53).
VALIDATORS_LAST = timedelta(days=8)

_KINDS = {
    401: ("forbidden", "it wants a login (HTTP 401)"),
    403: ("forbidden", "the server refuses to hand it out (HTTP 403)"),
    404: ("not_found", "there is nothing at this address (HTTP 404)"),
    410: ("gone", "its publisher says that it is gone for good (HTTP 410)"),
    429: ("rate_limited", "the server asks us to poll less often (HTTP 429)"),
    503: ("unavailable", "the server is not available at the moment (HTTP 503)"),
}
_ADVICE = {
    "forbidden": "Look whether it opens in a browser; the site may refuse unknown programs.",
    "not_found": "The feed may have moved: `aggregator feeds add` with the blog's address finds it again.",
    "gone": "It is not polled any more; `aggregator feeds remove` takes it off the list.",
    "challenge": "The site tests for browsers; its owner can let feed readers through.",
}


async def fetch_feed(client: HttpClient, feed: FeedToPoll, now: datetime) -> FetchedFeed:
    """Fetches a feed with the validators that its last 200 brought, echoed byte for byte, unless they are 8 days old.

    Returns a 200 with its body and the body's sha256, or a 304 without. Raises FeedError for everything else: what
    `HttpClient.get` raises, and by status gone, not_found, forbidden, challenge, rate_limited, unavailable, http_status; empty
    for a document without content; protocol for a 304 to a question that named no validator (H51).
    """
    asked = _conditions(feed, now)
    response = await client.get(feed.url, headers=asked)
    if response.status == 304:
        if not asked:
            raise FeedError(
                "protocol",
                "the server says that nothing changed, though it was not asked that",
                resource=response.url,
                status=304,
            )
        return _fetched(response)
    if response.status not in (200, 203):
        raise _refused(response, now)
    if not response.body or response.body.isspace():
        raise FeedError("empty", "the document is empty", resource=response.url, status=response.status)
    return _fetched(response, response.body, hashlib.sha256(response.body).hexdigest())


def _conditions(feed: FeedToPoll, now: datetime) -> dict[str, str]:
    if feed.validators_at is None or now - feed.validators_at > VALIDATORS_LAST:
        return {}
    asked = {"If-None-Match": feed.etag, "If-Modified-Since": feed.last_modified}
    return {name: value for name, value in asked.items() if value is not None}


def _fetched(response: Response, body: bytes | None = None, body_hash: str | None = None) -> FetchedFeed:
    return FetchedFeed(
        status=response.status,
        final_url=response.url,
        body=body,
        body_hash=body_hash,
        etag=response.etag,
        last_modified=response.last_modified,
        permanent_url=response.permanent_url,
        content_type=response.content_type,
        content_location=response.content_location,
        cache_control=response.cache_control,
        expires=response.expires,
        server_date=response.date,
        retry_after=response.retry_after,
        notes=response.notes,
    )


def _refused(response: Response, now: datetime) -> FeedError:
    status = response.status
    if status in (204, 205, 206):
        return FeedError("empty", f"the server sends no whole document (HTTP {status})", resource=response.url, status=status)
    kind, message = _KINDS.get(status, ("http_status", f"the server answers with HTTP {status}"))
    if response.challenge and kind in ("forbidden", "unavailable"):
        kind, message = "challenge", f"an anti-robot page answers in the site's place (HTTP {status})"
    return FeedError(
        kind,
        message,
        resource=response.url,
        status=status,
        retry_after=retry_after_seconds(response.retry_after, response.date, now) if status in (429, 503) else None,
        permanent=kind == "gone",
        advice=_ADVICE.get(kind),
    )
