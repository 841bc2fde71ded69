"""What his past links say of an entry, in numbers: his sites, his subjects, the names he cites, the series he follows."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from itertools import pairwise
from math import log
from urllib.parse import urlsplit

from aggregator.classify.text import words_of
from aggregator.records.archive import PastEdition
from aggregator.records.learning import Example
from aggregator.text.canonical import address_words, host_of

FEATURES = (
    "site",
    "part of the site",
    "subject",
    "familiar words",
    "cited name",
    "series",
    "sources",
    "linked before",
    "advertising",
)
"""What `Taste.read` tells, in order; see there."""

_HALF_LIFE = 12  # editions after which a link counts half
_HALF_WAY = 2.0  # recent editions at which a habit is half as strong as it can be
_DOUBT = 0.5  # a link that had the word, or half of one that had not
_TELLING = 3.0  # a text whose words are all twenty times likelier his is as much his as can be
_FEW = 50  # texts by which half of what words tell is believed
_STEM = 3  # words that the titles of a series share
_NAME = re.compile(r"[^\W\d_]+")
_ADVERTISING = re.compile(
    r"\b(sponsored|advertisement|webinar|giveaway|sweepstakes|coupon|discount|hiring|job opening|register now|save the date)\b",
    re.IGNORECASE,
)


class Taste:
    """Learns past editions in order, and reads entries by what it has learnt so far."""

    def __init__(self, background: Iterable[Sequence[str]] = ()) -> None:
        """background: subjects of entries that feeds brought, whatever became of them: what his own stand out from."""
        self._unit = 1.0  # what a link of the newest edition counts; it grows, so that no older count is ever touched
        self._sites: defaultdict[str, float] = defaultdict(float)
        self._words: defaultdict[str, float] = defaultdict(float)
        self._links = 0.0
        self._names: defaultdict[tuple[str, str], float] = defaultdict(float)
        self._series: defaultdict[tuple[str, ...], float] = defaultdict(float)
        self._common: Counter[str] = Counter()
        self._entries = 0
        for words in background:
            self._common.update(words)
            self._entries += 1

    def learn(self, edition: PastEdition) -> None:
        """The next past edition."""
        self._unit *= 2 ** (1 / _HALF_LIFE)
        unit = self._unit
        for place in {place for link in edition.links for place in _places(link.url)}:
            self._sites[place] += unit
        for link in edition.links:
            for word in subject_words(Example(title=link.anchor, url=link.url)):
                self._words[word] += unit
            self._links += unit
            if stem := _stem(link.anchor, link.url):
                self._series[stem] += unit
        for name in {name for bullet in edition.bullets for name in _names(bullet.text)}:
            self._names[name] += unit

    def read(self, example: Example, words: Sequence[str], sources: int, linked_before: bool) -> tuple[float, ...]:
        """The `FEATURES` of an entry whose subject is `words`, each about -1..1, 0 where nothing is known.

        site, part of the site, cited name, series: how often lately he linked its host, the first part of its path there, named
        its author, or linked a title there that begins alike: n/(n+2) of n editions, each counting half after every 12 later
        ones. subject: see `_surprise`. familiar words: mean of n/(n+.5) of n links that had a word. sources: 1 - 1/n.
        """
        host, *parts = _places(example.url)
        names = _names(example.author)
        stem = _stem(example.title, example.url)
        return (
            self._habit(self._sites.get(host)) if host else 0.0,
            max((self._habit(self._sites.get(part)) for part in parts), default=0.0),
            self._surprise(words),
            sum(self._known(word) for word in words) / (len(words) + 1),
            max((self._habit(self._names.get(name)) for name in names), default=0.0),
            self._habit(self._series.get(stem)) if stem else 0.0,
            1 - 1 / max(1, sources),
            float(linked_before),
            float(_ADVERTISING.search(example.title) is not None),
        )

    def _habit(self, count: float | None) -> float:
        recent = (count or 0.0) / self._unit
        return recent / (recent + _HALF_WAY)

    def _known(self, word: str) -> float:
        count = self._words.get(word, 0.0) / self._unit
        return count / (count + _DOUBT)

    def _surprise(self, words: Sequence[str]) -> float:
        """Mean over the words of log P(word | his links) - log P(word | entries), one word of no news mixed in; of n links and m
        entries n/(n+50) m/(m+50) of it, since of few texts most words are met in neither."""
        links, entries = self._links / self._unit, self._entries
        his, others = log(links + 1), log(entries + 1)
        told = sum(
            log(self._words.get(word, 0.0) / self._unit + _DOUBT) - his - log(self._common[word] + _DOUBT) + others
            for word in words
        )
        sure = links / (links + _FEW) * entries / (entries + _FEW)
        return max(-1.0, min(1.0, sure * told / (len(words) + 1) / _TELLING))


def _places(url: str) -> tuple[str, ...]:
    """Its host, and the host with the first part of the path: on a shared site that is whose it is."""
    host = host_of(url)
    if not host:
        return ("",)
    try:
        path = urlsplit(url.strip()).path
    except ValueError:
        return (host,)
    first = path.strip("/").split("/")[0].lower()
    return (host, f"{host}/{first}") if first and not first.isdigit() else (host,)


def subject_words(example: Example) -> list[str]:
    """The words of title, address and tags, each once."""
    tags = [word for tag in example.tags for word in words_of(tag)]
    return list(dict.fromkeys([*words_of(example.title), *address_words(example.url), *tags]))


def _names(text: str) -> list[tuple[str, str]]:
    """Neighbouring words with capitals, lower case."""
    words = _NAME.findall(text)
    return [(a.lower(), b.lower()) for a, b in pairwise(words) if a[0].isupper() and b[0].isupper()]


def _stem(title: str, url: str) -> tuple[str, ...] | None:
    words = words_of(title)[:_STEM]
    return (host_of(url), *words) if len(words) == _STEM else None
