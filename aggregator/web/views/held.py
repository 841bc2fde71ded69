"""What is held back, by what it waits for."""

from __future__ import annotations

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from aggregator.desk.decide import decide, known_section
from aggregator.desk.edition import open_edition
from aggregator.desk.held import call_theme, held
from aggregator.errors import UsageError
from aggregator.records.candidates import Action
from aggregator.web.desk import Desk, back
from aggregator.web.forms import numbers
from aggregator.web.undoing import offered_undo

_DONE = {Action.KEEP: "Kept", Action.DROP: "Dropped", Action.HOLD: "Held"}


def routes(desk: Desk) -> list[BaseRoute]:
    """`/r/{roundup}/held` and what its buttons do."""

    def shown(request: Request) -> Response:
        roundup, plan = desk.roundup(request)
        wanted = request.query_params.get("section")
        section = known_section(plan, wanted) if wanted else None
        values = {
            "title": "Held",
            "roundup": roundup,
            "number": open_edition(desk.installation, roundup, plan).number,
            "held": held(desk.installation, roundup, plan, section),
            "section": section,
            "undo": offered_undo(desk.installation, roundup, plan),
        }
        return desk.page(request, "held.html", values)

    def decided(request: Request, form: FormData) -> Response:
        roundup, plan = desk.roundup(request)
        action = next((one for one in _DONE if one == form.get("action")), None)
        ids = numbers(form)
        if action is None or not ids:
            raise UsageError("this form says nothing that can be done", advice="Go back and choose one of its buttons.")
        until = str(form.get("until") or "").strip() or None
        those = decide(desk.installation, roundup, plan, ids, action, until=until if action is Action.HOLD else None)
        titles = ", ".join(one.title for one in those)
        return back(form, f"/r/{roundup.slug}/held", f"{_DONE[action]}: {titles}")

    def called(request: Request, form: FormData) -> Response:
        roundup, plan = desk.roundup(request)
        those = call_theme(desk.installation, roundup, plan, str(form.get("theme") or ""))
        due = "1 of the theme is due now." if len(those) == 1 else f"{len(those)} of the theme are due now."
        return back(form, f"/r/{roundup.slug}/held", due)

    return [
        desk.get("/r/{roundup}/held", shown, "held"),
        desk.post("/r/{roundup}/held/decide", decided, "held-decide"),
        desk.post("/r/{roundup}/held/theme", called, "held-theme"),
    ]
