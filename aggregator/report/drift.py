"""Whether filing drifts away from what the author does now: decided from closed and past editions, said in one sentence each.

Figures in, sentences out; nothing is stored and nothing is retrained.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from aggregator.records.archive import PastEdition
from aggregator.records.learning import Classifier, GuessMethod
from aggregator.records.reports import ClosedEdition

SectionOf = Callable[[str], str | None]

_Z = 2.326
"""One-sided one in a hundred: an alarm that is false once in a hundred editions may be believed."""
_FEWEST = 20
EDITIONS = 3
"""Closed editions that it looks back on, at most."""
_SHORTFALL = 0.05
"""A difference of less is not worth a sentence, however sure."""
_UNKNOWN_LINKS = 3
_UNKNOWN_SHARE = 0.10
_BEFORE = 10
"""Editions by which the usual share of new words is told."""
_LEARNT_FROM = 10
"""Editions that must have been there before: with fewer, nearly every word is new."""


@dataclass(frozen=True, slots=True)
class Drift:
    """One thing noticed. words: what; advice: what he can do."""

    words: str
    advice: str


def drift(
    closings: Sequence[ClosedEdition], past: Sequence[PastEdition], section_of: SectionOf, newest: Classifier | None
) -> tuple[Drift, ...]:
    """Everything that is noticed. closings, past: oldest first. newest: the classifier trained last, adopted or not."""
    found = (overconfident(closings, section_of), strange_headings(past, section_of), strange_words(past), not_adopted(newest))
    return tuple(one for one in found if one is not None)


def overconfident(closings: Sequence[ClosedEdition], section_of: SectionOf) -> Drift | None:
    """Fewer right than its own confidence promised.

    Each learnt guess is right with its calibrated probability p, so that of n links sum(p) are expected with the variance
    sum(p(1-p)) (a Poisson binomial, taken as normal). Told where the newest editions, one to three until 20 links are together,
    fall short of it at z < -2.326 and by five points at least.
    """
    chances: list[float] = []
    right = 0
    numbers: list[int] = []
    for closed in reversed(closings[-EDITIONS:]):
        for link in closed.links:
            guess = link.guess
            if link.section is None or guess is None or guess.first is None or guess.method is not GuessMethod.LEARNT:
                continue
            chances.append(guess.confidence)
            right += (section_of(guess.first) or guess.first) == (section_of(link.section) or link.section)
        numbers.append(closed.edition.number)
        if len(chances) >= _FEWEST:
            break
    if len(chances) < _FEWEST:
        return None
    expected, variance = sum(chances), sum(one * (1 - one) for one in chances)
    if right - expected > -_Z * math.sqrt(variance) or expected - right < _SHORTFALL * len(chances):
        return None
    where = f"#{numbers[0]}" if len(numbers) == 1 else f"#{numbers[-1]} to #{numbers[0]}"
    return Drift(
        f"Filing was less right than it thought: {right} of {len(chances)} links of {where}, where {expected:.0f} were expected.",
        "It has learnt from them by now. If it goes on, see which sections suffer: aggregator evaluate --html evaluation.html",
    )


def strange_headings(past: Sequence[PastEdition], section_of: SectionOf) -> Drift | None:
    """A tenth of the newest edition's links, three at least, stand under headings that are no section of his."""
    if not past:
        return None
    newest = past[-1]
    under: Counter[str] = Counter()
    placed = 0
    for bullet in newest.bullets:
        if bullet.section is not None:
            placed += len(bullet.links)
            if section_of(bullet.section) is None:
                under[bullet.section] += len(bullet.links)
    strange = under.total()
    if strange < _UNKNOWN_LINKS or strange < _UNKNOWN_SHARE * placed:
        return None
    names = ", ".join(name for name, _ in under.most_common(3))
    return Drift(
        f"{strange} of {placed} links of {_name(newest)} stand under headings that are no section of yours: {names}.",
        "Name them under `sections:` in config.yaml, or map them under `aliases:`; until then they teach nothing.",
    )


def strange_words(past: Sequence[PastEdition]) -> Drift | None:
    """The newest edition's link texts have more words that no earlier one had than the ten before it had.

    Two shares of words, compared by the z-test of two proportions; told at z > 2.326 where the share is half as high again.
    """
    if len(past) <= _LEARNT_FROM:
        return None
    seen: set[str] = set()
    shares: list[tuple[int, int]] = []
    for edition in past:
        words = {word for link in edition.links for word in re.findall(r"[^\W\d_]{3,}", link.anchor.casefold())}
        shares.append((len(words - seen), len(words)))
        seen |= words
    new, words_now = shares[-1]
    new_before, words_before = (sum(column) for column in zip(*shares[-1 - _BEFORE : -1], strict=True))
    if not words_now or not words_before:
        return None
    usual = new_before / words_before
    pooled = (new + new_before) / (words_now + words_before)
    spread = math.sqrt(pooled * (1 - pooled) * (1 / words_now + 1 / words_before))
    if not spread or (new / words_now - usual) / spread <= _Z or new / words_now < 1.5 * usual:
        return None
    share = f"{new / words_now:.0%} of the words in the links of {_name(past[-1])}"
    return Drift(
        f"{share} were in no earlier edition; usually it is {usual:.0%}.",
        "Your subjects are moving, so guesses are less sure for a while; your verdicts teach it the new ones.",
    )


def not_adopted(newest: Classifier | None) -> Drift | None:
    """The training made last was worse than what is in use."""
    if newest is None or newest.adopted_at is not None:
        return None
    return Drift(
        f"The newest training was not taken into use. {newest.reason}",
        "Nothing to do: what files now was better on your newest links. The next edition decides again.",
    )


def _name(edition: PastEdition) -> str:
    return f"#{edition.number}" if edition.number is not None else edition.title
