"""What a bullet may point back to: earlier editions that linked its page, or another part of it; and whom it may name. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from aggregator.edition.series import part_number
from aggregator.records.archive import PastUse
from aggregator.records.candidates import Candidate, RelativeKind
from aggregator.records.drafts import Bullet
from aggregator.text.markdown import escape, target

MOST = 4
_AND = re.compile(r"\s*(?:,|;|&|\band\b)\s*", re.IGNORECASE)
# What stands in the author field of a feed and names nobody.
_NOBODY = re.compile(r"(?:admin(?:istrator)?|author|editor|guest|staff|team|unknown|webmaster)\b|.*@|https?:", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Reference:
    """words: plain, for a button ("part 1 was in #71"). markdown: the same with the edition's post linked where it is known.
    bullet: what he said there."""

    words: str
    markdown: str
    bullet: str


def earlier(bullet: Bullet, posts: Mapping[str, str]) -> list[Reference]:
    """References to earlier editions that suit a bullet, the other parts of a series first. posts: edition, as `edition_name`
    calls it -> its post's address, as far as they are known."""
    found: dict[str, Reference] = {}
    for one in bullet.links:
        for words, use in _uses(one.candidate):
            name = use.edition_name
            # Within a sentence a number's `#` is no heading, and needs no backslash.
            there = escape(f"{words} {name}").removeprefix(f"{words} ")
            linked = f"[{there}]({target(posts[name])})" if name in posts else there
            found.setdefault(name, Reference(f"{words} {name}", f"{words} {linked}", use.bullet))
    return list(found.values())[:MOST]


def names(bullet: Bullet) -> list[str]:
    """The people who wrote what a bullet links to, each once; names of feeds are none."""
    found = [
        name
        for one in bullet.links
        for name in _AND.split((one.candidate.author or "").strip())
        if name and not _NOBODY.match(name) and name not in {source.feed for source in one.candidate.sources}
    ]
    return list(dict.fromkeys(found))


def _uses(candidate: Candidate) -> list[tuple[str, PastUse]]:
    parts = [
        (f"part {number} was in", one.use)
        for one in candidate.relatives
        if one.kind is RelativeKind.SERIES and one.use is not None and (number := part_number(one.reason)) is not None
    ]
    return [*parts, *(("linked in", use) for use in candidate.linked_before)]
