"""How well past editions would have been filed, as one static page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean

from aggregator.records.learning import Evaluation
from aggregator.report.charts import Chart, Column, Curve, Point, Row, Tick, columns
from aggregator.report.closing import EditionResult
from aggregator.report.closing_page import ASKED, WRONG, moves_chart
from aggregator.report.pages import fill, percent

BASELINES = {
    "majority": "always your largest section",
    "source": "by the site alone",
    "naive_bayes": "naive Bayes (a plain statistical method)",
}
"""What it has to beat, in an author's words."""
_UPRIGHT = (Tick(50, "50%"), Tick(100, "100%"))
_HEAT = 9
"""Steps of colour of a cell."""


@dataclass(frozen=True, slots=True)
class Cell:
    """Links of one section that were guessed to be of another, or of itself. heat: 0..9, by its share of the row."""

    links: int
    heat: int
    right: bool


def render(evaluation: Evaluation, name: str, closed: Sequence[EditionResult] = ()) -> str:
    """The page. name: the roundup's. closed: editions that closed here, oldest first, for what he had to place himself."""
    return fill("report/evaluation.html", {"name": name, **charts(evaluation), **moves(closed)})


def charts(evaluation: Evaluation) -> dict[str, object]:
    """What a template shows of a measurement, its charts laid out."""
    told = [one for one in evaluation.sections if one.links]
    return {
        "e": evaluation,
        "against": _against(evaluation),
        "sections": told,
        "rows": _confusion(evaluation),
        "names": [one.name for one in evaluation.sections],
        "reliability": _reliability(evaluation),
        "growth": _growth(evaluation) if len(evaluation.growth) > 1 else None,
        "editions": _editions(evaluation) if len(evaluation.editions_curve) > 1 else None,
    }


def moves(closed: Sequence[EditionResult]) -> dict[str, object]:
    """What a template shows of what he had to place himself, edition by edition."""
    chart = moves_chart(tuple(closed)) if len(closed) > 1 else None
    return {"moves": chart, "closed": closed, "wrong": WRONG, "asked": ASKED}


def _against(evaluation: Evaluation) -> list[Row]:
    ours = Row("this classifier", evaluation.top1, percent(evaluation.top1), f"within two {percent(evaluation.top2)}", 2)
    return [
        ours,
        *(
            Row(BASELINES.get(name, name), score.top1, percent(score.top1), f"within two {percent(score.top2)}", 0)
            for name, score in sorted(evaluation.baselines.items(), key=lambda item: -item[1].top1)
        ),
    ]


def _confusion(evaluation: Evaluation) -> list[tuple[str, int, list[Cell]]]:
    """A row for each section that has links: its name, its links, and where they were guessed to be."""
    names = [one.name for one in evaluation.sections]
    rows = []
    for one in evaluation.sections:
        if one.links:
            found = [evaluation.confusion.get((one.name, guessed), 0) for guessed in names]
            cells = [
                Cell(links, -(-_HEAT * links // one.links), guessed == one.name)
                for guessed, links in zip(names, found, strict=True)
            ]
            rows.append((one.name, one.links, cells))
    return rows


def _reliability(evaluation: Evaluation) -> Curve | None:
    most = max((links for _, _, links in evaluation.calibration), default=0)
    if not most:
        return None
    points = tuple(
        Point(
            100 * confidence,
            right,
            f"{links} links with a confidence of {percent(confidence)} on average: {percent(right)} right",
            0.3 * links / most,
        )
        for confidence, right, links in evaluation.calibration
        if links
    )
    ticks = tuple(Tick(at, f"{at}%") for at in (25, 50, 75, 100))
    return Curve(points, ticks, _UPRIGHT, "Share of guesses that were right, by confidence", diagonal=True)


def _growth(evaluation: Evaluation) -> Curve:
    """Evenly spaced: each point is about twice as many editions as the one before."""
    step = 90 / (len(evaluation.growth) - 1)
    points = tuple(
        Point(5 + number * step, top1, f"with {known} past editions known: {percent(top1)} right at first", 0.3)
        for number, (known, top1) in enumerate(evaluation.growth)
    )
    ticks = tuple(Tick(point.x, str(known)) for point, (known, _) in zip(points, evaluation.growth, strict=True))
    return Curve(points, ticks, _UPRIGHT, "Right at first, by how many past editions are known")


def _editions(evaluation: Evaluation) -> Chart:
    values = [
        Column(top1, f"{_number(label)}: {percent(top1)} of {links} links right at first", _number(label), _number(label))
        for label, links, top1, _, _ in evaluation.editions_curve
    ]
    mean = fmean(one.value for one in values)
    chart = columns(values, 1.0, mean, "Right at first, edition by edition")
    return Chart(chart.bars, chart.ticks, _UPRIGHT, chart.line, chart.label)


def _number(label: str) -> str:
    return f"#{label}" if label.isdecimal() else label
