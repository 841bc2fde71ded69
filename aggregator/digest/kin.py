"""A candidate's relatives in one short line, for mails and lists: `same story: 205 and 206; part 1: you linked it in #26`."""

from __future__ import annotations

from collections.abc import Collection

from aggregator.digest.words import line, listed
from aggregator.records.candidates import Candidate, RelativeKind

_TOLD = 5
_THEN = (RelativeKind.SERIES, RelativeKind.REPLY, RelativeKind.LINKED)


def kin(candidate: Candidate, among: Collection[int] | None = None) -> str:
    """At most five relatives; empty without any. among: the candidates whose numbers may be named, None for all. What was
    linked before under another address is told where past uses are."""
    known = [one for one in candidate.relatives if one.other_id is None or among is None or one.other_id in among]
    words = []
    stories = [one.other_id for one in known if one.kind is RelativeKind.STORY]
    if stories:
        words.append(f"same story: {listed(stories[:_TOLD])}")
    for kind in _THEN:
        words += dict.fromkeys(line(one.reason, 160) for one in known if one.kind is kind)
    return "; ".join(words[:_TOLD])
