"""What every answer says and every request must keep to, whoever asks: headers, names, origins, sizes (R16, R28)."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from urllib.parse import urlsplit

from python_multipart.multipart import parse_options_header
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from aggregator.settings import WebSettings

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
MOST_BYTES = 5_000_000
"""Of one request: a push of a long day, a list of a thousand feeds."""
LONGEST = 120.0
"""Seconds that a request's body may take to come; one that drips in would hold its connection for ever."""
LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        "manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    # Nothing leaves the site; within it, the origin of a form's sender can be checked.
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "X-Robots-Tag": "noindex, nofollow",
}
STATIC = "/static/"
FORWARDED = ("forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-forwarded-prefix", "x-forwarded-proto", "x-real-ip")


class Headers:
    """Puts the headers on every answer; one that a view set itself stays."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """An ASGI application."""

        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                put_headers(MutableHeaders(scope=message), scope["path"])
            await send(message)

        await self._app(scope, receive, answer)


def put_headers(headers: MutableHeaders, path: str) -> None:
    """Adds to `headers` what is not there yet. path: of the request; our own files may be kept, if asked about each time."""
    if path.startswith(STATIC):
        headers.setdefault("Cache-Control", "no-cache")
    for name, value in HEADERS.items():
        headers.setdefault(name, value)


def allowed_hosts(web: WebSettings) -> list[str]:
    """Names that a request may ask for: a page elsewhere that resolves its own name to this machine must get nothing (R16)."""
    named = [urlsplit(web.base_url).hostname] if web.base_url else []
    return list(dict.fromkeys([*LOOPBACK, *(_in_brackets(one).lower() for one in (web.host, *named) if one)]))


def _in_brackets(host: str) -> str:
    """An IPv6 address as it stands in a Host header."""
    return f"[{host}]" if ":" in host and not host.startswith("[") else host


_HOST = re.compile(r"(\[[0-9a-f:.]+\]|[^\s:@/\\?#,\[\]]+)(?::[0-9]{0,5})?", re.IGNORECASE)


def host_of(headers: Mapping[str, str]) -> str:
    """The name that a request asks for, without the port; "" for what is no name."""
    found = _HOST.fullmatch(headers.get("host", ""))
    return found[1] if found else ""


def is_forwarded(headers: Mapping[str, str], version: str) -> bool:
    """Whether a server in front of this one passed it on: it then need not come from this machine, whatever name it asks for.
    version: of HTTP; nginx says nothing of itself where nobody told it to, but speaks 1.0, which no browser does."""
    return version == "1.0" or any(name in headers for name in FORWARDED)


def is_from_elsewhere(headers: Mapping[str, str], base_url: str | None, *, silent: bool = False) -> bool:
    """Whether a browser says that another site sends this. What says nothing is no browser of these years; the token in the
    form decides there. headers: by lower-case names. base_url: of the desk; a page below it is the desk's own, whatever a server
    in front makes of the Host header. silent: the form is on a page that sends no referrer, and a browser calls its origin
    "null"; over plain http it says nothing else."""
    fetched = headers.get("sec-fetch-site")
    if fetched is not None:
        return fetched not in ("same-origin", "none")
    origin = headers.get("origin")
    if origin is None or (silent and origin == "null"):
        return False
    # The name alone: a server in front of this one may speak https where this one hears http.
    return site_of(origin) not in {headers.get("host", "").lower(), site_of(base_url or "")} - {""}


def site_of(address: str) -> str:
    """Host and port of an address; "" for what is none."""
    try:
        return urlsplit(address).netloc.lower()
    except ValueError:
        return ""


def is_readable(content_type: str) -> bool:
    """Whether a form is in the one encoding that browsers send ours in. A charset of the sender's choice would be any codec that
    Python has: some fail in ways of their own, some make text that nothing can encode again."""
    charset = parse_options_header(content_type)[1].get(b"charset", b"utf-8")
    return charset.lower() == b"utf-8"


def bounded(receive: Receive) -> Receive:
    """`receive`, but it ends with status 413 once more than `MOST_BYTES` came, whatever the request says of itself, and with 408
    once the body took longer than `LONGEST`."""
    left, until = MOST_BYTES, asyncio.get_running_loop().time() + LONGEST
    whole = False

    async def counted() -> Message:
        nonlocal left, whole
        if whole:
            return await receive()
        try:
            async with asyncio.timeout_at(until):
                message = await receive()
        except TimeoutError:
            raise HTTPException(408) from None
        left -= len(message.get("body", b""))
        if left < 0:
            raise HTTPException(413)
        whole = not message.get("more_body", False)
        return message

    return counted
