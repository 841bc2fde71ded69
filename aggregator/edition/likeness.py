"""Whether two articles are one: near-equal title and near-equal text."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from rapidfuzz import fuzz

from aggregator.edition.series import part_number
from aggregator.text.canonical import host_of, is_front_page

# Below this many letters a text says too little to tell two articles apart.
_SHORTEST = 160
# The beginning decides; comparing costs the square of the length.
_LONGEST = 2_500
_TITLE = 90.0
_TEXT = 90.0
_TEXT_OF_ONE_SITE = 95.0
_HOLLOW = frozenset(
    ("click here", "here", "home", "link", "links", "new post", "news", "no title", "post", "read more", "read this", "untitled")
)


@dataclass(slots=True, eq=False)
class Likeness:
    """An article as it is compared. title: its words, folded. words: the distinct ones. numbers: the title's, in order, and the
    part of a series. telling: the title is no "here" and the text long enough to compare at all."""

    address: str | None
    host: str | None
    title: str
    words: frozenset[str]
    numbers: tuple[str, ...]
    telling: bool
    _raw: str
    _text: str | None = field(default=None, init=False)
    _text_words: frozenset[str] | None = field(default=None, init=False)

    @classmethod
    def of(cls, title: str, text: str, address: str | None) -> Likeness:
        """From plain title and text, and a canonical address if there is one."""
        words = re.findall(r"\w+", title.casefold())
        folded = " ".join(words)
        part = part_number(title)
        return cls(
            address=address,
            host=host_of(address) if address else None,
            title=folded,
            words=frozenset(words),
            numbers=(*re.findall(r"\d+", title), *(() if part is None else (f"part {part}",))),
            telling=len(folded) >= 6 and folded not in _HOLLOW and len(text) >= _SHORTEST,
            _raw=text[:_LONGEST],
        )

    @property
    def page(self) -> tuple[str, str] | None:
        """What two sources of one page share: the address; a front page's title as well, since that is where feeds point the
        entries that have no page of their own. None without an address."""
        return (self.address, self.title if is_front_page(self.address) else "") if self.address else None

    @property
    def text(self) -> str:
        """The beginning of the text, its words folded; made when first asked for, since few titles ever agree."""
        if self._text is None:
            self._text = " ".join(re.findall(r"\w+", self._raw.casefold()))
        return self._text

    @property
    def text_words(self) -> frozenset[str]:
        """The distinct words of `text`."""
        if self._text_words is None:
            self._text_words = frozenset(self.text.split())
        return self._text_words


def may_be_alike(one: Likeness, other: Likeness) -> bool:
    """Their titles agree. Numbers must be the same: a release, a part or a week is told from its neighbours by nothing else.
    A planet writes "Author: Title" and a site "Title | Site", so a title at an end of the other agrees too."""
    if one.numbers != other.numbers:
        return False
    if one.title == other.title or fuzz.ratio(one.title, other.title, score_cutoff=_TITLE):
        return True
    short, long = sorted((one.title, other.title), key=len)
    return short.count(" ") >= 2 and (long.endswith(" " + short) or long.startswith(short + " "))


def alike(one: Likeness, other: Likeness) -> bool:
    """Their texts agree. Of two sites, the shorter may be the beginning of the longer, as an excerpt is; on one site the posts of
    a row begin alike, so there the whole must agree. Without both addresses the stricter rule holds."""
    short, long = sorted((one.text, other.text), key=len)
    if len(short) < _SHORTEST:
        return False
    two_sites = one.host is not None and other.host is not None and one.host != other.host
    if not two_sites and len(short) < 0.9 * len(long):
        return False
    shared = len(one.text_words & other.text_words)
    if shared < 0.7 * min(len(one.text_words), len(other.text_words)):
        return False
    cutoff = _TEXT if two_sites else _TEXT_OF_ONE_SITE
    return bool(fuzz.ratio(short, long[: len(short)] if two_sites else long, score_cutoff=cutoff))


def holds(one: Likeness, other: Likeness) -> bool:
    """The shorter text stands in the longer one, wherever it begins."""
    short, long = sorted((one.text, other.text), key=len)
    return len(short) >= _SHORTEST and bool(fuzz.partial_ratio(short, long, score_cutoff=_TEXT))
