"""The server in front of the desk, as a request that came through it shows it: what it leaves out, and what to tell it."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from starlette.requests import Request

from aggregator.desk.doctor import Check
from aggregator.settings import WebSettings
from aggregator.web.security import host_of, is_forwarded

_NAME = "server in front"
_KEEP_HOST = "nginx: `proxy_set_header Host $http_host;`, Apache: `ProxyPreserveHost On`."
_SAY_WHO = "nginx: `proxy_set_header X-Forwarded-For $remote_addr;`. Caddy and Apache do it by themselves."


def checks(request: Request, web: WebSettings) -> Iterator[Check]:
    """Findings, none for a request that came straight from a browser. request: as after `web.trusted_proxies` was heard."""
    headers = request.headers
    if not is_forwarded(headers, request.scope["http_version"]):
        return
    troubles = list(_troubles(request, web))
    for words, advice in troubles:
        yield Check(_NAME, ok=False, words=words, advice=advice)
    if not troubles:
        yield Check(_NAME, ok=True, words="it keeps the desk's name, and says who asks")


def _troubles(request: Request, web: WebSettings) -> Iterator[tuple[str, str]]:
    headers, named = request.headers, urlsplit(web.base_url or "")
    if web.base_url is None:
        yield (
            "this page came through another server, and the desk knows no address but its own",
            ("Put the address by which you reach it into config.yaml, as `base_url` under `web`."),
        )
    elif host_of(headers).lower() != (named.hostname or ""):
        yield f"it asks for {host_of(headers)}, not for {named.hostname}: over https, cookies are less well guarded", _KEEP_HOST
    if below := headers.get("x-forwarded-prefix", "").strip("/"):
        yield f"it has the desk below /{below[:80]}, and the desk's links lead to /", "Give the desk a name of its own."
    said = [one.strip() for one in headers.get("x-forwarded-for", "").split(",") if one.strip()]
    client = request.client.host if request.client else ""
    if not said:
        yield "it does not say who asks, so that everybody's wrong passwords slow you down", _SAY_WHO
    elif client not in said:
        yield (
            f"it says who asks, and nobody believes it: {client} is not among `trusted_proxies`",
            (f"Add {client} to `trusted_proxies` under `web` in config.yaml, and start the desk anew."),
        )
    if named.scheme == "http" and headers.get("x-forwarded-proto") == "https":
        yield "you came by https, and links in your mails begin with http", "Begin `base_url` under `web` with https."
