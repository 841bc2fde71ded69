"""bullets: what the draft is made of, listed, grouped, written, ordered and quoted from a shell."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from aggregator.cli.session import Json, session

if TYPE_CHECKING:
    from aggregator.records.drafts import Bullet

bullets_app = typer.Typer(help="The draft's bullets: your words around the links you keep.", invoke_without_command=True)

Key = Annotated[str, typer.Argument(metavar="KEY", help="As `aggregator bullets` lists it, or the number of a link in it.")]


def register(app: typer.Typer) -> None:
    """Adds the commands of this module."""
    bullets_app.callback()(bullets)
    bullets_app.command("group")(group)
    bullets_app.command("ungroup")(ungroup)
    bullets_app.command("write")(write)
    bullets_app.command("place")(place)
    bullets_app.command("quote")(quote)
    bullets_app.command("words")(words)
    bullets_app.command("remove")(remove)
    app.add_typer(bullets_app, name="bullets")


def bullets(context: typer.Context, json: Json = False) -> None:
    """The open edition's bullets, by section, in their order."""
    from aggregator.cli.output import print_json, say, table
    from aggregator.desk.bullets import everything
    from aggregator.edition.bullets import by_section

    if context.invoked_subcommand is not None:
        return
    here = session(context)
    parts = by_section(everything(here.installation, here.roundup, here.plan), here.plan.section_names)
    if json:
        print_json([bullet_document(one) for part in parts.values() for one in part if not one.is_remark])
        return
    if not any(parts.values()):
        say("Nothing is kept yet. `aggregator decide NUMBER keep` makes a bullet.")
        return
    for name, part in parts.items():
        if part:
            table(("", "", ""), [_row(one) for one in part], title=name or "In no section")


def group(
    context: typer.Context,
    ids: Annotated[list[int], typer.Argument(metavar="ID...", help="Candidates' numbers.")],
    into: Annotated[str | None, typer.Option("--into", metavar="KEY", help="The bullet that they join.")] = None,
    json: Json = False,
) -> None:
    """Make one bullet of several candidates, their bullets included."""
    from aggregator.desk.bullets import group as group_them

    here = session(context)
    _tell([group_them(here.installation, here.roundup, here.plan, ids, into)], json)


def ungroup(context: typer.Context, key: Key, json: Json = False) -> None:
    """A bullet for each of its links; the first keeps the words."""
    from aggregator.desk.bullets import ungroup as take_apart

    here = session(context)
    _tell(take_apart(here.installation, here.roundup, here.plan, key), json)


def write(
    context: typer.Context,
    key: Key,
    text: Annotated[str | None, typer.Argument(metavar="TEXT|-", help="Your Markdown; - reads it from stdin.")] = None,
    via: Annotated[str | None, typer.Option("--via", metavar="NAME", help="Who pointed you to it.")] = None,
    thanks: Annotated[str | None, typer.Option("--thanks", metavar="NAME", help="Whom you thank for it.")] = None,
    json: Json = False,
) -> None:
    """Say what a bullet says.

    `[your words][2]` links to its second link; links without a place stand at the end."""
    from aggregator.desk.bullets import write as write_it
    from aggregator.errors import UsageError

    here = session(context)
    if text is None and via is None and thanks is None:
        raise UsageError("say what the bullet says", advice='Like this: aggregator bullets write b3 "See [this][1]."')
    said = sys.stdin.read().removesuffix("\n") if text == "-" else text
    _tell([write_it(here.installation, here.roundup, here.plan, key, said, via=via, thanks=thanks)], json)


def place(
    context: typer.Context,
    key: Key,
    section: Annotated[str | None, typer.Option("--section", metavar="S", help="Moves it there, with all its links.")] = None,
    before: Annotated[str | None, typer.Option("--before", metavar="KEY", help="Before this one; to the end without.")] = None,
    json: Json = False,
) -> None:
    """Move a bullet within its section, or to another."""
    from aggregator.desk.bullets import place as place_it

    here = session(context)
    _tell([place_it(here.installation, here.roundup, here.plan, key, section, before)], json)


def quote(
    context: typer.Context,
    candidate: Annotated[int, typer.Argument(metavar="ID", help="The number of the page that they are from.")],
    text: Annotated[str, typer.Argument(metavar="TEXT", help="Its exact words.")],
    json: Json = False,
) -> None:
    """Quote exact words of a kept page below what its bullet says."""
    from aggregator.desk.bullets import find, shown
    from aggregator.desk.quoting import insert_quote
    from aggregator.desk.quoting import quote as keep_quote

    here = session(context)
    at = (here.installation, here.roundup, here.plan)
    bullet = find(shown(*at), f"c{candidate}")
    _tell([insert_quote(*at, bullet.key, keep_quote(*at, candidate, text).id)], json)


def words(
    context: typer.Context,
    section: Annotated[str, typer.Argument(metavar="SECTION", help="Where they stand, last of all; its beginning will do.")],
    text: Annotated[str, typer.Argument(metavar="TEXT|-", help="Your Markdown; - reads it from stdin.")],
    paragraph: Annotated[bool, typer.Option("--paragraph", help="A paragraph among the bullets, and none itself.")] = False,
    json: Json = False,
) -> None:
    """Add words that link to nothing you keep."""
    from aggregator.desk.bullets import words as add_words

    here = session(context)
    said = sys.stdin.read().removesuffix("\n") if text == "-" else text
    _tell([add_words(here.installation, here.roundup, here.plan, section, said, bullet=not paragraph)], json)


def remove(context: typer.Context, key: Key, json: Json = False) -> None:
    """Take a bullet out: its links are dropped.

    Its words wait in case you keep one of them again; `aggregator undo` brings it back as it was."""
    from aggregator.desk.bullets import remove as take_out

    here = session(context)
    _tell([take_out(here.installation, here.roundup, here.plan, key)], json)


def bullet_document(bullet: Bullet) -> dict[str, Any]:
    """One bullet for scripts."""
    return {
        "key": bullet.key,
        "section": bullet.section,
        "text": bullet.text,
        "links": [{"number": one.number, "id": one.candidate.id, "title": one.candidate.title} for one in bullet.links],
        "via": bullet.via,
        "thanks": bullet.thanks,
    }


def _row(bullet: Bullet) -> tuple[str, str, str]:
    links = "\n".join(f"{one.number} {one.candidate.title} ({one.candidate.id})" for one in bullet.links)
    return bullet.key, bullet.text or "no words yet", "a paragraph" if bullet.is_remark else links


def _tell(those: list[Bullet], json: bool) -> None:
    from aggregator.cli.output import print_json, say

    if json:
        print_json([bullet_document(one) for one in those])
        return
    for one in those:
        say(f"{one.key}  {one.section or 'in no section'}: {one.text or ', '.join(link.candidate.title for link in one.links)}")
