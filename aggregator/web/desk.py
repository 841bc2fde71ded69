"""What every page of the desk works with: the installation, the roundup that the address names, and how answers are given.

A view is a plain function that runs in a thread: `get` views take the request, `post` views the request and its form. Whatever
of the product's errors a view raises becomes a page, or a fragment, that says what to do.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from urllib.parse import quote, unquote, urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.convertors import IntegerConvertor, register_url_convertor
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from aggregator.desk.access import asks_who
from aggregator.desk.edition import open_edition
from aggregator.errors import AggregatorError, NotFound, Refused, StorageError, UsageError, shown
from aggregator.jobs import classify
from aggregator.records.roundups import Roundup
from aggregator.settings import RoundupSettings
from aggregator.text.slug import slug
from aggregator.web.cookies import Cookie, header, sent_cookies
from aggregator.web.navigation import Navigation, navigation
from aggregator.web.rendering import render
from aggregator.web.security import site_of
from aggregator.web.sessions import Sessions, Visitor
from aggregator.web.works import Works
from aggregator.wiring import Installation

GetView = Callable[[Request], Response]
PostView = Callable[[Request, FormData], Response]
FRAGMENT = "x-fragment"
"""Header by which our script asks for fragments: elements that replace those of the same id."""
FIELDS = 5_000
"""Of one form: a bulk action over a whole edition names every candidate."""
PROGRAMS = "/api/"
"""What programs ask for: errors come as JSON."""
SAID = "desk-said"
"""Cookie with what the next page tells; escaped there like anything else."""
_MOST_SAID = 300
"""Characters, of which each may take twelve there; browsers drop a cookie of more than 4 kB."""
_TROUBLES: Mapping[int, tuple[str, AggregatorError]] = {
    400: ("That did not work", Refused("the request cannot be understood")),
    401: ("Sign in first", Refused("you are not signed in")),
    403: ("That was refused", Refused("it is not allowed from here")),
    404: ("There is no such page", NotFound("nothing is at this address", advice="It may have moved with a new edition.")),
    405: ("That did not work", Refused("a page of this kind takes no such request")),
    408: ("That took too long", Refused("what was sent did not come to its end in time", advice="Send it again.")),
    409: ("That did not work", Refused("it makes no sense at this moment")),
    413: ("That is too large", Refused("more than 5 MB are not taken at once", advice="Send less at a time.")),
    429: ("Wait a moment", Refused("too many attempts")),
    500: ("Something broke", Refused("the fault is the desk's own, and the log tells of it", advice="Trying again may help.")),
    503: ("The database cannot be used", Refused("the database cannot be used", advice="Trying again may help.")),
}


class _Row(IntegerConvertor):
    regex = "[0-9]{1,9}"


register_url_convertor("row", _Row())  # `{id:row}` in a path: a number that a row can have; what is longer is no page


class Desk:
    """One installation as pages use it."""

    def __init__(self, installation: Installation) -> None:
        self.installation = installation
        self.sessions = Sessions(installation, installation.signing_keys())
        self.works = Works()
        self.files = classify.Files.empty()
        """What filing has fitted, for every view that files at once."""

    def get(self, path: str, view: GetView, name: str) -> Route:
        """A page."""

        async def answer(request: Request) -> Response:
            return await run_in_threadpool(self._guarded, request, lambda: view(request))

        return Route(path, answer, methods=["GET"], name=name)

    def post(self, path: str, view: PostView, name: str, *, signed: bool = False) -> Route:
        """An action: a form in; a fragment or a redirect out. signed: the view itself asks for a proof that only we can have
        given, such as the token of a link in a mail; else the form carries `csrf`."""

        async def answer(request: Request) -> Response:
            async with request.form(max_fields=FIELDS, max_files=1) as form:
                if not signed and not is_ours(request, form):
                    return await run_in_threadpool(self.stale, request)
                done = await run_in_threadpool(self._guarded, request, lambda: view(request, form))
                if isinstance(done, Back) and done.said:
                    told = Cookie(SAID, quote(done.said[:_MOST_SAID]), 60)
                    done.headers.append("Set-Cookie", header(told, secure=request.state.secure))
                return done

        return Route(path, answer, methods=["POST"], name=name)

    def asks_who(self) -> bool:
        """Whether one has to sign in."""
        return asks_who(self.installation, self.installation.settings.web)

    def page(self, request: Request, name: str, values: Mapping[str, object], status: int = 200) -> Response:
        """The template `desk/NAME`. What every template may use: request, csrf, path, nav, config, roundups, said, signed_in."""
        visitor: Visitor | None = getattr(request.state, "visitor", None)
        secure = getattr(request.state, "secure", False)
        said = None if wants_fragment(request) else sent_cookies(request, secure=secure).get(SAID)
        every = {
            "request": request,
            "csrf": visitor.csrf if visitor else "",
            "path": request.url.path,
            "nav": self._navigation(request),
            "said": unquote(said or ""),
            "signed_in": visitor is not None and visitor.found is not None,
            "config": self.installation.config,
            "roundups": [(slug(plan.name), plan) for plan in self.installation.settings.roundups],
        }
        answer = HTMLResponse(render(name, {**every, **values}), status)
        if said:
            answer.headers.append("Set-Cookie", header(Cookie(SAID, None, 0), secure=secure))
        return answer

    def trouble(self, request: Request, status: int, error: AggregatorError | None = None) -> Response:
        """A page, or a fragment, that says what did not work. error: None for what the status says by itself."""
        template = "error_fragment.html" if wants_fragment(request) else "error.html"
        title, otherwise = _TROUBLES.get(status, _TROUBLES[400])
        told = error or otherwise
        if request.url.path.startswith(PROGRAMS):
            return JSONResponse({"error": told.message, "advice": told.advice}, status)
        values = {"title": title, "words": sentence(told), "advice": told.advice, "came_from": came_from(request)}
        return self.page(request, template, values, status)

    def stale(self, request: Request) -> Response:
        """To a form that was not shown to this browser, or not in this sign-in."""
        return self.trouble(
            request,
            403,
            Refused("this page is older than your sign-in, and nothing was changed", advice="Load it anew, and do it again."),
        )

    def _navigation(self, request: Request) -> Navigation | None:
        """None where no bar is shown, and for who is not signed in: it tells what is published here."""
        if wants_fragment(request) or not getattr(request.state, "admitted", False):
            return None
        try:
            known = [(self.installation.roundup(plan), plan) for plan in self.installation.settings.roundups]
            wanted = request.path_params.get("roundup")
            roundup, plan = next((one for one in known if one[0].slug == wanted), known[0])
            number = open_edition(self.installation, roundup, plan).number
        except StorageError:
            return None  # the page itself tells of it
        return navigation(request.url.path, roundup.slug, number, [(one.slug, one.name) for one, _ in known])

    def roundup(self, request: Request) -> tuple[Roundup, RoundupSettings]:
        """The roundup that the address names by its slug, `/r/SLUG/...`. Raises NotFound."""
        wanted = request.path_params["roundup"]
        for plan in self.installation.settings.roundups:
            roundup = self.installation.roundup(plan)
            if roundup.slug == wanted:
                return roundup, plan
        raise NotFound(f"no roundup is called {wanted!r}", advice="Begin at the desk's first page.")

    def _guarded(self, request: Request, work: Callable[[], Response]) -> Response:
        self.installation.refresh()
        try:
            return work()
        except AggregatorError as error:
            return self.trouble(request, status_of(error), error)


def wants_fragment(request: Request) -> bool:
    """Our script asks, and swaps what it gets; without it the whole page is loaded again."""
    return request.headers.get(FRAGMENT) == "1"


class Back(RedirectResponse):
    """Leads on to a page of ours. said: what it tells him, such as what was done."""

    def __init__(self, address: str, said: str = "") -> None:
        super().__init__(address, 303)
        self.said = said


def back(form: FormData, otherwise: str, said: str = "", place: str | None = None) -> Back:
    """Where a form without script leads afterwards: to `next` of the form if that is a page of ours (R30). place: id of the
    element to go on at, whatever `next` names."""
    wanted = str(form.get("next") or "")
    page = wanted if is_own_path(wanted) else otherwise
    return Back(f"{page.partition('#')[0]}#{place}" if place else page, said)


def came_from(request: Request) -> str | None:
    """The page of ours that a form stood on, None where the browser does not say, or another site sent it."""
    referer = request.headers.get("referer", "")
    if request.method != "POST" or site_of(referer) != request.headers.get("host", "").lower():
        return None
    there = urlsplit(referer)
    wanted = there.path + (f"?{there.query}" if there.query else "")
    return wanted if is_own_path(wanted) else None


def is_ours(request: Request, form: FormData) -> bool:
    """Whether the form was shown to this very browser (R16)."""
    visitor: Visitor | None = getattr(request.state, "visitor", None)
    return visitor is not None and visitor.sent(str(form.get("csrf") or ""))


def sentence(error: AggregatorError) -> str:
    """What failed, and on what, as it begins on a page."""
    told = error.message
    words = told[:1].upper() + told[1:] if error.resource is None else f"{shown(error.resource)}: {told}"
    return words + ("" if words.endswith((".", "?", "!")) else ".")


def status_of(error: AggregatorError) -> int:
    """The HTTP status that says what kind of error it is."""
    if isinstance(error, StorageError):
        return 503
    return 404 if isinstance(error, NotFound) else 400 if isinstance(error, UsageError) else 409


def is_own_path(address: str) -> bool:
    """Whether an address is a path of this site and cannot be read as anything else (R30)."""
    if not address.startswith("/") or address.startswith("//") or any(ord(one) < 33 or one == "\\" for one in address):
        return False
    parts = urlsplit(address)
    return not parts.scheme and not parts.netloc
