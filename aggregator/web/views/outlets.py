"""The draft to another place, at a button's press."""

from __future__ import annotations

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from aggregator.desk.outlets import places, send
from aggregator.web.desk import Desk, back, wants_fragment


def routes(desk: Desk) -> list[BaseRoute]:
    """`/r/{roundup}/draft/send`. The draft's page includes `desk/outlets.html` with `places`."""
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
        if wants_fragment(request):
            return desk.page(request, "outlets.html", {"roundup": roundup, "places": places(here, roundup, plan)})
        how = "brought up to date" if done.again else "sent as a draft"
        return back(form, f"/r/{roundup.slug}/draft", f"{how[0].upper()}{how[1:]}: {done.outlet.label}")

    return [desk.post("/r/{roundup}/draft/send", sent, "draft-send")]
