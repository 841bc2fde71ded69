"""How likely the author is to use a candidate, from where he linked before. It orders within a section and hides nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from aggregator.records.archive import PastEdition
from aggregator.records.learning import Example
from aggregator.text.canonical import host_of

_HALF_LIFE = 12  # editions
_HALF_WAY = 2.0  # recent editions that linked a site, at which its part is one half
_SITE, _CERTAINTY, _SOURCES = 0.6, 0.25, 0.15


@dataclass(frozen=True, slots=True)
class Interest:
    """habits: host -> editions that linked it, each counting half after every `_HALF_LIFE` later ones."""

    habits: Mapping[str, float]

    @classmethod
    def fit(cls, editions: Sequence[PastEdition]) -> Interest:
        """editions: past ones, oldest first."""
        habits: dict[str, float] = {}
        for age, edition in enumerate(reversed(editions)):
            for host in {host_of(link.url) for link in edition.links} - {""}:
                habits[host] = habits.get(host, 0.0) + 0.5 ** (age / _HALF_LIFE)
        return cls(habits)

    def score(self, example: Example, sources: int, confidence: float) -> float:
        """0..1 = .6 habit/(habit+2) + .25 confidence + .15 (1 - 1/sources). sources: how many feeds carried it, at least 1.

        The weights are a judgement, not fitted: a site he keeps linking counts most, then whether it clearly belongs to
        a section of his, then whether others picked it up too.
        """
        habit = self.habits.get(host_of(example.url), 0.0)
        site = habit / (habit + _HALF_WAY)
        return round(_SITE * site + _CERTAINTY * confidence + _SOURCES * (1 - 1 / max(1, sources)), 4)
