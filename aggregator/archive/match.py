"""Compares a published post with what was offered: each candidate's outcome, and the links the author brought himself.

Decides only; writes nothing and learns nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

from aggregator.records.archive import PastEdition
from aggregator.records.candidates import Candidate, State
from aggregator.records.editions import AddedLink, CandidateOutcome, Closing, Outcome
from aggregator.text.canonical import canonical_url, host_of

_NOT_IN_POST = {State.KEPT: Outcome.CARRIED, State.HELD: Outcome.HELD, State.DROPPED: Outcome.DROPPED}

# Hosts whose addresses only lead elsewhere: shorteners, and what feeds count their readers by.
# fmt: off
_REDIRECTORS = frozenset({
    "amzn.to", "bit.ly", "buff.ly", "dlvr.it", "feedproxy.google.com", "feeds.feedburner.com", "goo.gl", "hubs.la", "hubs.li",
    "hubs.ly", "ift.tt", "is.gd", "j.mp", "lnkd.in", "news.google.com", "ow.ly", "rebrand.ly", "redd.it",
    "rss.app", "t.co", "t.ly", "tiny.cc", "tinyurl.com", "trib.al", "youtu.be",
})
# fmt: on


def match_post(
    post: PastEdition,
    candidates: Sequence[Candidate],
    section_of: Callable[[str], str | None],
    follow: Mapping[str, str] | None = None,
    noticed: Collection[int] = (),
) -> Closing:
    """What closing the open edition with this post says: one outcome for each candidate, in order, and the added links.

    section_of: heading as written -> section, None if unknown; an unknown heading counts as another section, by its own name.
    follow: canonical address -> canonical address that it leads to; two that lead to one page are one. noticed: candidates that
    he was shown before he decided something; what he leaves out of those says something.
    A link outside every section counts as used. What an earlier edition counted unused is not counted so again.
    """
    led = follow or {}
    places = _places(post, section_of, led)
    addresses = {candidate.id: _with_targets(addresses_of(candidate), led) for candidate in candidates}
    outcomes = tuple(
        _outcome(candidate, addresses[candidate.id], places, section_of, candidate.id in noticed) for candidate in candidates
    )
    offered = frozenset().union(*addresses.values())
    added: dict[str, AddedLink] = {}
    for bullet in post.bullets:
        for link in bullet.links:
            page = led.get(link.canonical_url, link.canonical_url)
            if not {link.canonical_url, page} & offered:
                section = _place(bullet.section, section_of)
                added.setdefault(page, AddedLink(link.url, link.canonical_url, link.anchor, section))
    return Closing(outcomes, tuple(added.values()))


def unmatched(post: PastEdition, candidates: Sequence[Candidate]) -> list[str]:
    """Addresses that the post links to and no candidate has, as published, in its order: they may lead to one that has."""
    offered = frozenset().union(*(addresses_of(candidate) for candidate in candidates))
    found = {link.canonical_url: link.url for link in post.links if link.canonical_url not in offered}
    return list(found.values())


def redirecting(candidates: Sequence[Candidate]) -> list[str]:
    """Addresses of candidates that only lead elsewhere, as published."""
    urls = (url for one in candidates for url in (one.url, *(source.url for source in one.sources)) if url)
    return [url for url in dict.fromkeys(urls) if host_of(url) in _REDIRECTORS]


def linked(post: PastEdition, candidates: Sequence[Candidate], follow: Mapping[str, str]) -> frozenset[int]:
    """Candidates that the post links to."""
    bullets = (*post.bullets, *post.asides)
    links = _with_targets((link.canonical_url for bullet in bullets for link in bullet.links), follow)
    return frozenset(one.id for one in candidates if links & _with_targets(addresses_of(one), follow))


def comment_on(post: PastEdition, candidate: Candidate, follow: Mapping[str, str]) -> str:
    """What the post's bullet says around the link to a candidate, empty if it has none."""
    wanted = _with_targets(addresses_of(candidate), follow)
    for bullet in post.bullets:
        if wanted & _with_targets((link.canonical_url for link in bullet.links), follow):
            return bullet.text
    return ""


def addresses_of(candidate: Candidate) -> frozenset[str]:
    """The candidate's own canonical address and those of all feeds that carried it."""
    own = {candidate.canonical_url} if candidate.canonical_url else set()
    urls = (candidate.url, *(source.url for source in candidate.sources))
    return frozenset(own | {canonical for url in urls if url and (canonical := canonical_url(url))})


def _with_targets(addresses: Iterable[str], follow: Mapping[str, str]) -> frozenset[str]:
    known = frozenset(addresses)
    return known | {follow[one] for one in known if one in follow}


def _places(post: PastEdition, section_of: Callable[[str], str | None], follow: Mapping[str, str]) -> dict[str, list[str | None]]:
    """Canonical address, and where it leads -> sections that the post has it under, in order. What stands under boilerplate is
    used, outside every section."""
    places: dict[str, list[str | None]] = {}
    sections = [_place(bullet.section, section_of) for bullet in post.bullets] + [None] * len(post.asides)
    for bullet, section in zip((*post.bullets, *post.asides), sections, strict=True):
        for link in bullet.links:
            for address in sorted(_with_targets((link.canonical_url,), follow)):
                places.setdefault(address, []).append(section)
    return places


def _place(heading: str | None, section_of: Callable[[str], str | None]) -> str | None:
    return None if heading is None else section_of(heading) or heading


def _outcome(
    candidate: Candidate,
    addresses: Collection[str],
    places: Mapping[str, Sequence[str | None]],
    section_of: Callable[[str], str | None],
    noticed: bool,
) -> CandidateOutcome:
    sections = [section for address in sorted(addresses) for section in places.get(address, ())]
    if sections:
        named = [section for section in sections if section is not None]
        if not named:
            return CandidateOutcome(candidate.id, Outcome.USED)
        filed = _place(candidate.section, section_of)
        return CandidateOutcome(candidate.id, *((Outcome.USED, filed) if filed in named else (Outcome.MOVED, named[0])))
    undecided = Outcome.WAITING if candidate.carried else Outcome.UNUSED
    outcome = _NOT_IN_POST.get(candidate.standing.state, undecided)
    return CandidateOutcome(candidate.id, outcome, noticed=noticed and outcome is undecided)
