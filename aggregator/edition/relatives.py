"""What may belong into one bullet: the same story told twice, parts of a series, answers, and what past editions linked. Pure.

Suggestions only: what is certainly one page was merged before (`duplicates`). Each is given to both candidates of a pair.
"""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import chain

from aggregator.edition.series import part_number, series_key
from aggregator.records.archive import PastPlace
from aggregator.records.candidates import Profile, Relative, RelativeKind
from aggregator.text.canonical import host_of, is_front_page, page_name
from aggregator.text.excerpt import excerpt

MOST = 6
"""Relatives of one kind that a candidate gets."""

# A body with more links than this is a list of links itself: it answers nothing, and shares links with everything.
_LIST = 15
# With more links to its own site, they are what its author puts below every post.
_OF_THE_SITE = 3
# The same story is told within these days.
_NEWS = timedelta(days=10)
# What more bodies link to is a page that everybody links to, not the story.
_DISCUSSED = 4
# Of a title word that more candidates share, no list is gone through; rarest words by which a title is looked up.
_COMMON, _LOOKED_UP = 40, 4
# Share of their titles' weight that two tellings have in common, and the fewest words of it.
_ALIKE, _SHARED_WORDS = 0.5, 3
# Share of the words of the shorter text that stand in the other, and the fewest words for that to mean something.
_TEXT, _TEXT_WORDS = 0.6, 40
# The numbers of what appears regularly are no parts of a series; nor are those that no series comes to.
_REGULAR_WORDS = """
    daily weekly monthly quarterly day week month issue newsletter podcast episode links news digest roundup edition show
    changelog release releases update updates
"""
_REGULAR = frozenset(_REGULAR_WORDS.split())
_LAST_PART = 12
_SHORTEST_STEM = 6
# What he linked in so many editions he links out of habit.
_HABIT = 3

_WORD = re.compile(r"[^\W_]+")
_STOP_WORDS = """
    about after again all and announcing any are announced because been before being best but can could day days did does
    doing down each first for from get getting got had has have her here his how into introducing its just last latest
    launches like make making many may more most much must new news next not now off old one only other our out over part
    post really released releases see she should some still such than that the their them then there these they this those
    three today too two under update updated use used using very via was way week well were what when where which while
    who why will with without would year you your
"""
_STOP = frozenset(_STOP_WORDS.split())


def relatives_among(fresh: Sequence[Profile], others: Sequence[Profile]) -> dict[int, list[Relative]]:
    """Candidate -> its relatives, for every pair of which one is `fresh`. others: earlier ones of the open edition. Of one pair
    the plainest reason is given: one answers the other, both are parts, both tell the same."""
    index = _Index([_Reading.of(profile) for profile in (*others, *fresh)])
    found: dict[int, list[Relative]] = defaultdict(list)
    for place in range(len(others), len(index.readings)):
        related: set[int] = set()
        for other, one_is, other_is in index.pairs(place):
            if other >= place or other in related:
                continue  # of two fresh ones, the later speaks for both
            related.add(other)
            for reading, relative in ((index.readings[place], one_is), (index.readings[other], other_is)):
                those = found[reading.id]
                if sum(one.kind is relative.kind for one in those) < MOST:
                    those.append(relative)
    return dict(found)


def relatives_in_archive(
    profile: Profile, same: Sequence[PastPlace], linked: Sequence[PastPlace], home: Sequence[PastPlace]
) -> list[Relative]:
    """A candidate's relatives among past links.

    same: those that seem to be its page at another address. linked: those at addresses that its body links to. home: those to
    its own site. All newest first.
    """
    found = [_relink(profile, place) for place in _each_once(same)]
    known = {place.canonical_url for place in same} | {*profile.addresses, *profile.targets}
    parts = _past_parts(profile, [place for place in _each_once(home) if place.canonical_url not in known])
    found += parts[:MOST]
    known |= {relative.address for relative in parts if relative.address}
    editions: dict[str, set[str]] = defaultdict(set)
    for place in linked:
        editions[place.canonical_url].add(place.edition)
    discussed = set(_discussed(profile)) - known
    answered = [
        Relative(RelativeKind.LINKED, f"links to what you linked in {place.edition}", address=place.canonical_url)
        for place in _each_once(linked)
        if place.canonical_url in discussed and len(editions[place.canonical_url]) < _HABIT
    ]
    return found + answered[:MOST]


def _discussed(profile: Profile) -> tuple[str, ...]:
    """Addresses that the body links to because it speaks of them."""
    if len(profile.links) > _LIST:
        return ()
    pages = [one for one in profile.links if not is_front_page(one)]
    host = host_of(profile.addresses[0]) if profile.addresses else ""
    elsewhere = [one for one in pages if host_of(one) != host]
    return tuple(elsewhere if len(pages) - len(elsewhere) > _OF_THE_SITE else pages)


@dataclass(slots=True, eq=False)
class _Reading:
    """A profile as it is compared. words: telling ones of the title. links: none of a list of links."""

    id: int
    profile: Profile
    host: str
    words: frozenset[str]
    numbers: frozenset[str]
    links: tuple[str, ...]
    part: int | None
    series: tuple[str, str] | None
    _text_words: frozenset[str] | None = field(default=None, init=False)

    @classmethod
    def of(cls, profile: Profile) -> _Reading:
        address = profile.addresses[0] if profile.addresses else ""
        host = host_of(address)
        series = series_key(profile.title, host) if host else None
        return cls(
            id=profile.candidate_id,
            profile=profile,
            host=host,
            words=_telling(profile.title),
            numbers=frozenset(re.findall(r"\d+", profile.title)),
            links=_discussed(profile),
            part=part_number(profile.title),
            series=series if series and _is_stem(series[1]) else None,
        )

    @property
    def text_words(self) -> frozenset[str]:
        """Telling words of the text; made when first asked for."""
        if self._text_words is None:
            self._text_words = _telling(self.profile.text)
        return self._text_words

    @property
    def source(self) -> str:
        return excerpt(self.profile.feed, 60) if self.profile.feed else self.host


class _Index:
    """Readings by what relatives have in common."""

    def __init__(self, readings: list[_Reading]) -> None:
        self.readings = readings
        self._at: dict[str, list[int]] = defaultdict(list)
        self._linking: dict[str, list[int]] = defaultdict(list)
        self._series: dict[tuple[str, str], list[int]] = defaultdict(list)
        self._worded: dict[str, list[int]] = defaultdict(list)
        for place, one in enumerate(readings):
            for address in {*one.profile.addresses, *one.profile.targets}:
                if not is_front_page(address):
                    self._at[address].append(place)
            for link in one.links:
                self._linking[link].append(place)
            if one.series:
                self._series[one.series].append(place)
            for word in one.words:
                self._worded[word].append(place)

    def pairs(self, place: int) -> Iterator[tuple[int, Relative, Relative]]:
        """(other, what the other is to this one, what this one is to the other), the plainest reasons first."""
        return chain(self._answers(place), self._parts(place), self._stories(place))

    def _answers(self, place: int) -> Iterator[tuple[int, Relative, Relative]]:
        one = self.readings[place]
        for link in one.links:
            for other in self._at.get(link, ()):
                yield other, *_answer(one, self.readings[other])
        for address in (*one.profile.addresses, *one.profile.targets):
            for other in self._linking.get(address, ()):
                that_is, this_is = _answer(self.readings[other], one)
                yield other, this_is, that_is

    def _parts(self, place: int) -> Iterator[tuple[int, Relative, Relative]]:
        one = self.readings[place]
        for other in self._series.get(one.series, ()) if one.series else ():
            there = self.readings[other]
            numbers = _different_parts(one.part, there.part)
            if numbers:
                yield (
                    other,
                    Relative(RelativeKind.SERIES, f"part {numbers[1]} is {there.id}", other_id=there.id),
                    Relative(RelativeKind.SERIES, f"part {numbers[0]} is {one.id}", other_id=one.id),
                )

    def _stories(self, place: int) -> Iterator[tuple[int, Relative, Relative]]:
        one = self.readings[place]
        for other, shares_link in self._near(place).items():
            there = self.readings[other]
            if one.host == there.host or abs(one.profile.at - there.profile.at) > _NEWS:
                continue
            if (shares_link and _same_matter(one, there)) or self._same_story(one, there):
                yield other, _story(there), _story(one)

    def _near(self, place: int) -> Mapping[int, bool]:
        """Those with a rare link or two rare words of the title in common -> whether it is a link."""
        one = self.readings[place]
        near: dict[int, bool] = {}
        for link in one.links:
            linking = self._linking[link]
            if len(linking) <= _DISCUSSED and host_of(link) != one.host:
                near.update((other, True) for other in linking if host_of(link) != self.readings[other].host)
        counts: dict[int, int] = defaultdict(int)
        shared = [word for word in one.words if 1 < len(self._worded[word]) <= _COMMON]
        for word in sorted(shared, key=lambda word: (len(self._worded[word]), word))[:_LOOKED_UP]:
            for other in self._worded[word]:
                counts[other] += 1
        for other, count in counts.items():
            if count >= 2:
                near.setdefault(other, False)
        return near

    def _same_story(self, one: _Reading, other: _Reading) -> bool:
        """Their titles agree, or have words in common while their texts agree. Numbers tell releases and reports from each
        other."""
        if one.numbers and other.numbers and one.numbers != other.numbers:
            return False
        shared = one.words & other.words
        if len(shared) >= _SHARED_WORDS and self._weight(shared) >= _ALIKE * self._weight(one.words | other.words):
            return True
        fewest = min(len(one.text_words), len(other.text_words))
        return fewest >= _TEXT_WORDS and len(one.text_words & other.text_words) >= _TEXT * fewest

    def _weight(self, words: frozenset[str]) -> float:
        """Rare words weigh more: inverse document frequency over all titles at hand."""
        return sum(math.log((len(self.readings) + 1) / (len(self._worded[word]) + 0.5)) for word in words)


def _answer(answering: _Reading, answered: _Reading) -> tuple[Relative, Relative]:
    """What they are to each other. An author who links to his own post goes on from it."""
    verb = "links to" if answering.host == answered.host else "answers"
    return (
        Relative(RelativeKind.REPLY, f"{verb} {answered.id}", other_id=answered.id),
        Relative(RelativeKind.REPLY, f"{answering.id} {verb} it", other_id=answering.id),
    )


def _story(teller: _Reading) -> Relative:
    return Relative(RelativeKind.STORY, f"the same story: {teller.source} has it too", other_id=teller.id)


def _same_matter(one: _Reading, other: _Reading) -> bool:
    """Both link to one page; that they speak of the same shows in their titles, or in a title and the other's text."""
    if one.words & other.words:
        return True
    return len(one.words & other.text_words) >= 2 or len(other.words & one.text_words) >= 2


def _different_parts(one: int | None, other: int | None) -> tuple[int, int] | None:
    """Both parts' numbers; a title without one is part 1 of a series whose other part says so."""
    if one is None and other is None:
        return None
    numbers = one or 1, other or 1
    return numbers if numbers[0] != numbers[1] and max(numbers) <= _LAST_PART else None


def _relink(profile: Profile, place: PastPlace) -> Relative:
    hosts = {host_of(address) for address in profile.addresses}
    where = "another address" if host_of(place.canonical_url) in hosts else host_of(place.canonical_url)
    return Relative(RelativeKind.RELINK, f"you linked it in {place.edition}, at {where}", address=place.canonical_url)


def _past_parts(profile: Profile, home: Sequence[PastPlace]) -> list[Relative]:
    """Past links that are other parts of the candidate's series, told from their titles or from their addresses."""
    own = dict(filter(None, map(_series, (profile.title, *map(page_name, profile.addresses)))))
    found = []
    for place in home:
        for stem, part in filter(None, map(_series, (place.anchor, page_name(place.canonical_url)))):
            numbers = _different_parts(own[stem], part) if stem in own else None
            if numbers:
                words = f"part {numbers[1]}: you linked it in {place.edition}"
                found.append(Relative(RelativeKind.SERIES, words, address=place.canonical_url))
                break
    return found


def _series(text: str) -> tuple[str, int | None] | None:
    """The stem of a title, or of the words of an address, and its part; None if that says too little."""
    key = series_key(text, "")
    return (key[1], part_number(text)) if key and _is_stem(key[1]) else None


def _is_stem(words: str) -> bool:
    """What the parts of a series share, and not the name of what appears regularly."""
    return len(words) >= _SHORTEST_STEM and _REGULAR.isdisjoint(words.split())


def _each_once(places: Sequence[PastPlace]) -> list[PastPlace]:
    return list({place.canonical_url: place for place in reversed(places)}.values())[::-1]


def _telling(text: str) -> frozenset[str]:
    return frozenset(word for word in _WORD.findall(text.casefold()) if len(word) > 2 and word not in _STOP)
