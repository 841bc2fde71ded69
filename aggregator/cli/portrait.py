"""portrait: what a folder of past editions says of its author. Needs no configuration."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from aggregator.cli.session import Json

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aggregator.archive.portrait import Portrait
    from aggregator.ports import Progress
    from aggregator.records.archive import PastEdition
    from aggregator.records.learning import Evaluation

_BLOCKS = " ▁▂▃▄▅▆▇█"
_SPARK = 40
_NARROW = 20
"""Bars of a line where the window is as narrow as windows were once: 80 columns hold a table with them."""
_SECTIONS = 10


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command()(portrait)


def portrait(
    path: Annotated[Path, typer.Argument(metavar="PATH", help="A folder of past editions, or one file.")],
    html: Annotated[Path | None, typer.Option("--html", metavar="FILE", help="Also write a page with charts.")] = None,
    json: Json = False,
) -> None:
    """Paint a portrait of your roundup from its past editions. Needs no set-up, changes nothing, sends nothing."""
    from dataclasses import replace

    from aggregator.archive.portrait import paint
    from aggregator.archive.read import read_archive
    from aggregator.cli.output import print_json, say, write_page
    from aggregator.cli.progress import progress
    from aggregator.clock import SystemClock
    from aggregator.closing.judge import published
    from aggregator.errors import ArchiveError
    from aggregator.report.portrait import render

    with progress() as bar:
        reading, _ = published(read_archive([path], progress=bar), SystemClock().now().date())
        if not reading.editions:
            reasons = "".join(f"\n  {one.path}: {one.reason}" for one in reading.skipped[:5])
            raise ArchiveError(
                f"there are no past editions here{reasons}",
                resource=str(path),
                advice="Name the folder or the export that holds your published roundups.",
            )
    painted = paint(reading, None, SystemClock().now().date())
    if not json:
        show(painted)
    # The one part that takes its time comes last, so that there is something to read meanwhile.
    with progress() as bar:
        painted = replace(painted, evaluation=_evaluate(reading.editions, bar))
    skeleton = skeleton_of(painted, reading.editions)
    if html is not None:
        write_page(html, render(painted, skeleton))
    if json:
        print_json(document_of(painted, skeleton, html))
    else:
        show_filing(painted.evaluation)
        say(f"\nThe page is in {html}." if html else "\nWith --html FILE you get this as a page with charts.", style="dim")


def _evaluate(editions: Sequence[Any], bar: Progress) -> Evaluation | None:
    from aggregator.classify.evaluation import evaluate
    from aggregator.errors import NotEnoughLabels

    try:
        return evaluate(editions, start=None, progress=bar)
    except NotEnoughLabels:
        return None


def skeleton_of(painted: Portrait, editions: Sequence[PastEdition]) -> str:
    """The next number's text in his form, its sections empty."""
    from dataclasses import replace

    from aggregator.clock import SystemClock
    from aggregator.draft.compose import TODO, Outline, compose
    from aggregator.draft.habits import habits

    outline = Outline(
        title=painted.next.title,
        number=painted.next.number or 0,
        today=SystemClock().now().date(),
        sections=painted.next.sections,
        habits=replace(habits(editions), empty=f"* {TODO}"),
    )
    return compose(outline, (), (), "markdown").text


def document_of(painted: Portrait, skeleton: str, html: Path | None = None) -> dict[str, Any]:
    """`portrait --json`."""
    scored = painted.evaluation
    return {
        "name": painted.name,
        "editions": len(painted.editions),
        "bullets": painted.bullets,
        "links": painted.links,
        "links_per_edition": painted.usual_links,
        "bullets_with_several_links": round(painted.several, 4),
        "words_per_bullet": painted.words,
        "cadence": painted.cadence,
        "sections": painted.sections,
        "sites": [{"host": site.host, "links": site.links, "editions": site.editions} for site in painted.sites],
        "people": painted.people,
        "relinked": len(painted.relinked),
        "relinks": [
            {"url": one.link.url, "edition": one.edition.title, "earlier": one.earlier.title} for one in painted.relinked
        ],
        "suggestions": [{"host": site.host, "links": site.links, "last": site.last} for site in painted.suggestions],
        "evaluation": scored and _evaluation_of(scored),
        "style": {"links": painted.style, "front_matter": list(painted.front_matter)},
        "next": painted.next,
        "skeleton": skeleton,
        "skipped": painted.skipped,
        "html": html,
    }


def _evaluation_of(scored: Evaluation) -> dict[str, Any]:
    return {
        "editions": scored.editions,
        "links": scored.links,
        "top1": scored.top1,
        "top2": scored.top2,
        "auto_filed": dict(zip(("share", "accuracy"), scored.auto_filed, strict=True)),
        "majority": scored.baselines["majority"].top1,
        "sections": scored.sections,
    }


def show(painted: Portrait) -> None:
    """The portrait as a screen of text, all but the filing."""
    from datetime import timedelta

    import humanize

    from aggregator.archive.relinks import slips
    from aggregator.cli.output import count, say, table, width
    from aggregator.text.canonical import host_of

    say(painted.name, style="bold")
    say(f"{count(len(painted.editions), 'edition')}, {count(painted.links, 'link')} to {count(len(painted.sites), 'site')}.")
    if painted.cadence:
        cadence = painted.cadence
        say(
            f"Every {cadence.usual:g} days, nine times of ten within {cadence.p90}; the newest is of {cadence.last}, "
            f"{humanize.naturaldelta(timedelta(days=cadence.silence))} ago."
        )
    say(
        f"A usual edition has {painted.usual_links:g} links, a usual bullet {painted.words:g} words; "
        f"{painted.several:.0%} of the bullets hold more than one link. You write {painted.style} links."
    )
    say(f"\nLinks an edition  {_spark([one.links for one in painted.editions])}")

    if painted.sections:
        bars = _SPARK if width() > 100 else _NARROW
        say()
        table(
            ["Section", "links", "editions", "over time", ""],
            [
                (
                    one.name,
                    one.links,
                    one.editions,
                    _spark([dict(edition.sections).get(one.name, 0) for edition in painted.editions], bars),
                    "thin of late" if one.thin else "",
                )
                for one in painted.sections[:_SECTIONS]
            ],
            numbers=(1, 2),
        )
        if (more := len(painted.sections) - _SECTIONS) > 0:
            say(f"and {count(more, 'heading')} with fewer links")
    say()
    table(
        ["Most linked", "links", "", "Worth following", "links", "last"],
        _beside(
            [(one.host, one.links) for one in painted.sites[:10]],
            [("", one.host, one.links, one.last) for one in painted.suggestions[:10]],
        ),
        numbers=(1, 4),
    )
    if painted.people:
        say("\nYou credit  " + ", ".join(f"{one.name} ({one.bullets})" for one in painted.people[:8]))
    if painted.relinked:
        say(f"\n{count(len(painted.relinked), 'link')} had been in an earlier edition.")
        for one in slips(painted.relinked)[:3]:
            say(f"  {one.earlier.title} and {one.edition.title}: {one.link.anchor} ({host_of(one.link.url)})")
    say(f"\nNext: {painted.next.title}", style="bold")
    if painted.next.sections:
        say("  " + " · ".join(painted.next.sections))
    _say_skipped(painted)


def show_filing(scored: Evaluation | None) -> None:
    """How well his links could be filed, in a sentence."""
    from aggregator.cli.output import count, say

    if scored is None:
        say("\nThere are too few editions with sections yet to tell how well links could be filed.")
        return
    say(
        f"\nHad they just appeared, {scored.top1:.0%} of the links of your last {count(scored.editions, 'edition')} would have "
        f"been filed under the section you chose, {scored.top2:.0%} under it or the second guess; from title and address "
        f"alone. To file everything under your largest section would be right for {scored.baselines['majority'].top1:.0%}."
    )


def _say_skipped(painted: Portrait) -> None:
    from collections import Counter

    from aggregator.cli.output import count, say

    if painted.skipped:
        reasons = Counter(one.reason for one in painted.skipped).most_common(3)
        say(
            f"\n{count(len(painted.skipped), 'document')} left out: "
            + "; ".join(f"{number} {reason}" for reason, number in reasons)
        )


def _beside(
    left: Sequence[tuple[object, object]], right: Sequence[tuple[object, object, object, object]]
) -> list[tuple[object, ...]]:
    """Rows of two tables as rows of one, the shorter filled up."""
    from itertools import zip_longest

    rows = zip_longest(left, right)
    return [(*(one or ("",) * 2), *(other or ("",) * 4)) for one, other in rows]


def _spark(values: Sequence[int], bars: int = _SPARK) -> str:
    """A line of small bars, at most so many, each the mean of a few in a row."""
    together = -(-len(values) // bars)
    means = [sum(values[at : at + together]) / len(values[at : at + together]) for at in range(0, len(values), together)]
    top = max(means, default=0) or 1
    return "".join(_BLOCKS[0 if mean == 0 else max(1, round(mean / top * (len(_BLOCKS) - 1)))] for mean in means)
