"""From what was predicted of links to the figures that tell how good it was."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

import numpy as np

from aggregator.classify.calibration import TARGET
from aggregator.records.learning import SectionFigures

# One link a row: the confidence in the section named first, and whether it was right.
Certain = Sequence[tuple[float, bool]]

_GROUPS = 10


def section_figures(confusion: Counter[tuple[str, str]]) -> Iterator[SectionFigures]:
    """Precision and recall of each section, most links first. confusion: (true, predicted) -> links."""
    links: Counter[str] = Counter()
    said: Counter[str] = Counter()
    for (true, predicted), count in confusion.items():
        links[true] += count
        said[predicted] += count
    for name in sorted(links | said, key=lambda one: (-links[one], one)):
        right = confusion[name, name]
        yield SectionFigures(
            name, right / said[name] if said[name] else 0.0, right / links[name] if links[name] else 0.0, links[name]
        )


def macro_f1(figures: Sequence[SectionFigures]) -> float:
    """The mean over sections with links of the harmonic mean of precision and recall."""
    f1 = [2 * one.precision * one.recall / (one.precision + one.recall) if one.recall else 0.0 for one in figures if one.links]
    return sum(f1) / len(f1)


def largest_share(certain: Certain) -> tuple[float, float]:
    """The largest share of links, most confident first, of which at least `TARGET` are right, and how many are."""
    right = np.array([ok for _, ok in sorted(certain, key=lambda one: -one[0])], dtype=np.float64)
    accuracy = np.cumsum(right) / np.arange(1, len(right) + 1)
    passing = np.flatnonzero(accuracy >= TARGET)
    return ((int(passing[-1]) + 1) / len(right), float(accuracy[passing[-1]])) if len(passing) else (0.0, 0.0)


def reliability(certain: Certain) -> tuple[tuple[float, float, int], ...]:
    """(mean confidence, share right, links) of ten groups of as many links each, least confident first. Confidence is honest
    where the first two are alike."""
    ordered = np.array(sorted(certain), dtype=np.float64).reshape(-1, 2)
    groups = np.array_split(ordered, min(_GROUPS, len(ordered))) if len(ordered) else []
    return tuple((float(group[:, 0].mean()), float(group[:, 1].mean()), len(group)) for group in groups)
