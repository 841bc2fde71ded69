"""feeds list/show/suggest: how much each feed gives, and what the list could gain and lose."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from aggregator.cli.session import Json, session
from aggregator.records.feeds import FeedOrder

if TYPE_CHECKING:
    from datetime import datetime

    from aggregator.desk.feeds import FollowedFeed
    from aggregator.desk.suggest import Suggestion
    from aggregator.records.feeds import FeedEntry, FeedUse

_WIDE = 1000
"""Columns beyond which nothing is shortened: a pipe."""
_TITLE, _HOST = 26, 20
_BAR = 24
_ENTRIES, _USES, _SUGGESTED = 10, 20, 20


def register(feeds_app: typer.Typer) -> None:
    """Adds the commands of this module."""
    feeds_app.command("list")(list_feeds)
    feeds_app.command("show")(show)
    feeds_app.command("suggest")(suggest)


def list_feeds(
    context: typer.Context,
    trouble: Annotated[bool, typer.Option("--trouble", help="Only feeds in trouble, each with its cause.")] = False,
    sort: Annotated[FeedOrder, typer.Option("--sort", help="What comes first.")] = FeedOrder.TITLE,
    json: Json = False,
) -> None:
    """Every feed: its health, what it brought, what you used of it."""
    from aggregator.cli.output import print_json, say
    from aggregator.desk import feeds as desk

    here = session(context)
    here.read_feed_list()
    found = [
        one
        for one in desk.followed(here.installation, here.roundup, here.plan, sort)
        if one.status.error or one.health.is_trouble or not trouble
    ]
    if json:
        print_json([feed_document(one) for one in found])
    elif not found:
        say("No feed is in trouble." if trouble else "You follow no feed yet. `aggregator feeds add ADDRESS` follows one.")
    elif trouble:
        _trouble_table(found, here.installation.clock.now())
    else:
        _table(found)


def _table(found: list[FollowedFeed]) -> None:
    from aggregator.cli.output import table
    from aggregator.text.canonical import host_of

    rows = [
        (
            _short(one.status.title or one.status.url, _TITLE),
            _short(host_of(one.status.url), _HOST),
            one.health.condition,
            one.status.entries,
            one.status.offered,
            one.status.picked,
            _use(one.status.last_use),
        )
        for one in found
    ]
    table(("feed", "host", "health", "entries", "offered", "used", "last use"), rows, numbers=(3, 4, 5))


def _trouble_table(found: list[FollowedFeed], now: datetime) -> None:
    from aggregator.cli.output import age, table

    rows = [
        (
            _short(one.status.title or one.status.url, _TITLE),
            one.health.condition,
            age(one.status.error_since, now),
            _cause(one),
        )
        for one in found
    ]
    table(("feed", "health", "since", "why"), rows)


def _cause(one: FollowedFeed) -> str:
    """What is the matter, and what the server or the network said in so many words."""
    said = one.status.error
    return (
        f"{one.health.cause}: {said}"
        if one.health.cause and said and said != one.health.cause
        else one.health.cause or said or ""
    )


def _use(use: FeedUse | None) -> str:
    if use is None:
        return ""
    return f"{_short(use.edition, 12)} {use.at:%b %Y}" if use.at else _short(use.edition, 19)


def _short(text: str, room: int) -> str:
    from aggregator.cli.output import width

    return text if len(text) <= room or width() > _WIDE else text[: room - 1] + "…"


def feed_document(one: FollowedFeed) -> dict[str, Any]:
    """The row of `feeds list --json`."""
    status = one.status
    use = status.last_use
    return {
        "url": status.url,
        "title": status.title,
        "site_url": status.site_url,
        "role": status.role,
        "state": status.state,
        "health": {"condition": one.health.condition, "cause": one.health.cause},
        "folders": list(status.folders),
        "last_success": status.last_success,
        "last_attempt": status.last_attempt,
        "last_new": status.last_new,
        "newest": status.newest,
        "next_poll": status.next_poll,
        "error": status.error,
        "error_kind": status.error_kind,
        "error_since": status.error_since,
        "status": status.status,
        "entries": status.entries,
        "offered": status.offered,
        "picked": status.picked,
        "last_use": {"edition": use.edition, "date": use.at, "section": use.section, "title": use.title} if use else None,
        "sections": [{"name": name, "links": links} for name, links in one.sections],
        "moved_to": status.moved_to,
        "moved_from": status.moved_from,
        "notes": list(status.notes),
    }


def show(
    context: typer.Context,
    feed: Annotated[str, typer.Argument(metavar="FEED", help="Its address, its site's host, or its title.")],
    json: Json = False,
) -> None:
    """One feed in full: health, history, and what you used of it."""
    from aggregator.cli.output import print_json
    from aggregator.desk import feeds as desk

    here = session(context)
    here.read_feed_list()
    found, entries = desk.show(here.installation, here.roundup, here.plan, feed, _ENTRIES)
    if json:
        print_json(feed_document(found) | {"uses": found.status.uses, "newest_entries": entries})
    else:
        _show(found, entries, here.installation.clock.now())


def _show(found: FollowedFeed, entries: list[FeedEntry], now: datetime) -> None:
    from aggregator.cli.output import age, count, say, table

    status = found.status
    say(status.title or status.url, style="bold")
    heard = f"{age(status.last_success, now)}; next poll {age(status.next_poll, now, never='never again')}"
    rows = [
        ("address", status.url),
        ("site", status.site_url),
        ("folder", " / ".join(status.folders)),
        ("role", "your finds: what it brings comes in kept" if status.role == "finds" else None),
        ("health", f"{found.health.condition}: {found.health.cause}" if found.health.cause else found.health.condition),
        ("it said", status.error),
        ("trouble since", age(status.error_since, now) if status.error_since else None),
        ("last heard", heard),
        ("followed since", f"{status.added_at:%B %Y}" if status.added_at else None),
        ("brought", f"{count(status.entries, 'entry', 'entries')}, {status.offered:,} of them offered, {status.picked:,} used"),
        *(("note", note) for note in status.notes),
    ]
    table(("", ""), [row for row in rows if row[1]])
    if found.sections:
        say()
        most = found.sections[0][1]
        bars = [(name, n, "█" * max(1, round(_BAR * n / most))) for name, n in found.sections]
        table(("used in", "links", ""), bars, numbers=(1,))
    if status.uses:
        say()
        table(("what you used", "section", "edition"), [(one.title, one.section, _use(one)) for one in status.uses[:_USES]])
        if len(status.uses) > _USES:
            say(f"and {len(status.uses) - _USES} more")
    if entries:
        say()
        table(("newest entries", "", "not offered because"), [(one.title, f"{one.at:%d %b %Y}", one.reason) for one in entries])


def suggest(
    context: typer.Context,
    discover: Annotated[
        bool, typer.Option("--discover", help="Look for the feeds of the sites to follow; needs the network.")
    ] = False,
    most: Annotated[int, typer.Option("--most", metavar="N", min=1, help="How many sites --discover asks.")] = 10,
    json: Json = False,
) -> None:
    """Sites to follow, and feeds to let go.

    Sites you keep linking, feeds you never use, dead and moved ones."""
    from aggregator.cli.output import print_json
    from aggregator.cli.progress import progress
    from aggregator.desk import suggest as desk

    here = session(context)
    if here.feed_list.exists():
        here.read_feed_list()
    found = desk.suggest(here.installation, here.roundup)
    if discover:
        with progress() as bar:
            found = desk.with_feeds(found, here.installation.pages, here.installation.read_feed, most, bar)
    if json:
        print_json([_suggestion_document(one) for one in found])
    else:
        _suggestion_lines(found)


def _suggestion_document(one: Suggestion) -> dict[str, Any]:
    document: dict[str, Any] = {"kind": one.advice, "reason": one.reason, "command": one.command}
    if one.site is not None:
        site = one.site
        figures = {"host": site.host, "links": site.links, "editions": site.editions, "last": site.last, "age": site.age}
        return document | figures | {"by_hand": one.by_hand, "feed": one.feed}
    return document | {"url": one.url, "title": one.what}


def _suggestion_lines(found: list[Suggestion]) -> None:
    from aggregator.cli.output import count, say
    from aggregator.desk.suggest import Advice

    if not found:
        say("Nothing to suggest: you follow what you keep linking, and every feed has its use.")
        return
    headings = {
        Advice.FOLLOW: "Sites that you keep linking and do not follow",
        Advice.LET_GO: "Feeds that you could let go",
        Advice.MOVED: "Feeds that move",
    }
    for n, (advice, heading) in enumerate((advice, heading) for advice, heading in headings.items() if _any(found, advice)):
        if n:
            say()
        say(heading, style="bold")
        these = [one for one in found if one.advice is advice]
        for one in these[:_SUGGESTED]:
            say(f"  {one.what}: {one.reason}")
            if one.feed is not None:
                newest = f", the newest of {one.feed.newest.day} {one.feed.newest:%b %Y}" if one.feed.newest else ""
                say(f"    {one.feed.title or one.feed.url}: {count(one.feed.entries, 'entry', 'entries')}{newest}")
            say(f"    {one.command}")
        if len(these) > _SUGGESTED:
            say(f"  and {len(these) - _SUGGESTED} more, which `--json` lists")


def _any(found: list[Suggestion], advice: str) -> bool:
    return any(one.advice == advice for one in found)
