"""The web application: routes, and what every answer has in common (R16, R28)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import asdict
from pathlib import Path
from urllib.parse import urlsplit

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import MutableHeaders
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from aggregator.settings import WebSettings
from aggregator.web.desk import Desk
from aggregator.web.health import health
from aggregator.web.signature import is_signed
from aggregator.web.views import add, edition, held
from aggregator.wiring import Installation

STATIC = Path(__file__).with_name("static")
VIEWS = (edition, add, held)
MOST_BYTES = 5_000_000
"""A push of a long day; the hook only needs it to check the signature."""
_LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        "manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


def make_app(installation: Installation, secret: str | None) -> Starlette:
    """secret: what calls to `/hooks/archive` must be signed with; without one there is no such address."""

    async def healthz(_: Request) -> Response:
        found = await run_in_threadpool(
            lambda: health(installation.heartbeats.beats(), installation.outbox.recent(20), installation.clock.now())
        )
        return JSONResponse(asdict(found), 200 if found.ok else 503)

    async def published(request: Request) -> Response:
        body = await _bounded(request)
        if body is None:
            return PlainTextResponse("This is too large.\n", 413)
        if secret is None or not is_signed({name.lower(): value for name, value in request.headers.items()}, body, secret):
            return PlainTextResponse("The signature is missing or wrong.\n", 403)
        await run_in_threadpool(installation.archive.read_soon, installation.clock.now())
        return PlainTextResponse("Your archive is read within a minute.\n", 202)

    desk = Desk(installation)
    routes: list[BaseRoute] = [
        Route("/healthz", healthz),
        Mount("/static", StaticFiles(directory=STATIC)),
        *(route for view in VIEWS for route in view.routes(desk)),
    ]
    if secret is not None:
        routes.append(Route("/hooks/archive", published, methods=["POST"]))
    hosts = Middleware(TrustedHostMiddleware, allowed_hosts=allowed_hosts(installation.settings.web), www_redirect=False)
    return Starlette(routes=routes, middleware=[Middleware(_Headers), hosts])


def allowed_hosts(web: WebSettings) -> list[str]:
    """Names that a request may ask for: a page elsewhere that resolves its own name to this machine must get nothing (R16)."""
    named = [urlsplit(web.base_url).hostname] if web.base_url else []
    return list(dict.fromkeys([*_LOOPBACK, *(one for one in (web.host, *named) if one)]))


class _Headers:
    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        forward: Callable[[Message], Awaitable[None]] = answer
        await self._app(scope, receive, forward)


async def _bounded(request: Request) -> bytes | None:
    """The body; None if it is longer than it may be, whatever it says of itself."""
    body = bytearray()
    try:
        async for chunk in request.stream():
            body += chunk
            if len(body) > MOST_BYTES:
                return None
    except ClientDisconnect:
        return None
    return bytes(body)
