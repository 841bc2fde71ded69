"""The author's own finds: which page an entry of his stars or bookmarks is about, and what he says of it there. Pure.

Four shapes are known. A bookmark keeper (linkding) gives the page's address, and his description as the text. A feed reader's
stars (FreshRSS, Miniflux) give the page's address, and the article's own text, which is no note. A social network's bookmarks
(Mastodon and its kin) give a post's address, and in the post the link to the page.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from aggregator.records.candidates import NewCandidate
from aggregator.records.entries import Entry
from aggregator.text.canonical import address_words, canonical_url, host_of, safe_url
from aggregator.text.excerpt import excerpt

LONGEST_NOTE = 500
"""Characters. What says more is an article, or the beginning of one."""

_TITLE = 120
_ALIKE = 8  # words: as many at the start of both, and a text is the article's own
_SOCIAL_POST = re.compile(
    r"^/(?:@[^/]+|users/[^/]+/statuses|web/statuses|notice|notes|objects|display|profile/[^/]+/post)/[\w-]+/?$", re.IGNORECASE
)
_NO_PAGE = re.compile(r"^/(?:@[^/]+|users/[^/]+|tags?/[^/]+|profile/[^/]+)/?$", re.IGNORECASE)
_READER = re.compile(r"/api/query\.php\b|[?&](?:a|op)=rss\b|/starred\b", re.IGNORECASE)
_CUT_SHORT = re.compile(
    r"(?:…|\.\.\.|\[(?:…|\.\.\.)\]|(?:read|continue) (?:more|reading)\W*|appeared first on .{1,200})$", re.IGNORECASE
)
_ADDRESS = re.compile(r"https?://\S+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Find:
    """entry: as it is offered, about the page itself. note: the author's words on it, or those that led him there; None if the
    text is the article's own."""

    entry: Entry
    note: str | None


def read_finds(entries: Sequence[Entry], texts: Mapping[str, str]) -> list[Find]:
    """What each entry of his stars and bookmarks is about, in the order given. texts: canonical address -> the article's own
    text, where another feed brought it."""
    readers = _readers(entries)
    return [_social(one) if _is_social(one) else _bookmark(one, texts, one.feed_id in readers) for one in entries]


def as_finds(new: Iterable[NewCandidate], finds: Mapping[int, Find]) -> tuple[NewCandidate, ...]:
    """New candidates, those that have a find among their entries as brought by the author. finds: by entry id."""
    brought = []
    for one in new:
        own = [finds[entry] for entry in one.entry_ids if entry in finds]
        note = next((find.note for find in own if find.note), None)
        brought.append(replace(one, added=True, note=note, via=own[0].entry.feed_title) if own else one)
    return tuple(brought)


def _readers(entries: Sequence[Entry]) -> set[int]:
    """Feeds whose entries carry articles: by their address, or because most of what they bring is long."""
    bodies = Counter(one.feed_id for one in entries if one.text)
    long = Counter(one.feed_id for one in entries if len(one.text) > LONGEST_NOTE)
    return {one.feed_id for one in entries if _READER.search(one.feed_url) or 2 * long[one.feed_id] > bodies[one.feed_id]}


def _is_social(entry: Entry) -> bool:
    return entry.url is not None and _SOCIAL_POST.match(urlsplit(entry.url).path) is not None


def _social(entry: Entry) -> Find:
    """The first page that the post links to outside its own instance; the post itself if there is none."""
    here = host_of(entry.url or "")
    page = next((link for link in entry.links if host_of(link) != here and not _NO_PAGE.match(urlsplit(link).path)), None)
    if page is None:
        return Find(entry, None)
    words = " ".join(_ADDRESS.sub(" ", entry.text).split())
    title = excerpt(words, _TITLE) or " ".join(address_words(page)) or host_of(page)
    about = replace(entry, url=_as_written(page, entry.text), canonical_url=page, title=title, text="", published_at=None)
    return Find(about, excerpt(words, LONGEST_NOTE) or None)


def _as_written(page: str, text: str) -> str:
    """The address as the post has it: a canonical one is for comparing."""
    written = (safe_url(match.rstrip(".,;:!?)")) for match in _ADDRESS.findall(text))
    return next((address for address in written if address and canonical_url(address) == page), page)


def _bookmark(entry: Entry, texts: Mapping[str, str], carries_articles: bool) -> Find:
    text = entry.text
    own = texts.get(entry.canonical_url or "", "")
    is_note = not (carries_articles or len(text) > LONGEST_NOTE or _CUT_SHORT.search(text) or _begins(own, text))
    if not is_note or not text or text == entry.title:
        return Find(entry, None)
    return Find(replace(entry, text=""), text)


def _begins(article: str, text: str) -> bool:
    ours, theirs = text.casefold().split()[:_ALIKE], article.casefold().split()[:_ALIKE]
    return bool(ours) and theirs[: len(ours)] == ours
