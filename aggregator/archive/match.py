"""Compares a published post with what was offered: each candidate's outcome, and the links the author brought himself.

Decides only; writes nothing and learns nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence

from aggregator.records.archive import PastEdition
from aggregator.records.candidates import Candidate, State
from aggregator.records.editions import AddedLink, CandidateOutcome, Closing, Outcome
from aggregator.text.canonical import canonical_url

_NOT_IN_POST = {State.KEPT: Outcome.CARRIED, State.HELD: Outcome.HELD, State.DROPPED: Outcome.DROPPED}


def match_post(post: PastEdition, candidates: Sequence[Candidate], section_of: Callable[[str], str | None]) -> Closing:
    """What closing the open edition with this post says: one outcome for each candidate, in order, and the added links.

    section_of: heading as written -> section, None if unknown; an unknown heading counts as another section, by its own name.
    A link outside every section counts as used. What an earlier edition counted unused is not counted so again.
    """
    places = _places(post, section_of)
    addresses = {candidate.id: addresses_of(candidate) for candidate in candidates}
    outcomes = tuple(_outcome(candidate, addresses[candidate.id], places, section_of) for candidate in candidates)
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


def addresses_of(candidate: Candidate) -> frozenset[str]:
    """The candidate's own canonical address and those of all feeds that carried it."""
    own = {candidate.canonical_url} if candidate.canonical_url else set()
    urls = (candidate.url, *(source.url for source in candidate.sources))
    return frozenset(own | {canonical for url in urls if url and (canonical := canonical_url(url))})


def _outcome(
    candidate: Candidate,
    addresses: Collection[str],
    places: Mapping[str, Sequence[str | None]],
    section_of: Callable[[str], str | None],
) -> CandidateOutcome:
    sections = [section for address in sorted(addresses) for section in places.get(address, ())]
    if sections:
        named = [section for section in sections if section is not None]
        if not named:
            return CandidateOutcome(candidate.id, Outcome.USED)
        filed = _place(candidate.section, section_of)
        return CandidateOutcome(candidate.id, *((Outcome.USED, filed) if filed in named else (Outcome.MOVED, named[0])))
    undecided = Outcome.WAITING if candidate.carried else Outcome.UNUSED
    return CandidateOutcome(candidate.id, _NOT_IN_POST.get(candidate.standing.state, undecided))
