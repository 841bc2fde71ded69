"""What the pages of bullets show: the draft as a board, and one bullet with everything it can be made of. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from aggregator.edition.bullets import by_section, members, state_of
from aggregator.edition.groups import Suggestion, suggestions
from aggregator.edition.quotes import altered_quotes
from aggregator.edition.references import Reference, earlier, names
from aggregator.records.candidates import Candidate
from aggregator.records.drafts import Bullet, Piece, PieceKind, Quote
from aggregator.text.canonical import host_of
from aggregator.text.placing import places
from aggregator.web.preview import preview


@dataclass(frozen=True, slots=True)
class Line:
    """One bullet of the board. title: what it is called without words. hosts: that it links to."""

    bullet: Bullet
    html: Markup
    title: str
    hosts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """A section of the board. number: of the elements in the page. name: None for what stands in no section. remark: his words
    below the heading. suggested: kept candidates that may go together."""

    number: int
    name: str | None
    lines: tuple[Line, ...]
    remark: str
    suggested: tuple[Suggestion, ...]


@dataclass(frozen=True, slots=True)
class Board:
    """The draft, section by section."""

    parts: tuple[Part, ...]
    intro: str
    outro: str

    @property
    def count(self) -> int:
        """Its bullets."""
        return sum(len(part.lines) for part in self.parts)

    @property
    def wordless(self) -> int:
        """Bullets that wait for words."""
        return sum(not line.bullet.has_words for part in self.parts for line in part.lines)


@dataclass(frozen=True, slots=True)
class LinkRow:
    """A link of a bullet in its composer. anchors: the words that link to it now."""

    number: int
    candidate: Candidate
    host: str
    anchors: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Composer:
    """One bullet at work.

    name: what its elements in the page are called by, the key that it was opened with. text: what the field holds, which may
    not be saved. words: of it. usual: what his bullets usually have. state: what a save is based on. position: "3 of 6".
    lost: numbers that the text places and no link has. altered: quotations that are no longer exact. quotes: kept for its
    links. other: the words that were saved elsewhere meanwhile, None without a conflict.
    """

    bullet: Bullet
    name: str
    text: str
    html: Markup
    words: int
    usual: int | None
    state: int
    position: str
    links: tuple[LinkRow, ...]
    lost: tuple[int, ...]
    names: tuple[str, ...]
    earlier: tuple[Reference, ...]
    quotes: tuple[Quote, ...]
    altered: tuple[Quote, ...]
    up: str | None
    down: str | None
    next: str | None
    other: str | None = None


def board(found: Sequence[Bullet], pieces: Sequence[Piece], sections: Sequence[str]) -> Board:
    """found, pieces: of the open edition. sections: the author's, in his order."""
    kept = [link.candidate for one in found for link in one.links]
    groups = suggestions(kept)
    remarks = {one.section: one.text for one in pieces if one.kind is PieceKind.REMARK}
    around = {one.kind: one.text for one in pieces if one.kind in (PieceKind.INTRO, PieceKind.OUTRO)}
    parts = []
    for number, (name, those) in enumerate(by_section(found, sections).items(), 1):
        here = {link.candidate.id for one in those for link in one.links}
        suggested = tuple(one for one in groups if one[0][0] in here)
        parts.append(Part(number, name, tuple(map(line, those)), remarks.get(name, ""), suggested))
    return Board(tuple(parts), around.get(PieceKind.INTRO, ""), around.get(PieceKind.OUTRO, ""))


def line(bullet: Bullet) -> Line:
    """A bullet as one entry of the board."""
    title = ", ".join(one.candidate.title for one in bullet.links) or "Words without a link"
    hosts = dict.fromkeys(host_of(one.candidate.url or "") for one in bullet.links)
    return Line(bullet, preview(bullet.text, bullet.links, len(members(bullet))), title, tuple(host for host in hosts if host))


def composer(
    bullet: Bullet,
    found: Sequence[Bullet],
    sections: Sequence[str],
    *,
    name: str,
    quotes: Sequence[Quote],
    posts: Mapping[str, str],
    usual: int | None,
    text: str | None = None,
    other: str | None = None,
) -> Composer:
    """found: all bullets. quotes: of its links. posts: addresses of earlier editions. text: what he typed and is not saved, None
    for what the bullet says. other: see `Composer`."""
    shown = bullet.text if text is None else text
    count = len(members(bullet))
    at = places(shown, count)
    reading = [one for part in by_section(found, sections).values() for one in part]
    same = [one.key for one in reading if one.section == bullet.section]
    place, everywhere = same.index(bullet.key), [one.key for one in reading].index(bullet.key)
    there = {one.number for one in bullet.links}
    rows = [
        LinkRow(
            one.number,
            one.candidate,
            host_of(one.candidate.url or ""),
            tuple(place.words for place in at if place.number == one.number),
        )
        for one in bullet.links
    ]
    return Composer(
        bullet=bullet,
        name=name,
        text=shown,
        html=preview(shown, bullet.links, count),
        words=len(shown.split()),
        usual=usual,
        state=state_of(bullet),
        position=f"{place + 1} of {len(same)}",
        links=tuple(rows),
        lost=tuple(dict.fromkeys(one.number for one in at if one.number not in there)),
        names=tuple(names(bullet)),
        earlier=tuple(earlier(bullet, posts)),
        quotes=tuple(quotes),
        altered=tuple(quote for _, quote in altered_quotes([bullet], quotes)),
        up=same[place - 1] if place else None,
        down=same[place + 1] if place + 1 < len(same) else None,
        next=reading[everywhere + 1].key if everywhere + 1 < len(reading) else None,
        other=other,
    )
