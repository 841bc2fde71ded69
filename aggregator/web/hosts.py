"""Answers to the names that this desk goes by, and to no other: a page elsewhere that resolves its own name to this machine must
get nothing (R16)."""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from aggregator.web.security import allowed_hosts, host_of
from aggregator.wiring import Installation

_TURNED_AWAY = """\
This desk does not go by the name that you asked for, and tells nothing under it.

If it is yours: put the address by which you reach it into config.yaml, as `base_url` under `web`, and load this page again.
On its own machine it always answers at 127.0.0.1.
"""


class KnownHosts:
    """Passes on what asks for a name of ours. A name that is not known is looked up in config.yaml as it is now, so that one that
    was just given holds at once; it costs a stranger's request one look at the file's date."""

    def __init__(self, app: ASGIApp, installation: Installation) -> None:
        self._app, self._installation = app, installation

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """An ASGI application."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        host = host_of(Headers(scope=scope)).lower()
        if not self._knows(host):
            await run_in_threadpool(self._installation.refresh)
        app = self._app if self._knows(host) else PlainTextResponse(_TURNED_AWAY, 400)
        await app(scope, receive, send)

    def _knows(self, host: str) -> bool:
        return host in allowed_hosts(self._installation.settings.web)
