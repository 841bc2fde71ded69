"""The sites an archive links to: how often, in how many editions, and which are worth following."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from aggregator.records.archive import PastEdition
from aggregator.text.canonical import host_of

# Places where many people publish: linking them often is no reason to follow the place.
_PLATFORMS = """
    amazon.com archive.org arxiv.org bit.ly dev.to docs.google.com drive.google.com en.wikipedia.org facebook.com
    gist.github.com github.com goo.gl google.com groups.google.com instagram.com linkedin.com mail-archive.com mastodon.social
    medium.com meetup.com news.ycombinator.com npmjs.com plus.google.com pypi.org quora.com reddit.com slideshare.net
    speakerdeck.com stackexchange.com stackoverflow.com t.co tumblr.com twitter.com vimeo.com web.archive.org wikipedia.org
    x.com youtu.be youtube.com
"""
NOT_A_BLOG = frozenset(_PLATFORMS.split())


@dataclass(frozen=True, slots=True)
class Site:
    """links, editions: how many of each. last: the number or title of the newest edition that links it; age: how many
    editions came after that one."""

    host: str
    links: int
    editions: int
    last: str
    age: int


def sites_of(editions: Sequence[PastEdition]) -> tuple[Site, ...]:
    """Every site linked, most links first. editions: oldest first."""
    links: dict[str, int] = defaultdict(int)
    places: dict[str, list[int]] = defaultdict(list)
    for position, edition in enumerate(editions):
        for link in edition.links:
            host = host_of(link.url)
            links[host] += 1
            if not places[host] or places[host][-1] != position:
                places[host].append(position)
    newest = len(editions) - 1
    sites = [
        Site(host, links[host], len(where), label(editions[where[-1]]), newest - where[-1])
        for host, where in places.items()
        if host
    ]
    return tuple(sorted(sites, key=lambda one: (-one.links, one.host)))


def worth_following(
    sites: Sequence[Site], least: int = 3, own: Collection[str] = (), by_hand: Mapping[str, int] | None = None
) -> tuple[Site, ...]:
    """Sites linked in at least `least` different editions, those linked most recently first; no platforms where many people
    publish, and none of the author's `own`. by_hand: site -> editions to which he added it himself; such a one counts twice."""
    extra = by_hand or {}
    worth = [
        one
        for one in sites
        if one.editions + extra.get(one.host, 0) >= least and one.host not in NOT_A_BLOG and one.host not in own
    ]
    return tuple(sorted(worth, key=lambda one: (one.age, -one.links, one.host)))


def label(edition: PastEdition) -> str:
    """What an edition is called in a sentence: "#27", else its title."""
    return f"#{edition.number}" if edition.number is not None else edition.title
