"""The bounded HTTP client: one request through the guard, within a deadline and caps. The only user of the HTTP library.

Deadline, redirects, decompression and caps are ours (R2, R19): the library's own count decoded bytes too late, follow
redirects without asking the guard, and time out on silence instead of on slowness.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import partial
from types import TracebackType
from typing import Self

import aiohttp
from yarl import URL

from aggregator import __version__
from aggregator.errors import FeedError
from aggregator.net.budget import Budget
from aggregator.net.faults import as_feed_error, blocked, dns_failure
from aggregator.net.guard import Guard
from aggregator.net.heads import FeedResponse
from aggregator.net.inflate import GZIP_MAGIC, BadGzip, Inflater, TooMuch
from aggregator.net.lanes import Lane, Lanes
from aggregator.net.resolver import BlockedAddress, GuardedResolver, Lookup, system_lookup
from aggregator.net.response import Response, http_date, is_challenge, kept_header, validator
from aggregator.net.target import Target, first_target, redirected

DEFAULT_USER_AGENT = f"aggregator/{__version__} (feed reader of a link roundup; polls at most every 30 minutes)"
ACCEPT = (
    "application/atom+xml, application/rss+xml, application/feed+json, application/rdf+xml;q=0.9, "
    "application/xml;q=0.8, text/xml;q=0.8, */*;q=0.5"
)
MEGABYTE = 1 << 20
GAP_SECONDS = 1.0
_REDIRECTS = frozenset({301, 302, 303, 307, 308})


class HttpClient:
    """Asks under R1, R2, R17, R19 and R34; an async context manager, to be used within one event loop.

    timeout: seconds of wall-clock for one `get`, from the name's lookup to the body's last byte, waiting for its turn aside.
    concurrency: requests under way at once. ssl_context: in place of the system's certificates. lookup: in place of the
    system's resolver.
    """

    def __init__(
        self,
        guard: Guard,
        *,
        timeout: float = 30.0,
        concurrency: int = 64,
        user_agent: str | None = None,
        gap: float = GAP_SECONDS,
        ssl_context: ssl.SSLContext | None = None,
        lookup: Lookup = system_lookup,
    ) -> None:
        self._guard = guard
        self._timeout = timeout
        self._gap = gap
        self._slots = asyncio.Semaphore(concurrency)
        self._resolver = GuardedResolver(guard, lookup)
        self._lanes = Lanes()
        self._ssl_context = ssl_context
        self._headers = {"User-Agent": user_agent or DEFAULT_USER_AGENT, "Accept": ACCEPT, "Accept-Encoding": "gzip"}
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        connector = aiohttp.TCPConnector(
            resolver=self._resolver,
            socket_factory=self._open_socket,
            use_dns_cache=False,
            limit=0,  # `_slots` and `_lanes` bound them
            # A feed is asked once an hour: a kept connection would only be found dead.
            force_close=True,
            ssl=self._ssl_context or True,
        )
        self._session = aiohttp.ClientSession(
            connector=connector,
            response_class=FeedResponse,
            auto_decompress=False,
            cookie_jar=aiohttp.DummyCookieJar(),
            trust_env=False,
            timeout=aiohttp.ClientTimeout(total=None, connect=None, sock_connect=None, sock_read=None),
            max_line_size=8190,
            max_field_size=32768,
            max_headers=200,
        )
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None
        await self._resolver.close()

    async def get(
        self,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        max_redirects: int = 5,
        raw_cap: int = 5 * MEGABYTE,
        decoded_cap: int = 10 * MEGABYTE,
        read_body: bool = True,
        read_errors: bool = False,
    ) -> Response:
        """Fetches one address, following redirects. Bodies come with 2xx only, others are not read.

        headers: sent on every hop besides our own. raw_cap, decoded_cap: bytes as transferred, and after gzip. read_body:
        False leaves the body where it is, for who only wants to know where an address leads. read_errors: True reads those of
        other statuses too.
        Raises FeedError: timeout, dns, network, tls, protocol, truncated, encoding, too_large, blocked, redirect,
        redirect_scheme, unsupported. Any HTTP status is an answer, not an error.
        """
        budget = Budget(self._timeout)
        target = first_target(url)
        sent = {**self._headers, **(headers or {})}
        asked = str(target.url)
        seen = {target.url}
        reading = _Reading(raw_cap, decoded_cap, body=read_body, errors=read_errors)
        while True:
            answer = await self._in_turn(target, budget, partial(self._exchange, "GET", target, sent, None, reading))
            if isinstance(answer, Response):
                return answer
            target = answer
            if target.url in seen:
                raise FeedError("redirect", "its redirects lead round in a circle", resource=asked)
            if target.hops > max_redirects:
                raise FeedError("redirect", f"it redirects more than {max_redirects} times", resource=asked)
            seen.add(target.url)

    async def send(self, method: str, url: str, *, headers: Mapping[str, str], body: bytes | None) -> Response:
        """One request to a site's interface. Follows no redirect, because what is sent may be meant for one server only: its
        answer says where it leads. Every body is read. Raises FeedError as `get`, but for redirects."""
        target = first_target(url)
        reading = _Reading(5 * MEGABYTE, 10 * MEGABYTE, body=True, errors=True, redirects=False)
        sent = {**self._headers, **headers}
        answer = await self._in_turn(target, Budget(self._timeout), partial(self._exchange, method, target, sent, body, reading))
        assert isinstance(answer, Response)  # without redirects there is no further target
        return answer

    async def _in_turn(
        self, target: Target, budget: Budget, exchange: Callable[[], Awaitable[Response | Target]]
    ) -> Response | Target:
        """One exchange, when it is its server's turn."""
        lane = await self._lane(target, budget)
        try:
            async with lane, self._slots, budget:
                return await exchange()
        except TimeoutError as error:
            message = f"the server did not finish within {self._timeout:g} seconds"
            raise FeedError("timeout", message, resource=str(target.url)) from error
        except (aiohttp.ClientError, OSError) as error:
            raise as_feed_error(error, str(target.url)) from error

    def is_local(self, url: str) -> bool:
        """Whether this address was last found inside the networks that the author allowed."""
        addresses = self._resolver.last_known(URL(url).raw_host or "")
        return any(self._guard.is_allowed(address) for address in addresses)

    async def _lane(self, target: Target, budget: Budget) -> Lane:
        host, port = target.url.raw_host or "", target.url.port or 0
        try:
            addresses = self._resolver.at_hand(host, port)
            if addresses is None:
                async with self._slots, budget:
                    addresses = await self._resolver.addresses(host, port)
        except BlockedAddress as error:
            raise blocked(str(error), str(target.url)) from error
        except TimeoutError as error:
            raise dns_failure(str(target.url), "no answer in time") from error
        except OSError as error:
            raise dns_failure(str(target.url), error.strerror or str(error)) from error
        gap = 0.0 if self._guard.is_allowed(addresses[0]) else self._gap
        return self._lanes.lane((addresses[0], port), gap)

    async def _exchange(
        self, method: str, target: Target, headers: Mapping[str, str], data: bytes | None, reading: _Reading
    ) -> Response | Target:
        if self._session is None:
            raise RuntimeError("the client is used outside its context")
        if target.authorization is not None:
            headers = {**headers, "Authorization": target.authorization}
        answer = await self._session.request(method, target.url, headers=headers, data=data, allow_redirects=False)
        try:
            status = answer.status
            if status in _REDIRECTS and reading.redirects:
                return redirected(target, status, answer.headers.get("Location"))
            if not 200 <= status <= 599:
                raise FeedError(
                    "protocol", f"the server answered with HTTP {status}, which means nothing", resource=str(target.url)
                )
            wanted = reading.body and (status < 300 or reading.errors)
            body = await _read(answer, reading.raw_cap, reading.decoded_cap) if wanted else b""
            return _response(answer, target, body)
        finally:
            answer.close()

    def _open_socket(self, info: aiohttp.AddrInfoType) -> socket.socket:
        """The last word, for every connection there is: literal addresses never meet the resolver."""
        family, kind, protocol, _, address = info
        if reason := self._guard.refusal(str(address[0]), int(address[1])):
            raise BlockedAddress(reason)
        return socket.socket(family, kind, protocol)


@dataclass(frozen=True, slots=True)
class _Reading:
    """What of an answer is read. errors: bodies that come without a 2xx too. redirects: they are followed."""

    raw_cap: int
    decoded_cap: int
    body: bool
    errors: bool
    redirects: bool = True


async def _read(answer: aiohttp.ClientResponse, raw_cap: int, decoded_cap: int) -> bytes:
    url = str(answer.url)
    codings = [coding.strip().lower() for line in answer.headers.getall("Content-Encoding", ()) for coding in line.split(",")]
    codings = [coding for coding in codings if coding not in ("", "identity")]
    if codings not in ([], ["gzip"], ["x-gzip"]):
        raise FeedError(
            "encoding", f"the body is encoded as {', '.join(codings)[:100]}, though only gzip was asked for", resource=url
        )
    announced = answer.headers.get("Content-Length", "")
    if announced.isdecimal() and int(announced) > raw_cap:
        raise _too_large(url, raw_cap)
    parts: list[bytes] = []
    inflater = Inflater(decoded_cap) if codings else None
    received = 0
    try:
        async for chunk in answer.content.iter_any():
            if not received and inflater is None and chunk.startswith(GZIP_MAGIC):
                inflater = Inflater(decoded_cap)  # a gzip file served as such: the label is missing, not the meaning (H11)
            received += len(chunk)
            if received > raw_cap:
                raise _too_large(url, raw_cap)
            if inflater is None:
                parts.append(chunk)
            else:
                inflater.feed(chunk)
        if inflater is None or not received:
            return b"".join(parts)
        return inflater.finish()
    except TooMuch:
        raise _too_large(url, decoded_cap) from None
    except BadGzip as error:
        raise FeedError("encoding", f"the compressed body is damaged ({error})", resource=url) from error


def _response(answer: aiohttp.ClientResponse, target: Target, body: bytes) -> Response:
    headers = answer.headers
    return Response(
        status=answer.status,
        url=str(target.url),
        permanent_url=target.permanent_url,
        body=body,
        content_type=kept_header(headers, "Content-Type"),
        content_location=kept_header(headers, "Content-Location"),
        etag=validator(headers, "ETag"),
        last_modified=validator(headers, "Last-Modified"),
        cache_control=kept_header(headers, "Cache-Control"),
        expires=kept_header(headers, "Expires"),
        retry_after=kept_header(headers, "Retry-After"),
        date=http_date(headers.get("Date")),
        location=kept_header(headers, "Location"),
        challenge=is_challenge(answer.status, headers),
        notes=target.notes,
    )


def _too_large(url: str, cap: int) -> FeedError:
    return FeedError("too_large", f"the document is larger than {cap / MEGABYTE:g} MB", resource=url)
