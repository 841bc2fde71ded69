"""Whose writing a roundup points to, by the names in its bullets. Says nothing rather than something wrong."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from aggregator.records.archive import PastBullet, PastEdition
from aggregator.text.canonical import host_of

# A name counts once it was met in this many bullets, mostly beside one site, and is now and then said to have written.
_FEWEST = 3
_BESIDE = 0.6
_SAID = 1 / 3

_PART = r"[^\W\d_a-z][^\W\d_]*(?:['’.-][^\W\d_]+)*"
_NAME = re.compile(rf"(?<![\w.'’-])({_PART}) (?:[A-Z]\. )?({_PART})(?!\w)")
_BEFORE = re.compile(r"\b(?:by|from|via|author|blogger|colleague|friend|thanks to)\s+$", re.IGNORECASE)
_VERBS = (
    "has had is was wrote writes post posts posted shares shared takes took explains explained shows showed discusses discussed "
    "covers covered provides provided describes described walks walked points pointed published publishes talks talked put puts "
    "looks looked examines examined give gives gave offers offered argues asks asked reports reviews reviewed tackles tackled "
    "continues does did tells brings breaks details"
)
_AFTER = re.compile(
    r"^(?:['’]s?\b|\s+(?:also\s+|recently\s+|over at [\w.]+\s+|at \w+\s+|\([^)]*\)\s+)?"
    rf"(?:{'|'.join(_VERBS.split())})\b)",
    re.IGNORECASE,
)
# Words that stand with a capital at the start of a sentence, and could be taken for a first name.
_OPENERS = (
    "a an and another as at be both but by check dr fellow first for friend from good great have here here's how i if i'm in is "
    "it it's last like looking mr mrs ms my need new next not of ok on one or our prof see since so some speaking still that the "
    "then there these this those though to two via want we what when where while why with yes yet you your"
)
_NO_FIRST_NAME = frozenset(_OPENERS.split())


@dataclass(frozen=True, slots=True)
class Person:
    """name: as it stands in the bullets. host: the site it mostly stands beside. bullets: how many name it."""

    name: str
    host: str
    bullets: int


def people(editions: Sequence[PastEdition], most: int = 12) -> tuple[Person, ...]:
    """The people named most often, each with the site they stand beside; only names of two words that recur beside the same
    site and are said to have written something. Company and product names are not told apart by anything else."""
    met: Counter[str] = Counter()
    said: Counter[str] = Counter()
    beside: dict[str, Counter[str]] = defaultdict(Counter)
    numbers: dict[str, set[str]] = defaultdict(set)
    for edition in editions:
        for bullet in edition.bullets:
            hosts = {host_of(link.url) for link in bullet.links}
            for name, wrote in _names(bullet):
                met[name] += 1
                said[name] += wrote
                beside[name].update(hosts)
                numbers[name].add(edition.path)
    found = []
    for name, bullets in met.items():
        host, together = beside[name].most_common(1)[0]
        if bullets >= _FEWEST <= len(numbers[name]) and together >= _BESIDE * bullets and said[name] >= _SAID * bullets:
            found.append(Person(name, host, bullets))
    return tuple(sorted(found, key=lambda one: (-one.bullets, one.name))[:most])


def _names(bullet: PastBullet) -> Iterator[tuple[str, bool]]:
    """Each name in the author's own words, once, and whether they say that he wrote something."""
    text = bullet.text
    for link in bullet.links:
        text = text.replace(link.anchor, "\n", 1) if link.anchor else text
    seen: dict[str, bool] = {}
    for match in _NAME.finditer(text):
        first, last = match[1], re.sub(r"['’]s?$", "", match[2])
        if first.casefold() in _NO_FIRST_NAME or first.isupper() or last.isupper():
            continue
        wrote = last != match[2] or bool(_BEFORE.search(text[: match.start()]) or _AFTER.search(text[match.end() :]))
        name = f"{first} {last}"
        seen[name] = seen.get(name, False) or wrote
    yield from seen.items()
