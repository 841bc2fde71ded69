"""sections: how they stand, what would fit one, teaching; add, rename, merge, split, order, map: config.yaml."""

from __future__ import annotations

import shlex
import sys
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from aggregator.cli.session import Json, Session, session

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from aggregator.records.sections import Fitting
    from aggregator.settings.writing import Change

sections_app = typer.Typer(help="Your sections: how they stand, and what would fit a new one.", invoke_without_command=True)

Yes = Annotated[bool, typer.Option("--yes", "-y", help="Write it without asking.")]
Ids = Annotated[
    list[str], typer.Argument(metavar="ID...", help="Candidates by number; past bullets by id or by a link's address.")
]


def register(app: typer.Typer) -> None:
    """Adds the commands of this module."""
    sections_app.callback()(show)
    sections_app.command("fit")(fit)
    sections_app.command("teach")(teach)
    sections_app.command("forget")(forget)
    sections_app.command("add")(add)
    sections_app.command("rename")(rename)
    sections_app.command("merge")(merge)
    sections_app.command("split")(split)
    sections_app.command("order")(order)
    sections_app.command("map")(map_)
    app.add_typer(sections_app, name="sections")


def show(context: typer.Context, json: Json = False) -> None:
    """Your sections, and headings of past editions that are none of them."""
    if context.invoked_subcommand is not None:
        return
    from aggregator.classify.unlearnt import FEWEST_IN_SECTION, fit_command
    from aggregator.cli.output import print_json, say, table
    from aggregator.desk import sections as desk

    here = session(context)
    stores, roundup, plan = here.installation, here.roundup, here.plan
    found, strays = desk.standings(stores, roundup, plan), desk.stray_headings(stores, roundup, plan)
    if json:
        print_json({"sections": found, "headings": strays})
        return
    if not found:
        say("config.yaml lists no sections. `aggregator sections add NAME` adds one.")
    else:
        rows = [
            (
                one.name,
                one.links,
                one.usual,
                f"{one.last} of {one.last_date}" if one.last_date else one.last,
                one.labels,
                one.words,
            )
            for one in found
        ]
        table(("section", "past links", "usual bullets", "last in", "labels", "state"), rows, numbers=(1, 2, 4))
    new = [one for one in found if one.labels < FEWEST_IN_SECTION]
    if found and new == list(found):
        say("Your past editions teach them best: aggregator archive import")
    else:
        for one in new:
            say(f"What would fit {one.name}: {fit_command(one.name)}")
    if strays:
        say()
        headings = ("heading of past editions", "links", "may be", "why")
        table(headings, [(one.name, one.links, one.suggestion or "", one.why or "") for one in strays], numbers=(1,))
        if any(one.suggestion for one in strays):
            say("To go through what they may be: aggregator sections map --suggested")


def fit(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="A section of config.yaml.")],
    most: Annotated[int, typer.Option("--most", metavar="N", min=1, help="So many candidates and past bullets at most.")] = 20,
    json: Json = False,
) -> None:
    """What would fit a section: waiting candidates and past bullets."""
    from aggregator.cli.output import print_json, say
    from aggregator.desk import sections as desk
    from aggregator.desk.decide import known_section

    here = session(context)
    section = known_section(here.plan, name)
    found = desk.fitting(here.installation, here.roundup, here.plan, section, most)
    if json:
        print_json({"section": section, "fitting": found})
        return
    if not found:
        say(f"Nothing speaks for {section} yet. Give it `keywords:` in config.yaml, or teach it a link that you know.")
        return
    _fitting_table("waiting", [one for one in found if one.edition is None])
    _fitting_table("past bullets", [one for one in found if one.edition is not None])
    say(f"To teach it those that belong: aggregator sections teach {shlex.quote(section)} ID...")


def _fitting_table(title: str, found: Sequence[Fitting]) -> None:
    from aggregator.cli.output import say, table

    if found:
        rows = [(one.id, one.title, one.section or "Unsorted", one.edition, "; ".join(one.why)) for one in found]
        table(("", title, "now under", "in", "why"), rows)
        say()


def teach(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="A section of config.yaml.")],
    ids: Ids,
    json: Json = False,
) -> None:
    """These belong under a section; it is learnt at once."""
    from aggregator.classify.unlearnt import FEWEST_IN_SECTION
    from aggregator.cli.output import count, print_json, say
    from aggregator.desk import sections as desk

    here = session(context)
    taught = desk.teach(here.installation, here.roundup, here.plan, name, ids)
    reason = _learn(here)
    if json:
        print_json({**asdict(taught), "learnt": reason})
        return
    moved = f", {count(taught.candidates, 'candidate')} moved there" if taught.candidates else ""
    say(f"{count(taught.links, 'past link')} taught{moved}. {taught.section} knows {count(taught.labels, 'link')} now.")
    if taught.labels < FEWEST_IN_SECTION:
        say(f"It needs {FEWEST_IN_SECTION} to be learnt.")
    say(reason)


def forget(context: typer.Context, ids: Ids, json: Json = False) -> None:
    """Take back what `teach` said of past bullets. For candidates: `undo`."""
    from aggregator.cli.output import count, print_json, say
    from aggregator.desk import sections as desk

    here = session(context)
    gone = desk.forget(here.installation, here.roundup, ids)
    reason = _learn(here) if gone else None
    if json:
        print_json({"forgotten": gone, "learnt": reason})
        return
    say(f"{count(gone, 'past link')} taken back." if gone else "Nothing was taught of these.")
    if reason:
        say(reason)


def add(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="The new section's heading.")],
    after: Annotated[str | None, typer.Option("--after", metavar="SECTION", help="Behind this one; last without it.")] = None,
    keywords: Annotated[
        str, typer.Option("--keywords", metavar="WORDS", help="Separated by commas; they file until enough has been learnt.")
    ] = "",
    yes: Yes = False,
    json: Json = False,
) -> None:
    """Add a section to config.yaml."""
    from aggregator.classify.unlearnt import fit_command
    from aggregator.desk.decide import known_section
    from aggregator.settings.writing import AddSection

    here = session(context)
    words = _words(keywords)
    behind = known_section(here.plan, after) if after is not None else None
    _write(context, [AddSection(_heading(name), words, behind)], yes, json, f"What would fit it: {fit_command(_heading(name))}")


def rename(
    context: typer.Context,
    old: Annotated[str, typer.Argument(metavar="OLD", help="A section of config.yaml.")],
    new: Annotated[str, typer.Argument(metavar="NEW", help="What it is called from now on.")],
    yes: Yes = False,
    json: Json = False,
) -> None:
    """Rename a section; what stands under its old name follows."""
    from aggregator.desk.decide import known_section
    from aggregator.settings.writing import RenameSection

    here = session(context)
    _write(context, [RenameSection(known_section(here.plan, old), _heading(new))], yes, json)


def merge(
    context: typer.Context,
    old: Annotated[str, typer.Argument(metavar="OLD", help="The section that goes.")],
    new: Annotated[str, typer.Argument(metavar="INTO", help="The section that takes what it had.")],
    yes: Yes = False,
    json: Json = False,
) -> None:
    """Put one section into another; past editions and decisions follow."""
    from aggregator.desk.decide import known_section
    from aggregator.settings.writing import MergeSection

    plan = session(context).plan
    _write(context, [MergeSection(known_section(plan, old), known_section(plan, new))], yes, json)


def split(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="The section that is split.")],
    new: Annotated[str, typer.Argument(metavar="NEW", help="The heading of the new one, which comes behind it.")],
    ids: Annotated[
        list[str] | None,
        typer.Argument(metavar="[ID]...", help="Past bullets that go, by id or a link's address; without any, those that fit."),
    ] = None,
    keywords: Annotated[
        str, typer.Option("--keywords", metavar="WORDS", help="Of the new one, separated by commas; they find its bullets.")
    ] = "",
    yes: Yes = False,
    json: Json = False,
) -> None:
    """Make a section of a part of another; past bullets teach it."""
    from aggregator.cli.output import say
    from aggregator.desk import sections as desk
    from aggregator.desk.decide import known_section
    from aggregator.desk.splitting import divided
    from aggregator.settings.writing import AddSection

    here = session(context)
    section, heading, words = known_section(here.plan, name), _heading(new), _words(keywords)
    fitting = divided(here.installation, here.roundup, here.plan, section, heading, words).fitting
    going = ids or [one.id for one in fitting]
    desk.require(here.installation, here.roundup, going)
    if not (json or ids):
        _fitting_table(f"would go from {section} to {heading}", fitting)
        if not fitting:
            say(f"No past bullet of {section} seems to fit; {heading} begins with its keywords.")

    def teach_it(there: Session) -> int:
        return desk.teach(there.installation, there.roundup, there.plan, heading, going).links if going else 0

    _write(context, [AddSection(heading, words, section)], yes, json, teach=teach_it)


def order(
    context: typer.Context,
    names: Annotated[
        list[str], typer.Argument(metavar="NAME...", help="Those that come first, in this order; the rest follows.")
    ],
    yes: Yes = False,
    json: Json = False,
) -> None:
    """Put sections into another order; their digit keys stay."""
    from aggregator.desk.decide import known_section
    from aggregator.settings.writing import OrderSections

    plan = session(context).plan
    _write(context, [OrderSections(tuple(known_section(plan, one) for one in names))], yes, json)


def map_(
    context: typer.Context,
    old: Annotated[str | None, typer.Argument(metavar="[OLD]", help="A heading of past editions.")] = None,
    new: Annotated[str | None, typer.Argument(metavar="[NEW]", help="The section that it is today.")] = None,
    suggested: Annotated[bool, typer.Option("--suggested", help="What old headings seem to be, one after the other.")] = False,
    yes: Yes = False,
    json: Json = False,
) -> None:
    """What a heading of past editions is called today."""
    from aggregator.cli.output import print_json, say
    from aggregator.desk import sections as desk
    from aggregator.desk.decide import known_section
    from aggregator.errors import UsageError
    from aggregator.settings.writing import AddAlias

    here = session(context)
    if suggested == (old is not None) or (old is None) != (new is None):
        raise UsageError("`map` takes a heading and a section, or --suggested", resource="sections map")
    if old is not None and new is not None:
        _write(context, [AddAlias(_heading(old), known_section(here.plan, new))], yes, json)
        return
    found = desk.suggested(here.installation, here.roundup, here.plan)
    if json and not yes:
        print_json({"suggestions": found})
        return
    question = "{0.old} ({0.links} links) is {0.new} today: {0.why}. Right?"
    changes = [AddAlias(one.old, one.new) for one in found if yes or _agreed(question.format(one))]
    if changes:
        _write(context, changes, True, json)
    elif json:
        print_json({"changed": False, "config": str(here.config_path), "diff": "", "learnt": None})
    else:
        say(
            "Nothing was changed."
            if found
            else "Every heading of your past editions that seems to be a section of today's is one."
        )


def _write(
    context: typer.Context,
    changes: Sequence[Change],
    yes: bool,
    json: bool,
    then: str | None = None,
    teach: Callable[[Session], int] | None = None,
) -> None:
    """Shows what would change, asks on a terminal, writes, and learns at once unless a daemon will. teach: what is taught before,
    by config.yaml as it is then; it returns how many links that were."""
    from aggregator.cli.output import count, print_json, say
    from aggregator.desk import configuring

    here = session(context)
    planned = configuring.planned(here.config_path, here.plan.name, changes)
    wanted = bool(planned.diff)
    if wanted and not (yes or json):
        say(planned.diff)
    agreed = wanted and (yes or _agreed("Write this?"))
    learnt, taught = None, 0
    if agreed:
        planned.write()
        learnt, taught = _learn_anew(here, teach)
    if json:
        document = {"changed": agreed, "config": str(here.config_path), "diff": planned.diff, "learnt": learnt}
        print_json(document | ({"taught": taught} if teach else {}))
        return
    if not agreed:
        say("Nothing was changed.")
        return
    if yes:
        say(planned.diff)
    if taught:
        say(f"{count(taught, 'past link')} taught.")
    say(f"{here.config_path} is written. {learnt}")
    if then:
        say(then)


def _agreed(question: str) -> bool:
    """Asks on a terminal. Raises Refused where nobody can answer."""
    from aggregator.errors import Refused

    if not sys.stdin.isatty():
        raise Refused("there is nobody to ask here", resource="config.yaml", advice="With --yes it is written without asking.")
    return typer.confirm(question, err=True)


def _heading(text: str) -> str:
    """A heading in one line. Raises UsageError for an empty one."""
    from aggregator.errors import UsageError

    if not (heading := " ".join(text.split())):
        raise UsageError("a section needs a name")
    return heading


def _words(keywords: str) -> tuple[str, ...]:
    return tuple(word for one in keywords.split(",") if (word := " ".join(one.split())))


def _learn_anew(here: Session, teach: Callable[[Session], int] | None = None) -> tuple[str, int]:
    """Teaches what there is to teach, and learns for the sections that config.yaml has now; a running daemon learns by itself.
    Returns what came of it, and how many links were taught."""
    changed = here.again()
    try:
        taught = teach(changed) if teach else 0
        if here.installation.is_running():
            return "The daemon reads it within a minute, learns, and files anew.", taught
        return _learn(changed), taught
    finally:
        changed.close()


def _learn(here: Session) -> str:
    from aggregator.jobs import classify, learn

    stores, roundup, plan = here.installation, here.roundup, here.plan
    report = learn.run_once(stores, roundup, plan)
    classify.run_once(stores, roundup, plan, classify.Files.empty())
    return report.reason if report.trained else f"Too little is known to learn from: {report.reason}."
