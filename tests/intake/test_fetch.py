from __future__ import annotations

import asyncio
import hashlib
import ipaddress
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import pytest

from aggregator.errors import FeedError
from aggregator.intake.fetch import fetch_feed
from aggregator.net.client import HttpClient
from aggregator.net.guard import Guard
from aggregator.records.feeds import FeedToPoll, FetchedFeed
from tests.lab.server import GOOD, Lab, always, reply

NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)
LOOPBACK = Guard([ipaddress.ip_network("127.0.0.0/8")])


def fetch(
    answer: bytes, *, etag: str | None = None, last_modified: str | None = None, age: timedelta | None = timedelta(days=1)
) -> tuple[FetchedFeed, Mapping[str, str]]:
    async def run() -> tuple[FetchedFeed, Mapping[str, str]]:
        async with Lab({"/feed": always(answer)}) as lab, HttpClient(LOOPBACK, timeout=5) as client:
            url = f"{lab.base}/feed"
            feed = FeedToPoll(
                1,
                url,
                url,
                etag=etag,
                last_modified=last_modified,
                validators_at=None if age is None else NOW - age,
            )
            return await fetch_feed(client, feed, NOW), lab.requests[0].headers

    return asyncio.run(run())


def refused(answer: bytes) -> FeedError:
    with pytest.raises(FeedError) as caught:
        fetch(answer)
    return caught.value


def test_a_200_comes_with_its_body_its_hash_and_its_validators() -> None:
    fetched, _ = fetch(reply(GOOD, "200 OK", 'ETag: "x"', "Last-Modified: y", "Content-Type: text/xml"))
    assert (fetched.status, fetched.body, fetched.body_hash) == (200, GOOD, hashlib.sha256(GOOD).hexdigest())
    assert (fetched.etag, fetched.last_modified, fetched.content_type) == ('"x"', "y", "text/xml")


def test_stored_validators_are_shown_as_they_came() -> None:
    fetched, asked = fetch(reply(b"", "304 Not Modified"), etag='W/"a-gzip"', last_modified="Thu, 01 Jan 1970 00:00:99")
    assert (asked["if-none-match"], asked["if-modified-since"]) == ('W/"a-gzip"', "Thu, 01 Jan 1970 00:00:99")
    assert (fetched.status, fetched.body, fetched.body_hash) == (304, None, None)


def test_a_304_with_a_body_is_a_304() -> None:
    fetched, _ = fetch(reply(GOOD, "304 Not Modified", 'ETag: "new"'), etag='"x"')
    assert (fetched.status, fetched.body, fetched.etag) == (304, None, '"new"')


@pytest.mark.parametrize("age", [timedelta(days=8, seconds=1), None])
def test_validators_older_than_eight_days_are_not_shown(age: timedelta | None) -> None:
    _, asked = fetch(reply(), etag='"x"', last_modified="y", age=age)
    assert "if-none-match" not in asked
    assert "if-modified-since" not in asked


def test_a_304_to_an_open_question_is_an_error() -> None:
    assert refused(reply(b"", "304 Not Modified")).kind == "protocol"


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        ("204 No Content", "empty"),
        ("206 Partial Content", "empty"),
        ("202 Accepted", "http_status"),
        ("400 Bad Request", "http_status"),
        ("401 Unauthorized", "forbidden"),
        ("403 Forbidden", "forbidden"),
        ("404 Not Found", "not_found"),
        ("410 Gone", "gone"),
        ("429 Too Many Requests", "rate_limited"),
        ("500 Internal Server Error", "http_status"),
        ("503 Service Unavailable", "unavailable"),
    ],
)
def test_each_status_has_its_kind(status: str, kind: str) -> None:
    error = refused(reply(b"", status))
    assert (error.kind, error.status) == (kind, int(status[:3]))
    assert error.permanent is (kind == "gone")


def test_only_a_busy_server_can_ask_for_time() -> None:
    assert refused(reply(b"", "429 Slow Down", "Retry-After: 120")).retry_after == 120.0
    date = "Date: Sat, 02 May 2026 12:00:00 GMT"
    later = "Retry-After: Sat, 02 May 2026 12:10:00 GMT"
    assert refused(reply(b"", "503 Later", date, later)).retry_after == 600.0
    assert refused(reply(b"", "404 Not Found", "Retry-After: 120")).retry_after is None


@pytest.mark.parametrize("body", [b"", b" \r\n\t\n"])
def test_a_document_without_content_is_an_error(body: bytes) -> None:
    assert refused(reply(body)).kind == "empty"
