"""What the author decides on the open edition's page: keep, drop, hold, move, group, let the rest go, undo."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from urllib.parse import urlsplit

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from aggregator.desk.bullets import group as group_them
from aggregator.desk.decide import decide, today, undo
from aggregator.desk.edition import open_edition
from aggregator.desk.triage import UNDOABLE, let_go, section_of, take_second
from aggregator.digest.words import line
from aggregator.edition.holds import due_reasons, waits_for
from aggregator.errors import UsageError
from aggregator.records.candidates import Action, Candidate, State
from aggregator.records.roundups import Roundup
from aggregator.settings import RoundupSettings
from aggregator.web.desk import Desk, PostView, back, wants_fragment
from aggregator.web.edition_reader import Reader
from aggregator.web.edition_view import following, part_key, row
from aggregator.web.forms import as_number
from aggregator.web.once import HEADER, Once

AGAIN = "X-Again"
"""Header of an answer after which the page has to be loaded anew: more came back than is worth sending."""
FIRST = "X-First"
"""Header that names the first candidate, in case the page at hand does not show it."""
_MOST_ROWS = 60
_LONGEST_TITLE = 80
_ACTIONS = {one.value: one for one in (Action.KEEP, Action.DROP, Action.HOLD, Action.MOVE, Action.LET_GO)}
_SAID = {Action.KEEP: "Kept", Action.DROP: "Dropped", Action.HOLD: "Held", Action.LET_GO: "Let go"}


def routes(desk: Desk) -> list[BaseRoute]:
    """`/r/{roundup}/decide`, `/r/{roundup}/group`, `/r/{roundup}/let-go`, `/r/{roundup}/undo`."""
    triage, once = _Triage(desk), Once()

    def once_only(view: PostView) -> PostView:
        return lambda request, form: once.answer(request.headers.get(HEADER), lambda: view(request, form))

    return [
        desk.post("/r/{roundup}/decide", once_only(triage.decided), "decide"),
        desk.post("/r/{roundup}/group", once_only(triage.grouped), "group"),
        desk.post("/r/{roundup}/let-go", once_only(triage.let_go), "let-go"),
        desk.post("/r/{roundup}/undo", once_only(triage.undone), "undo"),
    ]


class _Triage:
    """The views. To our script they answer with the rows as they stand now; else with the page again, at an element of it."""

    def __init__(self, desk: Desk) -> None:
        self._desk, self._stores, self._reader = desk, desk.installation, Reader(desk)

    def decided(self, request: Request, form: FormData) -> Response:
        """Keep, drop, hold, let go or move these; or the second choice of one."""
        roundup, plan = self._desk.roundup(request)
        action, ids = _asked(form)
        after, meanwhile = self._place_after(request, form, ids), self._meanwhile(form, roundup, ids)
        if action is None:
            those = take_second(self._stores, roundup, plan, ids[0])
        else:
            section, until, comment = (_words(form, name) for name in ("section", "until", "comment"))
            those = decide(self._stores, roundup, plan, ids, action, section=section, until=until, comment=comment)
        words = _told(action or Action.MOVE, those, today(plan, self._stores.clock.now()))
        return self._answer(request, form, those, words + meanwhile, after)

    def grouped(self, request: Request, form: FormData) -> Response:
        """These make one bullet."""
        roundup, plan = self._desk.roundup(request)
        ids = _numbers(form)
        after = self._place_after(request, form, ids)
        bullet = group_them(self._stores, roundup, plan, ids)
        where = f" under {bullet.section}" if bullet.section else ""
        those = [link.candidate for link in bullet.links]
        return self._answer(request, form, those, f"One bullet of {len(those)} links{where}", after)

    def let_go(self, request: Request, form: FormData) -> Response:
        """The rest of a section, of which he has seen everything up to a number."""
        roundup, plan = self._desk.roundup(request)
        section, upto = _words(form, "section"), str(form.get("upto") or "")
        those = let_go(self._stores, roundup, plan, section, upto=as_number(upto) if upto else None, whole="whole" in form)
        place = part_key(plan, section) if section is None or section in plan.section_names else None
        return self._answer(request, form, those, f"Let {len(those):,} go" if those else "Nothing is undecided here", place)

    def undone(self, request: Request, form: FormData) -> Response:
        """The last gestures."""
        roundup, plan = self._desk.roundup(request)
        n = as_number(str(form.get("n") or "1"))
        if n > UNDOABLE:
            raise UsageError(f"at most {UNDOABLE} actions are taken back at once")
        those = undo(self._stores, roundup, plan, n)
        place = self._place_of(request, form, plan, those[0]) if those else None
        return self._answer(request, form, those, _restored(those), place)

    def _place_of(self, request: Request, form: FormData, plan: RoundupSettings, one: Candidate) -> str:
        """Where a page without script shows it: its own line, else its section, in whose folded lists it is."""
        shown = () if wants_fragment(request) else self._reader.shown(self._reader.open(request), _query(form))
        return f"c{one.id}" if one.id in shown else part_key(plan, section_of(plan, one))

    def _meanwhile(self, form: FormData, roundup: Roundup, ids: Sequence[int]) -> str:
        """What somebody said of it since the page was made: in another tab, by mail. His last word holds; he is told."""
        shown = {"let-go": "new", "moved": "new"}.get(was := str(form.get("was") or ""), was)
        stands = next((one.standing.state.value for one in self._stores.ledger.candidates(roundup.id, ids)), "") if was else ""
        return f"; it was {stands} elsewhere meanwhile" if stands not in {shown, State.NEW} else ""

    def _place_after(self, request: Request, form: FormData, ids: Sequence[int]) -> str | None:
        """Where a page without script goes on: at what follows these on the page that he looks at, as it stands."""
        if wants_fragment(request):
            return None
        there = following(self._reader.shown(self._reader.open(request), _query(form)), ids)
        return f"c{there}" if there is not None else None

    def _answer(self, request: Request, form: FormData, those: Sequence[Candidate], words: str, place: str | None) -> Response:
        roundup, plan = self._desk.roundup(request)
        if not wants_fragment(request):
            return back(form, f"/r/{roundup.slug}/", words, place)
        now = self._stores.clock.now()
        reasons = due_reasons(those, open_edition(self._stores, roundup, plan), today(plan, now))
        many = len(those) > _MOST_ROWS
        rows = [] if many else [row(one, plan, now, reasons) for one in those]
        said = self._desk.page(request, "edition_rows.html", {"roundup": roundup, "plan": plan, "rows": rows, "said_now": words})
        if many:
            said.headers[AGAIN] = "1"
        if those:
            said.headers[FIRST] = str(those[0].id)
        return said


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
            return _ACTIONS.get(name), [as_number(str(value))]
    raise UsageError("the form does not say what to do")


def _query(form: FormData) -> str:
    """Which part of the edition's page a form without script stood on."""
    return urlsplit(str(form.get("next") or "")).query


def _numbers(form: FormData) -> list[int]:
    """Of every field `id`, each a number or several."""
    return [as_number(one) for field in form.getlist("id") for one in str(field).split()]


def _words(form: FormData, name: str) -> str | None:
    return str(form.get(name) or "").strip() or None


def _told(action: Action, those: Sequence[Candidate], today: date) -> str:
    if not those:
        return "Nothing was undecided"
    what = line(those[0].title, _LONGEST_TITLE) if len(those) == 1 else f"{len(those):,}"
    if action is Action.MOVE:
        return f"To {those[0].section}: {what}"
    hold = those[0].standing.hold
    return f"{_SAID[action]}{f' {waits_for(hold, today)}' if action is Action.HOLD and hold else ''}: {what}"


def _restored(those: Sequence[Candidate]) -> str:
    if not those:
        return "There is nothing to take back in this edition"
    return f"Back: {line(those[0].title, _LONGEST_TITLE)}" if len(those) == 1 else f"{len(those):,} back as they were"
