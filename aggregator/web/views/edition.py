"""The open edition: its sections with their bullets and candidates, the lists beside them, one candidate in full."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute

from aggregator.desk.edition import chosen
from aggregator.desk.start import is_bare
from aggregator.desk.triage import section_of
from aggregator.edition.groups import suggestions
from aggregator.errors import NotFound
from aggregator.records.feeds import FeedState
from aggregator.web.desk import Desk, wants_fragment
from aggregator.web.edition_reader import Opened, Reader
from aggregator.web.edition_view import FOLDS, PILES, Fold, Part, Pile, pile, row

EARLIER = 200
"""Of what earlier editions passed over, the newest so many are shown; the rest is found by search."""
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
        parts = here.view.parts if name is None else _named(here, name)
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
        """A list that is folded in the page: of a section (`s1.waiting`), or one beside the sections (`dropped`)."""
        key, _, name = wanted.rpartition(".")
        part = here.view.part(key)
        now = stores.clock.now()
        if part is not None and name in FOLDS:
            title, found = f"{part.title}: {FOLDS[Fold(name)]}", list(part.folds.get(Fold(name), ()))
        elif not key and name in PILES:
            title, found = PILES[Pile(name)], pile(Pile(name), here.candidates, here.reasons, here.plan.carry)
            if name == Pile.EARLIER:
                newest = stores.ledger.passed_over(here.roundup.id, here.plan.carry)[:EARLIER]
                found += reversed(stores.ledger.candidates(here.roundup.id, newest))
        else:
            raise NotFound("there is no such list", advice="Begin at the edition's page.")
        rows = [row(one, here.plan, now, here.reasons) for one in found]
        template = "edition_list.html" if wants_fragment(request) else "edition_list_page.html"
        return desk.page(request, template, {**reader.about(request, here), "rows": rows, "heading": title, "list": wanted})

    def counts(request: Request) -> Response:
        return desk.page(request, "edition_counts.html", reader.about(request, reader.open(request)))

    def candidate(request: Request) -> Response:
        roundup, plan = desk.roundup(request)
        (one,) = chosen(stores, roundup, [request.path_params["id"]])
        kept = stores.links.page(one.id)
        text = kept.text if kept is not None and len(kept.text) > len(one.text) else one.text
        values = {
            "title": one.title,
            "roundup": roundup,
            "plan": plan,
            "row": row(one, plan, stores.clock.now()),
            "here": section_of(plan, one) or "Unsorted",
            "digits": stores.ledger.section_keys(roundup.id, plan.section_names, plan.aliases),
            "paragraphs": [part for part in text.split("\n\n") if part.strip()],
            "kept": kept if kept is not None and text is kept.text else None,
            "why_only": request.query_params.get("only") == "why",
        }
        return desk.page(request, "edition_pane.html" if wants_fragment(request) else "edition_candidate.html", values)

    return [
        desk.get("/", first, "first"),
        desk.get("/r/{roundup}/", edition, "edition"),
        desk.get("/r/{roundup}/counts", counts, "counts"),
        desk.get("/r/{roundup}/candidates/{id:int}", candidate, "candidate"),
    ]


def _named(here: Opened, name: str) -> tuple[Part, ...]:
    """The one section of this name; "" is Unsorted. Raises NotFound."""
    found = tuple(one for one in here.view.parts if (one.name or "") == name)
    if not found:
        raise NotFound(f"there is no section {name!r}", advice="It may have been renamed; begin at the edition's page.")
    return found
