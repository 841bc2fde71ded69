"""Links used twice: whose address an earlier edition already had."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from aggregator.records.archive import PastEdition, PastLink


@dataclass(frozen=True, slots=True)
class Relink:
    """A link that came back. earlier: the first edition that had it."""

    link: PastLink
    edition: PastEdition
    earlier: PastEdition


def relinks(editions: Sequence[PastEdition]) -> list[Relink]:
    """Every link whose canonical address an earlier edition had, in order. editions: oldest first. A link that stands twice
    in one edition is no relink."""
    first: dict[str, PastEdition] = {}
    found: list[Relink] = []
    for edition in editions:
        found.extend(Relink(link, edition, first[link.canonical_url]) for link in edition.links if link.canonical_url in first)
        for link in edition.links:
            first.setdefault(link.canonical_url, edition)
    return found


def slips(found: Sequence[Relink]) -> list[Relink]:
    """Links used again that the author may not have meant to, newest first. What comes back more than once (his own profile,
    a project's page) is a habit."""
    times = Counter(one.link.canonical_url for one in found)
    return [one for one in reversed(found) if times[one.link.canonical_url] == 1]
