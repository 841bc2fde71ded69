"""draft export: the post's skeleton with what was kept."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from aggregator.cli.session import Json, session

draft_app = typer.Typer(help="The post's draft.", no_args_is_help=True)


class Formats(StrEnum):
    """What `--format` takes."""

    MARKDOWN = "markdown"
    HUGO = "hugo"
    JEKYLL = "jekyll"
    HTML = "html"


def register(app: typer.Typer) -> None:
    """Adds the commands of this module."""
    draft_app.command("export")(export)
    app.add_typer(draft_app, name="draft")


def export(
    context: typer.Context,
    format_: Annotated[Formats | None, typer.Option("--format", help="Else as config.yaml says.")] = None,
    out: Annotated[Path | None, typer.Option("--out", metavar="FILE", help="Else in the `draft: path:` folder.")] = None,
    json: Json = False,
) -> None:
    """The open edition's skeleton with the bullets you kept."""
    from aggregator.cli.output import count, print_json, say
    from aggregator.desk.draft import export as export_draft

    here = session(context)
    report = export_draft(
        here.installation, here.roundup, here.plan, format_=format_.value if format_ else None, out=out, home=here.settings.home
    )
    if json:
        print_json({"edition": report.edition, "path": report.path, "bullets": report.bullets, "links": report.links})
    else:
        say(f"{report.path}: {count(report.bullets, 'bullet')}, {count(report.links, 'link')}.")
