"""Compares a published post with what was offered: each candidate's outcome, and the links the author brought himself.

Decides only; writes nothing and learns nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

from aggregator.records.archive import PastEdition
from aggregator.records.candidates import Candidate, State
from aggregator.records.editions import AddedLink, CandidateOutcome, Closing, Outcome
from aggregator.text.canonical import canonical_url

_NOT_IN_POST = {State.KEPT: Outcome.CARRIED, State.HELD: Outcome.HELD, State.DROPPED: Outcome.DROPPED}


def match_post(
    post: PastEdition,
    candidates: Sequence[Candidate],
    section_of: Callable[[str], str | None],
    already_unused: Collection[int] | None = None,
) -> Closing:
    """What closing the open edition with this post says: one outcome for each candidate, in order, and the added links.

    section_of: heading as written -> section, None if unknown; an unknown heading counts as another section, by its own name.
    A link outside every section counts as used where it was filed. already_unused: candidates that an earlier edition
    counted unused; None takes those that were carried at all.
    """
    places = _places(post, section_of)
    addresses = {candidate.id: frozenset(_addresses(candidate)) for candidate in candidates}
    outcomes = tuple(_outcome(candidate, addresses[candidate.id], places, already_unused) for candidate in candidates)
    offered = frozenset().union(*addresses.values())
    added: dict[str, AddedLink] = {}
    for bullet in post.bullets:
        for link in bullet.links:
            if link.canonical_url not in offered:
                section = _place(bullet.section, section_of)
                added.setdefault(link.canonical_url, AddedLink(link.url, link.canonical_url, link.anchor, section))
    return Closing(outcomes, tuple(added.values()))


def _places(post: PastEdition, section_of: Callable[[str], str | None]) -> dict[str, list[str | None]]:
    """Canonical address -> sections that the post has it under, in order."""
    places: dict[str, list[str | None]] = {}
    for bullet in post.bullets:
        for link in bullet.links:
            places.setdefault(link.canonical_url, []).append(_place(bullet.section, section_of))
    return places


def _place(heading: str | None, section_of: Callable[[str], str | None]) -> str | None:
    return None if heading is None else section_of(heading) or heading


def _addresses(candidate: Candidate) -> Iterator[str]:
    """The candidate's own canonical address and those of all feeds that carried it."""
    if candidate.canonical_url:
        yield candidate.canonical_url
    for url in (candidate.url, *(source.url for source in candidate.sources)):
        if url and (canonical := canonical_url(url)):
            yield canonical


def _outcome(
    candidate: Candidate,
    addresses: Collection[str],
    places: Mapping[str, Sequence[str | None]],
    already_unused: Collection[int] | None,
) -> CandidateOutcome:
    sections = [section for address in sorted(addresses) for section in places.get(address, ())]
    if sections:
        named = [section for section in sections if section is not None]
        if not named or candidate.section in named:
            return CandidateOutcome(candidate.id, Outcome.USED, candidate.section)
        return CandidateOutcome(candidate.id, Outcome.MOVED, named[0])
    counted = candidate.carried > 0 if already_unused is None else candidate.id in already_unused
    undecided = Outcome.WAITING if counted else Outcome.UNUSED
    return CandidateOutcome(candidate.id, _NOT_IN_POST.get(candidate.standing.state, undecided))
