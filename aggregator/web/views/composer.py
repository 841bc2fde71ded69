"""The composer of one bullet: saved while he types, and whatever its buttons do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute

from aggregator.desk import bullets as verbs
from aggregator.desk.decide import decide
from aggregator.desk.quoting import insert_quote, quote
from aggregator.desk.reading import readings
from aggregator.desk.wordiness import usual_words
from aggregator.edition.bullets import find, state_of
from aggregator.errors import Refused
from aggregator.records.archive import edition_name
from aggregator.records.candidates import Action
from aggregator.records.drafts import Bullet
from aggregator.records.roundups import Roundup
from aggregator.settings import RoundupSettings
from aggregator.web.composing import Composer, composer, line
from aggregator.web.desk import Desk, back, wants_fragment
from aggregator.web.forms import as_number, number, text, typed

_At = tuple[Roundup, RoundupSettings]


def routes(desk: Desk) -> list[BaseRoute]:
    """`/r/{roundup}/bullets/{key}`."""
    pages = _Composer(desk)
    address = "/r/{roundup}/bullets/{key}"
    return [desk.get(address, pages.one, "bullet"), desk.post(address, pages.saved, "bullet-save")]


class _Composer:
    """The views. What is asked for once and changes seldom is kept: how long his bullets usually are."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._stores = desk.installation
        self._usual: dict[int, tuple[str, int | None]] = {}

    def one(self, request: Request) -> Response:
        """A composer: in its place for our script, else a page."""
        at = self._desk.roundup(request)
        found, bullet = self._found(at, request)
        return self._answer(request, at, self._composer(at, request, found, bullet))

    def saved(self, request: Request, form: FormData) -> Response:
        """Saves what he typed, and does what the button says."""
        at = self._desk.roundup(request)
        do, _, what = str(form.get("do") or "save").partition(":")
        try:
            bullet = self._write(at, request, form, settled=do != "keep")
        except Refused:
            found, standing = self._found(at, request)
            if str(state_of(standing)) == form.get("based_on"):
                raise
            mine = self._composer(at, request, found, standing, text=typed(form), other=standing.text)
            return self._answer(request, at, mine, 409)
        if do == "keep":
            return self._kept(request, at)
        after = _DO[do](self, at, bullet, form, what) if do in _DO else bullet
        if after is None or do == "done":
            return self._closed(request, at, form, said="" if after else _gone(bullet))
        if do == "next":
            mine = self._composer(at, request, verbs.everything(self._stores, *at), after)
            follows = mine.next
            where = f"/r/{at[0].slug}/bullets" + (f"/{follows}" if follows else "")
            return self._closed(request, at, form, follows) if wants_fragment(request) else RedirectResponse(where, 303)
        if not wants_fragment(request):
            return RedirectResponse(f"/r/{at[0].slug}/bullets/{after.key}", 303)
        found = verbs.everything(self._stores, *at)
        shown = self._composer(at, request, found, verbs.find(found, after.key))
        return self._answer(request, at, replace(shown, name=request.path_params["key"]))

    def _found(self, at: _At, request: Request) -> tuple[list[Bullet], Bullet]:
        found = verbs.everything(self._stores, *at)
        return found, verbs.find(found, request.path_params["key"])

    def _write(self, at: _At, request: Request, form: FormData, *, settled: bool) -> Bullet:
        via, thanks = (str(form[name]) if name in form else None for name in ("via", "thanks"))
        based_on = number(form, "based_on") if text(form, "based_on") else None
        key, said = request.path_params["key"], typed(form)
        return verbs.write(self._stores, *at, key, said, via=via, thanks=thanks, based_on=based_on, typed=settled)

    def _kept(self, request: Request, at: _At) -> Response:
        """What an autosave changes in the page: all but what he types in."""
        found, bullet = self._found(at, request)
        now = self._stores.clock.now().astimezone(at[1].digest.zone)
        values = {"composer": self._composer(at, request, found, bullet), "saved": f"{now:%H:%M}"}
        return self._desk.page(request, "bullet_saved.html", values)

    def _closed(self, request: Request, at: _At, form: FormData, follows: str | None = None, said: str = "") -> Response:
        """Without the composer: the bullet's line for our script, or that it is gone. follows: opened next."""
        if not wants_fragment(request):
            return back(form, f"/r/{at[0].slug}/bullets", said)
        found = verbs.everything(self._stores, *at)
        name = request.path_params["key"]
        bullet = find(found, name)
        values = {
            "roundup": at[0],
            "line": line(bullet) if bullet else None,
            "gone": said,
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
            quotes=self._stores.drafts.quotes([one.candidate.id for one in bullet.links]), posts=self._posts(roundup),
            usual=self._usual_words(roundup),
        )  # fmt: skip

    def _answer(self, request: Request, at: _At, shown: Composer, status: int = 200) -> Response:
        whole = not wants_fragment(request)
        template = "bullet.html" if whole else "bullet_fragment.html"
        values = {
            "title": "Bullet",
            "roundup": at[0],
            "plan": at[1],
            "composer": shown,
            "readings": readings(self._stores, (one.candidate for one in shown.links)),
            "triage": _in_triage(request),
            "whole": whole,
        }
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

    def step(self, at: _At, bullet: Bullet, _form: FormData, _what: str, *, by: int) -> Bullet:
        """One up or down in its section."""
        same = [one for one in verbs.everything(self._stores, *at) if one.section == bullet.section]
        place = [one.key for one in same].index(bullet.key) + by
        if not 0 <= place < len(same):
            return bullet
        others = [one for one in same if one.key != bullet.key]
        return verbs.place(self._stores, *at, bullet.key, before=others[place].key if place < len(others) else None)

    def move(self, at: _At, bullet: Bullet, form: FormData, _what: str) -> Bullet:
        """To the end of another section."""
        section = text(form, "section")
        return verbs.place(self._stores, *at, bullet.key, section) if section else bullet

    def join(self, at: _At, bullet: Bullet, form: FormData, _what: str) -> Bullet:
        """Takes another bullet in, below its words."""
        if not (key := text(form, "with")):
            return bullet
        other = verbs.find(verbs.shown(self._stores, *at), key)
        return verbs.group(self._stores, *at, [link.candidate.id for link in other.links], bullet.key)

    def split(self, at: _At, bullet: Bullet, _form: FormData, what: str) -> Bullet:
        """A link becomes a bullet of its own."""
        return verbs.ungroup(self._stores, *at, bullet.key, [as_number(what)])[0]

    def drop(self, at: _At, bullet: Bullet, _form: FormData, what: str) -> Bullet | None:
        """A link goes; the bullet with its last one."""
        decide(self._stores, *at, [as_number(what)], Action.DROP)
        return find(verbs.shown(self._stores, *at), bullet.key)

    def first(self, at: _At, bullet: Bullet, _form: FormData, what: str) -> Bullet:
        """A link becomes number one."""
        return verbs.arrange(self._stores, *at, bullet.key, [as_number(what)])

    def quote(self, at: _At, bullet: Bullet, _form: FormData, what: str) -> Bullet:
        """A kept quotation goes below the words."""
        return insert_quote(self._stores, *at, bullet.key, as_number(what))

    def cite(self, at: _At, bullet: Bullet, form: FormData, what: str) -> Bullet:
        """Words that he copied from a page go below his, as a quotation."""
        taken = quote(self._stores, *at, as_number(what), typed(form, f"exact:{what}") or "")
        return insert_quote(self._stores, *at, bullet.key, taken.id)

    def remove(self, at: _At, bullet: Bullet, _form: FormData, _what: str) -> None:
        """The bullet goes."""
        verbs.remove(self._stores, *at, bullet.key)


_DO: dict[str, Callable[[_Composer, _At, Bullet, FormData, str], Bullet | None]] = {
    "up": partial(_Composer.step, by=-1),
    "down": partial(_Composer.step, by=1),
    "move": _Composer.move,
    "join": _Composer.join,
    "split": _Composer.split,
    "drop": _Composer.drop,
    "first": _Composer.first,
    "quote": _Composer.quote,
    "cite": _Composer.cite,
    "remove": _Composer.remove,
}


def _gone(bullet: Bullet) -> str:
    count = len(bullet.links)
    dropped = f", and {'its link' if count == 1 else f'its {count} links'} dropped" if count else ""
    waits = " Your words wait in case you keep one again." if count and bullet.has_words else ""
    return f"Removed{dropped}: {line(bullet).title}.{waits}"


def _in_triage(request: Request) -> bool:
    """The composer stands among the open edition's candidates, where a bullet takes one short line."""
    return request.query_params.get("triage") == "1"
