"""What the author decides on the open edition's page: keep, drop, hold, move, group, let the rest go, undo."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute

from aggregator.desk.bullets import group as group_them
from aggregator.desk.decide import decide, today, undo
from aggregator.desk.edition import open_edition
from aggregator.desk.triage import UNDOABLE, let_go, take_second
from aggregator.edition.holds import due_reasons
from aggregator.errors import UsageError
from aggregator.records.candidates import Action, Candidate
from aggregator.web.desk import Desk, PostView, is_own_path, wants_fragment
from aggregator.web.edition_reader import Reader
from aggregator.web.edition_view import following, row
from aggregator.web.once import HEADER, Once

AGAIN = "X-Again"
"""Header of an answer after which the page has to be loaded anew: more came back than is worth sending."""
FIRST = "X-First"
"""Header that names the candidate to go to, in case the page at hand does not show it."""
_MOST_ROWS = 60
_ACTIONS = {one.value: one for one in (Action.KEEP, Action.DROP, Action.HOLD, Action.MOVE, Action.LET_GO)}
_SAID = {Action.KEEP: "Kept", Action.DROP: "Dropped", Action.HOLD: "Held", Action.LET_GO: "Let go"}


def routes(desk: Desk) -> list[BaseRoute]:
    """`/r/{roundup}/decide`, `/r/{roundup}/group`, `/r/{roundup}/let-go`, `/r/{roundup}/undo`."""
    stores = desk.installation
    reader, once = Reader(desk), Once()

    def decided(request: Request, form: FormData) -> Response:
        roundup, plan = desk.roundup(request)
        action, ids = _asked(form)
        section, until = _words(form, "section"), _words(form, "until")
        after = None if wants_fragment(request) else following(reader.open(request).view, ids[0])
        if action is None:
            those = take_second(stores, roundup, plan, ids[0])
        else:
            comment = str(form["comment"]).strip() if "comment" in form else None
            those = decide(stores, roundup, plan, ids, action, section=section, until=until, comment=comment or None)
        words = _told(action or Action.MOVE, those)
        return answer(request, form, those, words, after)

    def grouped(request: Request, form: FormData) -> Response:
        roundup, plan = desk.roundup(request)
        bullet = group_them(stores, roundup, plan, _numbers(form))
        those = [link.candidate for link in bullet.links]
        where = f" under {bullet.section}" if bullet.section else ""
        return answer(request, form, those, f"One bullet of {len(those)} links{where}", those[0].id)

    def rest_let_go(request: Request, form: FormData) -> Response:
        roundup, plan = desk.roundup(request)
        upto = str(form.get("upto") or "")
        those = let_go(
            stores, roundup, plan, _words(form, "section"), upto=_number(upto) if upto else None, whole="whole" in form
        )
        return answer(request, form, those, f"Let {len(those):,} go" if those else "Nothing is undecided here", None)

    def undone(request: Request, form: FormData) -> Response:
        roundup, plan = desk.roundup(request)
        n = _number(str(form.get("n") or "1"))
        if n > UNDOABLE:
            raise UsageError(f"at most {UNDOABLE} actions are taken back at once")
        those = undo(stores, roundup, plan, n)
        return answer(request, form, those, _restored(those), those[0].id if those else None)

    def answer(request: Request, form: FormData, those: Sequence[Candidate], words: str, place: int | None) -> Response:
        """To our script the rows as they stand now; else the page again, at a place in it."""
        roundup, plan = desk.roundup(request)
        if not wants_fragment(request):
            page = str(form.get("next") or "")
            page = page.partition("#")[0] if is_own_path(page) else f"/r/{roundup.slug}/"
            return RedirectResponse(f"{page}#c{place}" if place is not None else page, 303)
        now = stores.clock.now()
        reasons = due_reasons(those, open_edition(stores, roundup, plan), today(plan, now))
        many = len(those) > _MOST_ROWS
        rows = [] if many else [row(one, plan, now, reasons) for one in those]
        said = desk.page(request, "edition_rows.html", {"roundup": roundup, "plan": plan, "rows": rows, "said_now": words})
        if many:
            said.headers[AGAIN] = "1"
        if place is not None:
            said.headers[FIRST] = str(place)
        return said

    def once_only(view: PostView) -> PostView:
        return lambda request, form: once.answer(request.headers.get(HEADER), lambda: view(request, form))

    return [
        desk.post("/r/{roundup}/decide", once_only(decided), "decide"),
        desk.post("/r/{roundup}/group", once_only(grouped), "group"),
        desk.post("/r/{roundup}/let-go", once_only(rest_let_go), "let-go"),
        desk.post("/r/{roundup}/undo", once_only(undone), "undo"),
    ]


def _asked(form: FormData) -> tuple[Action | None, list[int]]:
    """What to do, None for the second choice, and with which candidates. A button of the list carries the number itself
    (`keep=203`); other forms name action and numbers (`action=keep&id=203&id=204`)."""
    if (action := form.get("action")) is not None:
        ids = _numbers(form)
        if str(action) not in _ACTIONS:
            raise UsageError("the form does not say what to do")
        if not ids:
            raise UsageError("nothing is marked, so nothing was decided", advice="Tick the boxes of some candidates first.")
        return _ACTIONS[str(action)], ids
    for name in (*_ACTIONS, "second"):
        if (value := form.get(name)) is not None:
            return _ACTIONS.get(name), [_number(str(value))]
    raise UsageError("the form does not say what to do")


def _numbers(form: FormData) -> list[int]:
    """Of every field `id`, each a number or several."""
    return [_number(one) for field in form.getlist("id") for one in str(field).split()]


def _number(text: str) -> int:
    if not (text.isascii() and text.isdecimal()) or len(text) > 18:
        raise UsageError(f"{text[:40]!r} is no number")
    return int(text)


def _words(form: FormData, name: str) -> str | None:
    return str(form.get(name) or "").strip() or None


def _told(action: Action, those: Sequence[Candidate]) -> str:
    what = those[0].title if len(those) == 1 else f"{len(those):,}"
    if action is Action.MOVE:
        return f"{those[0].section}: {what}"
    return f"{_SAID[action]}: {what}" if those else "Nothing was undecided"


def _restored(those: Sequence[Candidate]) -> str:
    if not those:
        return "There is nothing to take back in this edition"
    return f"Back: {those[0].title}" if len(those) == 1 else f"{len(those):,} back as they were"
