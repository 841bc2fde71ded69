"""The closing report as one static page."""

from __future__ import annotations

from aggregator.report.charts import Chart, Row, stacked
from aggregator.report.closing import ClosingReport, EditionResult, SectionResult
from aggregator.report.pages import fill, percent

WRONG, ASKED = 2, 4
"""Colours of what was filed under another section, and of what it had asked about."""


def render(report: ClosingReport) -> str:
    """The page."""
    values: dict[str, object] = {
        "r": report,
        "f": report.result.filing,
        "moves": moves_chart(report.history) if len(report.history) > 1 else None,
        "history": report.history[::-1],
        "sections": [_row(one, report.sections) for one in report.sections],
        "wrong": WRONG,
        "asked": ASKED,
    }
    return fill("report/closing.html", values)


def moves_chart(history: tuple[EditionResult, ...]) -> Chart:
    """What he had to place himself, by edition."""
    bars = [
        (
            f"#{one.number}",
            (
                (one.filing.wrong, f"#{one.number}: {one.filing.wrong} filed under another section", WRONG),
                (one.filing.asked, f"#{one.number}: {one.filing.asked} that it asked about", ASKED),
            ),
        )
        for one in history
    ]
    return stacked(bars, "Links that you had to place yourself, by edition")


def _row(section: SectionResult, all_sections: tuple[SectionResult, ...]) -> Row:
    colour = all_sections.index(section) % 8 + 1
    filing = section.filing
    notes = [f"{section.links} link{'s' if section.links != 1 else ''}"]
    if section.added:
        notes.append(f"{section.added} added by you")
    if filing.moves:
        notes.append(f"{filing.moves} placed by you")
    if section.before.links:
        notes.append(f"{percent(section.before.top1)} before")
    value = percent(filing.top1) if filing.links else "–"
    return Row(section.name, filing.top1, value, ", ".join(notes), colour)
