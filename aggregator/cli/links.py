"""links: what is dead or moved among the links that he keeps; archive check: among those of past editions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from aggregator.cli.archive import archive_app
from aggregator.cli.session import Json, session

if TYPE_CHECKING:
    from aggregator.cli.session import Session
    from aggregator.desk.links import Standing
    from aggregator.jobs.links import LinksReport
    from aggregator.records.links import CheckedPlace, LinkCheck

links_app = typer.Typer(help="The links that you keep: are they still there?", invoke_without_command=True)


def register(app: typer.Typer) -> None:
    """Adds the commands of this module."""
    links_app.callback()(links)
    links_app.command("check")(check)
    links_app.command("take")(take)
    app.add_typer(links_app, name="links")
    archive_app.command("check")(check_archive)


def links(context: typer.Context, json: Json = False) -> None:
    """The links that you keep or hold and that are dead, have moved, are paid for, or cannot be told of.

    The daemon looks at each soon after you keep it, and then once a week."""
    from aggregator.cli.output import count, print_json, say, table
    from aggregator.desk.links import checked, standing_of
    from aggregator.edition.links import is_trouble

    if context.invoked_subcommand is not None:
        return
    here = session(context)
    found = checked(here.installation, here.roundup)
    troubles = [one for one in found if is_trouble(one.check)]
    if json:
        print_json([{"id": one.candidate.id, "title": one.candidate.title, **check_document(one.check)} for one in troubles])
        return
    unchecked = standing_of(here.installation, here.roundup).unchecked
    if unchecked and found:
        say(f"{count(unchecked, 'link')} not checked yet: `aggregator links check` does it now.")
    if not troubles:
        say(
            "Every link that was looked at is there."
            if found
            else "No link was looked at yet. `aggregator links check` does it now."
        )
        return
    table(
        ("number", "link", "how it stands", "instead"),
        [
            (one.candidate.id, f"{one.candidate.title}\n{one.check.url}", _standing(one.check), _instead(one.check))
            for one in troubles
        ],
        numbers=(0,),
    )
    say("`aggregator links take NUMBER` takes the new address, with --copy an archived copy, with --to URL one of yours;")
    say("`aggregator decide NUMBER drop` lets the link go.")


def check(context: typer.Context, json: Json = False) -> None:
    """Look at every link that you keep or hold, now."""
    from aggregator.cli.output import print_json, say
    from aggregator.cli.progress import progress
    from aggregator.jobs.links import run_once

    here = session(context)
    with progress() as bar:
        report = run_once(
            here.installation,
            here.installation.pages,
            here.roundup,
            here.plan,
            here.settings.links,
            limit=None,
            everything=True,
            progress=bar,
        )
    _refuse_offline(report)
    if json:
        print_json({"looked": report.looked, "saved": report.saved, "links": [check_document(one) for one in report.found]})
    else:
        say(f"{report.words[0].upper()}{report.words[1:]}." if report.found else "You keep no link yet.")


def take(
    context: typer.Context,
    number: Annotated[int, typer.Argument(metavar="NUMBER", help="A candidate whose link moved or died.")],
    copy: Annotated[bool, typer.Option("--copy", help="An archived copy, which is looked for if none is known.")] = False,
    to: Annotated[str | None, typer.Option("--to", metavar="URL", help="An address that you found yourself.")] = None,
    json: Json = False,
) -> None:
    """Give a candidate its page's new address, or a copy's.

    Or one that you found yourself. Its number and its history stay.
    """
    from aggregator.cli.output import print_json, say
    from aggregator.desk.links import find_copy, take_address, take_copy, take_target
    from aggregator.errors import UsageError

    here = session(context)
    stores = here.installation
    if copy and to is not None:
        raise UsageError("--copy and --to say different things", advice="Give one of them.")
    if to is not None:
        taken = take_address(stores, here.roundup, number, to)
    elif copy:
        find_copy(stores, stores.pages, here.settings.links.archive, here.roundup, number)
        taken = take_copy(stores, here.roundup, number)
    else:
        taken = take_target(stores, here.roundup, number)
    if json:
        print_json({"id": taken.id, "url": taken.url})
    else:
        say(f"Number {taken.id} is now at {taken.url}")


def check_archive(
    context: typer.Context,
    limit: Annotated[int | None, typer.Option("--limit", metavar="N", min=1, help="At most so many links.")] = None,
    since: Annotated[str | None, typer.Option("--since", metavar="EDITION", help="From this edition on, such as 40.")] = None,
    json: Json = False,
) -> None:
    """Are the links of your past editions still there? Slowly.

    One link a second for each server. It can be stopped at any time and goes on from there; what was looked at within a
    month is left out. A link is called dead at once where the server says so, else only when it looks dead on two days.
    """
    from aggregator.cli.output import count, print_json, say, table
    from aggregator.cli.progress import progress
    from aggregator.desk.links import archive_troubles
    from aggregator.jobs.links import check_archive as run
    from aggregator.records.links import LinkState

    here = session(context)
    with progress() as bar:
        report = run(here.installation, here.installation.pages, here.roundup, limit=limit, since=since, progress=bar)
    _refuse_offline(report)
    dead = archive_troubles(here.installation, here.roundup)
    moved = archive_troubles(here.installation, here.roundup, (LinkState.MOVED,))
    if json:
        links_ = [place_document(one) for one in (*dead, *moved)]
        print_json({"looked": report.looked, "left": report.left, "dead": len(dead), "moved": len(moved), "links": links_})
        return
    say(
        f"{report.words[0].upper()}{report.words[1:]}."
        if report.found
        else "Nothing to look at: all was looked at within a month."
    )
    if dead:
        table(
            ("edition", "dead link", "since"),
            [(one.edition, f"{one.anchor}\n{one.check.url}", one.check.since.date()) for one in dead],
        )
    if moved:
        say(f"{count(len(moved), 'link')} moved to another address; --json lists them.")
    if report.left:
        say(f"{count(report.left, 'link')} left: the same command goes on from here.")


def look_at_draft(here: Session) -> Standing:
    """Looks at the links of the draft that just left, for a few seconds at most, and tells how they stand."""
    from aggregator.cli.output import warn
    from aggregator.cli.progress import progress
    from aggregator.desk.links import standing_of
    from aggregator.jobs.links import look_at_draft as look
    from aggregator.records.candidates import State

    stores = here.installation
    with progress() as bar:
        report = look(stores, stores.pages, here.roundup, here.settings.links, progress=bar)
    found = standing_of(stores, here.roundup, (State.KEPT,))
    if report.offline:
        warn("Nothing at all answers, so that no link was looked at.")
    if not found.troubles and not found.unchecked:
        return found
    later = " The daemon looks at the rest." if found.unchecked else ""
    warn(f"Links that you keep: {found.words}.{' `aggregator links` lists them.' if found.troubles else ''}{later}")
    return found


def standing_document(one: Standing) -> dict[str, int]:
    """What `--json` tells of the links of a draft."""
    return {
        "dead": one.dead,
        "moved": one.moved,
        "paywalled": one.paywalled,
        "unclear": one.unclear,
        "unchecked": one.unchecked,
    }


def check_document(one: LinkCheck) -> dict[str, Any]:
    """What `--json` tells of one link."""
    return {
        "url": one.url,
        "state": one.state,
        "words": one.words,
        "status": one.status,
        "target": one.target,
        "copy": one.copy,
        "since": one.since,
        "at": one.at,
    }


def place_document(one: CheckedPlace) -> dict[str, Any]:
    """The row of `archive check --json`."""
    return {"edition": one.edition, "anchor": one.anchor, **check_document(one.check)}


def _standing(one: LinkCheck) -> str:
    return f"{one.state.word}: {one.words}, since {one.since.date()}"


def _instead(one: LinkCheck) -> str:
    return one.target or (f"copy: {one.copy}" if one.copy else "")


def _refuse_offline(report: LinksReport) -> None:
    from aggregator.errors import Refused

    if report.offline:
        raise Refused("nothing at all answers, so that nothing can be said of any link", advice="Look at this machine's network.")
