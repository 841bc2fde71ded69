"""How the desk's cookies go over the wire (R16)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import urlsplit

from starlette.requests import Request

_HOST = "__Host-"
"""Browsers take a cookie of such a name from this very site over https only, and send it nowhere else."""


@dataclass(frozen=True, slots=True)
class Cookie:
    """To be set; value None removes it. seconds: until the browser forgets it."""

    name: str
    value: str | None
    seconds: int


def is_secure(request: Request, base_url: str | None) -> bool:
    """Whether the browser speaks https, to this server or to the one in front of it that `base_url` names."""
    if request.url.scheme == "https":
        return True
    address = urlsplit(base_url or "")
    return address.scheme == "https" and address.netloc.lower() == request.headers.get("host", "").lower()


def sent_cookies(request: Request, *, secure: bool) -> Mapping[str, str]:
    """The request's cookies by their plain names; over https only those that https set."""
    if not secure:
        return request.cookies
    return {name.removeprefix(_HOST): value for name, value in request.cookies.items() if name.startswith(_HOST)}


def header(cookie: Cookie, *, secure: bool) -> str:
    """The value of a Set-Cookie header. Scripts cannot read it; other sites cannot have it sent with a form."""
    name = (_HOST if secure else "") + cookie.name
    made: SimpleCookie = SimpleCookie({name: cookie.value or ""})
    said: dict[str, Any] = {"path": "/", "httponly": True, "samesite": "Lax", "max-age": cookie.seconds if cookie.value else 0}
    made[name].update(said)  # a Morsel takes flags and numbers, whatever its stub says
    if secure:
        made[name]["secure"] = True
    return made[name].OutputString()
