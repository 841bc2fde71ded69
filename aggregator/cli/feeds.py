"""feeds add/remove/import/export, and poll; the commands that look at the list are in `portfolio`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from aggregator.cli import portfolio
from aggregator.cli.session import Json, session
from aggregator.cli.sync import sync
from aggregator.records.feeds import FeedRole

if TYPE_CHECKING:
    from aggregator.records.reports import PollReport

feeds_app = typer.Typer(help="The feeds you follow.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Adds the commands of this module."""
    portfolio.register(feeds_app)
    feeds_app.command("add")(add)
    feeds_app.command("remove")(remove)
    feeds_app.command("import")(import_)
    feeds_app.command("export")(export)
    feeds_app.command("sync")(sync)
    feeds_app.command("undo-move")(undo_move)
    app.add_typer(feeds_app, name="feeds")
    app.command("poll")(poll)


def add(
    context: typer.Context,
    url: Annotated[str, typer.Argument(metavar="URL", help="A feed's or a blog's address.")],
    folder: Annotated[
        str | None, typer.Option("--folder", metavar="NAME", help="Folder of your list, a hint of its section.")
    ] = None,
    role: Annotated[
        FeedRole | None,
        typer.Option("--role", help="`finds` for your stars or bookmarks elsewhere: what it brings comes in kept."),
    ] = None,
    json: Json = False,
) -> None:
    """Follow a feed; a blog's address will do."""
    from shlex import quote

    from aggregator.cli.output import count, print_json, say
    from aggregator.desk import feeds as desk

    here = session(context)
    found = desk.find(here.installation.pages, here.installation.read_feed, url)
    chosen = found[0]
    new = desk.subscribe(here.feed_list, here.plan.name, chosen, folder, role)
    if json:
        print_json({"url": chosen.url, "title": chosen.title, "new": new, "found": found})
        return
    say(f"{'Following' if new else 'You follow already'} {chosen.title or chosen.url}")
    guessed = ", found where feeds usually are" if chosen.how == "guess" else ""
    say(f"  {chosen.url}, {count(chosen.entries, 'entry', 'entries')}{guessed}")
    for title in chosen.sample[:3]:
        say(f"  - {title}")
    if len(found) > 1:
        say("It offers other feeds too. To follow another one instead:")
        for other in found[1:]:
            say(f"  {other.title or 'without a title'}, {count(other.entries, 'entry', 'entries')}")
            say(f"    aggregator feeds remove {quote(chosen.url)} && aggregator feeds add {quote(other.url)}")


def remove(
    context: typer.Context,
    url: Annotated[str, typer.Argument(metavar="URL", help="Its address, its site's host, or its title.")],
    json: Json = False,
) -> None:
    """Stop following a feed. What it brought stays."""
    from aggregator.cli.output import print_json, say
    from aggregator.desk import feeds as desk

    here = session(context)
    gone = desk.unsubscribe(here.feed_list, url)
    if json:
        print_json({"url": gone.url, "title": gone.title})
    else:
        say(f"No longer following {gone.title or gone.url}. Its candidates stay.")


def import_(
    context: typer.Context,
    opml: Annotated[Path, typer.Argument(metavar="OPML", help="A feed list of another reader.")],
    json: Json = False,
) -> None:
    """Take over another reader's feed list; folders are kept."""
    from aggregator.cli.output import count, print_json, say
    from aggregator.desk import feeds as desk

    here = session(context)
    added, known = desk.take_over(here.feed_list, here.plan.name, opml)
    if json:
        print_json({"added": added, "known": known, "path": here.feed_list})
    else:
        say(f"{count(added, 'feed')} added to {here.feed_list}, {known} you followed already.")


def undo_move(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="FEED", help="Its address, host or title.")],
    json: Json = False,
) -> None:
    """Back to the address that a feed had before it moved.

    The same move is not taken again."""
    from aggregator.cli.output import print_json, say
    from aggregator.desk import feeds as desk

    here = session(context)
    left, now = desk.undo_move(here.installation, here.roundup, here.feed_list, name)
    if json:
        print_json({"url": now, "left": left})
    else:
        say(f"It is polled at {now} again, and no longer at {left}.")


def export(
    context: typer.Context,
    out: Annotated[Path | None, typer.Option("--out", metavar="FILE", help="Where to; stdout without it.")] = None,
) -> None:
    """Your feed list as OPML."""
    from aggregator.cli.output import say
    from aggregator.intake.files import read_list

    here = session(context)
    listed = read_list(here.feed_list)
    document = here.feed_list.read_bytes()
    if out is None:
        typer.echo(document, nl=False)
    else:
        out.write_bytes(document)
        say(f"{len(listed.feeds)} feeds written to {out}")


def poll(
    context: typer.Context,
    everything: Annotated[bool, typer.Option("--all", help="Poll every feed now, due or not.")] = False,
    json: Json = False,
) -> None:
    """Poll the feeds that are due, once, and file what is new."""
    from aggregator.cli.output import print_json
    from aggregator.cli.progress import progress
    from aggregator.jobs import cycle

    here = session(context)
    with progress() as bar:
        report = cycle.run_once(here.installation, here.settings, here.installation.poller(), everything=everything, progress=bar)
    if json:
        print_json(poll_document(report))
    else:
        poll_lines(report)


def poll_document(report: PollReport) -> dict[str, Any]:
    """`poll --json`."""
    counts = report.counts
    return {
        "feeds": len(report.outcomes),
        "changed": counts["changed"],
        "unchanged": counts["unchanged"],
        "failed": counts["failed"],
        "skipped": counts["skipped"],
        "new_entries": report.new_entries,
        "candidates": report.candidates,
        "copies": report.copies,
        "history": report.history,
        "offline": report.offline,
        "outcomes": report.outcomes,
    }


def poll_lines(report: PollReport) -> None:
    """What a poll came to, and each failure with its reason."""
    from aggregator.cli.output import count, say, table, warn

    counts = report.counts
    if report.offline:
        warn("There is no network here: nothing answered. No feed was counted as failed; they are tried again next time.")
        return
    if not report.outcomes:
        say("No feed is due. `aggregator feeds list` shows whom you follow; `aggregator poll --all` polls them all the same.")
        return
    say(
        f"{count(len(report.outcomes), 'feed')}: {counts['changed']} changed, {counts['unchanged']} unchanged, "
        f"{counts['failed']} failed, {counts['skipped']} skipped; {count(report.new_entries, 'new entry', 'new entries')}."
    )
    if report.new_entries:
        became = [count(report.candidates, "candidate")] if report.candidates else []
        became += [f"{count(report.copies, 'copy', 'copies')} of another"] if report.copies else []
        became += [f"{n:,} history, {reason}" for reason, n in report.history.items()]
        say(f"Of the new: {'; '.join(became)}.")
    failed = [one for one in report.outcomes if one.error and one.outcome != "skipped"]
    if failed:
        table(("failed", "why"), [(one.url, one.error) for one in failed])
