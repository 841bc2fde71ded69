"""edition report: how a closed edition went."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from aggregator.cli.candidates import edition_app
from aggregator.cli.session import Json, session

if TYPE_CHECKING:
    from aggregator.report.closing import ClosingReport, EditionResult, Filing

_MISFILED = 10


def register(_app: typer.Typer) -> None:
    """Adds the command to those on editions."""
    edition_app.command("report")(report)


def report(
    context: typer.Context,
    number: Annotated[int | None, typer.Argument(metavar="N", help="Which edition; the last that closed without it.")] = None,
    html: Annotated[Path | None, typer.Option("--html", metavar="FILE", help="Also write a page with charts.")] = None,
    json: Json = False,
) -> None:
    """How a closed edition went, and how right the filing was."""
    from aggregator.cli.output import print_json, say, write_page
    from aggregator.jobs import report as job
    from aggregator.report.closing_page import render

    here = session(context)
    found = job.read(here.installation, here.roundup, here.plan, number)
    if html is not None:
        write_page(html, render(found))
    if json:
        print_json(report_document(found, html))
        return
    report_lines(found)
    say(f"\nThe page is in {html}." if html else "\nWith --html FILE you get this as a page with charts.", style="dim")


def report_document(found: ClosingReport, html: Path | None = None) -> dict[str, Any]:
    """`edition report --json`."""
    return {
        "edition": found.result.number,
        "title": found.title,
        "published": found.published,
        "days_open": found.days_open,
        **_result(found.result),
        "waiting": found.waiting,
        "carried": found.carried,
        "dropped": found.dropped,
        "median_age_days": found.age,
        "sections": [
            {
                "name": one.name,
                "links": one.links,
                "added": one.added,
                "filing": _filing(one.filing),
                "before": _filing(one.before),
            }
            for one in found.sections
        ],
        "misfiled": found.misfiled,
        "sites": [{"host": host, "links": ever, "here": here} for host, here, ever in found.sites],
        "learnt": found.learnt,
        "history": [{"edition": one.number, **_result(one)} for one in found.history],
        "notes": found.notes,
        "html": html,
    }


def _result(one: EditionResult) -> dict[str, Any]:
    return {
        "links": one.links,
        "used": one.used,
        "moved": one.moved,
        "added": one.added,
        "unused": one.unused,
        "held": one.held,
        "filing": _filing(one.filing),
    }


def _filing(one: Filing) -> dict[str, Any]:
    return {
        "links": one.links,
        "top1": round(one.top1, 4),
        "top2": round(one.top2, 4),
        "asked": one.asked,
        "wrong": one.wrong,
        "moves": one.moves,
    }


def report_lines(found: ClosingReport) -> None:
    """The same for a person."""
    from aggregator.cli.output import count, say, table

    result, filing = found.result, found.result.filing
    published = f"published on {found.published}, " if found.published else ""
    days = f"open {count(found.days_open, 'day')}, " if found.days_open else ""
    say(f"{found.title}: {published}{days}{count(result.links, 'link')}", style="bold")
    rows = [
        (result.used, "used as filed"),
        (result.moved, "moved"),
        (result.added, "added by you"),
        (result.unused, "offered, not used"),
        (result.held, "held"),
        (found.carried, "kept for the next edition"),
    ]
    table(("", ""), rows, numbers=(0,))
    if filing.links:
        before = f" (before: {found.before.top1:.0%} and {found.before.top2:.0%})" if found.before.links else ""
        say(f"\nRight at first {filing.top1:.0%}, within two {filing.top2:.0%}, of {count(filing.links, 'link')}{before}.")
        say(
            f"You placed {filing.moves} yourself: {filing.wrong} filed under another section, {filing.asked} that it asked about."
        )
        if found.age:
            say(f"Half of what you used was older than {count(found.age, 'day')}.")
        say()
        table(
            ("section", "links", "added", "right at first", "before", "within two", "placed by you"),
            [
                (
                    one.name,
                    one.links,
                    one.added or "",
                    f"{one.filing.top1:.0%}" if one.filing.links else "",
                    f"{one.before.top1:.0%}" if one.before.links else "",
                    f"{one.filing.top2:.0%}" if one.filing.links else "",
                    one.filing.moves or "",
                )
                for one in found.sections
            ],
            numbers=(1, 2, 3, 4, 5, 6),
        )
    else:
        say("\nNone of its links had been guessed.")
    if found.misfiled:
        say()
        table(
            ("guessed wrong", "as", "published under"),
            [(one.title, one.guessed if one.sure else f"{one.guessed}?", one.published) for one in found.misfiled[:_MISFILED]],
        )
        if (more := len(found.misfiled) - _MISFILED) > 0:
            say(f"and {more} more")
    if len(found.history) > 1:
        say()
        table(
            ("edition", "links", "placed by you", "right at first"),
            [
                (f"#{one.number}", one.links, one.filing.moves, f"{one.filing.top1:.0%}" if one.filing.links else "")
                for one in reversed(found.history)
            ],
            numbers=(1, 2, 3),
        )
    if found.sites:
        say("\nYou brought links of these sites and follow none of them: " + ", ".join(host for host, _, _ in found.sites))
    for note in found.notes:
        say(f"\n{note.words}\n  {note.advice}")
    if found.learnt:
        say(f"\n{found.learnt}")
