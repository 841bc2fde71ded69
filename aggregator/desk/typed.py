"""Links that the author typed himself: the candidates at their addresses, made where there is none yet."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from aggregator.edition.bullets import members
from aggregator.ports import Stores
from aggregator.records.candidates import Candidate, NewCandidate, State
from aggregator.records.drafts import Bullet
from aggregator.records.roundups import Roundup
from aggregator.settings import RoundupSettings
from aggregator.text.blocks import collapse
from aggregator.text.canonical import canonical_url, host_of, is_front_page, safe_url
from aggregator.text.hygiene import clean_line
from aggregator.text.markdown import read
from aggregator.text.placing import MOST, defined, typed_links


@dataclass(slots=True)
class Taken:
    """A text whose typed links became places. links: the bullet's candidates then. keep: those of them that are not kept yet.
    left: bullets without words that lost their link to this one."""

    text: str
    links: list[int]
    keep: list[int] = field(default_factory=list)
    left: list[Bullet] = field(default_factory=list)


def take_links(
    stores: Stores, roundup: Roundup, plan: RoundupSettings, bullet: Bullet, others: Sequence[Bullet], text: str
) -> Taken:
    """`[words](address)` in a bullet's text becomes `[words][n]`, where n is the link at that address.

    Such a candidate may be the bullet's own, one of the open edition that stands in no other bullet's words, or a new one that
    is called by the words and not fetched. Left as typed: links to the author's own site (an earlier edition, say), to what
    another bullet tells of, and what a reference of the text's own stands in the way of.
    """
    taken = Taken(text, list(members(bullet)))
    typed = [(one, key) for one in typed_links(text) if (key := canonical_url(one.url)) is not None]
    if not typed:
        return taken
    own_sites, own_numbers = own_hosts(stores, roundup, plan), defined(text)
    at_address = {address: link.candidate.id for link in bullet.links for address in _addresses(link.candidate)}
    known = known_at(stores, roundup, {key for _, key in typed} - at_address.keys())
    elsewhere = {link.candidate.id: one for one in others for link in one.links}
    parts: list[str] = []
    at = 0
    for one, key in typed:
        id_ = at_address.get(key) or (known[key].id if key in known else None)
        number = taken.links.index(id_) + 1 if id_ in taken.links else len(taken.links) + 1
        there = elsewhere.get(id_) if id_ is not None else None
        told_of = there is not None and (there.has_words or len(there.links) > 1)
        if number in own_numbers or number > MOST or told_of or (id_ is None and host_of(one.url) in own_sites):
            continue
        if id_ is None:
            id_ = add_typed(stores, roundup, one.url, one.words)
        if there is not None:
            taken.left.append(there)
        if number > len(taken.links):
            taken.links.append(id_)
        if key not in at_address:
            at_address[key] = id_
            if key not in known or known[key].standing.state is not State.KEPT:
                taken.keep.append(id_)
        parts += [text[at : one.start], f"[{one.words}][{number}]"]
        at = one.end
    taken.text = "".join([*parts, text[at:]])
    return taken


def known_at(stores: Stores, roundup: Roundup, keys: Collection[str]) -> dict[str, Candidate]:
    """Canonical address -> the open edition's candidate there. At a front page only what was added: feeds point there what has
    no page of its own."""
    found = stores.ledger.candidates_at(roundup.id, keys)
    those = {one.id: one for one in stores.ledger.candidates(roundup.id, set(found.values()))}
    return {
        key: those[id_]
        for key, id_ in found.items()
        if those[id_].ended is None and (those[id_].added or not is_front_page(those[id_].canonical_url or ""))
    }


def add_typed(stores: Stores, roundup: Roundup, url: str, words: str) -> int:
    """A new candidate at an address that the author typed, called by his words for it; nothing is fetched. Returns its number."""
    title = clean_line(collapse(" ".join(part.text for part in read(words)))) or url
    new = NewCandidate(
        url=safe_url(url),
        canonical_url=canonical_url(url),
        title=title,
        text="",
        author=None,
        tags=(),
        published_at=None,
        first_seen=stores.clock.now(),
        added=True,
    )
    return stores.ledger.offer(roundup.id, [new], [])[0]


def own_hosts(stores: Stores, roundup: Roundup, plan: RoundupSettings) -> frozenset[str]:
    """The hosts of the author's own site, as far as the configuration or his archive's posts tell them."""
    addresses = [plan.reading.site or "", *(one.path for one in stores.archive.documents(roundup.id))]
    return frozenset(host_of(one) for one in addresses if one.startswith(("http://", "https://")))


def _addresses(candidate: Candidate) -> set[str]:
    """The canonical addresses at which a candidate is found."""
    urls = (candidate.url, *(source.url for source in candidate.sources))
    return {key for url in urls if url and (key := canonical_url(url)) is not None}
