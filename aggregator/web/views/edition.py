"""The open edition: its sections with their bullets and candidates, the lists beside them, one candidate in full."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute

from aggregator.desk.edition import chosen
from aggregator.desk.reading import reading
from aggregator.desk.start import is_bare
from aggregator.desk.triage import section_of
from aggregator.edition.groups import suggestions
from aggregator.records.feeds import FeedState
from aggregator.web.desk import Desk, wants_fragment
from aggregator.web.edition_reader import Opened, Reader
from aggregator.web.edition_view import row

_TROUBLED = (FeedState.FAILING, FeedState.GONE)


def routes(desk: Desk) -> list[BaseRoute]:
    """`/`, `/r/{roundup}/`, `/r/{roundup}/counts`, `/r/{roundup}/candidates/{id}`."""
    reader = Reader(desk)
    stores = desk.installation

    def first(_: Request) -> Response:
        roundup = stores.roundup(stores.settings.roundups[0])
        return RedirectResponse("/start" if is_bare(stores, roundup) else f"/r/{roundup.slug}/", 303)

    def edition(request: Request) -> Response:
        here = reader.open(request)
        if wanted := request.query_params.get("list"):
            return listed(request, here, wanted)
        name = request.query_params.get("section")
        parts = reader.parts(here, name)
        now = stores.clock.now()
        groups = {id_: one for one in suggestions(here.candidates) for id_ in one[0]}
        values = {
            **reader.about(request, here),
            "parts": parts,
            "only": name,
            "rows": {one.id: row(one, here.plan, now, here.reasons, groups) for part in parts for one in (*part.due, *part.new)},
            "days_open": max(0, (now - here.edition.opened_at).days),
            "troubled": sum(one.state in _TROUBLED for one in stores.feeds.states(here.roundup.id)),
        }
        return desk.page(request, "edition.html", values)

    def listed(request: Request, here: Opened, wanted: str) -> Response:
        heading, found = reader.listed(here, wanted)
        now = stores.clock.now()
        rows = [row(one, here.plan, now, here.reasons) for one in found]
        template = "edition_list.html" if wants_fragment(request) else "edition_list_page.html"
        return desk.page(request, template, {**reader.about(request, here), "rows": rows, "heading": heading, "list": wanted})

    def counts(request: Request) -> Response:
        return desk.page(request, "edition_counts.html", reader.about(request, reader.open(request)))

    def candidate(request: Request) -> Response:
        roundup, plan = desk.roundup(request)
        (one,) = chosen(stores, roundup, [request.path_params["id"]])
        values = {
            "title": one.title,
            "roundup": roundup,
            "plan": plan,
            "row": row(one, plan, stores.clock.now()),
            "here": section_of(plan, one) or "Unsorted",
            "digits": stores.ledger.section_keys(roundup.id, plan.section_names, plan.aliases),
            "read": reading(stores, one),
            "in_place": wants_fragment(request),
            "why_only": request.query_params.get("only") == "why",
        }
        return desk.page(request, "edition_pane.html" if wants_fragment(request) else "edition_candidate.html", values)

    return [
        desk.get("/", first, "first"),
        desk.get("/r/{roundup}/", edition, "edition"),
        desk.get("/r/{roundup}/counts", counts, "counts"),
        desk.get("/r/{roundup}/candidates/{id:row}", candidate, "candidate"),
    ]
