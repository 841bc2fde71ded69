"""held: what is kept back, for what and since when; an edition made a theme's."""

from __future__ import annotations

from shlex import quote
from typing import TYPE_CHECKING, Annotated, Any

import typer

from aggregator.cli.session import Json, session

if TYPE_CHECKING:
    from aggregator.desk.held import HeldOne

held_app = typer.Typer(help="What you hold back, by what it waits for.", invoke_without_command=True)


def register(app: typer.Typer) -> None:
    """Adds the commands of this module."""
    held_app.callback()(held)
    held_app.command("call")(call)
    app.add_typer(held_app, name="held")


def held(
    context: typer.Context,
    section: Annotated[str | None, typer.Option("--section", metavar="S", help="Only what would stand there.")] = None,
    json: Json = False,
) -> None:
    """What you hold back, by what it waits for; the longest held first.

    `decide NUMBER keep` takes one up, `decide NUMBER hold --until WHEN` lets it wait for something else."""
    from aggregator.cli.output import count, print_json, say, table
    from aggregator.desk.decide import known_section
    from aggregator.desk.held import held as held_back

    if context.invoked_subcommand is not None:
        return
    here = session(context)
    where = known_section(here.plan, section) if section is not None else None
    found = held_back(here.installation, here.roundup, here.plan, where)
    if json:
        print_json([_document(one) for part in found.parts for one in part.held])
        return
    if not found.count:
        say(f"Nothing is on hold{f' for {where}' if where else ''}. `aggregator decide NUMBER hold` holds something back.")
        return
    for part in found.parts:
        rows = [
            (one.candidate.id, one.candidate.title, one.candidate.likely_section or "", _age(one.days), one.due or one.waits)
            for one in part.held
        ]
        table(("", "", "", "", ""), rows, title=part.title)
    if found.themes:
        say(f"`aggregator held call {quote(found.themes[0].theme)}` makes the open edition that one.")
    if found.due:
        say(f"{count(len(found.due), 'is', 'are')} due: keep, drop or hold again.")


def call(
    context: typer.Context,
    theme: Annotated[str, typer.Argument(metavar="THEME", help="As `aggregator held` shows it.")],
    json: Json = False,
) -> None:
    """Make the open edition a theme's: all that waits for it is due."""
    from aggregator.cli.output import print_json
    from aggregator.cli.views import candidate_document, verdict_lines
    from aggregator.desk.held import call_theme

    here = session(context)
    those = call_theme(here.installation, here.roundup, here.plan, theme)
    if json:
        print_json([candidate_document(one) for one in those])
    else:
        verdict_lines(those, here.plan, here.installation.clock.now())


def _document(one: HeldOne) -> dict[str, Any]:
    """One of `held --json`. days: on hold."""
    candidate, hold = one.candidate, one.candidate.standing.hold
    return {
        "id": candidate.id,
        "title": candidate.title,
        "url": candidate.url,
        "section": candidate.likely_section,
        "kind": hold.kind if hold else None,
        "until": hold.until if hold else None,
        "theme": hold.theme if hold else None,
        "held_at": candidate.standing.held_at,
        "days": one.days,
        "due": one.due,
        "comment": candidate.standing.comment,
    }


def _age(days: int) -> str:
    return "today" if days == 0 else f"{days} day{'' if days == 1 else 's'}"
