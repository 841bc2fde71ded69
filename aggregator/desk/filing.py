"""How well it files for this author, section by section, measured on what he really published."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

from aggregator.records.candidates import Candidate
from aggregator.records.learning import Classifier, SectionFigures
from aggregator.records.reports import ClosedEdition
from aggregator.settings import RoundupSettings

_VAGUE = 0.15
"""A range wider than this is told: a bare figure would say more than is known."""
_NUMBERS = ("none", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "all ten")


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


@dataclass(frozen=True, slots=True)
class Sorted:
    """What became of the open edition's candidates, by who filed them. alone: by itself, and so they stand; asked: it asks;
    moved: he put them elsewhere than they were filed or guessed."""

    alone: int
    asked: int
    moved: int

    @property
    def total(self) -> int:
        """All of them."""
        return self.alone + self.asked + self.moved


def filed_by_whom(candidates: Sequence[Candidate]) -> Sorted:
    """Candidates that nobody guessed are asked about."""
    moved = sum(was_moved(one) for one in candidates)
    asked = sum(not was_moved(one) and one.section is None for one in candidates)
    return Sorted(len(candidates) - moved - asked, asked, moved)


def was_moved(one: Candidate) -> bool:
    """Whether the author put it under another section than the guess's first."""
    return one.guess is not None and one.guess.first is not None and one.standing.section not in (None, one.guess.first)


def in_plain_words(classifier: Classifier | None, labels: int) -> tuple[str, ...]:
    """How good it is for this author, sentence by sentence, as one would say it. labels: links that teach it."""
    if classifier is None:
        known = f"It knows {labels:,} of your links, too few to learn from." if labels else "It has learnt nothing of you yet."
        return known, "Until then it files by your keywords, feed folders and sources only, and asks you about the rest."
    score = classifier.score
    if score is None or not score.links:
        return (f"It has learnt from {classifier.labels:,} of your links; they are too few or too new to say how well.",)
    first, second = _of_ten(score.top1), _of_ten(score.top2)
    words = [
        f"Of ten links it puts {first} where you would; for {second} the right section is among its first two guesses.",
        f"Measured on your newest {score.links:,} links, which it had not seen.",
    ]
    low, high = _range(score.top1, score.links)
    if high - low > _VAGUE:
        words.append(f"They are few: it may be right for anything from {low:.0%} to {high:.0%} of what comes.")
    return tuple(words)


def _of_ten(share: float) -> str:
    tenths = round(10 * share)
    return _NUMBERS[tenths] if abs(10 * share - tenths) < 0.05 else f"about {_NUMBERS[tenths]}"


def _range(share: float, n: int) -> tuple[float, float]:
    """Wilson's interval: where the true share lies, 19 times of 20."""
    z = 1.96
    middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    reach = z / (1 + z * z / n) * sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    return max(0.0, middle - reach), min(1.0, middle + reach)
