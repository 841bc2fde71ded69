"""The closing report as a short mail."""

from __future__ import annotations

from dataclasses import dataclass

from aggregator.digest.render import inline
from aggregator.digest.words import count, line, listed
from aggregator.records.digests import RenderedDigest
from aggregator.report.closing import ClosingReport, EditionResult, Misfiled, SectionResult
from aggregator.report.pages import age, day, fill, percent

_MISFILED = 8
_BAR = 24


@dataclass(frozen=True, slots=True)
class _Moves:
    """One edition's line of the small chart. wrong, asked, rest: percent of the width; bar: the same for the text."""

    name: str
    moves: int
    wrong: int
    asked: int
    rest: int
    bar: str


def render_mail(report: ClosingReport) -> RenderedDigest:
    """Both parts. The subject has our words and numbers only (R10)."""
    result = report.result
    subject = (
        f"{line(report.short_name, 60)} #{result.number} is closed: {count(result.used, 'link')} used, {result.moved:,} moved, "
        f"{result.added:,} added"
    )
    values: dict[str, object] = {
        "subject": subject,
        "title": line(report.title, 200),
        "when": _when(report),
        "sentences": [line(one, 400) for one in _sentences(report)],
        "notes": [(line(one.words), line(one.advice)) for one in report.notes],
        "figures": _figures(report),
        "sections": [
            (
                line(one.name, 100),
                count(one.links, "link"),
                _right(one),
            )
            for one in report.sections
        ],
        "misfiled": [_misfiled(one) for one in report.misfiled[:_MISFILED]],
        "more_misfiled": max(0, len(report.misfiled) - _MISFILED),
        "moves": _moves(report.history) if len(report.history) > 1 else (),
        "sites": [(line(host, 100), count(ever, "link")) for host, _, ever in report.sites],
        "learnt": line(report.learnt) if report.learnt else "",
    }
    return RenderedDigest(subject, inline(fill("report/mail.html", values)), fill("report/mail.txt", values))


def _right(section: SectionResult) -> str:
    filing, before = section.filing, section.before
    if not filing.links:
        return ""
    return f"{filing.first} of {filing.links} right" + (f" ({percent(before.top1)} before)" if before.links else "")


def _when(report: ClosingReport) -> str:
    how = f"Published on {day(report.published)}" if report.published else "Closed"
    after = f", after {count(report.days_open, 'day')}" if report.days_open else ""
    return f"{how}{after}, with {count(report.result.links, 'link')}"


def _sentences(report: ClosingReport) -> list[str]:
    filing, before = report.result.filing, report.before
    if not filing.links:
        return ["None of its links had been guessed, so there is nothing yet to say of the filing."]
    first = (
        f"The first guess was right for {filing.first} of {filing.links} links ({percent(filing.top1)}), within two for "
        f"{percent(filing.top2)}"
    )
    said = [f"{first}; before, {percent(before.top1)} and {percent(before.top2)}." if before.links else f"{first}."]
    if not filing.moves:
        said.append("You had to place none yourself.")
    else:
        parts = [f"{filing.wrong:,} filed under another section"] if filing.wrong else []
        parts += [f"{filing.asked:,} that it asked about"] if filing.asked else []
        said.append(f"You placed {count(filing.moves, 'link')} yourself: {listed(parts)}.")
    if report.age:
        said.append(f"Half of what you used was older than {age(report.age)}.")
    return said


def _figures(report: ClosingReport) -> list[tuple[str, str]]:
    result = report.result
    figures = [("used as filed", result.used), ("moved", result.moved), ("added by you", result.added)]
    figures += [("offered, not used", result.unused), ("held", result.held)]
    figures += [("kept for the next", report.carried)] if report.carried else []
    return [(name, f"{number:,}") for name, number in figures]


def _misfiled(one: Misfiled) -> tuple[str, str]:
    return line(one.title, 140), f"{line(one.guessed, 100)}{'' if one.sure else '?'} → {line(one.published, 100)}"


def _moves(history: tuple[EditionResult, ...]) -> tuple[_Moves, ...]:
    most = max(1, *(one.filing.moves for one in history))
    lines = []
    for one in history:
        wrong, asked = (round(100 * number / most) for number in (one.filing.wrong, one.filing.asked))
        wrong = min(wrong, 100 - asked)
        bar = "#" * round(_BAR * one.filing.wrong / most) + "?" * round(_BAR * one.filing.asked / most)
        lines.append(_Moves(f"#{one.number}", one.filing.moves, wrong, asked, 100 - wrong - asked, bar))
    return tuple(lines)
