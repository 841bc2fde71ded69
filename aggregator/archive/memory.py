"""Everything that past editions linked, held ready: was this page linked before, by this or by another address? Pure.

An address says it for certain, in any of its spellings and through what it redirected to. A title or the words of an address
(a page that moved to another host, or got another address there) can only suggest it, and must do so seldom and rightly:
anchors are often "here" or the name of a product, so that short ones count on their own site only.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from aggregator.records.archive import PastPlace
from aggregator.text.canonical import host_of, is_front_page, page_name

# Of a word that more past links share, no list is gone through.
_COMMON = 400
# Rarest words by which a title is looked up.
_LOOKED_UP = 5
# Telling words that a title must share to be believed of another site, and of its own.
_ELSEWHERE, _AT_HOME = 4, 3
# Share of the weight of both wordings that they have in common.
_ALIKE = 0.85
_MOST = 5

_WORD = re.compile(r"[^\W_]+")
_NUMBER = re.compile(r"\d+")
_DATE = re.compile(r"/((?:19|20)\d\d)[/-]?(\d\d)?(?:[/-](\d\d))?(?=[/-])")
# Numbers in words and in Roman, where these are no letters; days and months, where these are no other words.
_COUNTED_WORDS = """
    ii=2 iii=3 iv=4 vi=6 vii=7 viii=8 ix=9 one=1 two=2 three=3 four=4 five=5 six=6 seven=7 eight=8 nine=9 ten=10
    first=1 second=2 third=3 fourth=4 fifth=5 sixth=6
    january=jan february=feb march=mar april=apr june=jun july=jul august=aug september=sep october=oct november=nov december=dec
    monday=mon tuesday=tue wednesday=wed thursday=thu friday=fri saturday=sat sunday=sun
"""
_COUNTED = dict(pair.split("=") for pair in _COUNTED_WORDS.split())
_STOP_WORDS = """
    a about after an and any are as at be been before but by can could did do does doing dont for from get got had has
    have how i if in into is it its just like make my now of on only or our out own part post so some than that the their
    them then there these they this those to too up us use used using very via was way we well were what whats when where
    which who why will with would you your here article blog link read site page video series der die das und ein eine le
    la les des un une et el los las de del
"""
_STOP = frozenset(_STOP_WORDS.split())


class Sign(StrEnum):
    """What told that a page was linked before."""

    ADDRESS = "address"
    REDIRECT = "redirect"
    TITLE = "title"
    PATH = "path"


@dataclass(frozen=True, slots=True)
class Match:
    """A past link that is this page, by its address or by what it seems. likeness: 0..1, 1 for an address."""

    place: PastPlace
    sign: Sign
    likeness: float = 1.0

    @property
    def is_exact(self) -> bool:
        """The very address was linked."""
        return self.sign is Sign.ADDRESS


@dataclass(frozen=True, slots=True)
class _Wording:
    """Words that tell a page from others, of its title or of its address. numbers: of versions, parts and years."""

    words: frozenset[str]
    numbers: frozenset[str]


class Memory:
    """An index over past links. Building it takes half a second for 50,000 of them, a look-up well under a millisecond
    (benchmarks/memory.py)."""

    def __init__(self, places: Sequence[PastPlace]) -> None:
        self._places = places
        self._by_address: dict[str, list[int]] = defaultdict(list)
        self._by_target: dict[str, list[int]] = defaultdict(list)
        self._by_host: dict[str, list[int]] = defaultdict(list)
        self._by_word: dict[str, list[int]] = defaultdict(list)
        for at, place in enumerate(places):
            self._by_address[place.canonical_url].append(at)
            if place.target:
                self._by_target[place.target].append(at)
            self._by_host[_host(place.canonical_url)].append(at)
            for word in _words(place.anchor) | _words(page_name(place.canonical_url)):
                self._by_word[word].append(at)

    @classmethod
    def of(cls, places: Iterable[PastPlace]) -> Memory:
        """places: the newest first, so that matches come in this order."""
        return cls(tuple(places))

    def __len__(self) -> int:
        return len(self._places)

    def at(self, address: str) -> list[PastPlace]:
        """Where a canonical address was linked, the newest first."""
        return [self._places[at] for at in self._by_address.get(address, ())]

    def at_host(self, host: str) -> list[PastPlace]:
        """Past links to one host, the newest first. host: as `host_of` gives it."""
        return [self._places[at] for at in self._by_host.get(host, ())]

    def find(self, title: str, addresses: Collection[str]) -> list[Match]:
        """Past links that are this page: those at its addresses and where they led, else those that seem to be it, the likeliest
        first, each address once, at most five.

        title: plain, as the publisher gave it; "" if only the address is known. addresses: canonical, all that it is known by.
        """
        found: dict[str, Match] = {}
        for address in addresses:
            for place in self.at(address):
                found.setdefault(place.canonical_url, Match(place, Sign.ADDRESS))
            if not is_front_page(address):
                for at in self._by_target.get(address, ()):
                    found.setdefault(self._places[at].canonical_url, Match(self._places[at], Sign.REDIRECT))
        if not found:
            for match in self._seeming(title, addresses):
                kept = found.get(match.place.canonical_url)
                if kept is None or match.likeness > kept.likeness:
                    found[match.place.canonical_url] = match
        return sorted(found.values(), key=lambda one: -one.likeness)[:_MOST]

    def _seeming(self, title: str, addresses: Collection[str]) -> Iterable[Match]:
        hosts = {host_of(address) for address in addresses}
        wordings = [_Wording(_words(title), _numbers(title))]
        slugs = [_Wording(_words(slug), _numbers(slug)) for slug in {page_name(one) for one in addresses} if slug]
        for sign, wording, is_slug in ((Sign.TITLE, wordings[0], False), *((Sign.PATH, one, True) for one in slugs)):
            if len(wording.words) < _AT_HOME:
                continue
            for at in self._near(wording.words):
                place = self._places[at]
                if all(_told_apart(address, place.canonical_url) for address in addresses):
                    continue
                is_home = _host(place.canonical_url) in hosts
                for text in (page_name(place.canonical_url),) if is_slug else (place.anchor, page_name(place.canonical_url)):
                    likeness = self._likeness(wording, text, is_home)
                    if likeness:
                        yield Match(place, sign, likeness)

    def _near(self, words: frozenset[str]) -> Iterable[int]:
        """Past links that share at least two of the rarest words."""
        rarest = sorted((word for word in words if word in self._by_word), key=lambda word: (len(self._by_word[word]), word))
        counts: dict[int, int] = defaultdict(int)
        for word in rarest[:_LOOKED_UP]:
            posting = self._by_word[word]
            if len(posting) <= _COMMON:
                for at in posting:
                    counts[at] += 1
        return [at for at, count in counts.items() if count >= 2]

    def _likeness(self, wording: _Wording, text: str, is_home: bool) -> float:
        """0 unless the other wording says the same, in telling words and with the same numbers."""
        words = _words(text)
        shared = wording.words & words
        if len(shared) < (_AT_HOME if is_home else _ELSEWHERE) or wording.numbers != _numbers(text):
            return 0.0
        likeness = self._weight(shared) / self._weight(wording.words | words)
        return likeness if likeness >= _ALIKE else 0.0

    def _weight(self, words: frozenset[str]) -> float:
        """Rare words weigh more: inverse document frequency over past links."""
        return sum(math.log((len(self._places) + 1) / (len(self._by_word.get(word, ())) + 0.5)) for word in words)


def _words(text: str) -> frozenset[str]:
    """Telling words, folded as the makers of addresses fold them: without apostrophes and accents."""
    if not text.isascii():
        parts = unicodedata.normalize("NFKD", text.replace("\u2019", ""))
        text = "".join(letter for letter in parts if not unicodedata.combining(letter))
    words = _WORD.findall(text.replace("'", "").casefold())
    return frozenset(word for word in words if len(word) > 1 and word not in _STOP and not word.isdigit())


def _numbers(text: str) -> frozenset[str]:
    """What tells one page from the next: versions, parts, years, months, also in words. Longer numbers are a database's."""
    numbers = {number.lstrip("0") or "0" for number in _NUMBER.findall(text) if len(number) <= 4}
    before = ""
    for word in _WORD.findall(text.casefold()):
        if word in _COUNTED:
            numbers.add(_COUNTED[word])
        elif word == "i" and before in ("part", "pt"):
            numbers.add("1")
        before = word
    return frozenset(numbers)


def _told_apart(one: str, other: str) -> bool:
    """Addresses of two days, or of one name with two numbers: what appears regularly under one title."""
    dates = _DATE.search(one), _DATE.search(other)
    if dates[0] and dates[1] and dates[0].groups() != dates[1].groups():
        return True
    names = page_name(one), page_name(other)
    return _words(names[0]) == _words(names[1]) != frozenset() and _numbers(names[0]) != _numbers(names[1])


def _host(canonical: str) -> str:
    """As `host_of`, of a canonical address, which need not be taken apart for it."""
    return canonical[8:].partition("/")[0].partition(":")[0]
