"""The draft's bullets: all of them by section, and the composer of one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from markupsafe import escape
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import BaseRoute

from aggregator.desk import bullets as verbs
from aggregator.desk.decide import decide
from aggregator.desk.wordiness import usual_words
from aggregator.edition.bullets import find, members, state_of
from aggregator.errors import Refused, UsageError
from aggregator.records.archive import edition_name
from aggregator.records.candidates import Action
from aggregator.records.drafts import Bullet
from aggregator.records.roundups import Roundup
from aggregator.settings import RoundupSettings
from aggregator.web.composing import Composer, board, composer, line
from aggregator.web.desk import Desk, back, wants_fragment

_At = tuple[Roundup, RoundupSettings]


def routes(desk: Desk) -> list[BaseRoute]:
    """`/r/{roundup}/bullets` and everything below it, `/r/{roundup}/quotes`."""
    pages = _Pages(desk)
    home = "/r/{roundup}/bullets"
    return [
        desk.get(home, pages.all, "bullets"),
        desk.post(f"{home}/group", pages.grouped, "bullets-group"),
        desk.post(f"{home}/place", pages.placed, "bullets-place"),
        desk.post(f"{home}/words", pages.worded, "bullets-words"),
        desk.post(f"{home}/around", pages.surrounded, "bullets-around"),
        desk.get(f"{home}/{{key}}", pages.one, "bullet"),
        desk.get(f"{home}/{{key}}/line", pages.line, "bullet-line"),
        desk.post(f"{home}/{{key}}", pages.saved, "bullet-save"),
        desk.post("/r/{roundup}/quotes", pages.quoted, "quotes"),
    ]


class _Pages:
    """The views. What is asked for once and changes seldom is kept: how long his bullets usually are."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._stores = desk.installation
        self._usual: dict[int, tuple[str, int | None]] = {}

    def all(self, request: Request) -> Response:
        """The board."""
        roundup, plan = self._desk.roundup(request)
        found = verbs.shown(self._stores, roundup, plan)
        shown = board(found, self._stores.ledger.pieces(roundup.id), plan.section_names)
        values = {"title": "Bullets", "roundup": roundup, "plan": plan, "board": shown}
        return self._desk.page(request, "bullets.html", values)

    def one(self, request: Request) -> Response:
        """A composer: in its place for our script, else a page."""
        at = self._desk.roundup(request)
        found, bullet = self._found(at, request)
        return self._answer(request, at, self._composer(at, request, found, bullet))

    def line(self, request: Request) -> Response:
        """A bullet as it stands on the board."""
        roundup, plan = self._desk.roundup(request)
        _, bullet = self._found((roundup, plan), request)
        values = {"roundup": roundup, "line": line(bullet), "name": request.path_params["key"], "triage": _in_triage(request)}
        return self._desk.page(request, "bullet_line_fragment.html", values)

    def saved(self, request: Request, form: FormData) -> Response:
        """Saves what he typed, and does what the button says."""
        at = self._desk.roundup(request)
        do, _, what = str(form.get("do") or "save").partition(":")
        try:
            bullet = self._write(at, request, form, typed=do != "keep")
        except Refused:
            found, standing = self._found(at, request)
            if str(state_of(standing)) == form.get("based_on"):
                raise
            mine = self._composer(at, request, found, standing, text=_text(form), other=standing.text)
            return self._answer(request, at, mine, 409)
        if do == "keep":
            return self._kept(request, at)
        after = _DO[do](self, at, bullet, what or str(form.get("section") or "")) if do in _DO else bullet
        if after is None or do == "done":
            return self._closed(request, at, form)
        if do == "next":
            mine = self._composer(at, request, verbs.shown(self._stores, *at), after)
            follows = mine.next
            where = f"/r/{at[0].slug}/bullets" + (f"/{follows}" if follows else "")
            return self._closed(request, at, form, follows) if wants_fragment(request) else RedirectResponse(where, 303)
        if not wants_fragment(request):
            return RedirectResponse(f"/r/{at[0].slug}/bullets/{after.key}", 303)
        found = verbs.shown(self._stores, *at)
        shown = self._composer(at, request, found, verbs.find(found, after.key))
        return self._answer(request, at, replace(shown, name=request.path_params["key"]))

    def grouped(self, request: Request, form: FormData) -> Response:
        """Makes one bullet of several."""
        roundup, plan = self._desk.roundup(request)
        verbs.group(self._stores, roundup, plan, _numbers(form), str(form.get("into") or "") or None)
        return back(form, f"/r/{roundup.slug}/bullets")

    def placed(self, request: Request, form: FormData) -> Response:
        """Moves a bullet."""
        roundup, plan = self._desk.roundup(request)
        section, before = (str(form.get(name) or "") or None for name in ("section", "before"))
        moved = verbs.place(self._stores, roundup, plan, str(form.get("key") or ""), section, before)
        if wants_fragment(request):
            return _said(f"Moved to {moved.section or 'no section'}.")
        return back(form, f"/r/{roundup.slug}/bullets#bullet-{moved.key}")

    def worded(self, request: Request, form: FormData) -> Response:
        """A bullet without links."""
        roundup, plan = self._desk.roundup(request)
        made = verbs.words(self._stores, roundup, plan, str(form.get("section") or ""), _text(form) or "")
        return back(form, f"/r/{roundup.slug}/bullets#bullet-{made.key}")

    def surrounded(self, request: Request, form: FormData) -> Response:
        """The words around the bullets: below a heading, before and after everything."""
        roundup, plan = self._desk.roundup(request)
        which, text = str(form.get("which") or ""), _text(form) or ""
        if which in ("intro", "outro"):
            intro, outro = (text if which == name else None for name in ("intro", "outro"))
            verbs.around(self._stores, roundup, plan, intro=intro, outro=outro)
        else:
            verbs.remark(self._stores, roundup, plan, which, text)
        return back(form, f"/r/{roundup.slug}/bullets")

    def quoted(self, request: Request, form: FormData) -> Response:
        """Keeps words that he selected; of a kept page they go into its bullet at once."""
        roundup, plan = at = self._desk.roundup(request)
        number = _number(str(form.get("candidate") or ""))
        taken = verbs.quote(self._stores, roundup, plan, number, str(form.get("text") or ""), str(form.get("url") or "") or None)
        kept = {link.candidate.id: one.key for one in verbs.shown(self._stores, *at) for link in one.links}
        if number in kept:
            verbs.insert_quote(self._stores, roundup, plan, kept[number], taken.id)
        where = "quoted in its bullet" if number in kept else "kept for its bullet"
        if wants_fragment(request):
            return _said(f"{len(taken.text.split())} words {where}.")
        return back(form, f"/r/{roundup.slug}/")

    def _found(self, at: _At, request: Request) -> tuple[list[Bullet], Bullet]:
        found = verbs.shown(self._stores, *at)
        return found, verbs.find(found, request.path_params["key"])

    def _write(self, at: _At, request: Request, form: FormData, *, typed: bool) -> Bullet:
        via, thanks = (str(form[name]) if name in form else None for name in ("via", "thanks"))
        based_on = str(form.get("based_on") or "")
        return verbs.write(
            self._stores, *at, request.path_params["key"], _text(form), via=via, thanks=thanks,
            based_on=_number(based_on) if based_on else None, typed=typed,
        )  # fmt: skip

    def _kept(self, request: Request, at: _At) -> Response:
        """What an autosave changes in the page: all but what he types in."""
        found, bullet = self._found(at, request)
        now = self._stores.clock.now().astimezone(at[1].digest.zone)
        values = {"composer": self._composer(at, request, found, bullet), "saved": f"{now:%H:%M}"}
        return self._desk.page(request, "bullet_saved.html", values)

    def _closed(self, request: Request, at: _At, form: FormData, follows: str | None = None) -> Response:
        """Without the composer: the bullet's line for our script, nothing where it is gone. follows: opened next."""
        if not wants_fragment(request):
            return back(form, f"/r/{at[0].slug}/bullets")
        found = verbs.shown(self._stores, *at)
        name = request.path_params["key"]
        bullet = find(found, name)
        values = {
            "roundup": at[0],
            "line": line(bullet) if bullet else None,
            "name": name,
            "follows": follows,
            "triage": _in_triage(request),
        }
        return self._desk.page(request, "bullet_line_fragment.html", values)

    def _composer(
        self, at: _At, request: Request, found: list[Bullet], bullet: Bullet, *, text: str | None = None, other: str | None = None
    ) -> Composer:
        roundup, plan = at
        return composer(
            bullet, found, plan.section_names, name=request.path_params["key"], text=text, other=other,
            quotes=self._stores.drafts.quotes(members(bullet)), posts=self._posts(roundup), usual=self._usual_words(roundup),
        )  # fmt: skip

    def _answer(self, request: Request, at: _At, shown: Composer, status: int = 200) -> Response:
        template = "bullet_fragment.html" if wants_fragment(request) else "bullet.html"
        values = {"title": "Bullet", "roundup": at[0], "plan": at[1], "composer": shown, "triage": _in_triage(request)}
        return self._desk.page(request, template, values, status)

    def _posts(self, roundup: Roundup) -> dict[str, str]:
        """Addresses of earlier editions, where the archive knows them."""
        documents = self._stores.archive.documents(roundup.id)
        return {
            edition_name(one.title, one.number): one.path for one in documents if one.path.startswith(("http://", "https://"))
        }

    def _usual_words(self, roundup: Roundup) -> int | None:
        version = self._stores.archive.version(roundup.id)
        if self._usual.get(roundup.id, ("", None))[0] != version:
            self._usual[roundup.id] = (version, usual_words(self._stores, roundup))
        return self._usual[roundup.id][1]

    def step(self, at: _At, bullet: Bullet, _: str, by: int) -> Bullet:
        """One up or down in its section."""
        same = [one for one in verbs.shown(self._stores, *at) if one.section == bullet.section]
        place = [one.key for one in same].index(bullet.key) + by
        if not 0 <= place < len(same):
            return bullet
        others = [one for one in same if one.key != bullet.key]
        return verbs.place(self._stores, *at, bullet.key, before=others[place].key if place < len(others) else None)

    def move(self, at: _At, bullet: Bullet, section: str) -> Bullet:
        """To the end of another section."""
        return verbs.place(self._stores, *at, bullet.key, section) if section else bullet

    def split(self, at: _At, bullet: Bullet, number: str) -> Bullet:
        """A link becomes a bullet of its own."""
        return verbs.ungroup(self._stores, *at, bullet.key, [_number(number)])[0]

    def drop(self, at: _At, bullet: Bullet, number: str) -> Bullet | None:
        """A link goes; the bullet with its last one."""
        decide(self._stores, *at, [_number(number)], Action.DROP)
        return find(verbs.shown(self._stores, *at), bullet.key)

    def first(self, at: _At, bullet: Bullet, number: str) -> Bullet:
        """A link becomes number one."""
        return verbs.arrange(self._stores, *at, bullet.key, [_number(number)])

    def quote(self, at: _At, bullet: Bullet, number: str) -> Bullet:
        """A kept quotation goes below the words."""
        return verbs.insert_quote(self._stores, *at, bullet.key, _number(number))

    def remove(self, at: _At, bullet: Bullet, _: str) -> None:
        """The bullet goes."""
        verbs.remove(self._stores, *at, bullet.key)


_DO: dict[str, Callable[[_Pages, _At, Bullet, str], Bullet | None]] = {
    "up": partial(_Pages.step, by=-1),
    "down": partial(_Pages.step, by=1),
    "move": _Pages.move,
    "split": _Pages.split,
    "drop": _Pages.drop,
    "first": _Pages.first,
    "quote": _Pages.quote,
    "remove": _Pages.remove,
}


def _in_triage(request: Request) -> bool:
    """The composer stands among the open edition's candidates, where a bullet takes one short line."""
    return request.query_params.get("triage") == "1"


def _text(form: FormData) -> str | None:
    """His words as he typed them: a form sends its line ends as two characters."""
    return str(form["text"]).replace("\r\n", "\n") if "text" in form else None


def _number(value: str) -> int:
    if not (value.isascii() and value.isdigit() and len(value) < 18):
        raise UsageError(f"{value[:40]!r} is no number", advice="Load the page again.")
    return int(value)


def _numbers(form: FormData) -> list[int]:
    return [_number(str(one)) for one in form.getlist("id")]


def _said(words: str) -> Response:
    return HTMLResponse(f'<div id="said" class="said" role="status" aria-live="polite">{escape(words)}</div>')
