"""A draft to Ghost by its Admin API, with the key of a custom integration: made once, then kept up to date. Pure.

What is asked and answered follows Ghost's Admin API documentation (`/ghost/api/admin/posts/?source=html`).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
from dataclasses import replace
from datetime import datetime, timedelta
from urllib.parse import quote

from aggregator.draft.steps import Steps, content, document, fault, refuse_unless_ours, text
from aggregator.errors import OutletError, UsageError
from aggregator.records.outlets import Ask, Post, Remote, SentDraft, Told

VERSION = "v5.0"
LIFE = timedelta(minutes=5)
"""Of a token; Ghost takes none that lives longer."""
_KEY = re.compile(r"([0-9a-f]{8,64}):((?:[0-9a-f]{2}){16,64})", re.IGNORECASE)
_ADVICE = {
    401: "Copy the Admin API key of your custom integration anew (Settings, Integrations); look at this machine's clock as well.",
    403: "The key is not one that may write posts: it must be an Admin API key, not the Content API's.",
    404: "Is `site` the address that Ghost's own pages are at (the one before /ghost)?",
    409: "Somebody is writing in it at this moment. Close the editor there, and send it again.",
}


def send(site: str, key: str, now: datetime, post: Post, known: SentDraft | None, *, over: bool = False) -> Steps:
    """Makes the draft, or brings up to date the one that is known, else one at its address: an earlier answer may have been
    lost. over: also one that was edited there since. now: what the token's life is counted from. Raises UsageError for a
    key that is none, OutletError, Refused: published meanwhile, or edited there."""
    headers = (("Authorization", f"Ghost {token(key, now)}"), ("Accept-Version", VERSION))
    root = f"{site}/ghost/api/admin/posts/"
    present = None
    # What was deleted there is made anew.
    for path in (*([known.remote_id] if known is not None and known.remote_id else []), f"slug/{post.slug}"):
        told = yield Ask("GET", f"{root}{quote(path)}/?formats=html", headers)
        if told.status != 404 or not document(told):
            present = _remote(told, site)
            refuse_unless_ours(present, known, site, over=over)
            break
    body = {"title": post.title, "slug": post.slug, "html": post.html, "tags": [{"name": one} for one in post.tags]}
    if present is None:
        told = yield Ask("POST", f"{root}?source=html&formats=html", headers, {"posts": [{**body, "status": "draft"}]})
        return replace(_remote(told, site), made=True)
    # Ghost refuses an update that does not name the state it starts from, so that a post published meanwhile stays as it is.
    change = {**body, "updated_at": present.version}
    told = yield Ask("PUT", f"{root}{present.id}/?source=html&formats=html", headers, {"posts": [change]})
    return _remote(told, site)


def token(key: str, now: datetime) -> str:
    """A JSON Web Token (RFC 7519, HS256) as Ghost wants it, made of an Admin API key `ID:SECRET`. Raises UsageError."""
    match = _KEY.fullmatch(key.strip())
    if match is None:
        raise UsageError(
            "the key of Ghost is none: an Admin API key has two parts of hexadecimal digits with a colon between them",
            advice="Copy it from your custom integration in Ghost (Settings, Integrations).",
        )
    issued = int(now.timestamp())
    head = {"alg": "HS256", "typ": "JWT", "kid": match[1]}
    claims = {"iat": issued, "exp": issued + int(LIFE.total_seconds()), "aud": "/admin/"}
    signed = ".".join(_base64(json.dumps(part, separators=(",", ":")).encode()) for part in (head, claims))
    signature = hmac.new(bytes.fromhex(match[2]), signed.encode("ascii"), hashlib.sha256).digest()
    return f"{signed}.{_base64(signature)}"


def _base64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def _remote(told: Told, site: str) -> Remote:
    if not 200 <= told.status < 300:
        raise fault(told, site, _said(told), _ADVICE)
    posts = document(told).get("posts")
    post = posts[0] if isinstance(posts, list) and posts and isinstance(posts[0], dict) else {}
    number, state, version = post.get("id"), post.get("status"), post.get("updated_at")
    if not (isinstance(number, str) and re.fullmatch(r"[0-9a-f]{1,64}", number)) or not isinstance(state, str):
        raise OutletError("its answer is not that of a Ghost", resource=site, advice=_ADVICE[404])
    if not isinstance(version, str):
        raise OutletError("its answer does not say in which state the post is", resource=site)
    known_by = content(str(post.get("title") or ""), str(post.get("html") or ""))
    return Remote(number, version, state == "draft", state, known_by, f"{site}/ghost/#/editor/post/{number}")


def _said(told: Told) -> str:
    errors = document(told).get("errors")
    first = errors[0] if isinstance(errors, list) and errors and isinstance(errors[0], dict) else {}
    return " ".join(filter(None, (text(first.get("message")), text(first.get("context")))))
