"""How many links must be known before a section is learnt, and which sections are still short of that."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from aggregator.records.learning import Classifier

# R26: below either, section keywords, folders and sources file better than anything learnt.
FEWEST_LABELS = 20
FEWEST_IN_SECTION = 5


@dataclass(frozen=True, slots=True)
class NewSection:
    """A section of which too few links are known, while others have been learnt. known: how many are."""

    name: str
    known: int

    @property
    def words(self) -> str:
        """Why it is not filed by what was learnt."""
        return f"{self.name} is new: {self.known} of {FEWEST_IN_SECTION} links known."

    @property
    def advice(self) -> str:
        """What the author can do."""
        return f"What would fit it: {fit_command(self.name)}"


def new_sections(classifier: Classifier | None, sections: Sequence[str], labels: Mapping[str, int]) -> list[NewSection]:
    """In the author's order; none before there is a classifier, for then nothing is learnt and that is said as such. labels:
    section -> how many stand under it."""
    if classifier is None:
        return []
    return [NewSection(name, labels.get(name, 0)) for name in sections if labels.get(name, 0) < FEWEST_IN_SECTION]


def fit_command(name: str) -> str:
    """What shows the author what would fit a section."""
    return f"aggregator sections fit {shlex.quote(name)}"
