"""What every page of the desk works with: the installation, the roundup that the address names, and how answers are given.

A view is a plain function that runs in a thread: `get` views take the request, `post` views the request and its form. Whatever
of the product's errors a view raises becomes a page, or a fragment, that says what to do.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from urllib.parse import urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from aggregator.desk.edition import open_edition
from aggregator.errors import AggregatorError, NotFound, UsageError
from aggregator.records.roundups import Roundup
from aggregator.settings import RoundupSettings
from aggregator.text.slug import slug
from aggregator.web.navigation import Navigation, navigation
from aggregator.web.rendering import render
from aggregator.wiring import Installation

GetView = Callable[[Request], Response]
PostView = Callable[[Request, FormData], Response]
FRAGMENT = "x-fragment"
"""Header by which our script asks for fragments: elements that replace those of the same id."""
FIELDS = 5_000
"""Of one form: a bulk action over a whole edition names every candidate."""


class Desk:
    """One installation as pages use it."""

    def __init__(self, installation: Installation) -> None:
        self.installation = installation

    def get(self, path: str, view: GetView, name: str) -> Route:
        """A page."""

        async def answer(request: Request) -> Response:
            return await run_in_threadpool(self._guarded, request, lambda: view(request))

        return Route(path, answer, methods=["GET"], name=name)

    def post(self, path: str, view: PostView, name: str) -> Route:
        """An action: a form in; a fragment or a redirect out."""

        async def answer(request: Request) -> Response:
            form = await request.form(max_fields=FIELDS, max_files=1)
            return await run_in_threadpool(self._guarded, request, lambda: view(request, form))

        return Route(path, answer, methods=["POST"], name=name)

    def page(self, request: Request, name: str, values: Mapping[str, object], status: int = 200) -> Response:
        """The template `desk/NAME`. What every template may use: request, csrf, path, nav, config, roundups, said, signed_in."""
        every = {
            "request": request,
            "csrf": getattr(request.state, "csrf", ""),
            "path": request.url.path,
            "nav": self._navigation(request),
            "said": "",
            "signed_in": getattr(request.state, "signed_in", False),
            "config": self.installation.config,
            "roundups": [(slug(plan.name), plan) for plan in self.installation.settings.roundups],
        }
        return HTMLResponse(render(name, {**every, **values}), status)

    def _navigation(self, request: Request) -> Navigation | None:
        """None for who is not signed in: the bar tells what is published here."""
        if not getattr(request.state, "admitted", True):
            return None
        known = [(self.installation.roundup(plan), plan) for plan in self.installation.settings.roundups]
        wanted = request.path_params.get("roundup")
        roundup, plan = next((one for one in known if one[0].slug == wanted), known[0])
        number = open_edition(self.installation, roundup, plan).number
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
            status = 404 if isinstance(error, NotFound) else 400 if isinstance(error, UsageError) else 409
            template = "error_fragment.html" if wants_fragment(request) else "error.html"
            return self.page(request, template, {"error": error, "title": "That did not work"}, status)


def wants_fragment(request: Request) -> bool:
    """Our script asks, and swaps what it gets; without it the whole page is loaded again."""
    return request.headers.get(FRAGMENT) == "1"


def back(form: FormData, otherwise: str) -> RedirectResponse:
    """Where a form without script leads afterwards: to `next` of the form if that is a page of ours (R30)."""
    wanted = str(form.get("next") or "")
    return RedirectResponse(wanted if is_own_path(wanted) else otherwise, 303)


def is_own_path(address: str) -> bool:
    """Whether an address is a path of this site and cannot be read as anything else (R30)."""
    if not address.startswith("/") or address.startswith("//") or any(ord(one) < 33 or one == "\\" for one in address):
        return False
    parts = urlsplit(address)
    return not parts.scheme and not parts.netloc
