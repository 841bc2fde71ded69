"""The author's feeds: health and yield, adding, removing, moves taken back, suggestions, and lists of other readers."""

from __future__ import annotations

import json
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path

from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from aggregator.desk import feeds as verbs
from aggregator.desk.suggest import Advice, suggest
from aggregator.errors import OpmlError, Refused, UsageError
from aggregator.intake.difference import ListDifference
from aggregator.jobs import elsewhere, lists
from aggregator.records.candidates import State
from aggregator.records.feeds import FeedOrder, FeedRole, FeedState, FoundFeed
from aggregator.records.roundups import Roundup
from aggregator.settings import RoundupSettings
from aggregator.web.desk import Desk, back
from aggregator.web.forms import text

_ENTRIES = 25
_LEAST = 3
"""Editions in which a site must have been linked before its feed is proposed."""
_ORDERS = (
    (FeedOrder.TITLE, "name"),
    (FeedOrder.USED, "most used"),
    (FeedOrder.LAST_USE, "last used"),
    (FeedOrder.ENTRIES, "most entries"),
)

_SHOWS = (
    (verbs.Show.ALL, "all"),
    (verbs.Show.TROUBLE, "in trouble"),
    (verbs.Show.QUIET, "silent for a year"),
    (verbs.Show.UNUSED, "never used"),
    (verbs.Show.USED, "used"),
    (verbs.Show.FINDS, "your finds"),
)


class _Feeds:
    """The pages, and what is done on them."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._installation = desk.installation

    def index(self, request: Request) -> Response:
        roundup, plan = self._desk.roundup(request)
        by = _order(request.query_params.get("by", ""))
        wanted, show = request.query_params.get("q", "").strip()[:200], request.query_params.get("show", "")
        found = verbs.followed(self._installation, roundup, plan, by)
        moves = [one for one in found if one.status.moved_from is not None and one.health.condition == "moved"]
        values = {
            "title": "Feeds",
            "roundup": roundup,
            "known": len(found),
            "feeds": [one for one in found if verbs.is_meant(one, wanted, verbs.show_of(show))],
            "troubled": verbs.latest_trouble(found),
            "moves": moves,
            "by": by.value,
            "orders": [(one.value, words) for one, words in _ORDERS],
            "q": wanted,
            "show": verbs.show_of(show).value,
            "shows": [(one.value, words) for one, words in _SHOWS],
            "most": max((one.status.picked for one in found), default=0),
            "now": self._installation.clock.now(),
            "elsewhere": self._installation.settings.feeds_from_of(plan),
        }
        return self._desk.page(request, "feeds.html", values)

    def one(self, request: Request) -> Response:
        roundup, plan = self._desk.roundup(request)
        feed, entries = verbs.show(self._installation, roundup, plan, request.query_params.get("url", ""), _ENTRIES)
        status = feed.status
        values = {
            "title": status.title or status.url,
            "roundup": roundup,
            "feed": feed,
            "gone": status.state is FeedState.GONE,
            "finds": status.role is FeedRole.FINDS,
            "entries": entries,
            "now": self._installation.clock.now(),
            "protected": self._protected(roundup, status.id),
        }
        return self._desk.page(request, "feed.html", values)

    def _protected(self, roundup: Roundup, feed_id: int) -> int:
        """Candidates that he keeps or holds and that this feed brought: they stay whatever becomes of it."""
        open_ = self._installation.ledger.candidates(roundup.id)
        mine = (one for one in open_ if one.standing.state in (State.KEPT, State.HELD))
        return sum(any(source.feed_id == feed_id for source in one.sources) for one in mine)

    def add(self, request: Request, form: FormData) -> Response:
        roundup, plan = self._desk.roundup(request)
        found = verbs.find(self._installation.pages, self._installation.read_feed, text(form, "url"))
        if len(found) > 1 and not text(form, "first"):
            return self._choice(request, roundup, form, found)
        return self._followed(request, form, roundup, plan, found[0])

    def _choice(self, request: Request, roundup: Roundup, form: FormData, found: Sequence[FoundFeed]) -> Response:
        values = {"title": "Which feed?", "roundup": roundup, "found": found, "folder": text(form, "folder")}
        return self._desk.page(request, "feeds_found.html", values)

    def _followed(self, request: Request, form: FormData, roundup: Roundup, plan: RoundupSettings, feed: FoundFeed) -> Response:
        role = FeedRole.FINDS if text(form, "finds") else None
        new = verbs.subscribe(self._list(plan), plan.name, feed, text(form, "folder") or None, role)
        self._read(roundup, plan)
        name = feed.title or feed.url
        return back(form, _home(request), f"You follow {name} now." if new else f"You follow {name} already.")

    def remove(self, request: Request, form: FormData) -> Response:
        roundup, plan = self._desk.roundup(request)
        gone = verbs.unsubscribe(self._list(plan), text(form, "url"))
        self._read(roundup, plan)
        return back(form, _home(request), f"{gone.title or gone.url} is no longer followed. What it brought stays.")

    def undo_move(self, request: Request, form: FormData) -> Response:
        roundup, plan = self._desk.roundup(request)
        _, now = verbs.undo_move(self._installation, roundup, self._list(plan), text(form, "url"))
        return back(form, _home(request), f"It is read at {now} again, and stays there.")

    def suggestions(self, request: Request) -> Response:
        roundup, _ = self._desk.roundup(request)
        found = suggest(self._installation, roundup, _LEAST)
        values = {
            "title": "Whom to follow, whom to let go",
            "roundup": roundup,
            "follow": [one for one in found if one.advice is Advice.FOLLOW],
            "let_go": [one for one in found if one.advice is Advice.LET_GO],
            "moved": [one for one in found if one.advice is Advice.MOVED],
        }
        return self._desk.page(request, "feeds_suggest.html", values)

    def take(self, request: Request, form: FormData) -> Response:
        """Another reader's list."""
        roundup, plan = self._desk.roundup(request)
        added, known = verbs.take_over(self._list(plan), plan.name, uploaded(form))
        self._read(roundup, plan)
        return back(form, _home(request), f"{added} feeds added; {known} you followed already.")

    def export(self, request: Request) -> Response:
        roundup, plan = self._desk.roundup(request)
        try:
            document = self._list(plan).read_bytes()
        except OSError as error:
            raise OpmlError(f"cannot be read: {error.strerror}", resource=str(self._list(plan))) from None
        headers = {"Content-Disposition": f'attachment; filename="{roundup.slug}.opml"'}
        return Response(document, media_type="text/x-opml", headers=headers)

    def compare(self, request: Request, _: FormData) -> Response:
        """A POST because it asks another server; changes nothing."""
        roundup, plan = self._desk.roundup(request)
        found, source = self._difference(plan)
        values = {"title": "Your list elsewhere", "roundup": roundup, "found": found, "source": source, "seen": _seen(found)}
        return self._desk.page(request, "feeds_sync.html", values)

    def sync(self, request: Request, form: FormData) -> Response:
        roundup, plan = self._desk.roundup(request)
        found, source = self._difference(plan)
        if text(form, "seen") != _seen(found):
            raise Refused("one of the two lists was changed since they were compared", advice="Compare them again.")
        elsewhere.take(self._installation, self._list(plan), plan.name, found)
        self._read(roundup, plan)
        return back(form, _home(request), f"Your list is in step with {source} now.")

    def _difference(self, plan: RoundupSettings) -> tuple[ListDifference, str]:
        source = self._installation.settings.feeds_from_of(plan)
        if source is None:
            raise UsageError("there is no list to compare with", advice="Set `feeds_from` in config.yaml.")
        return elsewhere.compare(self._installation, self._installation.pages, self._list(plan), source), source

    def _list(self, plan: RoundupSettings) -> Path:
        return self._installation.settings.feeds_of(plan)

    def _read(self, roundup: Roundup, plan: RoundupSettings) -> None:
        """The page is to show the list as it is now, not as the next poll finds it."""
        poll = self._installation.settings.poll
        lists.run_once(self._installation, roundup, self._list(plan), first_days=poll.first_days, later_days=poll.later_days)


def routes(desk: Desk) -> list[BaseRoute]:
    """`/r/{roundup}/feeds`, the page of one feed, suggestions, and what is done to them."""
    pages = _Feeds(desk)
    at = "/r/{roundup}/feeds"
    return [
        desk.get(at, pages.index, "feeds"),
        desk.get(f"{at}/one", pages.one, "feed"),
        desk.get(f"{at}/suggest", pages.suggestions, "feed-suggestions"),
        desk.get("/r/{roundup}/feeds.opml", pages.export, "feed-list"),
        desk.post(f"{at}/add", pages.add, "feed-add"),
        desk.post(f"{at}/remove", pages.remove, "feed-remove"),
        desk.post(f"{at}/undo-move", pages.undo_move, "feed-undo-move"),
        desk.post(f"{at}/import", pages.take, "feed-import"),
        desk.post(f"{at}/compare", pages.compare, "feed-compare"),
        desk.post(f"{at}/sync", pages.sync, "feed-sync"),
    ]


def uploaded(form: FormData, name: str = "file") -> bytes:
    """A file that was sent with a form. Raises UsageError without one."""
    file = form.get(name)
    if not isinstance(file, UploadFile) or not file.filename:
        raise UsageError("no file was chosen", advice="Go back and choose one.")
    return file.file.read()


def _seen(found: ListDifference) -> str:
    """What the author was shown, so that nothing else is taken over."""
    said = [[one.url for one in found.added], [one.url for one in found.removed], [repr(one) for one in found.changed]]
    return sha256(json.dumps(said).encode()).hexdigest()


def _order(by: str) -> FeedOrder:
    try:
        return FeedOrder(by)
    except ValueError:
        return FeedOrder.TITLE


def _home(request: Request) -> str:
    return f"/r/{request.path_params['roundup']}/feeds"
