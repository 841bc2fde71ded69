"""The draft to another place at a button's press, and as a file to take along."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from aggregator.desk.draft import name_of, text
from aggregator.desk.outlets import places, send
from aggregator.draft.compose import Format
from aggregator.errors import UsageError
from aggregator.ports import Stores
from aggregator.records.roundups import Roundup
from aggregator.settings import RoundupSettings
from aggregator.web.desk import Desk, back, wants_fragment
from aggregator.web.looking import as_draft_leaves

FORMATS: Mapping[str, Format] = {"hugo": "hugo", "jekyll": "jekyll", "markdown": "markdown", "html": "html"}


def routes(desk: Desk) -> list[BaseRoute]:
    """`/r/{roundup}/draft/send`, `/r/{roundup}/draft/file`. The draft's page includes `desk/outlets.html` with `places`."""
    here = desk.installation

    def sent(request: Request, form: FormData) -> Response:
        roundup, plan = desk.roundup(request)
        done = send(
            here,
            here.caller,
            here.branches,
            roundup,
            plan,
            here.settings,
            name=str(form.get("place") or "") or None,
            over=bool(form.get("over")),
        )
        as_draft_leaves(desk, roundup)
        if wants_fragment(request):
            return desk.page(request, "outlets.html", {"roundup": roundup, "places": places(here, roundup, plan)})
        how = "brought up to date" if done.again else "sent as a draft"
        return back(form, f"/r/{roundup.slug}/draft", f"{how[0].upper()}{how[1:]}: {done.outlet.label}")

    def file(request: Request) -> Response:
        roundup, plan = desk.roundup(request)
        return file_of(here, roundup, plan, request.query_params.get("format"))

    return [
        desk.post("/r/{roundup}/draft/send", sent, "draft-send"),
        desk.get("/r/{roundup}/draft/file", file, "draft-file"),
    ]


def file_of(stores: Stores, roundup: Roundup, plan: RoundupSettings, asked: str | None) -> Response:
    """The draft to be saved under its own name. asked: a format, None = as configured. Raises UsageError."""
    if asked is not None and asked not in FORMATS:
        raise UsageError(f"{asked!r} is no format", advice=f"One of {', '.join(FORMATS)}.")
    shape = FORMATS[asked or plan.draft.format]
    name = name_of(stores, roundup, plan, shape).rpartition("/")[2]
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}"}
    kind = "html" if shape == "html" else "markdown"
    return Response(text(stores, roundup, plan, shape), media_type=f"text/{kind}; charset=utf-8", headers=headers)
