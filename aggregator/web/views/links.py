"""Links in trouble: of the open edition and of past ones, each with what can be done about it."""

from __future__ import annotations

from functools import partial

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from aggregator.desk.decide import decide
from aggregator.desk.links import archive_troubles, checked, look_for_copy, standing_of, take_address, take_copy, take_target
from aggregator.edition.links import is_trouble
from aggregator.errors import UsageError
from aggregator.jobs.links import check_archive, run_once
from aggregator.records.candidates import Action
from aggregator.records.links import LinkState
from aggregator.records.roundups import Roundup
from aggregator.settings import RoundupSettings
from aggregator.web.desk import Desk, back
from aggregator.web.forms import is_number
from aggregator.web.looking import KEPT, PAST, begin, looks

AT_ONCE = 100
"""Links of past editions that one press of the button goes through; `archive check` has no such end."""
_MOST_SHOWN = 200
_PAST = (LinkState.DEAD, LinkState.MOVED)


def routes(desk: Desk) -> list[BaseRoute]:
    """`/r/{roundup}/links` and what its buttons do."""
    here = desk.installation

    def shown(request: Request) -> Response:
        roundup, _ = desk.roundup(request)
        works = looks(desk, roundup)
        found = checked(here, roundup)
        past = archive_troubles(here, roundup, _PAST)
        values = {
            "title": "Links",
            "roundup": roundup,
            "troubles": [one for one in found if is_trouble(one.check)],
            "looked": found,
            "states": standing_of(here, roundup),
            "past": past[:_MOST_SHOWN],
            "more": max(0, len(past) - _MOST_SHOWN),
            "has_past": bool(past) or bool(here.archive.documents(roundup.id)),
            "asks": here.settings.links.archive is not None,
            "works": works,
        }
        return desk.page(request, "links.html", values)

    def done(request: Request, form: FormData) -> Response:
        roundup, plan = desk.roundup(request)
        said = _do(desk, roundup, plan, str(form.get("what") or ""), form)
        return back(form, f"/r/{roundup.slug}/links", said)

    def looked(request: Request, form: FormData) -> Response:
        roundup, plan = desk.roundup(request)
        if form.get("past"):
            begin(
                desk, roundup, PAST, lambda bar: check_archive(here, here.pages, roundup, limit=AT_ONCE, since=None, progress=bar)
            )
        else:
            kept = partial(run_once, here, here.pages, roundup, plan, here.settings.links, limit=None, everything=True)
            begin(desk, roundup, KEPT, lambda bar: kept(progress=bar))
        return back(form, f"/r/{roundup.slug}/links")

    return [
        desk.get("/r/{roundup}/links", shown, "links"),
        desk.post("/r/{roundup}/links/take", done, "links-take"),
        desk.post("/r/{roundup}/links/look", looked, "links-look"),
    ]


def _do(desk: Desk, roundup: Roundup, plan: RoundupSettings, what: str, form: FormData) -> str:
    """Does what a button says, and says what was done. Raises UsageError."""
    here = desk.installation
    if what == "copy-of":
        found = look_for_copy(here, here.pages, here.settings.links.archive, str(form.get("address") or ""))
        return f"There is a copy: {found.copy}"
    number = str(form.get("id") or "")
    if not is_number(number):
        raise UsageError("this form names no candidate", advice="Go back and use one of its buttons.")
    match what:
        case "target":
            return f"Its address is now {take_target(here, roundup, int(number)).url}"
        case "address":
            return f"Its address is now {take_address(here, roundup, int(number), str(form.get('address') or '')).url}"
        case "copy":
            return f"It links the archived copy now: {take_copy(here, roundup, int(number)).url}"
        case "drop":
            (dropped,) = decide(here, roundup, plan, [int(number)], Action.DROP)
            return f"Dropped: {dropped.title}"
    raise UsageError("this form says nothing that can be done", advice="Go back and use one of its buttons.")
