"""Composes the skeleton of the post: every section's heading, the kept bullets below it, the author's own words around them.

Decides the text only; `draft.export` writes it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import yaml
from markdown_it import MarkdownIt

from aggregator.records.candidates import Candidate, State
from aggregator.text.blocks import Block
from aggregator.text.markdown import escape, link, read, target

Format = Literal["hugo", "jekyll", "markdown", "html"]
Style = Literal["inline", "reference"]

UNSORTED = "Unsorted"
TODO = "TODO"

# What tells each generator that a post is not published yet, so that an export into the blog's folder never goes out by itself.
_UNPUBLISHED: Mapping[Format, Mapping[str, object]] = {"hugo": {"draft": True}, "jekyll": {"published": False}}


@dataclass(frozen=True, slots=True)
class DraftBullet:
    """One bullet. comment: the author's Markdown, None where he wrote no words yet. links: (title, address) as feeds gave
    them, an address None if there is none that is safe. author: of the linked page; via: who pointed to it; None if unknown.
    """

    comment: str | None
    links: tuple[tuple[str, str | None], ...]
    author: str | None = None
    via: str | None = None


def bullets_of(candidates: Iterable[Candidate]) -> dict[str, list[DraftBullet]]:
    """Kept candidates as bullets by section, in the order they were decided; a group is one bullet, filed where its first is.
    Those without a section stand under `UNSORTED`."""
    kept = sorted((one for one in candidates if one.standing.state is State.KEPT), key=_decided)
    groups: dict[tuple[str, int], list[Candidate]] = {}
    for candidate in kept:
        key = ("candidate", candidate.id) if candidate.group is None else ("group", candidate.group)
        groups.setdefault(key, []).append(candidate)
    sections: dict[str, list[DraftBullet]] = {}
    for members in groups.values():
        words = [text for one in members if (text := one.standing.comment or one.note)]
        bullet = DraftBullet(
            comment="\n\n".join(words) or None,
            links=tuple((one.title, one.url) for one in members),
            author=", ".join(dict.fromkeys(one.author for one in members if one.author)) or None,
            via=next((one.via for one in members if one.via), None),
        )
        sections.setdefault(members[0].likely_section or UNSORTED, []).append(bullet)
    return sections


def _decided(candidate: Candidate) -> tuple[float, int]:
    at = candidate.standing.decided_at
    return (at.timestamp() if at else 0.0, candidate.id)


def compose(
    title: str,
    sections: Sequence[str],
    bullets: Mapping[str, Sequence[DraftBullet]],
    *,
    empty: str,
    style: Style = "inline",
    intro: str = "",
    outro: str = "",
    front_matter: Mapping[str, object] | None = None,
    format: Format = "markdown",  # noqa: A002 - the configuration's word
) -> str:
    """The post as text, ending in one line end.

    sections: all headings in the author's order, the empty ones saying `empty`; bullets under any other name follow below, so
    that none is lost. intro, outro, empty and comments are the author's Markdown and go out byte for byte; titles and names
    come from feeds and are made inert (R31). style: "reference" numbers links and lists their addresses at the end.
    front_matter: further keys for Hugo and Jekyll, which also mark the post as unpublished; with "markdown" it is written only
    if given; None leaves a key blank for him to fill in. "html" is the same text rendered, to paste into an editor.
    """
    links = _Links(style, taken=(intro, outro, empty, *(one.comment or "" for part in bullets.values() for one in part)))
    pieces = [intro]
    for section in (*sections, *(name for name in bullets if name not in sections and bullets[name])):
        items = [_bullet(bullet, links) for bullet in bullets.get(section, ())]
        pieces += [f"## {section}", "\n\n".join(items) or empty]
    pieces += [outro, links.definitions()]
    body = "\n\n".join(piece.strip("\n") for piece in pieces if piece.strip())
    head = _head(title, front_matter, format)
    text = f"{head}\n\n{body}\n" if body else f"{head}\n"
    return _HTML.render(text) if format == "html" else text


def _bullet(bullet: DraftBullet, links: _Links) -> str:
    comment = (bullet.comment or "").strip()
    # What he already links in his own words is not listed a second time.
    linked = {one.url for part in read(comment) if isinstance(part, Block) for one in part.links}
    listed = ", ".join(links.write(title, url) for title, url in bullet.links if url is None or url not in linked)
    credit = [f"{word} {escape(name)}" for word, name in (("by", bullet.author), ("via", bullet.via)) if name]
    source = f"{listed} ({', '.join(credit)})" if listed and credit else listed
    # His words may end in a quotation or a code block, which a link must not run into.
    between = "\n\n" if "\n" in comment else " "
    text = between.join(part for part in (comment or TODO, source) if part)
    # Two spaces keep every further line inside the bullet.
    return "* " + re.sub(r"\n(?=[^\n])", "\n  ", text)


class _Links:
    """Writes links in one style and remembers the addresses for the end. taken: texts whose own labels are left alone."""

    def __init__(self, style: Style, taken: Iterable[str]) -> None:
        self._style = style
        used = [int(number) for text in taken for number in re.findall(r"\[link-(\d{1,6})\]", text)]
        self._first = max(used, default=0) + 1
        self._addresses: list[str] = []

    def write(self, title: str, url: str | None) -> str:
        if url is None:
            return escape(title)
        if self._style == "inline":
            return link(title, url)
        try:
            address = target(url)
        except ValueError:
            return escape(title)
        self._addresses.append(address)
        return f"[{escape(title)}][link-{self._first + len(self._addresses) - 1}]"

    def definitions(self) -> str:
        return "\n".join(f"[link-{number}]: {address}" for number, address in enumerate(self._addresses, self._first))


def _head(title: str, front_matter: Mapping[str, object] | None, format: Format) -> str:  # noqa: A002 - the configuration's word
    if format in _UNPUBLISHED or (format == "markdown" and front_matter):
        fields = {"title": title, **(front_matter or {}), **_UNPUBLISHED.get(format, {})} | {"title": title}
        return f"---\n{yaml.dump(fields, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=10_000)}---"
    return f"# {title}"


class _Dumper(yaml.SafeDumper):
    """Writes None as nothing at all: `date:`."""


_Dumper.add_representer(type(None), lambda dumper, _: dumper.represent_scalar("tag:yaml.org,2002:null", ""))

_HTML = MarkdownIt("commonmark")
