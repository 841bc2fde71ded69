"""What the network and the HTTP library raise -> FeedError, in words that the author understands."""

from __future__ import annotations

import os
import socket
import ssl
from collections.abc import Iterator
from itertools import islice

import aiohttp

from aggregator.errors import FeedError
from aggregator.net.resolver import BlockedAddress


def blocked(reason: str, url: str) -> FeedError:
    """The guard's refusal."""
    return FeedError(
        "blocked",
        f"it leads to a place that may not be polled: {reason}",
        resource=url,
        advice="If this server is your own, list its network under poll.allow_networks.",
    )


def dns_failure(url: str, reason: str) -> FeedError:
    """The name led to no address."""
    return FeedError("dns", f"its host name cannot be found ({reason})", resource=url)


def as_feed_error(error: Exception, url: str) -> FeedError:
    """The FeedError that an exception of one exchange means. The libraries wrap each other's exceptions, so the most telling
    link of the chain decides."""
    causes = list(islice(_chain(error), 10))
    for judge in (_refused_or_insecure, _malformed, _broken):
        for cause in causes:
            if (found := judge(cause, url)) is not None:
                return found
    reason = _first_line(str(error)) or type(error).__name__
    return FeedError("network", f"the connection failed ({reason})", resource=url)


def _refused_or_insecure(cause: BaseException, url: str) -> FeedError | None:
    match cause:
        case BlockedAddress():
            return blocked(str(cause), url)
        case ssl.SSLCertVerificationError(verify_message=str(reason)):
            return FeedError("tls", f"its certificate is not valid ({reason})", resource=url)
        case ssl.SSLError() if not isinstance(cause, aiohttp.ClientError):
            return FeedError(
                "tls", f"no secure connection could be made ({getattr(cause, 'reason', None) or cause})", resource=url
            )
        case ConnectionResetError(errno=None) if url.startswith("https:") and not isinstance(cause, aiohttp.ClientError):
            # How asyncio reports a peer that leaves during the handshake.
            return FeedError("tls", "the server broke off when a secure connection was to be made", resource=url)
        case socket.gaierror():
            return dns_failure(url, cause.strerror or str(cause))
    return None


def _malformed(cause: BaseException, url: str) -> FeedError | None:
    match cause:
        case aiohttp.http_exceptions.ContentLengthError() | aiohttp.http_exceptions.TransferEncodingError():
            return None  # the connection ended before the body did
        case aiohttp.http_exceptions.HttpProcessingError() | aiohttp.ClientResponseError():
            return FeedError("protocol", f"the server does not speak proper HTTP ({_first_line(cause.message)})", resource=url)
        case aiohttp.InvalidURL():
            return FeedError("unsupported", "this is no address that can be fetched", resource=url, permanent=True)
    return None


def _broken(cause: BaseException, url: str) -> FeedError | None:
    match cause:
        case OSError(errno=int(number)) if not isinstance(cause, aiohttp.ClientError):
            return FeedError("network", f"the connection failed ({os.strerror(number)})", resource=url)
        case aiohttp.ClientPayloadError() if "ConnectionResetError" in str(cause):  # it says so in its text only
            return FeedError("network", "the connection was reset in the middle of the document", resource=url)
        case aiohttp.ClientPayloadError():
            return FeedError("truncated", "the connection was closed in the middle of the document", resource=url)
    return None


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = getattr(error, "os_error", None) or error.__cause__ or error.__context__


def _first_line(text: str) -> str:
    """Library messages quote the server's bytes at their end; the author needs none of them."""
    return text.strip().partition("\n")[0].partition(": b'")[0].rstrip(" :")[:200]
