"""The desk for programs of the author's own: the draft, the candidates, adding a page. A token, never a cookie."""

from __future__ import annotations

import json
from collections.abc import Callable

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from aggregator.desk.access import WINDOW, wait
from aggregator.desk.add import add
from aggregator.desk.edition import candidates
from aggregator.desk.token import is_token
from aggregator.errors import AggregatorError, NotFound, UsageError
from aggregator.records.candidates import Candidate
from aggregator.web.desk import Desk
from aggregator.web.views.login import source_of
from aggregator.web.views.outlets import file_of

_FIELDS = ("url", "section", "note", "via", "thanks", "title", "quote", "until")


def routes(desk: Desk) -> list[BaseRoute]:
    """`/api/v1/draft/{roundup}`, `/api/v1/candidates/{roundup}`, `/api/v1/add/{roundup}`."""
    here = desk.installation

    def draft(request: Request, _: bytes) -> Response:
        roundup, plan = desk.roundup(request)
        return file_of(here, roundup, plan, request.query_params.get("format"))

    def listed(request: Request, _: bytes) -> Response:
        roundup, plan = desk.roundup(request)
        return JSONResponse([candidate_document(one) for one in candidates(here, roundup, plan)])

    def added(request: Request, body: bytes) -> Response:
        roundup, plan = desk.roundup(request)
        said = _fields(body)
        known = {name: value for name in _FIELDS if (value := said.get(name)) is not None}
        if strange := sorted(set(said) - {*_FIELDS, "keep"}):
            raise UsageError(f"{', '.join(strange)}: not known here", advice=f"Known are {', '.join(_FIELDS)} and keep.")
        if not all(isinstance(value, str) for value in known.values()) or not isinstance(said.get("keep", True), bool):
            raise UsageError("a field has a value of the wrong kind", advice="keep is true or false, every other one is text.")
        words = {name: str(value) for name, value in known.items()}
        url = words.pop("url", None)
        if url is None:
            raise UsageError("`url` is missing", advice='Send {"url": "https://..."}.')
        done = add(here, roundup, plan, here.pages, url, keep=said.get("keep", True) is True, **words)
        document = {**candidate_document(done.candidate), "known": done.known, "trouble": done.trouble}
        return JSONResponse(document, 200 if done.known else 201)

    return [
        _route(desk, "/api/v1/draft/{roundup}", "GET", draft),
        _route(desk, "/api/v1/candidates/{roundup}", "GET", listed),
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


def _route(desk: Desk, path: str, method: str, work: Callable[[Request, bytes], Response]) -> Route:
    async def answer(request: Request) -> Response:
        body = await request.body()
        return await run_in_threadpool(_answered, desk, request, body, work)

    return Route(path, answer, methods=[method], name=path.split("/")[3] + "-api")


def _answered(desk: Desk, request: Request, body: bytes, work: Callable[[Request, bytes], Response]) -> Response:
    try:
        return _refusal(desk, request) or work(request, body)
    except AggregatorError as error:
        status = 404 if isinstance(error, NotFound) else 400 if isinstance(error, UsageError) else 409
        return JSONResponse({"error": error.message, "advice": error.advice}, status)


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


def _fields(body: bytes) -> dict[str, object]:
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        said = None
    if not isinstance(said, dict):
        raise UsageError("the body is no JSON object", advice='Send {"url": "https://..."}.')
    return said
