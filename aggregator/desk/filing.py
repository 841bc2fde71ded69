"""How well it files for this author, section by section, measured on what he really published."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from aggregator.records.learning import SectionFigures
from aggregator.records.reports import ClosedEdition
from aggregator.settings import RoundupSettings


def filed(closings: Sequence[ClosedEdition], plan: RoundupSettings) -> dict[str, SectionFigures]:
    """Section -> how right its first guesses were in these closed editions; sections that neither had nor were guessed a link
    are left out. Names are today's."""
    belongs: Counter[str] = Counter()
    guessed: Counter[str] = Counter()
    right: Counter[str] = Counter()
    for closed in closings:
        for link in closed.links:
            if link.section is None or link.guess is None or link.guess.first is None:
                continue
            here, there = plan.heading_today(link.section), plan.heading_today(link.guess.first)
            belongs[here] += 1
            guessed[there] += 1
            right[here] += here == there
    return {
        name: SectionFigures(
            name,
            precision=right[name] / guessed[name] if guessed[name] else 0.0,
            recall=right[name] / belongs[name] if belongs[name] else 0.0,
            links=belongs[name],
        )
        for name in plan.section_names
        if belongs[name] or guessed[name]
    }
