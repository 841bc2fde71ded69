"""What the pages of bullets show: the draft as a board, and one bullet with everything it can be made of. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from textwrap import shorten

from markupsafe import Markup

from aggregator.draft.compose import credit_of
from aggregator.edition.bullets import asleep, by_section, members, state_of, with_remarks
from aggregator.edition.groups import suggestions
from aggregator.edition.quotes import altered_quotes
from aggregator.edition.references import Reference, earlier, names
from aggregator.records.candidates import Candidate, State
from aggregator.records.drafts import Bullet, BulletLink, Piece, Quote
from aggregator.text.canonical import host_of
from aggregator.text.placing import places
from aggregator.web.preview import preview

_TITLE = 60


@dataclass(frozen=True, slots=True)
class Line:
    """One bullet of the board. title: what it is called without words. hosts: that it links to."""

    bullet: Bullet
    html: Markup
    title: str
    hosts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Together:
    """Kept candidates that may go into one bullet. titles: by number. reason: in words."""

    titles: Mapping[int, str]
    reason: str


@dataclass(frozen=True, slots=True)
class Part:
    """A section of the board. number: of the elements in the page. name: None for what stands in no section. lines: bullets and
    the paragraphs among them. held: candidates on hold that could stand here."""

    number: int
    name: str | None
    lines: tuple[Line, ...]
    together: tuple[Together, ...]
    held: int

    @property
    def count(self) -> int:
        """Its bullets."""
        return sum(not line.bullet.is_remark for line in self.lines)


@dataclass(frozen=True, slots=True)
class Waiting:
    """Words of a bullet whose links are all dropped or held. candidates: by which it comes back."""

    html: Markup
    candidates: tuple[Candidate, ...]


@dataclass(frozen=True, slots=True)
class Board:
    """The draft, section by section."""

    parts: tuple[Part, ...]
    waiting: tuple[Waiting, ...]

    @property
    def count(self) -> int:
        """Its bullets."""
        return sum(part.count for part in self.parts)

    @property
    def wordless(self) -> int:
        """Bullets that wait for words."""
        lines = (line for part in self.parts for line in part.lines)
        return sum(not (line.bullet.has_words or line.bullet.is_remark) for line in lines)


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

    name: what its elements in the page are called by, the key that it was opened with. known: all keys that it has or had.
    text: what the field holds, which may not be saved. words: of it. usual: what his bullets usually have. state: what a save
    is based on. position: "3 of 6". lost: numbers that the text places and no link has. altered: quotations that are no longer
    exact. quotes: kept for its links. next: the following bullet without words, the first of all behind the last. others: what
    it may be joined with, key -> title. other: the words that were saved elsewhere meanwhile, None without a conflict.
    """

    bullet: Bullet
    name: str
    known: tuple[str, ...]
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
    others: Mapping[str, str]
    other: str | None = None


def board(found: Sequence[Bullet], pieces: Sequence[Piece], sections: Sequence[str], others: Sequence[Candidate]) -> Board:
    """found: the open edition's bullets, without paragraphs. pieces: of the same edition. sections: the author's, in his order.
    others: what is on hold or was dropped."""
    kept = [link.candidate for one in found for link in one.links]
    titles = {one.id: one.title for one in kept}
    groups = [Together({id_: titles[id_] for id_ in ids}, reason) for ids, reason in suggestions(kept)]
    held = Counter(one.likely_section for one in others if one.standing.state is State.HELD)
    parts = []
    for number, (name, those) in enumerate(by_section(with_remarks(found, pieces), sections).items(), 1):
        here = {link.candidate.id for one in those for link in one.links}
        together = tuple(one for one in groups if next(iter(one.titles)) in here)
        parts.append(Part(number, name, tuple(map(line, those)), together, held[name]))
    by_id = {one.id: one for one in others}
    waiting = []
    for piece in asleep(found, pieces):
        mine = tuple(by_id[id_] for id_ in piece.links if id_ in by_id)
        links = [BulletLink(piece.links.index(one.id) + 1, one) for one in mine]
        if mine:
            waiting.append(Waiting(preview(piece.text, links, len(piece.links)), mine))
    return Board(tuple(parts), tuple(waiting))


def line(bullet: Bullet) -> Line:
    """A bullet as one entry of the board."""
    hosts = dict.fromkeys(host_of(one.candidate.url or "") for one in bullet.links)
    return Line(bullet, _shown(bullet, bullet.text), _called(bullet), tuple(host for host in hosts if host))


def _shown(bullet: Bullet, text: str) -> Markup:
    credit = credit_of(bullet) if text.strip() else ""
    return preview(text, bullet.links, len(members(bullet)), credit)


def _called(bullet: Bullet) -> str:
    otherwise = shorten(bullet.text, _TITLE, placeholder="…") or "without words"
    return ", ".join(one.candidate.title for one in bullet.links) or otherwise


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
    """found: all bullets, and the paragraphs among them. quotes: of its links. posts: addresses of earlier editions. text: what
    he typed and is not saved, None for what the bullet says. other: see `Composer`."""
    shown = bullet.text if text is None else text
    count = len(members(bullet))
    at = places(shown, count)
    reading = [one for part in by_section(found, sections).values() for one in part]
    same = [one.key for one in reading if one.section == bullet.section]
    place, everywhere = same.index(bullet.key), [one.key for one in reading].index(bullet.key)
    following = [*reading[everywhere + 1 :], *reading[:everywhere]]
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
        known=tuple(dict.fromkeys([*(f"c{id_}" for id_ in members(bullet)), bullet.key])),
        text=shown,
        html=_shown(bullet, shown),
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
        next=next((one.key for one in following if not (one.has_words or one.is_remark)), None),
        others={one.key: _called(one) for one in reading if one.links and one.key != bullet.key} if bullet.links else {},
        other=other,
    )
