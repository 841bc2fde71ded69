"""Anything as a candidate: a page to paste addresses into, which the bookmarklet and a phone's share menu open filled in."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from starlette.background import BackgroundTask
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute

from aggregator.desk.add import Added, add, addresses_in, fetched
from aggregator.desk.edition import open_edition
from aggregator.errors import AggregatorError, UsageError
from aggregator.jobs import classify, relate
from aggregator.records.roundups import Roundup
from aggregator.settings import RoundupSettings
from aggregator.web.desk import Desk, wants_fragment

FIELDS = ("url", "title", "quote", "note", "section", "until", "via", "thanks")
LONGEST = 10_000
"""Characters of a field that are taken over from an address."""
_ADDRESS = re.compile(r"https?://\S+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one address: what was added, or why nothing was."""

    address: str
    added: Added | None = None
    error: AggregatorError | None = None


def routes(desk: Desk) -> list[BaseRoute]:
    """`/add`, `/r/{roundup}/add`."""

    def shared(request: Request) -> Response:
        """A share menu knows one address only, and no roundup."""
        installation = desk.installation
        slug = installation.roundup(installation.settings.roundups[0]).slug
        return RedirectResponse(f"/r/{slug}/add?{urlencode(prefilled(request))}", 303)

    def shown(request: Request) -> Response:
        return page(request, prefilled(request), [])

    def added(request: Request, form: FormData) -> Response:
        roundup, plan = desk.roundup(request)
        said = {name: str(form.get(name) or "").strip() for name in FIELDS}
        outcomes = _add_all(desk, roundup, plan, said)
        failed = [one.address for one in outcomes if one.error is not None]
        answer = page(request, {**said, "url": "\n".join(failed)} if failed else {}, outcomes)
        answer.background = BackgroundTask(file_now, desk, roundup, plan)
        return answer

    def page(request: Request, said: dict[str, str], outcomes: Sequence[Outcome]) -> Response:
        roundup, plan = desk.roundup(request)
        values = {
            "title": "Add a page",
            "roundup": roundup,
            "plan": plan,
            "number": open_edition(desk.installation, roundup, plan).number,
            "said_before": {name: said.get(name, "") for name in FIELDS},
            "outcomes": outcomes,
            "bookmarklet": bookmarklet(f"{_base(desk, request)}/r/{roundup.slug}/add"),
            "base": _base(desk, request),
        }
        template = "add_fragment.html" if wants_fragment(request) else "add.html"
        wrong = bool(outcomes) and all(one.error is not None for one in outcomes)
        return desk.page(request, template, values, 400 if wrong else 200)

    return [
        desk.get("/add", shared, "share"),
        desk.get("/r/{roundup}/add", shown, "add"),
        desk.post("/r/{roundup}/add", added, "add-pages"),
    ]


def prefilled(request: Request) -> dict[str, str]:
    """What an address fills the form with. A share menu may put the page's address into `text`, behind the words that were
    selected."""
    given = {name: request.query_params.get(name, "").strip()[:LONGEST] for name in (*FIELDS, "text")}
    text = given.pop("text")
    if not given["url"]:
        found = _ADDRESS.search(text) or _ADDRESS.search(given["title"])
        given["url"] = found[0] if found else ""
    words = text.replace(given["url"], "").strip(' \n"“”') if given["url"] else text
    if words and words != given["title"] and not given["quote"]:
        given["quote"] = words
    return {name: value for name, value in given.items() if value}


def bookmarklet(address: str) -> str:
    """A link for bookmarks: opens the page at `address`, filled in with the page that it is clicked on and the words selected."""
    # The address is made of letters, digits, dashes and what separates them: it needs no escaping inside a string.
    return (
        "javascript:void(function(){var e=encodeURIComponent;"
        f"open('{address}?url='+e(location.href)+'&title='+e(document.title)+"
        "'&quote='+e(String(getSelection()).slice(0,2000)))}())"
    )


def _base(desk: Desk, request: Request) -> str:
    """The desk's address, as others reach it."""
    return (desk.installation.settings.web.base_url or str(request.base_url)).rstrip("/")


def _add_all(desk: Desk, roundup: Roundup, plan: RoundupSettings, said: dict[str, str]) -> list[Outcome]:
    """Each address on its own: one that cannot be added keeps no other from it."""
    try:
        addresses = addresses_in(said["url"])
    except UsageError as error:
        return [Outcome(said["url"], error=error)]
    installation = desk.installation
    pages = fetched(installation.pages, addresses)
    # Title and words were those of one page.
    alone = len(addresses) == 1
    outcomes = []
    for address in addresses:
        try:
            found = add(
                installation,
                roundup,
                plan,
                pages,
                address,
                until=said["until"] or None,
                section=said["section"] or None,
                note=said["note"] or None,
                via=said["via"] or None,
                thanks=said["thanks"] or None,
                title=said["title"] if alone else None,
                quote=said["quote"] if alone else None,
            )
        except AggregatorError as error:
            outcomes.append(Outcome(address, error=error))
        else:
            outcomes.append(Outcome(address, found))
    return outcomes


def file_now(desk: Desk, roundup: Roundup, plan: RoundupSettings) -> None:
    """Files what was added: after the answer, since the first filing of a process takes seconds."""
    classify.run_once(desk.installation, roundup, plan, desk.files)
    relate.run_once(desk.installation, roundup)
