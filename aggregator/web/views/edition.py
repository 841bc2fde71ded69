"""The open edition: every section with its candidates."""

from __future__ import annotations

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute

from aggregator.desk.decide import decide
from aggregator.desk.edition import candidates, open_edition
from aggregator.records.candidates import Action
from aggregator.web.desk import Desk, back


def routes(desk: Desk) -> list[BaseRoute]:
    """`/`, `/r/{roundup}/`, `/r/{roundup}/decide`."""

    def first(_: Request) -> Response:
        installation = desk.installation
        return RedirectResponse(f"/r/{installation.roundup(installation.settings.roundups[0]).slug}/", 303)

    def edition(request: Request) -> Response:
        roundup, plan = desk.roundup(request)
        found = candidates(desk.installation, roundup, plan)
        number = open_edition(desk.installation, roundup, plan).number
        values = {"title": plan.edition_title(number), "roundup": roundup, "plan": plan, "candidates": found}
        return desk.page(request, "edition.html", values)

    def decided(request: Request, form: FormData) -> Response:
        roundup, plan = desk.roundup(request)
        ids = [int(str(one)) for one in form.getlist("id")]
        section = str(form.get("section") or "") or None
        decide(desk.installation, roundup, plan, ids, Action(str(form["action"])), section=section)
        return back(form, f"/r/{roundup.slug}/")

    return [
        desk.get("/", first, "first"),
        desk.get("/r/{roundup}/", edition, "edition"),
        desk.post("/r/{roundup}/decide", decided, "decide"),
    ]
