"""Who gets in: every request passes here before a view sees it (R16, R29)."""

from __future__ import annotations

from urllib.parse import urlencode

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from aggregator.desk.access import is_welcome
from aggregator.desk.door import is_loopback
from aggregator.errors import AggregatorError, Refused
from aggregator.web.cookies import header, is_secure, sent_cookies
from aggregator.web.desk import Desk, wants_fragment
from aggregator.web.security import (
    MOST_BYTES,
    SAFE_METHODS,
    STATIC,
    bounded,
    host_of,
    is_forwarded,
    is_from_elsewhere,
    is_readable,
)
from aggregator.web.sessions import Sessions, Visitor

UNWATCHED = (STATIC, "/healthz", "/hooks/", "/api/")
"""Files that tell nothing, and calls of programs, which prove who they are by themselves."""
FROM_MAILS = "/a/"
OPEN = ("/login", FROM_MAILS)
"""Pages for who is not signed in; links in mails carry their own proof."""


class Gate:
    """Knows the browser again, and lets it in, sends it to sign in, or refuses. What views find in `request.state`: `visitor`,
    `admitted` (may see the author's work), `secure` (over https)."""

    def __init__(self, app: ASGIApp, desk: Desk, sessions: Sessions) -> None:
        self._app, self._desk, self._sessions = app, desk, sessions
        # As it was bound: config.yaml may say another one by now.
        self._is_ours_alone = is_loopback(desk.installation.settings.web.host)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """An ASGI application."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        receive = bounded(receive)
        if scope["path"].startswith(UNWATCHED):
            await self._app(scope, receive, send)
            return
        request = Request(scope)
        refused = await run_in_threadpool(self._refusal, request)

        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                visitor: Visitor | None = getattr(request.state, "visitor", None)
                for cookie in visitor.cookies if visitor else ():
                    MutableHeaders(scope=message).append("Set-Cookie", header(cookie, secure=request.state.secure))
            await send(message)

        await (refused or self._app)(scope, receive, answer)

    def _refusal(self, request: Request) -> Response | None:
        """The answer to who is not let in; None to who is."""
        state = request.state
        state.admitted, state.secure = False, is_secure(request, self._desk.installation.settings.web.base_url)
        try:
            state.visitor = self._sessions.visitor(sent_cookies(request, secure=state.secure))
            asked = self._desk.asks_who()
        except AggregatorError as error:
            return self._desk.trouble(request, 503, error)
        safe = request.method in SAFE_METHODS
        web = self._desk.installation.settings.web
        if not safe and is_from_elsewhere(request.headers, web.base_url, silent=request.url.path.startswith(FROM_MAILS)):
            foreign = Refused("this came from another site, and nothing was changed", advice="Do it at the desk itself.")
            return self._desk.trouble(request, 403, foreign)
        if not safe and not is_readable(request.headers.get("content-type", "")):
            return self._desk.trouble(request, 400)
        announced = request.headers.get("content-length", "")
        if announced.isdecimal() and int(announced[:20]) > MOST_BYTES:
            return self._desk.trouble(request, 413)
        known = state.visitor.found is not None and is_welcome(state.visitor.found, self._desk.installation.settings.web)
        here = (
            self._is_ours_alone
            and is_loopback(host_of(request.headers))
            and not is_forwarded(request.headers, request.scope["http_version"])
        )
        state.admitted = known or (not asked and here)
        if state.admitted or request.url.path.startswith(OPEN):
            return None
        return self._sign_in_first(request) if asked else self._no_password(request)

    def _sign_in_first(self, request: Request) -> Response:
        if request.method in SAFE_METHODS and not wants_fragment(request):
            asked = request.url.path + (f"?{request.url.query}" if request.url.query else "")
            return RedirectResponse("/login?" + urlencode({"next": asked}), 303)
        error = Refused("you are not signed in, or no longer; nothing was changed", advice="Sign in, and do it again.")
        return self._desk.trouble(request, 401, error)

    def _no_password(self, request: Request) -> Response:
        error = Refused(
            "the desk has no password, so that it answers on its own machine only", advice="Set one there: aggregator password"
        )
        return self._desk.trouble(request, 403, error)
