"""What a post is made of, whatever it was written in: headings, blocks, links."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

BOLD_HEADING = 7
"""The level of a paragraph that is bold from end to end, which some authors use as a heading."""


class Kind(StrEnum):
    """What a block is. A bullet is an item of a top-level list with everything inside it."""

    BULLET = "bullet"
    PARAGRAPH = "paragraph"
    QUOTE = "quote"
    ROW = "row"


@dataclass(frozen=True, slots=True)
class Link:
    """One link as written. text: plain; of an image alone (`image`), its alternative text. reference: `[text][label]` in
    Markdown."""

    url: str
    text: str
    reference: bool = False
    image: bool = False


@dataclass(frozen=True, slots=True)
class Heading:
    """level: 1 to 6, or `BOLD_HEADING`. lines: half-open range of source lines; of HTML alone (0, 0)."""

    level: int
    text: str
    lines: tuple[int, int] = (0, 0)


@dataclass(frozen=True, slots=True)
class Block:
    """A piece of text that belongs together. text: plain, white space collapsed, link texts included. lines: as a heading's."""

    kind: Kind
    text: str
    links: tuple[Link, ...]
    lines: tuple[int, int] = (0, 0)


def collapse(text: str) -> str:
    """White space runs to one space, none at the ends."""
    return " ".join(text.split())
