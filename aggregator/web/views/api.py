"""The desk for programs of the author's own: draft, candidates, past editions, adding a page. A token, never a cookie."""

from __future__ import annotations

import json
from collections.abc import Callable
from threading import BoundedSemaphore

from starlette.background import BackgroundTask
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from aggregator.desk.access import WINDOW, wait
from aggregator.desk.add import add, added_words
from aggregator.desk.archive import search
from aggregator.desk.edition import candidates
from aggregator.desk.token import is_token
from aggregator.errors import AggregatorError, UsageError
from aggregator.records.archive import PastUse
from aggregator.records.candidates import Candidate
from aggregator.web.desk import Desk, status_of
from aggregator.web.views.add import file_now
from aggregator.web.views.login import source_of
from aggregator.web.views.outlets import file_of

MOST_BYTES = 100_000
"""Of one request: an address and some words."""
AT_ONCE = 4
"""Pages that programs may have fetched at the same time: each takes a thread of the desk's, for as long as its server likes."""
_LONGEST = 500
_FIELDS = ("url", "section", "note", "via", "thanks", "title", "quote", "until")


def routes(desk: Desk) -> list[BaseRoute]:
    """`/api/v1/draft/{roundup}`, `/api/v1/candidates/{roundup}`, `/api/v1/archive/{roundup}`, `/api/v1/add/{roundup}`."""
    here = desk.installation
    turns = BoundedSemaphore(AT_ONCE)

    def draft(request: Request, _: bytes) -> Response:
        roundup, plan = desk.roundup(request)
        return file_of(here, roundup, plan, request.query_params.get("format"))

    def listed(request: Request, _: bytes) -> Response:
        roundup, plan = desk.roundup(request)
        return JSONResponse([candidate_document(one) for one in candidates(here, roundup, plan)])

    def searched(request: Request, _: bytes) -> Response:
        roundup, _plan = desk.roundup(request)
        asked = request.query_params.get("q", "").strip()
        if not asked:
            raise UsageError("`q` is missing", advice="Ask as ?q=words, or for an address.")
        return JSONResponse([use_document(one) for one in search(here, roundup, asked[:_LONGEST])])

    def added(request: Request, body: bytes) -> Response:
        roundup, plan = desk.roundup(request)
        url, keep, words = _said(body)
        if not turns.acquire(blocking=False):
            busy = {"error": "other pages are being added", "advice": "Send this one again in a moment."}
            return JSONResponse(busy, 429, headers={"Retry-After": "5"})
        try:
            done = add(here, roundup, plan, here.pages, url, keep=keep, **words)
        finally:
            turns.release()
        document = {
            **candidate_document(done.candidate),
            "known": done.known,
            "trouble": done.trouble,
            "said": added_words(done),
        }
        later = BackgroundTask(file_now, desk, roundup, plan)
        return JSONResponse(document, 200 if done.known else 201, background=later)

    return [
        _route(desk, "/api/v1/draft/{roundup}", "GET", draft),
        _route(desk, "/api/v1/candidates/{roundup}", "GET", listed),
        _route(desk, "/api/v1/archive/{roundup}", "GET", searched),
        _route(desk, "/api/v1/add/{roundup}", "POST", added),
    ]


def candidate_document(one: Candidate) -> dict[str, object]:
    """A candidate as `candidates --json` names its fields."""
    return {
        "id": one.id,
        "title": one.title,
        "url": one.url,
        "author": one.author,
        "published": one.published_at.isoformat() if one.published_at else None,
        "first_seen": one.first_seen.isoformat(),
        "section": one.section,
        "interest": one.interest,
        "state": one.standing.state,
        "note": one.standing.comment,
        "group": one.group,
    }


def use_document(one: PastUse) -> dict[str, object]:
    """A link of a past edition as `archive search --json` names its fields."""
    return {
        "edition": one.edition,
        "number": one.number,
        "date": one.published.isoformat() if one.published else None,
        "section": one.section,
        "url": one.url,
        "bullet": one.bullet,
    }


def _route(desk: Desk, path: str, method: str, work: Callable[[Request, bytes], Response]) -> Route:
    async def answer(request: Request) -> Response:
        # Before anything is read of what somebody without a token sends.
        if (refused := await run_in_threadpool(_refusal, desk, request)) is not None:
            return refused
        body = bytearray()
        async for part in request.stream():
            body += part
            if len(body) > MOST_BYTES:
                raise HTTPException(413)
        return await run_in_threadpool(_answered, desk, request, bytes(body), work)

    return Route(path, answer, methods=[method], name=path.split("/")[3] + "-api")


def _answered(desk: Desk, request: Request, body: bytes, work: Callable[[Request, bytes], Response]) -> Response:
    try:
        return work(request, body)
    except AggregatorError as error:
        return desk.trouble(request, status_of(error), error)


def _refusal(desk: Desk, request: Request) -> Response | None:
    """Who has no token, or tried too many, gets no further (R29). A sign-in at the desk counts for nothing here."""
    stores, now = desk.installation, desk.installation.clock.now()
    source = f"api {source_of(request.client.host if request.client else '')}"
    # Guesses slow down the address that makes them; the window is all that `wait` looks at.
    if left := wait(stores.access.failures(now - WINDOW), source, now):
        seconds = str(int(left.total_seconds()) + 1)
        return JSONResponse({"error": "too many attempts", "advice": f"Wait {seconds} s."}, 429, headers={"Retry-After": seconds})
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and is_token(stores, given.strip()):
        return None
    if given:
        stores.access.failed(source, now)
    refused = {"error": "the token is missing or wrong", "advice": "`aggregator token` prints a new one."}
    return JSONResponse(refused, 401, headers={"WWW-Authenticate": 'Bearer realm="aggregator"'})


def _said(body: bytes) -> tuple[str, bool, dict[str, str]]:
    """What `add` is told: the address, whether it is kept, the other fields. Raises UsageError."""
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        said = None
    if not isinstance(said, dict):
        raise UsageError("the body is no JSON object", advice='Send {"url": "https://..."}.')
    if strange := sorted(set(said) - {*_FIELDS, "keep"}):
        raise UsageError(f"{', '.join(strange)}: not known here", advice=f"Known are {', '.join(_FIELDS)} and keep.")
    words = {name: value for name, value in said.items() if name != "keep" and value is not None}
    keep = said.get("keep", True)
    if not all(isinstance(value, str) for value in words.values()) or not isinstance(keep, bool):
        raise UsageError("a field has a value of the wrong kind", advice="keep is true or false, every other one is text.")
    url = words.pop("url", None)
    if url is None:
        raise UsageError("`url` is missing", advice='Send {"url": "https://..."}.')
    return url, keep, words
