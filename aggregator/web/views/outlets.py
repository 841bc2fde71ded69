"""The draft to another place, begun by a button while the author goes on; and as a file to take along."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from aggregator.desk.draft import name_of, text
from aggregator.desk.outlets import ready, send
from aggregator.draft.compose import Format
from aggregator.errors import UsageError
from aggregator.ports import Progress, Stores
from aggregator.records.roundups import Roundup
from aggregator.settings import RoundupSettings
from aggregator.web.desk import Desk, back
from aggregator.web.looking import as_draft_leaves
from aggregator.web.works import Work

FORMATS: Mapping[str, Format] = {"hugo": "hugo", "jekyll": "jekyll", "markdown": "markdown", "html": "html"}


def routes(desk: Desk) -> list[BaseRoute]:
    """`/r/{roundup}/draft/send`, `/r/{roundup}/draft/file`. The draft's page includes `desk/outlets.html` with `places`
    and `sending`."""
    here = desk.installation

    def sent(request: Request, form: FormData) -> Response:
        roundup, plan = desk.roundup(request)
        outlet = ready(plan, here.settings, str(form.get("place") or "") or None)
        over = bool(form.get("over"))

        def sending(bar: Progress) -> tuple[str, object]:
            bar.start("waiting for its answers", None)
            done = send(here, here.caller, here.branches, roundup, plan, here.settings, name=outlet.label, over=over)
            return "It was there, and is brought up to date." if done.again else "It is there, as a draft.", done

        desk.works.begin(_name(roundup), f"Sending the draft to {outlet.label}", sending)
        as_draft_leaves(desk, roundup)
        return back(form, f"/r/{roundup.slug}/draft", place="outlets")

    def file(request: Request) -> Response:
        roundup, plan = desk.roundup(request)
        return file_of(here, roundup, plan, request.query_params.get("format"))

    return [
        desk.post("/r/{roundup}/draft/send", sent, "draft-send"),
        desk.get("/r/{roundup}/draft/file", file, "draft-file"),
    ]


def sending_of(desk: Desk, roundup: Roundup) -> Work | None:
    """The last sending of a roundup's draft, under way or done."""
    return desk.works.get(_name(roundup))


def _name(roundup: Roundup) -> str:
    return f"send {roundup.slug}"


def file_of(stores: Stores, roundup: Roundup, plan: RoundupSettings, asked: str | None) -> Response:
    """The draft to be saved under its own name. asked: a format, None = as configured. Raises UsageError."""
    if asked is not None and asked not in FORMATS:
        raise UsageError(f"{asked!r} is no format", advice=f"One of {', '.join(FORMATS)}.")
    shape = FORMATS[asked or plan.draft.format]
    return attachment(name_of(stores, roundup, plan, shape).rpartition("/")[2], text(stores, roundup, plan, shape), shape)


def attachment(name: str, text: str, shape: Format) -> Response:
    """A draft that the browser saves as a file of this name."""
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}"}
    kind = "html" if shape == "html" else "markdown"
    return Response(text, media_type=f"text/{kind}; charset=utf-8", headers=headers)
