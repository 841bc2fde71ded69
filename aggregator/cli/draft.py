"""draft export, import, check: the post with what was kept, out of the desk and back."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from aggregator.cli.conflicts import Sides, document, settle, tell
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
    draft_app.command("import")(import_)
    draft_app.command("settle")(settle)
    draft_app.command("check")(check)
    app.add_typer(draft_app, name="draft")


def export(
    context: typer.Context,
    format_: Annotated[Formats | None, typer.Option("--format", help="Else as config.yaml says.")] = None,
    out: Annotated[Path | None, typer.Option("--out", metavar="FILE", help="Else in the `draft: path:` folder.")] = None,
    over: Annotated[bool, typer.Option("--over", help="Write over what you changed in the file.")] = False,
    json: Json = False,
) -> None:
    """Write the open edition's post with what you kept.

    Its links are looked at for some seconds, unless they were today; what is dead or moved is told."""
    from aggregator.cli.links import look_at_draft, standing_document
    from aggregator.cli.output import count, print_json, say
    from aggregator.desk.draft import export as export_draft

    here = session(context)
    report = export_draft(
        here.installation,
        here.roundup,
        here.plan,
        format_=format_.value if format_ else None,
        out=out,
        home=here.settings.home,
        over=over,
    )
    checked = standing_document(look_at_draft(here))
    if json:
        print_json(
            {
                "edition": report.edition,
                "path": report.path,
                "bullets": report.bullets,
                "links": report.links,
                "wordless": report.wordless,
                "link_states": checked,
            }
        )
    else:
        missing = f"; {count(report.wordless, 'bullet')} without words yet" if report.wordless else ""
        say(f"{report.path}: {count(report.bullets, 'bullet')}, {count(report.links, 'link')}{missing}.")


def import_(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The exported draft as you changed it.")],
    take: Annotated[
        Sides | None, typer.Option("--take", help="Whose word holds where both changed the same thing; else you choose later.")
    ] = None,
    json: Json = False,
) -> None:
    """Take over what you changed in the draft's file.

    Words, order, sections, links and bullets come in as one step, which `undo` takes back. What you deleted is held for the
    next edition. What file and desk say differently is shown, and lost on neither side (`draft settle`).
    """
    from aggregator.cli.output import count, print_json, say
    from aggregator.desk.conflicts import contradictions
    from aggregator.desk.given import read_draft
    from aggregator.desk.reimport import take_in
    from aggregator.desk.watching import words_of

    here = session(context)
    report = take_in(here.installation, here.roundup, here.plan, read_draft(file), take=take.value if take else None)
    if json:
        print_json(
            {
                "edition": report.edition,
                "path": report.path,
                "bullets": report.bullets,
                "links": report.links,
                "changed": report.changed,
                "conflicts": [document(one) for one in report.conflicts],
            }
        )
        return
    say(f"{words_of(report)[0].upper()}{words_of(report)[1:]}. {count(report.bullets, 'bullet')}, {count(report.links, 'link')}.")
    tell([one for one in contradictions(here.installation, here.roundup, here.plan) if one.conflict in report.conflicts])


def check(
    context: typer.Context,
    file: Annotated[
        Path | None, typer.Argument(metavar="FILE", help="A draft; else the one exported last, or as it would be exported.")
    ] = None,
    json: Json = False,
) -> None:
    """Tell what is not ready in a draft; exit status 1 if so.

    Line by line, good for a hook before a push: bullets without words (TODO), references without a definition, definitions
    that nothing uses, dead links, changed quotations, HTML that runs, and what still contradicts the desk.
    """
    from aggregator.cli.output import print_json, say
    from aggregator.desk.checking import check_draft, last_file
    from aggregator.desk.draft import markdown_of, text
    from aggregator.desk.given import read_draft

    here = session(context)
    desk = (here.installation, here.roundup, here.plan)
    path = file or last_file(*desk)
    problems = check_draft(*desk, text(*desk, markdown_of(here.plan)) if path is None else read_draft(path).text)
    if json:
        told = [{"line": one.line, "words": one.words} for one in problems]
        print_json({"ok": not problems, "path": path, "problems": told})
    else:
        name = path or "draft"
        for one in problems:
            say(f"{name}:{one.line}: {one.words}" if one.line else f"{name}: {one.words}")
        if file is None and not problems:
            say(f"{path or 'The draft, which was not exported yet'}: ready.")
    if problems:
        raise typer.Exit(1)
