"""Looks at links while the author goes on: begun by a button, or as the draft leaves, and told on the page of links."""

from __future__ import annotations

from collections.abc import Callable

from aggregator.jobs.links import LinksReport, due_in_draft, look_at_draft
from aggregator.ports import Progress
from aggregator.records.roundups import Roundup
from aggregator.web.desk import Desk
from aggregator.web.works import Work

Look = Callable[[Progress], LinksReport]
KEPT = "Looking at the links that you keep"
PAST = "Looking at links of past editions"


def begin(desk: Desk, roundup: Roundup, title: str, look: Look) -> None:
    """Begins a look. title: `KEPT` or `PAST`. Raises Refused while one of the same kind is under way."""
    desk.works.begin(f"{title} {roundup.slug}", title, lambda bar: _told(look(bar)))


def looks(desk: Desk, roundup: Roundup) -> list[Work]:
    """The last look of each kind, under way or done."""
    return [work for title in (KEPT, PAST) if (work := desk.works.get(f"{title} {roundup.slug}"))]


def is_looking(desk: Desk, roundup: Roundup) -> bool:
    """Whether kept links are looked at now."""
    work = desk.works.get(f"{KEPT} {roundup.slug}")
    return work is not None and work.running


def as_draft_leaves(desk: Desk, roundup: Roundup) -> None:
    """Begins to look at kept links that nobody looked at today. A press of a button waits for no server of others: the page tells
    what is known, and what is not checked yet."""
    here = desk.installation
    settings = here.settings.links
    if not is_looking(desk, roundup) and due_in_draft(here, roundup, settings):
        begin(desk, roundup, KEPT, lambda bar: look_at_draft(here, here.pages, roundup, settings, seconds=None, progress=bar))


def _told(report: LinksReport) -> tuple[str, object]:
    if report.offline:
        return "Nothing at all answered; look whether this machine has a network.", report
    left = f" {report.left} are left for another time." if report.left else ""
    return f"{report.words[:1].upper()}{report.words[1:] or 'There was nothing to look at'}.{left}", report
