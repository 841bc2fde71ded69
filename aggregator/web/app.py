"""The web application: routes, and what every answer has in common (R16, R28)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.types import ExceptionHandler
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from aggregator.desk.edition import open_edition
from aggregator.web import statics
from aggregator.web.desk import Desk
from aggregator.web.gate import Gate
from aggregator.web.health import health
from aggregator.web.hosts import KnownHosts
from aggregator.web.security import Headers, put_headers
from aggregator.web.signature import is_signed
from aggregator.web.views import (
    actions,
    add,
    api,
    archive,
    bullets,
    composer,
    draft,
    edition,
    feeds,
    filing,
    held,
    links,
    login,
    outlets,
    sections,
    settings,
    start,
    status,
    triage,
    withheld,
)
from aggregator.wiring import Installation

WORTH_PACKING = 2_000
"""Bytes of an answer; forms carry tokens that are masked anew each time."""
VIEWS = (
    edition,
    add,
    held,
    triage,
    actions,
    sections,
    bullets,
    composer,
    login,
    links,
    feeds,
    archive,
    filing,
    status,
    settings,
    start,
    draft,
    outlets,
    api,
    withheld,
)


def make_app(installation: Installation, secret: str | None) -> Starlette:
    """secret: what calls to `/hooks/archive` must be signed with; without one there is no such address."""

    async def healthz(_: Request) -> Response:
        found = await run_in_threadpool(
            lambda: health(installation.heartbeats.beats(), installation.outbox.recent(20), installation.clock.now())
        )
        return JSONResponse(asdict(found), 200 if found.ok else 503)

    async def published(request: Request) -> Response:
        body = await request.body()
        if secret is None or not is_signed({name.lower(): value for name, value in request.headers.items()}, body, secret):
            return PlainTextResponse("The signature is missing or wrong.\n", 403)
        await run_in_threadpool(installation.archive.read_soon, installation.clock.now())
        return PlainTextResponse("Your archive is read within a minute.\n", 202)

    for plan in installation.settings.roundups:
        open_edition(installation, installation.roundup(plan), plan)  # now, so that no page has to: showing changes nothing (R9)
    statics.version()  # of the files as they are now, whatever an update puts in their place while this runs
    desk = Desk(installation)
    routes: list[BaseRoute] = [
        Route("/healthz", healthz),
        Mount("/static", statics.statics),
        Route("/r/{roundup}", _with_slash, methods=["GET"]),
        *(route for view in VIEWS for route in view.routes(desk)),
    ]
    if secret is not None:
        routes.append(Route("/hooks/archive", published, methods=["POST"]))
    web = installation.settings.web
    middleware = [
        Middleware(Headers),
        Middleware(GZipMiddleware, minimum_size=WORTH_PACKING, compresslevel=5),
        # What servers in front of this one say of who asks is believed, and nobody else (R29).
        Middleware(ProxyHeadersMiddleware, trusted_hosts=[str(one) for one in web.trusted_proxies]),
        Middleware(KnownHosts, installation=installation),
        Middleware(Gate, desk=desk, sessions=desk.sessions),
    ]
    app = Starlette(routes=routes, middleware=middleware, exception_handlers=_answers(desk))
    app.router.redirect_slashes = False  # to a whole address, made of what the request says of itself (R16)
    return app


async def _with_slash(request: Request) -> Response:
    """The edition's address as people type it."""
    return RedirectResponse(f"/r/{request.path_params['roundup']}/", 303)


def _answers(desk: Desk) -> Mapping[Any, ExceptionHandler]:
    """What is said where no view answered."""

    async def refused(request: Request, error: Exception) -> Response:
        status = error.status_code if isinstance(error, HTTPException) else 400
        answer = await run_in_threadpool(desk.trouble, request, status)
        answer.headers.update(getattr(error, "headers", None) or {})
        return answer

    async def broken(request: Request, _: Exception) -> Response:
        answer = await run_in_threadpool(desk.trouble, request, 500)
        put_headers(answer.headers, request.url.path)  # this one does not come by the others' way
        return answer

    async def gone(_request: Request, _error: Exception) -> Response:
        return Response(status_code=400)  # nobody reads it

    return {HTTPException: refused, ClientDisconnect: gone, Exception: broken}
