"""Where the links of a post lead, as far as that may tell that two addresses are one page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from aggregator.archive.match import addresses_of, redirecting, unmatched
from aggregator.ports import Follower, Stores
from aggregator.records.archive import PastEdition
from aggregator.records.candidates import Candidate
from aggregator.text.canonical import canonical_url

MOST = 100
"""Addresses that are followed for one post: no edition has more links of the author's own, and each costs a request."""


def targets(stores: Stores, follower: Follower | None, post: PastEdition, candidates: Sequence[Candidate]) -> Mapping[str, str]:
    """Canonical address -> canonical address that it leads to: for links of the post that no candidate has, and for candidates
    that only have a redirecting one. What is known is not asked again; without a follower nothing is asked. Never raises."""
    published = {canonical: url for url in unmatched(post, candidates) if (canonical := canonical_url(url))}
    # Whatever the post leaves unmatched may be one of these; if nothing is, none of them matters.
    offered = {canonical: url for url in redirecting(candidates) if published and (canonical := canonical_url(url))}
    ours = frozenset().union(*(addresses_of(one) for one in candidates))
    known = stores.archive.led_to({*published, *ours})
    asked = [(address, url) for address, url in {**published, **offered}.items() if address not in known][:MOST]
    if follower is None or not asked:
        return known
    answers = follower.follow([url for _, url in asked])
    led = {
        address: target
        for address, url in asked
        if (answer := answers.get(url)) and (target := canonical_url(answer)) and target != address
    }
    stores.archive.remember(led, stores.clock.now())
    return {**known, **led}
