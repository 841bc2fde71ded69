"""The desk's own scripts, styles and pictures, at addresses that change whenever one of them does.

All of them are read once and share one version in their address: a page and everything that it loads, modules that import one
another included, are of one make, also while an update is put in place below a running desk.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from aggregator.web.security import STATIC

FOLDER = Path(__file__).with_name("static")
_FOR_EVER = "public, max-age=31536000, immutable"
_ASK_FIRST = "no-cache"
_TYPES = {
    ".css": "text/css",
    ".js": "text/javascript",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".webmanifest": "application/manifest+json",
}
_IMPORT = re.compile(r'^(?:import|export)\s+(?:[^;"]*?from\s+)?"\./([\w-]+\.js)";', re.MULTILINE)


async def statics(scope: Scope, receive: Receive, send: Send) -> None:
    """An ASGI application: `/static/VERSION/NAME` may be kept for ever; `/static/NAME`, for what is known by a lasting address
    such as an icon, has to be asked about. Of another version there is nothing here: it would be mixed with this one's."""
    request = Request(scope, receive)
    folder, _, name = request.url.path.removeprefix(STATIC).rpartition("/")
    if name not in files() or folder not in ("", version()):
        raise HTTPException(404)
    headers = {"Cache-Control": _FOR_EVER if folder else _ASK_FIRST, "ETag": f'"{version()}"'}
    if request.headers.get("if-none-match") == headers["ETag"]:
        answer = Response(status_code=304, headers=headers)
    else:
        answer = Response(files()[name], media_type=_TYPES[Path(name).suffix], headers=headers)
    await answer(scope, receive, send)


def address(name: str) -> str:
    """Where a page finds this file. Raises KeyError if there is none."""
    files()[name]
    return f"{STATIC}{version()}/{name}"


@cache
def imported(name: str) -> tuple[str, ...]:
    """The modules that a script imports, and those that these import: a page names them, so that all are asked for at once."""
    found: dict[str, None] = {}
    waiting = [name]
    while waiting:
        for one in _IMPORT.findall(files()[waiting.pop()].decode()):
            if one not in found:
                found[one] = None
                waiting.append(one)
    return tuple(found)


@cache
def files() -> Mapping[str, bytes]:
    """Content by name."""
    return {path.name: path.read_bytes() for path in sorted(FOLDER.iterdir()) if path.suffix in _TYPES}


@cache
def version() -> str:
    """Of all files together."""
    told = hashlib.sha256()
    for name, content in files().items():
        told.update(f"{name} {len(content)}\n".encode() + content)
    return told.hexdigest()[:12]
