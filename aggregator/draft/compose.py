"""Composes the post: front matter, his words around the sections, every section's heading with the bullets below it.

Decides the text only; `draft.export` writes it. What the author wrote goes out byte for byte, but for the form that his links
take; what feeds wrote is inert (R31).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, tzinfo
from typing import Literal

from aggregator.draft.habits import Habits
from aggregator.draft.head import Unpublished, head, plain_head
from aggregator.draft.html import rendered
from aggregator.draft.labels import Labels, key_of
from aggregator.draft.tags import tags_of
from aggregator.records.drafts import Bullet, BulletLink, Piece, PieceKind
from aggregator.text.linking import Found, label_key, links_in, rewrite, used, web_links, web_target
from aggregator.text.markdown import escape
from aggregator.text.placing import fill, uncited
from aggregator.text.post import Definition, Item, Post, Section, layout, split_definitions
from aggregator.text.running import can_go_on

Format = Literal["hugo", "jekyll", "markdown", "html"]

UNSORTED = "Unsorted"
TODO = "TODO"
_UNPUBLISHED: Mapping[Format, Unpublished] = {"hugo": "draft", "jekyll": "published"}


@dataclass(frozen=True, slots=True)
class Outline:
    """What an edition has beside its bullets. sections: all headings in the author's order. section_of: a heading as written ->
    today's section, None for none of his. base: the file as it was last seen; its labels, headings and order of sections stay.
    kept: candidates -> their place in the order in which he kept them. zone: in which it is `today`."""

    title: str
    number: int
    today: date
    sections: Sequence[str]
    habits: Habits
    section_of: Callable[[str], str | None] = field(default=lambda name: name)
    base: Post | None = None
    kept: Mapping[int, int] = field(default_factory=dict)
    zone: tzinfo = UTC


@dataclass(frozen=True, slots=True)
class Mark:
    """Where a bullet or a remark stands in the text. key: of the bullet, `r` and the number of a remark's piece, or "" for a
    sentence that only fills an empty section. lines: half-open range."""

    key: str
    lines: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Draft:
    """The post as text, ending in one line end. bullets, links: counts. wordless: of the bullets, those without words."""

    text: str
    marks: tuple[Mark, ...]
    bullets: int
    links: int
    wordless: int


def compose(
    outline: Outline,
    bullets: Sequence[Bullet],
    pieces: Sequence[Piece],
    format: Format,  # noqa: A002 - the configuration's word
) -> Draft:
    """The draft of an edition.

    bullets: by rank; those of an unknown section follow below the others, so that none is lost. pieces: of them the front
    matter, the words around, and the remarks count. Hugo and Jekyll get front matter in any case and are told that the post is
    not published; with "markdown" it is written if his posts have it. "html" is the same rendered, to paste into an editor, and
    has no marks.
    """
    said = [*(one.text for one in bullets), *(one.text for one in pieces if one.kind is not PieceKind.BULLET)]
    own = [one for text in said for one in split_definitions(text)[1]]
    labels = Labels(outline.habits.label, outline.habits.own_label, outline.base, own, _taken(said))
    if outline.habits.captured:
        every = [link for bullet in bullets for link in bullet.links if link.candidate.url]
        every.sort(key=lambda link: outline.kept.get(link.candidate.id, len(outline.kept)))
        labels.reserve(link.candidate.url for link in every if link.candidate.url and web_target(link.candidate.url))
    words = _Words(_marker(outline), labels)
    around = {piece.kind: piece.text for piece in pieces if piece.kind not in (PieceKind.BULLET, PieceKind.REMARK)}
    intro = words.own(around.get(PieceKind.INTRO, outline.habits.intro.replace("{number}", str(outline.number))))
    keys: list[str] = []
    sections: list[Section] = []
    for name, section in _sections(outline, bullets, pieces):
        items = list(_standing(name, bullets, pieces))
        if not items and outline.habits.empty:
            keys.append("")
            sections.append(replace(section, items=(Item(bullet=False, text=words.own(outline.habits.empty)),)))
            continue
        written = tuple(words.bullet(one) if isinstance(one, Bullet) else Item(False, words.own(one.text)) for one in items)
        shown = [(one, item) for one, item in zip(items, written, strict=True) if item.text.strip()]
        keys += [one.key if isinstance(one, Bullet) else f"r{one.piece_id}" for one, _ in shown]
        sections.append(replace(section, items=tuple(item for _, item in shown)))
    outro = words.own(around.get(PieceKind.OUTRO, outline.habits.outro.replace("{number}", str(outline.number))))
    definitions = labels.in_order(words.definitions)
    if outline.habits.scattered:
        sections, definitions = _scattered(sections, definitions)
    post = Post(
        head=_head(outline, bullets, around.get(PieceKind.HEAD), format),
        intro=intro,
        sections=tuple(sections),
        outro=outro,
        definitions=definitions,
        loose=outline.base.loose if outline.base and outline.base.sections else outline.habits.loose,
    )
    text, ranges = layout(post)
    marks = tuple(Mark(key, lines) for key, lines in zip(keys, ranges, strict=True))
    counts = len(bullets), sum(len(bullet.links) for bullet in bullets), sum(not bullet.has_words for bullet in bullets)
    return Draft(rendered(text), (), *counts) if format == "html" else Draft(text, marks, *counts)


def credit_of(bullet: Bullet) -> str:
    """Who pointed to it, as a bullet ends; of a bullet without words the author, too, for him to write with."""
    authors = ", ".join(dict.fromkeys(link.candidate.author for link in bullet.links if link.candidate.author))
    said = (("by", None if bullet.has_words else authors), ("via", bullet.via), ("thanks to", bullet.thanks))
    credit = ", ".join(f"{word} {escape(name)}" for word, name in said if name)
    return f"({credit})" if credit else ""


class _Words:
    """Turns his texts into the post's Markdown; collects the definitions that stand in them."""

    def __init__(self, marker: str, labels: Labels) -> None:
        self._marker = marker
        self._labels = labels
        self.definitions: list[Definition] = []

    def own(self, text: str) -> str:
        """His words, the links in them as he writes them elsewhere, without the definitions."""
        body, definitions = split_definitions(text)
        others = {label_key(one.label): one for one in reversed(self.definitions)}
        # A label that leads elsewhere in other words of his: here the link is written in line.
        clashing = {key: one for one in definitions if others.get(key := label_key(one.label), one).target != one.target}

        def write(found: Found) -> str | None:
            if found.label is None:
                return self._labels.typed(found.words, found.address or "")
            there = clashing.get(label_key(found.label))
            return f"[{found.words}]({there.target})" if there else None

        body = rewrite(body, write)
        gone = [one for one in clashing.values() if one not in used(body, clashing)]
        self.definitions += [one for one in definitions if one not in gone]
        return body

    def bullet(self, bullet: Bullet) -> Item:
        links = {link.number: link for link in bullet.links}
        count = max([*links, len(bullet.piece.links) if bullet.piece else 1])
        said = fill(bullet.text, count, lambda words, number: self._placed(words, links.get(number)))
        listed = ", ".join(self._placed(escape(link.candidate.title), link) for link in _uncited(bullet, said))
        return Item(bullet=True, text=self.own(_joined(bullet, said, listed)), marker=self._marker)

    def _placed(self, words: str, link: BulletLink | None) -> str:
        if link is None or link.candidate.url is None:
            return words
        try:
            return self._labels.web(words, link.candidate.url)
        except ValueError:
            return words


def _joined(bullet: Bullet, said: str, listed: str) -> str:
    said = said.strip("\n")
    credit = credit_of(bullet)
    source = f"{listed} {credit}".strip() if listed or bullet.has_words else listed
    words = said if bullet.has_words else TODO
    # His words may be a quotation, code or a definition, which a link must not run into.
    return (" " if can_go_on(words) else "\n\n").join(part for part in (words, source) if part)


def _uncited(bullet: Bullet, said: str) -> Iterator[BulletLink]:
    """Links that his words neither place nor hold in another way. said: with or without the places filled."""
    links = {link.number: link for link in bullet.links}
    elsewhere = {key_of(url) for url in web_links(said, ())} if "http" in said else set()
    for number in uncited(bullet.text, max(links, default=0)):
        link = links.get(number)
        if link is not None and not (link.candidate.url and key_of(link.candidate.url) in elsewhere):
            yield link


def _sections(outline: Outline, bullets: Sequence[Bullet], pieces: Sequence[Piece]) -> Iterator[tuple[str | None, Section]]:
    """Names and headings in order: as the file has them, else as the settings; then what has bullets besides."""
    filled = dict.fromkeys(
        [*(one.section for one in bullets), *(one.section for one in pieces if one.kind is PieceKind.REMARK and one.text)]
    )
    seen: set[str | None] = set()
    for section in outline.base.sections if outline.base else ():
        name = named(section.heading, outline.section_of)
        if name not in seen:
            seen.add(name)
            yield name, replace(section, items=(), definitions=())
    known = [name for name in outline.sections if not seen or name in filled]
    for name in [*known, *(name for name in filled if name is not None and name not in known), None]:
        if name not in seen and (name is not None or None in filled):
            seen.add(name)
            heading = name or UNSORTED
            yield name, Section(heading, outline.habits.heading.replace("{heading}", heading))


def named(heading: str | None, section_of: Callable[[str], str | None]) -> str | None:
    """The section that a heading of a draft means; None for what stands in none."""
    return None if heading is None or heading == UNSORTED else section_of(heading) or heading


def _standing(name: str | None, bullets: Sequence[Bullet], pieces: Sequence[Piece]) -> Iterator[Bullet | Piece]:
    mine: list[tuple[float, Bullet | Piece]] = [(one.rank, one) for one in bullets if one.section == name]
    mine += [(one.rank, one) for one in pieces if one.kind is PieceKind.REMARK and one.section == name]
    return (one for _, one in sorted(mine, key=lambda pair: pair[0]))


def _marker(outline: Outline) -> str:
    """Of the file's bullets, else as usual; numbers are nobody's habit."""
    found = (
        Counter(item.marker for section in outline.base.sections for item in section.items if item.bullet) if outline.base else {}
    )
    marker = max(found, key=lambda one: found[one], default=outline.habits.marker)
    return marker if marker in ("*", "-", "+") else "*"


def _scattered(sections: list[Section], definitions: Sequence[Definition]) -> tuple[list[Section], tuple[Definition, ...]]:
    """Each definition below the section that uses it first; those that none uses at the end."""
    left = list(definitions)
    placed: list[Section] = []
    for section in sections:
        known = {label_key(one.label): one for one in left}
        here = {label_key(one.label) for item in section.items for one in used(item.text, known)}
        placed.append(replace(section, definitions=tuple(one for one in left if label_key(one.label) in here)))
        left = [one for one in left if label_key(one.label) not in here]
    return placed, tuple(left)


def _taken(texts: Iterable[str]) -> Iterator[str]:
    """Labels that his own words use."""
    for text in texts:
        yield from (one.label for one in links_in(text) if one.label is not None and not one.label.isdigit())


def _head(outline: Outline, bullets: Sequence[Bullet], said: str | None, format: Format) -> str:  # noqa: A002 - the configuration's word
    unpublished = _UNPUBLISHED.get(format)
    if format == "html":
        return f"# {outline.title}"
    if said is not None:
        return said
    tags = tags_of(outline.habits.tags, bullets)
    if outline.habits.head is not None:
        return head(
            outline.habits.head,
            title=outline.title,
            number=outline.number,
            today=outline.today,
            tags=tags,
            unpublished=unpublished,
            zone=outline.zone,
        )
    return plain_head(outline.title, outline.today, tags, unpublished) if unpublished else f"# {outline.title}"
