"""What a server answered: the fields that matter, bounded and safe to keep."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

_MAX_VALIDATOR = 1024
_MAX_KEPT_HEADER = 512


@dataclass(frozen=True, slots=True)
class Response:
    """One answer, after redirects.

    url: the address that gave it. permanent_url: where an unbroken chain of 301/308 led, None if there was none. body:
    decompressed; empty unless the status is 2xx or errors were asked for. etag, last_modified: exactly as sent, None if absent
    or unfit to store (H54). location: where a redirect that was not followed leads, as sent. date: the server's clock, None if
    it sent none that can be read. challenge: an anti-robot page answered in the site's place. notes: what is worth telling the
    author.
    """

    status: int
    url: str
    permanent_url: str | None
    body: bytes = b""
    content_type: str | None = None
    content_location: str | None = None
    etag: str | None = None
    last_modified: str | None = None
    cache_control: str | None = None
    expires: str | None = None
    retry_after: str | None = None
    date: datetime | None = None
    location: str | None = None
    challenge: bool = False
    notes: tuple[str, ...] = ()


def kept_header(headers: Mapping[str, str], name: str) -> str | None:
    """A header for our own use: None if it is absent, overlong or not text."""
    value = headers.get(name)
    return value if value and len(value) <= _MAX_KEPT_HEADER and value.isprintable() else None


def validator(headers: Mapping[str, str], name: str) -> str | None:
    """A header to be echoed byte for byte: None if it is absent, longer than 1 KB, or could not be sent back as it came."""
    value = headers.get(name)
    return value if value and len(value) <= _MAX_VALIDATOR and value.isprintable() else None


def http_date(value: str | None) -> datetime | None:
    """An HTTP date as aware UTC, None if it cannot be read."""
    if not value:
        return None
    try:
        moment = parsedate_to_datetime(value)
    except (ValueError, TypeError, OverflowError):
        return None
    # "-0000" leaves it naive; HTTP dates are UTC by definition.
    moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        return None


def is_challenge(status: int, headers: Mapping[str, str]) -> bool:
    """Whether an anti-robot service answered: it says so, or its own 403 page stands where the site's feed should."""
    if headers.get("cf-mitigated", "").lower() == "challenge":
        return True
    server, content_type = headers.get("Server", "").lower(), headers.get("Content-Type", "").lower()
    return status == 403 and server.startswith(("cloudflare", "ddos-guard", "sucuri")) and content_type.startswith("text/html")
