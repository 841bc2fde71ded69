"""The draft's bullets: all of them by section, grouped, moved, quoted, with the words around them."""

from __future__ import annotations

from markupsafe import escape
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute

from aggregator.desk import bullets as verbs
from aggregator.desk.draft import usually_around
from aggregator.desk.edition import candidates
from aggregator.desk.quoting import insert_quote, quote
from aggregator.errors import UsageError
from aggregator.records.candidates import State
from aggregator.records.drafts import PieceKind
from aggregator.web.composing import board
from aggregator.web.desk import Desk, back, wants_fragment
from aggregator.web.forms import number, numbers, text, typed
from aggregator.web.undoing import offered_undo

_AROUND = {PieceKind.INTRO.value: PieceKind.INTRO, PieceKind.OUTRO.value: PieceKind.OUTRO}


def routes(desk: Desk) -> list[BaseRoute]:
    """`/r/{roundup}/bullets` and what its buttons do, `/r/{roundup}/quotes`."""
    stores = desk.installation

    def shown(request: Request) -> Response:
        roundup, plan = desk.roundup(request)
        found, pieces = verbs.shown(stores, roundup, plan), stores.ledger.pieces(roundup.id)
        others = candidates(stores, roundup, plan, (State.HELD, State.DROPPED))
        usual = usually_around(stores, roundup, plan)
        said = {one.kind: one.text for one in pieces if one.kind in usual}
        values = {
            "title": "Bullets",
            "roundup": roundup,
            "plan": plan,
            "board": board(found, pieces, plan.section_names, others),
            "around": {kind.value: said.get(kind, words) for kind, words in usual.items()},
            "said_around": {kind.value for kind in said},
            "undo": offered_undo(stores, roundup, plan),
        }
        return desk.page(request, "bullets.html", values)

    def grouped(request: Request, form: FormData) -> Response:
        roundup, plan = desk.roundup(request)
        made = verbs.group(stores, roundup, plan, numbers(form), text(form, "into") or None)
        return back(form, f"/r/{roundup.slug}/bullets", f"One bullet of {len(made.links)} links.")

    def placed(request: Request, form: FormData) -> Response:
        roundup, plan = desk.roundup(request)
        section, before = text(form, "section") or None, text(form, "before") or None
        moved = verbs.place(stores, roundup, plan, text(form, "key"), section, before)
        if wants_fragment(request):
            return _said(f"Moved to {moved.section or 'no section'}.")
        return back(form, f"/r/{roundup.slug}/bullets#bullet-{moved.key}")

    def worded(request: Request, form: FormData) -> Response:
        roundup, plan = desk.roundup(request)
        said, bullet = typed(form) or "", text(form, "as") != "paragraph"
        made = verbs.words(stores, roundup, plan, text(form, "section"), said, bullet=bullet)
        return back(form, f"/r/{roundup.slug}/bullets#bullet-{made.key}")

    def surrounded(request: Request, form: FormData) -> Response:
        roundup, plan = desk.roundup(request)
        if (kind := _AROUND.get(text(form, "which"))) is None:
            raise UsageError("the form does not say where these words stand", advice="Load the page again.")
        said = typed(form) or ""
        as_usual = text(form, "do") == "usual" or said == usually_around(stores, roundup, plan)[kind]
        verbs.around(stores, roundup, plan, kind, None if as_usual else said)
        return back(form, f"/r/{roundup.slug}/bullets", "As usual again." if as_usual else "Saved.")

    def quoted(request: Request, form: FormData) -> Response:
        """Keeps words that he selected; of a kept page they go into its bullet at once."""
        at = roundup, plan = desk.roundup(request)
        about = number(form, "candidate")
        taken = quote(stores, roundup, plan, about, str(form.get("text") or ""), text(form, "url") or None)
        kept = {link.candidate.id: one.key for one in verbs.shown(stores, *at) for link in one.links}
        if about in kept:
            insert_quote(stores, roundup, plan, kept[about], taken.id)
        where = "quoted in its bullet" if about in kept else "kept for its bullet"
        said = f"{len(taken.text.split())} words {where}."
        return _said(said) if wants_fragment(request) else back(form, f"/r/{roundup.slug}/", said)

    home = "/r/{roundup}/bullets"
    return [
        desk.get(home, shown, "bullets"),
        desk.post(f"{home}/group", grouped, "bullets-group"),
        desk.post(f"{home}/place", placed, "bullets-place"),
        desk.post(f"{home}/words", worded, "bullets-words"),
        desk.post(f"{home}/around", surrounded, "bullets-around"),
        desk.post("/r/{roundup}/quotes", quoted, "quotes"),
    ]


def _said(words: str) -> Response:
    return HTMLResponse(f'<div id="said" class="said" role="status" aria-live="polite">{escape(words)}</div>')
