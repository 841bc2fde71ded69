"""Links of a mail: a page that says what would happen, and one button that does it (R9, R27).

Scanners open every link, run its script, and ask with GET, HEAD and OPTIONS: none of that changes anything.
"""

from __future__ import annotations

from threading import Lock

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute

from aggregator.desk.actions import Offer, press, read, take_back
from aggregator.errors import NotFound
from aggregator.records.candidates import Action
from aggregator.text.canonical import host_of, safe_url
from aggregator.web.desk import Desk

_ASKED = {Action.KEEP: "Keep it?", Action.DROP: "Drop it?", Action.HOLD: "Hold it for the next edition?"}
_BUTTON = {Action.KEEP: "Keep it", Action.DROP: "Drop it", Action.HOLD: "Hold it"}
_DONE = {Action.KEEP: "Kept.", Action.DROP: "Dropped.", Action.HOLD: "Held for the next edition."}
_NOW = {"new": "undecided", "kept": "kept", "dropped": "dropped", "held": "held"}


def routes(desk: Desk) -> list[BaseRoute]:
    """`/a/{token}`."""
    installation = desk.installation
    # Two taps at once are one decision.
    one_at_a_time = Lock()

    def asked(request: Request) -> Offer:
        pairs = [(installation.roundup(plan), plan) for plan in installation.settings.roundups]
        return read(installation, pairs, request.path_params["token"])

    def shown(request: Request) -> Response:
        try:
            offer = asked(request)
        except NotFound as error:
            return _private(desk.trouble(request, 404, error))
        return _private(desk.page(request, "action.html", _values(offer)))

    def pressed(request: Request, form: FormData) -> Response:
        token = request.path_params["token"]
        with one_at_a_time:
            try:
                offer = asked(request)
            except NotFound as error:
                return _private(desk.trouble(request, 404, error))
            (take_back if form.get("back") else press)(installation, offer, token)
        return _private(RedirectResponse(f"/a/{token}", 303))

    return [
        desk.get("/a/{token}", shown, "action"),
        desk.post("/a/{token}", pressed, "act", signed=True),
    ]


def _values(offer: Offer) -> dict[str, object]:
    one, moves = offer.candidate, offer.action is Action.MOVE
    url = safe_url(one.url) if one.url else None
    if offer.done is None:
        title, said = f"Move it to {offer.section}?" if moves else _ASKED[offer.action], ""
    elif offer.stands:
        title, said = f"Moved to {offer.section}." if moves else _DONE[offer.action], "done"
    else:
        title, said = "Taken back.", "back"
    return {
        "title": title,
        "said_of_it": said,
        "button": f"Move it to {offer.section}" if moves else _BUTTON[offer.action],
        "one": one,
        "url": url,
        "host": host_of(url) if url else "",
        "now": _NOW[one.standing.state.value],
        "edition": offer.plan.edition_title(offer.edition.number),
        "desk_page": f"/r/{offer.roundup.slug}/candidates/{one.id}",
    }


def _private(answer: Response) -> Response:
    """The address is a key: no page that it leads to hears of it (R27)."""
    answer.headers["Referrer-Policy"] = "no-referrer"
    return answer
