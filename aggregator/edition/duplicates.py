"""Sorts new entries into candidates and copies: one article in six feeds is one candidate with six sources.

Copies have the same canonical address, or a near-equal title and a near-equal text. A title alone never merges: "here" is a
title too, and a roundup's posts are all named alike.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from aggregator.edition.likeness import Likeness, alike, holds, may_be_alike
from aggregator.records.candidates import Copy, Fingerprint, NewCandidate
from aggregator.records.entries import Entry
from aggregator.text.canonical import host_of, is_front_page

SAME_ADDRESS = "same address"
SAME_TEXT = "near-equal title and text"

_BLOCK = 60
_LATEST = datetime.max.replace(tzinfo=UTC)


LOOK_BACK = timedelta(days=90)
"""How far back a near-equal title and text still means a copy; equal addresses merge over the whole life of the roundup."""


@dataclass(frozen=True, slots=True)
class Sorted:
    """Where every new entry went: to exactly one of these, once."""

    new: tuple[NewCandidate, ...]
    copies: tuple[Copy, ...]


def find_copies(new: Sequence[Entry], known: Mapping[str, int], recent: Sequence[Fingerprint]) -> Sorted:
    """Sorts entries that are no candidate's source yet.

    known: canonical address -> candidate, over the roundup's whole life. recent: what candidates of the last weeks look like.
    The original leads a new candidate: an entry of the linked site's own feed before any other, then the earliest published. It
    keeps the fullest text of all its sources. The outcome does not depend on the order of `new`.
    """
    entries = sorted(new, key=lambda entry: entry.id)
    compared: list[Fingerprint | Entry] = [*recent, *entries]
    likenesses = [Likeness.of(one.title, one.text, one.canonical_url) for one in compared]
    candidates = {like.page: one.candidate_id for one, like in zip(recent, likenesses, strict=False) if like.page}
    candidates |= {(address, ""): candidate for address, candidate in known.items() if not is_front_page(address)}
    groups = _Groups(len(entries))
    first_at: dict[tuple[str, str], int] = {}
    found: dict[int, tuple[int, str]] = {}

    for index in range(len(entries)):
        page = likenesses[len(recent) + index].page
        if page is None:
            continue
        if page in candidates:
            found[index] = candidates[page], SAME_ADDRESS
        groups.join(first_at.setdefault(page, index), index)
    for later, earlier in _near_pairs(likenesses, len(recent)):
        index = later - len(recent)
        if earlier >= len(recent):
            groups.join(earlier - len(recent), index)
            continue
        candidate = recent[earlier].candidate_id
        previous = found.get(index)
        if previous is None or (previous[1] == SAME_TEXT and candidate < previous[0]):
            found[index] = candidate, SAME_TEXT

    merged: list[NewCandidate] = []
    copies: list[Copy] = []
    for members in groups.all():
        known_here = [found[index] for index in members if index in found]
        if not known_here:
            merged.append(_merge([entries[index] for index in members]))
            continue
        # A known address decides for its own entries; the rest of the group stays together, so that equal addresses do.
        nearest = min(known_here, key=lambda one: (one[1] != SAME_ADDRESS, one[0]))[0]
        for index in members:
            candidate, reason = found.get(index, (nearest, SAME_TEXT))
            copies.append(Copy(candidate if reason == SAME_ADDRESS else nearest, entries[index].id, reason))
    return Sorted(tuple(merged), tuple(copies))


def find_copy(title: str, text: str, address: str | None, recent: Sequence[Fingerprint]) -> int | None:
    """The newest candidate that is this page's article: a near-equal title, and a text of which one holds the other. A page has
    more around its article than the feed gives, so that the texts need not begin alike."""
    page = Likeness.of(title, text, address)
    if not page.telling:
        return None
    for one in reversed(recent):
        known = Likeness.of(one.title, one.text, one.canonical_url)
        if known.telling and may_be_alike(known, page) and holds(known, page):
            return one.candidate_id
    return None


class _Groups:
    """Union-find over the new entries; the lowest index stands for its group."""

    def __init__(self, size: int) -> None:
        self._parent = list(range(size))

    def _root(self, index: int) -> int:
        while self._parent[index] != index:
            self._parent[index] = self._parent[self._parent[index]]
            index = self._parent[index]
        return index

    def join(self, one: int, other: int) -> None:
        low, high = sorted((self._root(one), self._root(other)))
        self._parent[high] = low

    def all(self) -> list[list[int]]:
        groups: dict[int, list[int]] = defaultdict(list)
        for index in range(len(self._parent)):
            groups[self._root(index)].append(index)
        return list(groups.values())


def _near_pairs(likenesses: Sequence[Likeness], first_new: int) -> Iterator[tuple[int, int]]:
    """(later, earlier) for each new one and whatever before it is alike. Titles that are near-equal share words, so only those
    under the same words are compared, rarest words first, and of a word that very many share the newest."""
    postings: dict[str, list[int]] = defaultdict(list)
    for index, likeness in enumerate(likenesses):
        if likeness.telling:
            for word in likeness.words:
                postings[word].append(index)
    for later in range(first_new, len(likenesses)):
        likeness = likenesses[later]
        block: dict[int, None] = {}
        for word in sorted(likeness.words, key=lambda word: (len(postings[word]), word)) if likeness.telling else ():
            end = bisect_left(postings[word], later)
            block.update(dict.fromkeys(postings[word][max(0, end - _BLOCK) : end]))
            if len(block) >= _BLOCK:
                break
        for earlier in block:
            if may_be_alike(likenesses[earlier], likeness) and alike(likenesses[earlier], likeness):
                yield later, earlier


def _merge(entries: Sequence[Entry]) -> NewCandidate:
    ranked = sorted(entries, key=_originality)
    lead = ranked[0]
    return NewCandidate(
        url=lead.url,
        canonical_url=lead.canonical_url,
        title=lead.title,
        text=max((entry.text for entry in ranked), key=len),
        author=lead.author,
        tags=lead.tags,
        published_at=lead.published_at or min((one.published_at for one in ranked if one.published_at), default=None),
        first_seen=min(entry.first_seen for entry in ranked),
        entry_ids=tuple(entry.id for entry in ranked),
    )


def _originality(entry: Entry) -> tuple[bool, bool, datetime, datetime, int]:
    """Lower is more original. One without an address cannot be read, so it never leads one that has."""
    return (entry.url is None, not _is_of_the_site(entry), entry.published_at or _LATEST, entry.first_seen, entry.id)


def _is_of_the_site(entry: Entry) -> bool:
    if entry.url is None:
        return False
    link, feed = host_of(entry.url), host_of(entry.feed_url)
    return link == feed or link.endswith("." + feed) or feed.endswith("." + link)
