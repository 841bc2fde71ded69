"""train, evaluate: the classifier."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from aggregator.cli.session import Json, session

if TYPE_CHECKING:
    from aggregator.records.learning import Evaluation


_BASELINES = {
    "majority": "always your largest section",
    "source": "by the site alone",
    "naive_bayes": "naive Bayes (a plain statistical method)",
}
"""What it has to beat, in an author's words."""


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
    archive: Annotated[Path, typer.Option("--archive", metavar="PATH", help="Folder of past editions.")],
    start: Annotated[
        int | None, typer.Option("--from", metavar="N", help="First edition to predict; the last ten without it.")
    ] = None,
    json: Json = False,
) -> None:
    """How well would it have sorted these past editions?

    Each edition is predicted from earlier ones alone."""
    from aggregator.archive.read import read_archive
    from aggregator.classify.evaluation import evaluate as measure
    from aggregator.cli.output import print_json
    from aggregator.cli.progress import progress

    here = session(context)
    with progress() as bar:
        reading = read_archive([archive], progress=bar)
        section_of = here.plan.heading_today if here.is_configured else None
        result = measure(reading.editions, start=start, section_of=section_of, progress=bar)
    if json:
        print_json(evaluation_document(result))
    else:
        evaluation_lines(result)


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
    }


def evaluation_lines(result: Evaluation) -> None:
    """The figures as a person reads them."""
    from aggregator.cli.output import say, table

    say(
        f"{result.links} links of {result.editions} editions, each predicted by link text and address, knowing earlier ones only."
        + (f" {result.unseen} stood under sections not known then and count as wrong." if result.unseen else "")
    )
    rows = [("this classifier", f"{result.top1:.1%}", f"{result.top2:.1%}")]
    rows += [(_BASELINES.get(name, name), f"{score.top1:.1%}", f"{score.top2:.1%}") for name, score in result.baselines.items()]
    table(("", "right at first", "within two"), rows, numbers=(1, 2))
    share, accuracy = result.operating
    say(f"It would have filed {share:.0%} by itself, {accuracy:.0%} of them right, and asked about the rest.")
    figures = [(one.name, f"{one.precision:.0%}", f"{one.recall:.0%}", str(one.links)) for one in result.sections]
    table(("section", "precision", "recall", "links"), figures, numbers=(1, 2, 3))
