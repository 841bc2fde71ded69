"""Which candidates may go into one bullet: parts of a series, answers, one story told twice, one subject in a section. Pure."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from itertools import combinations

from aggregator.records.candidates import Candidate, RelativeKind, State

MOST = 6
"""Candidates of one suggestion: what is more is a topic, not a bullet."""
_TOGETHER = {
    RelativeKind.SERIES: "parts of a series",
    RelativeKind.REPLY: "one answers the other",
    RelativeKind.STORY: "the same story",
}
# Two titles of a section are on one subject with so many words in common that few others of it have.
_SHARED, _RARE, _SHORTEST = 2, 3, 4
_WORD = re.compile(r"[^\W_]+")
_STOP_WORDS = """
    about after from have into more part than that their this using what when where which while with your
"""
_STOP = frozenset(_STOP_WORDS.split())

Suggestion = tuple[tuple[int, ...], str]


def suggestions(candidates: Iterable[Candidate]) -> list[Suggestion]:
    """Groups that he may want, each with its reason in words, the plainest first; a candidate is in one of them at most.

    Of what is undecided or kept and not let go. What stands in one bullet already is suggested with what does not.
    """
    open_ = {one.id: one for one in candidates if one.standing.state in (State.NEW, State.KEPT) and not one.standing.let_go}
    found: list[Suggestion] = []
    for pairs in (_related(open_), _on_one_subject(open_)):
        taken = {id_ for ids, _ in found for id_ in ids}
        left = {pair: reason for pair, reason in pairs.items() if not taken.intersection(pair)}
        for ids in _connected(left):
            made = {open_[id_].group for id_ in ids}
            if len(ids) <= MOST and (len(made) > 1 or None in made):
                reasons = dict.fromkeys(reason for pair, reason in left.items() if pair[0] in ids)
                found.append((ids, ", ".join(reasons)))
    return found


def _related(open_: Mapping[int, Candidate]) -> dict[tuple[int, int], str]:
    """Pairs that were found to belong together, each with its plainest reason."""
    found: dict[tuple[int, int], str] = {}
    for kind, reason in _TOGETHER.items():
        for one in open_.values():
            for relative in one.relatives:
                other = relative.other_id
                if relative.kind is kind and other is not None and other in open_ and other != one.id:
                    found.setdefault((min(one.id, other), max(one.id, other)), reason)
    return found


def _on_one_subject(open_: Mapping[int, Candidate]) -> dict[tuple[int, int], str]:
    """Pairs of one section whose titles share words that few others of it have."""
    having: dict[tuple[str, str], list[int]] = defaultdict(list)
    for one in open_.values():
        if one.likely_section is not None:
            words = {word for word in _WORD.findall(one.title.casefold()) if len(word) >= _SHORTEST and word not in _STOP}
            for word in words:
                having[one.likely_section, word].append(one.id)
    shared: dict[tuple[int, int], list[str]] = defaultdict(list)
    for (_, word), ids in having.items():
        if len(ids) <= _RARE:
            for pair in combinations(sorted(ids), 2):
                shared[pair].append(word)
    return {pair: f"both on {' '.join(sorted(words)[:3])}" for pair, words in shared.items() if len(words) >= _SHARED}


def _connected(pairs: Iterable[tuple[int, int]]) -> list[tuple[int, ...]]:
    """What hangs together by pairs, each group in ascending order."""
    groups: dict[int, set[int]] = {}
    for one, other in sorted(pairs):
        merged = groups.get(one, {one}) | groups.get(other, {other})
        groups.update(dict.fromkeys(merged, merged))
    return sorted({tuple(sorted(group)) for group in groups.values()})
