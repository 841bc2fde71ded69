"""Requests to the interface of a site that the author named, through the same guard and bounds as everything (R1, R2, R34)."""

from __future__ import annotations

import asyncio
import json
import ssl

from aggregator.errors import FeedError, OutletError
from aggregator.net.client import HttpClient
from aggregator.net.guard import Guard
from aggregator.net.resolver import Lookup, system_lookup
from aggregator.net.response import Response
from aggregator.records.outlets import Ask, Told

SECONDS = 60.0
"""A blog that renders a long post may take its time."""
# Whether the request had any effect is not known after these.
_UNSURE = frozenset({"timeout", "network", "truncated", "protocol", "encoding", "too_large"})


class GuardedCaller:
    """A synchronous `ports.Caller`. Each call has its own connection. Takes what `HttpClient` takes."""

    def __init__(
        self,
        guard: Guard,
        *,
        timeout: float = SECONDS,
        user_agent: str | None = None,
        ssl_context: ssl.SSLContext | None = None,
        lookup: Lookup = system_lookup,
    ) -> None:
        self._guard = guard
        self._timeout = timeout
        self._user_agent = user_agent
        self._ssl_context = ssl_context
        self._lookup = lookup

    def call(self, ask: Ask) -> Told:
        """Follows no redirect. Raises OutletError where no answer came."""
        try:
            answer = asyncio.run(self._send(ask))
        except FeedError as error:
            raise OutletError(
                error.message, resource=ask.url, permanent=error.permanent, advice=_advice(error.kind, ask.method) or error.advice
            ) from error
        return Told(answer.status, answer.body, answer.content_type, answer.location)

    async def _send(self, ask: Ask) -> Response:
        body = None if ask.body is None else json.dumps(ask.body, ensure_ascii=False).encode()
        kind = {} if body is None else {"Content-Type": "application/json"}
        async with HttpClient(
            self._guard,
            timeout=self._timeout,
            concurrency=1,
            user_agent=self._user_agent,
            ssl_context=self._ssl_context,
            lookup=self._lookup,
        ) as client:
            return await client.send(
                ask.method, ask.url, headers={"Accept": "application/json", **kind, **dict(ask.headers)}, body=body
            )


def _advice(kind: str, method: str) -> str | None:
    if kind == "tls":
        return "Look at the site's certificate in a browser; nothing was sent."
    if kind == "dns":
        return "Correct the address under `draft: send:` in config.yaml."
    if kind in _UNSURE and method != "GET":
        return "Send it again: it may have arrived, and is found there if it did."
    return None
