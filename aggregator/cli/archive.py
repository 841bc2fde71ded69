"""archive import, archive search: the author's past editions."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from aggregator.cli.session import Json, session

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from aggregator.records.archive import Decisions, PastUse, SkippedDocument
    from aggregator.records.reports import ArchiveReport

_ALONE = 10
"""Headings named in one line; an archive of many years has one for every whim."""

archive_app = typer.Typer(help="Your past editions.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Adds the commands of this module."""
    archive_app.command("import")(import_)
    archive_app.command("search")(search)
    app.add_typer(archive_app, name="archive")


def import_(
    context: typer.Context,
    paths: Annotated[
        list[Path] | None, typer.Argument(metavar="PATH...", help="Files or folders; `archive:` of config.yaml without.")
    ] = None,
    json: Json = False,
) -> None:
    """Learn from past editions. Doing it again changes nothing.

    Without PATH it does what the daemon does: it reads every source that config.yaml names, and closes the edition whose post
    was published. A git hook or a timer may call it. What you name by PATH is past, and closes nothing."""
    from aggregator.cli.output import print_json, say, warn
    from aggregator.cli.progress import progress
    from aggregator.errors import ArchiveError, UsageError
    from aggregator.jobs import archive, publish
    from aggregator.records.reports import PublishReport

    here = session(context)
    if not paths and not here.plan.archive:
        raise UsageError(
            "say where your past editions are", advice="aggregator archive import FOLDER, or `archive:` in config.yaml."
        )
    given = [path.absolute() for path in paths or ()]
    with progress() as bar:
        if given:
            home, roundups = here.settings.home, here.settings.roundups
            read = archive.run_once(here.installation, here.roundup, here.plan, given, home=home, roundups=roundups, progress=bar)
            told = PublishReport(read)
        else:
            told = publish.run_once(here.installation, here.settings, here.roundup, here.plan, due_only=False, progress=bar)
    for trouble in told.troubles:
        warn(trouble)
    if told.archive is None:
        raise ArchiveError("no past editions could be read", advice="`aggregator doctor` looks at each source.")
    if json:
        print_json({**import_document(told.archive), "closed": [one.closed.number for one in told.closed], "words": told.words})
        return
    import_lines(told.archive, here.plan.aliases)
    for one in told.closed:
        say(f"{here.plan.edition_title(one.closed.number)} is closed by its post. What it came to: aggregator edition report")
    for words in told.words:
        say(f"{words[0].upper()}{words[1:]}.")


def import_document(report: ArchiveReport) -> dict[str, Any]:
    """`archive import --json`."""
    return {
        "editions": report.editions,
        "bullets": report.bullets,
        "links": report.links,
        "sections": [{"name": name, "links": links} for name, links in report.sections],
        "skipped": [{"path": one.path, "reason": one.reason} for one in report.skipped],
        "unknown_sections": [
            {"name": name, "links": links, "suggestion": suggestion} for name, links, suggestion in report.unknown
        ],
        "decisions": report.decisions,
        "suggestions": report.suggestions,
    }


def import_lines(report: ArchiveReport, aliases: Mapping[str, str]) -> None:
    """What was read, what was passed over and why, and which headings the configuration does not know. aliases: its own."""
    from aggregator.cli.output import count, say, table, warn

    say(f"{count(report.editions, 'edition')}, {count(report.bullets, 'bullet')}, {count(report.links, 'link')}.")
    say(f"{count(report.written, 'edition')} new or changed." if report.written else "There is nothing new.")
    for line in decision_lines(report.decisions):
        say(line)
    if report.sections:
        table(("section", "links"), report.sections, numbers=(1,))
    if report.skipped:
        table(("skipped", "why"), skipped_rows(report.skipped))
    meant = {one.old: one.new for one in report.suggestions} if report.unknown else {}
    if meant:
        warn("Some headings of your past editions seem to mean other sections of yours:")
        table(
            ("heading", "links", "section", "why"),
            [(one.old, one.links, one.new, one.why) for one in report.suggestions],
            numbers=(1,),
        )
        place = "in the place of `aliases:`" if aliases else "into the roundup"
        say(f"If they do, `aggregator sections map --suggested` writes it down; or put this {place} in config.yaml:")
        say(aliases_block({**aliases, **meant}))
    alone = [f"{name} ({links:,})" for name, links, _ in report.unknown if name not in meant]
    if alone:
        more = f" and {count(len(alone) - _ALONE, 'more')}" if len(alone) > _ALONE else ""
        warn(f"No section of yours is like these headings, and their links teach nothing: {', '.join(alone[:_ALONE])}{more}.")
    if report.labels:
        say("Next: `aggregator train` learns from them now; else the next poll does.")


def skipped_rows(skipped: Sequence[SkippedDocument]) -> list[tuple[str, str]]:
    """What was passed over and why; many for one reason, such as a blog's other posts, in one row."""
    from collections import defaultdict

    paths: defaultdict[str, list[str]] = defaultdict(list)
    for one in skipped:
        paths[one.reason].append(one.path)
    rows: list[tuple[str, str]] = []
    for reason, found in paths.items():
        many = len(found) > _ALONE
        rows += [(f"{len(found):,}, such as {found[0]}", reason)] if many else [(path, reason) for path in found]
    return rows


def decision_lines(decisions: Decisions) -> list[str]:
    """What was taken for what, in a few sentences, and how to overrule it."""
    from aggregator.cli.output import count

    lines = [f"Editions were known by {decisions.by}."] if decisions.by else []
    several = [one for one in decisions.sections if len(one.spellings) > 1]
    if several:
        named = "; ".join(f"{one.name} (also {', '.join(one.spellings[1:])})" for one in several[:_ALONE])
        lines.append(f"Spelt in several ways, and one section each: {named}.")
    if decisions.boilerplate:
        named = "; ".join(f"{one.name} ({one.links:,}, {one.why})" for one in decisions.boilerplate[:_ALONE])
        more = f"; and {len(decisions.boilerplate) - _ALONE} more" if len(decisions.boilerplate) > _ALONE else ""
        lines.append(f"Not counted, as not your picks, are the links under {named}{more}.")
    if decisions.sponsored:
        lines.append(f"Nor {count(decisions.sponsored, 'link')} in paragraphs that say that they are sponsored.")
    if decisions.own_links:
        lines.append(f"Nor {count(decisions.own_links, 'link')} to your own site.")
    if len(lines) > 1:
        lines.append("`reading:` in config.yaml overrules any of this.")
    return lines


def aliases_block(aliases: Mapping[str, str]) -> str:
    """Old heading -> section, as lines of config.yaml at the depth of a roundup's keys."""
    import textwrap

    import yaml

    written = yaml.safe_dump({"aliases": dict(aliases)}, allow_unicode=True, sort_keys=False, width=10_000)
    return textwrap.indent(written.rstrip(), "    ")


def search(
    context: typer.Context,
    words: Annotated[list[str], typer.Argument(metavar="URL-OR-WORDS", help="An address, or words of a bullet.")],
    json: Json = False,
) -> None:
    """Was this linked before?"""
    from aggregator.cli.output import print_json, say
    from aggregator.desk.archive import elsewhere
    from aggregator.desk.archive import search as find

    here = session(context)
    asked = " ".join(words)
    found = find(here.installation, here.roundup, asked)
    if json:
        print_json([use_document(one) for one in found])
    elif found:
        if elsewhere(asked, found):
            say("Not linked at this address. This may be the same page:")
        use_lines(found)
    else:
        say("Not linked before." if here.installation.archive.editions(here.roundup.id) else "No past edition was imported yet.")


def use_lines(found: Sequence[PastUse]) -> None:
    """A record for each bullet: where it stood, its addresses, its text. Rows of one bullet follow each other."""
    import textwrap
    from itertools import groupby

    from aggregator.cli.output import say, width

    for position, ((edition, published, section, bullet), uses) in enumerate(
        groupby(found, key=lambda one: (one.edition, one.published, one.section, one.bullet))
    ):
        if position:
            say()
        say(", ".join(str(part) for part in (edition, published, section) if part is not None), style="bold")
        for one in uses:
            say(f"  {one.url}")
        indent = "  "
        say(textwrap.fill(bullet, width(), initial_indent=indent, subsequent_indent=indent, break_long_words=False))


def use_document(one: PastUse) -> dict[str, Any]:
    """The row of `archive search --json`."""
    return {
        "edition": one.edition,
        "number": one.number,
        "date": one.published,
        "section": one.section,
        "url": one.url,
        "bullet": one.bullet,
    }
