"""train, evaluate: the classifier."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from aggregator.cli.session import Json, Session, session

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aggregator.ports import Progress
    from aggregator.records.archive import PastEdition
    from aggregator.records.learning import Evaluation
    from aggregator.report.closing import EditionResult


_CLOSED = 20
"""Closed editions that the page shows."""


def register(app: typer.Typer) -> None:
    """Adds the commands of this module."""
    app.command("train")(train)
    app.command("evaluate")(evaluate)


def train(context: typer.Context, json: Json = False) -> None:
    """Refit the classifier; adopted only if it is not worse."""
    from aggregator.cli.output import print_json, say
    from aggregator.jobs import classify, learn

    here = session(context)
    report = learn.run_once(here.installation, here.roundup, here.plan)
    if report.adopted:
        classify.run_once(here.installation, here.roundup, here.plan, classify.Files.empty())
    if json:
        print_json(
            {
                "adopted": report.adopted,
                "labels": report.labels,
                "top1": report.top1,
                "top2": report.top2,
                "reason": report.reason,
            }
        )
        return
    say(report.reason)
    if report.top2 is not None:
        say(f"Within two guesses {report.top2:.0%}. Labels: {report.labels:,}.")


def evaluate(
    context: typer.Context,
    archive: Annotated[
        Path | None, typer.Option("--archive", metavar="PATH", help="Folder of past editions; else those imported.")
    ] = None,
    start: Annotated[
        int | None, typer.Option("--from", metavar="N", help="First edition to predict; the last ten without it.")
    ] = None,
    html: Annotated[Path | None, typer.Option("--html", metavar="FILE", help="Also write a page with charts.")] = None,
    json: Json = False,
) -> None:
    """How well would it have sorted your past editions?

    Each edition is predicted from earlier ones alone."""
    from aggregator.classify.evaluation import evaluate as measure
    from aggregator.cli.output import print_json, say, write_page
    from aggregator.cli.progress import progress
    from aggregator.report.evaluation import render

    here = session(context)
    with progress() as bar:
        editions = _editions(here, archive, bar)
        section_of = here.plan.heading_today if here.is_configured else None
        result = measure(editions, start=start, section_of=section_of, progress=bar, growth=html is not None)
    if html is not None:
        name = here.plan.name if here.is_configured else editions[-1].title
        # A folder may be anybody's; what closed here belongs to what was imported here.
        write_page(html, render(result, name, [] if archive else _closed(here)))
    if json:
        print_json({**evaluation_document(result), "html": html} if html else evaluation_document(result))
        return
    evaluation_lines(result)
    if html is not None:
        say(f"\nThe page is in {html}.", style="dim")


def _editions(here: Session, archive: Path | None, bar: Progress) -> Sequence[PastEdition]:
    from aggregator.archive.read import read_archive
    from aggregator.archive.rules import ReadingRules
    from aggregator.clock import SystemClock
    from aggregator.closing.judge import published
    from aggregator.errors import UsageError

    if archive is not None:
        rules = ReadingRules.of(here.plan) if here.is_configured else ReadingRules()
        return published(read_archive([archive], rules=rules, progress=bar), SystemClock().now().date())[0].editions
    if here.is_configured and (imported := here.installation.archive.editions(here.roundup.id)):
        return imported
    raise UsageError("no past edition was imported yet", advice="`aggregator archive import`, or name a folder with --archive.")


def _closed(here: Session) -> list[EditionResult]:
    from aggregator.report.closing import result_of

    closings = here.installation.ledger.closings(here.roundup.id, _CLOSED)
    return [result_of(one, here.plan.canonical_section) for one in closings]


def evaluation_document(result: Evaluation) -> dict[str, Any]:
    """`evaluate --json`."""
    return {
        "editions": result.editions,
        "links": result.links,
        "unseen": result.unseen,
        "top1": round(result.top1, 4),
        "top2": round(result.top2, 4),
        "macro_f1": round(result.macro_f1, 4),
        "auto_filed": {"share": round(result.auto_filed[0], 4), "accuracy": round(result.auto_filed[1], 4)},
        "operating": {"share": round(result.operating[0], 4), "accuracy": round(result.operating[1], 4)},
        "baselines": {
            name: {"top1": round(score.top1, 4), "top2": round(score.top2, 4)} for name, score in result.baselines.items()
        },
        "sections": [
            {"name": one.name, "precision": round(one.precision, 4), "recall": round(one.recall, 4), "links": one.links}
            for one in result.sections
        ],
        "confusion": [
            {"section": section, "guessed": guessed, "links": links} for (section, guessed), links in result.confusion.items()
        ],
        "calibration": [
            {"confidence": round(confidence, 4), "right": round(right, 4), "links": links}
            for confidence, right, links in result.calibration
        ],
        "by_edition": [
            {"edition": label, "links": links, "top1": round(top1, 4), "top2": round(top2, 4), "unseen": unseen}
            for label, links, top1, top2, unseen in result.editions_curve
        ],
        "growth": [{"editions": known, "top1": round(top1, 4)} for known, top1 in result.growth],
    }


def evaluation_lines(result: Evaluation) -> None:
    """The figures as a person reads them."""
    from aggregator.cli.output import say, table
    from aggregator.report.evaluation import BASELINES

    say(
        f"{result.links} links of {result.editions} editions, each predicted by link text and address, knowing earlier ones only."
        + (f" {result.unseen} stood under sections not known then and count as wrong." if result.unseen else "")
    )
    rows = [("this classifier", f"{result.top1:.1%}", f"{result.top2:.1%}")]
    rows += [(BASELINES.get(name, name), f"{score.top1:.1%}", f"{score.top2:.1%}") for name, score in result.baselines.items()]
    table(("", "right at first", "within two"), rows, numbers=(1, 2))
    share, accuracy = result.operating
    say(f"It would have filed {share:.0%} by itself, {accuracy:.0%} of them right, and asked about the rest.")
    figures = [(one.name, f"{one.precision:.0%}", f"{one.recall:.0%}", str(one.links)) for one in result.sections]
    table(("section", "precision", "recall", "links"), figures, numbers=(1, 2, 3))
    say("precision: of what it would have put there, how much belongs; recall: of what belongs there, how much it would find.")
