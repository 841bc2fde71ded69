"""feeds sync: a list that is kept elsewhere, shown as a difference first, then taken over."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from aggregator.cli.session import Json, session

if TYPE_CHECKING:
    from aggregator.intake.difference import ListDifference
    from aggregator.records.feeds import ListedFeed


def sync(
    context: typer.Context,
    source: Annotated[
        str | None, typer.Argument(metavar="FILE-OR-ADDRESS", help="An OPML file; without it `feeds_from` of config.yaml.")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do it without asking.")] = False,
    json: Json = False,
) -> None:
    """Make your list equal to one that you keep elsewhere. Shows what would change first."""
    from aggregator.cli.output import print_json, say
    from aggregator.errors import Refused, UsageError
    from aggregator.jobs import elsewhere

    here = session(context)
    origin = source or here.settings.feeds_from_of(here.plan)
    if origin is None:
        raise UsageError(
            "there is no list to compare with", advice="Name a file or an address, or set `feeds_from` in config.yaml."
        )
    found = elsewhere.compare(here.installation, here.installation.pages, here.feed_list, origin)
    if not json:
        _lines(found, origin)
    agreed = found.is_none or yes or (not json and _asked())
    if agreed and not found.is_none:
        elsewhere.take(here.installation, here.feed_list, here.plan.name, found)
    if json:
        print_json(_document(found) | {"source": origin, "path": here.feed_list, "written": agreed and not found.is_none})
    elif agreed and not found.is_none:
        say(f"{here.feed_list} is in step with it now.")
    if not agreed:
        raise Refused("nothing was changed", resource=str(here.feed_list), advice="`--yes` makes these changes.")


def _asked() -> bool:
    return sys.stdin.isatty() and sys.stdout.isatty() and typer.confirm("Make these changes?")


def _lines(found: ListDifference, origin: str) -> None:
    from aggregator.cli.output import say, warn

    if found.is_none:
        say(f"Your list says the same as {origin}.")
        return
    say(f"{origin} has {found.words}; {found.kept} stay as they are.")
    for one in found.added:
        say(f"  + {_name(one)}", style="green")
    for one in found.removed:
        say(f"  - {_name(one)}", style="red")
    for change in found.changed:
        say(f"  ~ {_name(change.before)}; {'; '.join(change.words)}")
    if found.loses_most:
        warn("Most of your feeds would go. Is that list whole, and the right one?")


def _name(feed: ListedFeed) -> str:
    where = f" in {' / '.join(feed.folders)}" if feed.folders else ""
    return f"{feed.title or feed.url} ({feed.url}){where}" if feed.title else f"{feed.url}{where}"


def _document(found: ListDifference) -> dict[str, Any]:
    return {
        "added": [_feed(one) for one in found.added],
        "removed": [_feed(one) for one in found.removed],
        "changed": [_feed(one.after) | {"changes": list(one.words)} for one in found.changed],
        "kept": found.kept,
        "loses_most": found.loses_most,
    }


def _feed(feed: ListedFeed) -> dict[str, Any]:
    return {"url": feed.url, "title": feed.title, "folders": list(feed.folders), "role": feed.role}
