"""Signing in and out (R29)."""

from __future__ import annotations

import asyncio
import ipaddress
import math
from datetime import timedelta

from anyio import CapacityLimiter, to_thread
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from aggregator.desk.access import PASSWORD, WINDOW, delay, has_password, is_right, wait
from aggregator.errors import Refused
from aggregator.ports import Stores
from aggregator.web.cookies import Cookie, header, sent_cookies
from aggregator.web.desk import Desk, is_ours, is_own_path, sentence
from aggregator.web.oidc import BACK, UNDER_WAY, SignOn

LARGEST_FORM = 4
_LONGEST_SOURCE = 64
"""Characters of what a server in front says that is no address."""


def routes(desk: Desk) -> list[BaseRoute]:
    """`/login`, `/logout`."""
    one_at_a_time = CapacityLimiter(1)
    """A hash takes 64 MB and a tenth of a second: a crowd that guesses waits for itself, and for nobody else."""

    def asked(request: Request) -> Response:
        wanted = _own(request.query_params.get("next"))
        if request.state.admitted:
            return RedirectResponse(wanted, 303)
        return _form(desk, request, wanted)

    async def tried(request: Request) -> Response:
        async with request.form(max_fields=LARGEST_FORM, max_files=0) as form:
            if not is_ours(request, form):
                return await run_in_threadpool(desk.stale, request)
            return await _tried(desk, request, form, one_at_a_time)

    def out(request: Request, _: FormData) -> Response:
        answer = RedirectResponse("/login" if desk.asks_who() else "/", 303)
        if (found := request.state.visitor.found) is not None:
            answer.headers.append("Set-Cookie", header(desk.sessions.sign_out(found), secure=request.state.secure))
        return answer

    here = desk.installation
    oidc = here.settings.web.oidc
    return [
        desk.get("/login", asked, "login"),
        Route("/login", tried, methods=["POST"], name="sign in"),
        desk.post("/logout", out, "logout"),
        *([] if oidc is None else _service(desk, SignOn(lambda: here.settings, oidc, here.signing_keys()))),
    ]


def _service(desk: Desk, service: SignOn) -> list[BaseRoute]:
    """`/login/service`, and where the service sends him back to. Both are shown by a link: a form may lead to this site only."""

    async def begin(request: Request) -> Response:
        try:
            answer, cookie = await service.begin(request, _own(request.query_params.get("next")))
        except Refused as error:
            return await run_in_threadpool(
                _form, desk, request, _own(request.query_params.get("next")), status=502, trouble=error
            )
        answer.headers.append("Set-Cookie", header(cookie, secure=request.state.secure))
        return answer

    async def back(request: Request) -> Response:
        secure = request.state.secure
        try:
            who, wanted = await service.end(request, sent_cookies(request, secure=secure))
        except Refused as error:
            answer = await run_in_threadpool(_form, desk, request, "/", status=403, trouble=error)
        else:
            answer = await run_in_threadpool(sign_in, desk, request, who, _own(wanted))
        answer.headers.append("Set-Cookie", header(Cookie(UNDER_WAY, None, 0), secure=secure))
        return answer

    return [
        Route("/login/service", begin, methods=["GET"], name="sign on"),
        Route(BACK, back, methods=["GET"], name="signed on"),
    ]


async def _tried(desk: Desk, request: Request, form: FormData, limiter: CapacityLimiter) -> Response:
    stores, wanted = desk.installation, _own(str(form.get("next") or ""))
    source, now = source_of(request.client.host if request.client else ""), stores.clock.now()
    await asyncio.sleep(delay(await run_in_threadpool(stores.access.failures, now - WINDOW), now).total_seconds())
    left = await to_thread.run_sync(_attempt, stores, source, str(form.get("password") or ""), limiter=limiter)
    if left is None:
        return await run_in_threadpool(_form, desk, request, wanted, "That is not the password.", 403)
    if left:
        minutes = math.ceil(left.total_seconds() / 60)
        words = f"Too many attempts failed. Wait {minutes} minute{'s' if minutes > 1 else ''}, then try again."
        answer = await run_in_threadpool(_form, desk, request, wanted, words, 429)
        answer.headers["Retry-After"] = str(math.ceil(left.total_seconds()))
        return answer
    return await run_in_threadpool(sign_in, desk, request, PASSWORD, wanted)


def _attempt(stores: Stores, source: str, password: str) -> timedelta | None:
    """How long to wait before one may try at all, nothing if this is the password, None if it is not. Whole before the next one
    begins: who sends a hundred at once has them counted one after the other."""
    now = stores.clock.now()
    if left := wait(stores.access.failures(now - WINDOW), source, now):
        return left
    if not is_right(stores, password):
        stores.access.failed(source, now)
        return None
    stores.access.forget_failures(source)
    return timedelta()


def sign_in(desk: Desk, request: Request, who: str, wanted: str) -> Response:
    """A new token for this browser, and on to the page that it wanted."""
    cookies = sent_cookies(request, secure=request.state.secure)
    cookie = desk.sessions.sign_in(who, request.headers.get("user-agent", ""), cookies)
    answer = RedirectResponse(wanted, 303)
    answer.headers.append("Set-Cookie", header(cookie, secure=request.state.secure))
    return answer


def source_of(host: str) -> str:
    """Where attempts are counted: an address, or the network of an IPv6 one, of which one household has any number."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host[:_LONGEST_SOURCE]
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is None:
        return str(ipaddress.ip_network((address, 64), strict=False))
    return str(address)


def _form(
    desk: Desk, request: Request, wanted: str, wrong: str = "", status: int = 200, trouble: Refused | None = None
) -> Response:
    """wrong: with the password. trouble: with the sign-on service."""
    values = {
        "title": "Sign in",
        "next": wanted,
        "wrong": wrong,
        "words": sentence(trouble) if trouble else "",
        "advice": trouble.advice if trouble else None,
        "password": has_password(desk.installation),
        "service": desk.installation.settings.web.oidc is not None,
    }
    return desk.page(request, "login.html", values, status)


def _own(wanted: str | None) -> str:
    return wanted if wanted and is_own_path(wanted) else "/"
