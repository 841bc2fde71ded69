"""candidates, decide, undo, add, edition close: the author's verdicts from a shell."""

from __future__ import annotations

import re
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from aggregator.cli.session import Json, session

edition_app = typer.Typer(help="An edition's end, and how it went.", no_args_is_help=True)


class States(StrEnum):
    """What `candidates --state` takes."""

    OPEN = "open"
    ALL = "all"
    NEW = "new"
    KEPT = "kept"
    DROPPED = "dropped"
    HELD = "held"


class Verb(StrEnum):
    """What `decide` takes."""

    KEEP = "keep"
    DROP = "drop"
    HOLD = "hold"
    MOVE = "move"
    LET_GO = "let-go"


def register(app: typer.Typer) -> None:
    """Adds the commands of this module."""
    app.command("candidates")(candidates)
    app.command("decide")(decide)
    app.command("undo")(undo)
    app.command("add")(add)
    edition_app.command("close")(close)
    app.add_typer(edition_app, name="edition")


def candidates(
    context: typer.Context,
    state: Annotated[
        States, typer.Option("--state", help="open = new, kept and held; all = dropped and folded too.")
    ] = States.OPEN,
    section: Annotated[str | None, typer.Option("--section", metavar="S", help="Only this section.")] = None,
    json: Json = False,
) -> None:
    """The open edition's candidates: new, kept and held."""
    from aggregator.cli.output import print_json, say
    from aggregator.cli.views import candidate_document, candidate_table
    from aggregator.desk import edition as desk
    from aggregator.desk.decide import known_section
    from aggregator.records.candidates import State

    here = session(context)
    states = {States.OPEN: desk.OPEN_STATES, States.ALL: tuple(State)}.get(state) or (State(state.value),)
    found = desk.candidates(here.installation, here.roundup, here.plan, states, passed_over=state is States.ALL)
    if section is not None:
        wanted = known_section(here.plan, section)
        found = [one for one in found if one.likely_section == wanted]
    shown = [one for one in found if state is States.ALL or not one.folded(here.plan.carry)]
    if json:
        print_json([candidate_document(one) for one in shown])
        return
    candidate_table(shown, here.plan, here.installation.clock.now())
    folded = len(found) - len(shown)
    if section is None and State.NEW in states and state is not States.ALL:
        folded += len(here.installation.ledger.passed_over(here.roundup.id, here.plan.carry))
    if folded:
        say(f"{folded} more from earlier editions, never decided on: --state all lists them too.")


def decide(
    context: typer.Context,
    words: Annotated[
        list[str],
        typer.Argument(metavar="ID... keep|drop|hold|move|let-go", help="Candidates' numbers (203 207 or 203,207), the verdict."),
    ],
    section: Annotated[str | None, typer.Option("--section", metavar="S", help="Files it there; its beginning will do.")] = None,
    until: Annotated[
        str | None,
        typer.Option(
            "--until",
            metavar="next|DATE|series|theme WORDS",
            help="For hold; the next edition without it. A series and a theme take `until DATE`.",
        ),
    ] = None,
    comment: Annotated[str | None, typer.Option("--comment", metavar="T", help="Your words, for the draft.")] = None,
    json: Json = False,
) -> None:
    """Keep, drop, hold, move, let go: `decide 203 207 keep`.

    What you let go stays undecided and is out of the way, which is no "no"."""
    from aggregator.cli.output import print_json
    from aggregator.cli.views import verdict_lines
    from aggregator.desk.decide import decide as decide_them
    from aggregator.records.candidates import Action

    here = session(context)
    ids, verb = split_words(words)
    those = decide_them(
        here.installation, here.roundup, here.plan, ids, Action(verb.value), section=section, until=until, comment=comment
    )
    if json:
        print_json({"decided": len(those)})
    else:
        verdict_lines(those, here.plan, here.installation.clock.now())


def split_words(words: list[str]) -> tuple[list[int], Verb]:
    """`["203,207", "#209", "keep"]` -> numbers and verb, the verb first or last. Raises UsageError."""
    from aggregator.errors import UsageError

    verbs = [word for word in words if word in Verb._value2member_map_]
    others = " ".join(word for word in words if word not in Verb._value2member_map_)
    numbers = [number.lstrip("#") for number in others.replace(",", " ").split()]
    usage = "Like this: aggregator decide 203 207 keep"
    if len(verbs) != 1:
        raise UsageError("say what to do: keep, drop, hold, move or let-go", advice=usage)
    odd = [number for number in numbers if not number.isascii() or not number.isdigit() or len(number) > 18]
    if odd and re.fullmatch(r"#?\d+-#?\d+", odd[0]):
        raise UsageError(f"{odd[0]!r} is a range, and each number has to be named", advice=usage)
    if odd or not numbers:
        raise UsageError(f"{odd[0]!r} is no candidate's number" if odd else "say which candidates", advice=usage)
    return [int(number) for number in numbers], Verb(verbs[0])


def undo(
    context: typer.Context,
    n: Annotated[int, typer.Option("-n", metavar="N", help="How many decisions to take back.", min=1)] = 1,
    finds: Annotated[bool, typer.Option("--finds", help="What the last poll kept of your finds, instead.")] = False,
    json: Json = False,
) -> None:
    """Take back your last decision; one on several, whole."""
    from aggregator.cli.output import print_json, say
    from aggregator.cli.views import verdict_lines
    from aggregator.desk.decide import undo as take_back

    here = session(context)
    those = take_back(here.installation, here.roundup, here.plan, n, finds=finds)
    if json:
        print_json({"decided": len(those)})
    elif those:
        verdict_lines(those, here.plan, here.installation.clock.now())
    else:
        say("There is nothing to take back in this edition.")


def add(
    context: typer.Context,
    url: Annotated[str, typer.Argument(metavar="URL", help="A page's address.")],
    keep: Annotated[bool, typer.Option("--keep/--no-keep", help="Kept unless you say otherwise.")] = True,
    section: Annotated[str | None, typer.Option("--section", metavar="S", help="Files it there.")] = None,
    note: Annotated[str | None, typer.Option("--note", metavar="T", help="Your words, for the draft.")] = None,
    hold: Annotated[
        str | None, typer.Option("--hold", metavar="UNTIL", help="Held instead: next, a date, series or theme WORDS.")
    ] = None,
    via: Annotated[str | None, typer.Option("--via", metavar="NAME", help="Who pointed you to it.")] = None,
    thanks: Annotated[str | None, typer.Option("--thanks", metavar="NAME", help="Whom you thank for it.")] = None,
    quote: Annotated[str | None, typer.Option("--quote", metavar="T", help="Exact words of the page, for its bullet.")] = None,
    title: Annotated[str | None, typer.Option("--title", metavar="T", help="Its title, if the page cannot be fetched.")] = None,
    json: Json = False,
) -> None:
    """Add a page that you found yourself."""
    from aggregator.cli.output import print_json, say, warn
    from aggregator.desk.add import add as add_page
    from aggregator.jobs import classify, relate

    here = session(context)
    added = add_page(
        here.installation, here.roundup, here.plan, here.installation.pages, url,
        keep=keep, until=hold, section=section, note=note, via=via, thanks=thanks, title=title, quote=quote,
    )  # fmt: skip
    classify.run_once(here.installation, here.roundup, here.plan, classify.Files.empty())
    relate.run_once(here.installation, here.roundup)
    candidate = here.installation.ledger.candidates(here.roundup.id, [added.candidate.id])[0]
    if added.trouble:
        named = "" if title or added.known else " With --title you name such a page when you add it."
        warn(f"The page could not be read: {added.trouble}. It stays as {candidate.title!r}.{named}")
    if json:
        print_json(
            {
                "id": candidate.id,
                "title": candidate.title,
                "section": candidate.section,
                "state": candidate.standing.state,
                "url": candidate.url,
                "first": candidate.likely_section,
                "known": added.known,
                "trouble": added.trouble,
            }
        )
        return
    where = candidate.section or (f"{candidate.likely_section}?" if candidate.likely_section else "Unsorted")
    say(f"{candidate.id}  {candidate.title}")
    say(f"{candidate.standing.state} under {where}" + (" (it was a candidate before)" if added.known else ""))


def close(
    context: typer.Context,
    published: Annotated[
        str | None, typer.Option("--published", metavar="PATH-OR-URL", help="The post as you published it.")
    ] = None,
    renumber: Annotated[
        bool, typer.Option("--renumber", help="The edition takes the post's number, if that is a later one.")
    ] = False,
    json: Json = False,
) -> None:
    """Close it from the published post, learn, open the next.

    The daemon does this by itself for a post that appears in your archive. The post is read and not changed."""
    from aggregator.cli.output import print_json
    from aggregator.cli.views import close_document, close_lines
    from aggregator.desk.close import close as close_edition
    from aggregator.desk.post import read_published
    from aggregator.errors import UsageError
    from aggregator.jobs import classify, learn

    here = session(context)
    if published is None:
        raise UsageError("say where the published post is: --published PATH-OR-URL")
    post = read_published(
        published, here.installation.pages, known=here.plan.section_names, home=here.settings.home, cwd=Path.cwd()
    )
    report = close_edition(here.installation, here.roundup, here.plan, post, follower=here.installation.pages, renumber=renumber)
    learnt = learn.run_once(here.installation, here.roundup, here.plan)
    classify.run_once(here.installation, here.roundup, here.plan, classify.Files.empty())
    if json:
        print_json(close_document(report, learnt))
    else:
        close_lines(report, learnt, here.plan)
