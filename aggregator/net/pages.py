"""Pages that the author asked for, fetched one at a time through the same guard and bounds as feeds (R36)."""

from __future__ import annotations

import asyncio
import ssl

from aggregator.errors import FeedError, PageError
from aggregator.net.client import HttpClient
from aggregator.net.guard import Guard
from aggregator.net.resolver import Lookup, system_lookup
from aggregator.net.response import Response


class GuardedPages:
    """A synchronous `ports.PageFetcher`. Each call has its own connections, so it may be used from any thread without a
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
        try:
            response = asyncio.run(self._get(url))
        except FeedError as error:
            raise PageError(error.message, resource=url, permanent=error.permanent, advice=error.advice) from error
        if response.status != 200:
            raise PageError(
                f"the server answers with HTTP {response.status}",
                resource=url,
                permanent=response.status in (404, 410),
                advice="Look whether it opens in a browser.",
            )
        return response

    async def _get(self, url: str) -> Response:
        async with HttpClient(
            self._guard,
            timeout=self._timeout,
            concurrency=1,
            user_agent=self._user_agent,
            ssl_context=self._ssl_context,
            lookup=self._lookup,
        ) as client:
            return await client.get(url)
