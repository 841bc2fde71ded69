"""Pages that the author asked for, fetched one at a time through the same guard and bounds as feeds (R36)."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress

from aggregator.errors import FeedError, PageError
from aggregator.net.client import HttpClient
from aggregator.net.guard import Guard
from aggregator.net.resolver import Lookup, system_lookup
from aggregator.net.response import Response
from aggregator.records.links import Looked
from aggregator.text.canonical import host_of

FOLLOW_SECONDS = 8.0
FOLLOW_AT_ONCE = 8
"""Where a link leads is good to know, and never worth a long wait."""
LOOK_CAP = 3_000_000
"""Octets of a page that is looked at; what is longer is there all the same."""


class GuardedPages:
    """A synchronous `ports.Web`. Each call has its own connections, so it may be used from any thread without a
    running event loop. Takes what `HttpClient` takes."""

    def __init__(
        self,
        guard: Guard,
        *,
        timeout: float = 30.0,
        user_agent: str | None = None,
        ssl_context: ssl.SSLContext | None = None,
        lookup: Lookup = system_lookup,
    ) -> None:
        self._guard = guard
        self._timeout = timeout
        self._user_agent = user_agent
        self._ssl_context = ssl_context
        self._lookup = lookup

    def get(self, url: str) -> Response:
        """Fetches a page that answers with a document. Raises PageError for everything else."""
        return _document(self._asked(url, {}), url)

    def ask(self, url: str, etag: str | None, last_modified: str | None) -> Response | None:
        """Fetches a page unless it is what these validators name; None then. Raises PageError."""
        sent = {"If-None-Match": etag, "If-Modified-Since": last_modified}
        response = self._asked(url, {name: value for name, value in sent.items() if value is not None})
        return None if response.status == 304 and (etag or last_modified) else _document(response, url)

    def follow(self, urls: Sequence[str]) -> Mapping[str, str]:
        """Address -> the one that answered in its end, for those that did. Never raises."""
        return asyncio.run(self._follow(urls))

    def look(self, urls: Sequence[str], each: Callable[[Looked], None], *, seconds: float | None = None) -> None:
        """As `ports.Looker`."""
        asyncio.run(self._look(urls, each, seconds))

    def _asked(self, url: str, headers: Mapping[str, str]) -> Response:
        try:
            return asyncio.run(self._get(url, headers))
        except FeedError as error:
            raise PageError(error.message, resource=url, permanent=error.permanent, advice=error.advice) from error

    async def _get(self, url: str, headers: Mapping[str, str]) -> Response:
        async with self._client(self._timeout, 1) as client:
            return await client.get(url, headers=headers)

    async def _follow(self, urls: Sequence[str]) -> dict[str, str]:
        async with self._client(min(self._timeout, FOLLOW_SECONDS), FOLLOW_AT_ONCE) as client:

            async def end_of(url: str) -> str | None:
                try:
                    response = await client.get(url, read_body=False)
                except FeedError:
                    return None
                return response.url if response.status < 400 else None

            ends = await asyncio.gather(*(end_of(url) for url in urls))
        return {url: end for url, end in zip(urls, ends, strict=True) if end is not None}

    async def _look(self, urls: Sequence[str], each: Callable[[Looked], None], seconds: float | None) -> None:
        # A worker goes through one server's links, one after the other: a slow one keeps no other waiting.
        servers: dict[str, list[str]] = {}
        for url in urls:
            servers.setdefault(host_of(url), []).append(url)
        waiting = iter(servers.values())

        async with self._client(self._timeout, FOLLOW_AT_ONCE) as client:

            async def work() -> None:
                for its_links in waiting:
                    for url in its_links:
                        each(await _looked_at(client, url))

            with suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    await asyncio.gather(*(work() for _ in range(FOLLOW_AT_ONCE)))

    def _client(self, timeout: float, concurrency: int) -> HttpClient:
        return HttpClient(
            self._guard,
            timeout=timeout,
            concurrency=concurrency,
            user_agent=self._user_agent,
            ssl_context=self._ssl_context,
            lookup=self._lookup,
        )


async def _looked_at(client: HttpClient, url: str) -> Looked:
    try:
        answer = await client.get(url, raw_cap=LOOK_CAP, decoded_cap=2 * LOOK_CAP, read_errors=True)
    except FeedError as error:
        return Looked(url, error.status, fault=error.kind, words=error.message)
    return Looked(url, answer.status, answer.url, answer.permanent_url, answer.body, answer.content_type, answer.challenge)


def _document(response: Response, url: str) -> Response:
    if response.status != 200:
        raise PageError(
            f"the server answers with HTTP {response.status}",
            resource=url,
            permanent=response.status in (404, 410),
            advice="Look whether it opens in a browser.",
        )
    return response
