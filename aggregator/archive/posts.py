"""One post before anything is known of the roundup: its front matter, title, number, date and the pieces of its body."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from pathlib import PurePosixPath

from aggregator.archive.frontmatter import FrontMatter, split
from aggregator.archive.walk import Document
from aggregator.errors import ArchiveError
from aggregator.text.blocks import Block, Heading
from aggregator.text.canonical import canonical_url
from aggregator.text.markdown import read

_DATED_NAME = re.compile(r"(?<!\d)((?:19|20)\d\d)[-_.]?(0[1-9]|1[0-2])[-_.]?(0[1-9]|[12]\d|3[01])(?!\d)[-_. ]*")
_MARKED_NUMBER = re.compile(
    r"(?:#|№|\b(?:no|nr|num|number|issue|edition|episode|vol|volume|week|part|take)\b\.?)\s*#?(\d{1,5})\b", re.IGNORECASE
)
_NUMBER = re.compile(r"(?<![\w.,/-])(\d{1,5})(?![\w/]|[.,]\d)")


@dataclass(frozen=True, slots=True)
class Post:
    """path, content_hash, title, number, published, tags, draft: as in PastEdition. parts: the body's headings and blocks.
    outbound: how many links lead to other sites."""

    path: str
    content_hash: str
    front: FrontMatter
    title: str
    number: int | None
    published: date | None
    tags: tuple[str, ...]
    draft: bool
    parts: tuple[Heading | Block, ...]
    outbound: int


def read_markdown(document: Document) -> Post:
    """A Markdown post. Raises ArchiveError if its front matter cannot be read."""
    try:
        front = split(document.text)
    except ArchiveError as error:
        raise ArchiveError(error.message, resource=document.name) from error
    parts = read(front.body)
    name = _own_name(document.name)
    title = front.text("title") or _heading_title(parts) or _DATED_NAME.sub("", name).replace("-", " ").replace("_", " ").strip()
    slug = front.text("slug") or _DATED_NAME.sub("", name)
    return Post(
        path=document.name,
        content_hash=document.content_hash,
        front=front,
        title=title or name,
        number=front.number("number", "issue", "edition")
        or number_in(title)
        or number_in(slug.replace("-", " ").replace("_", " ")),
        published=front.date("date", "published", "pubdate", "publishdate", "created") or _date_in(document.name),
        tags=front.words("tags", "tag", "keywords"),
        draft=front.draft or "_drafts" in PurePosixPath(document.name).parts,
        parts=parts,
        outbound=sum(is_outbound(link.url) for part in parts if isinstance(part, Block) for link in part.links),
    )


def is_outbound(url: str) -> bool:
    """It leads to a page on the web: http or https, with a host."""
    return canonical_url(url) is not None


def number_in(text: str) -> int | None:
    """The number that a title gives itself: after "#", "no." and the like, else the first that stands alone and is no year."""
    if marked := _MARKED_NUMBER.search(text):
        return int(marked[1])
    text = _DATED_NAME.sub(" ", text)
    return next((int(found) for found in _NUMBER.findall(text) if not 1900 <= int(found) < 2100), None)


def _own_name(path: str) -> str:
    """The file's name without its ending; the folder's for `2013-01-10-links/index.md`."""
    pure = PurePosixPath(path)
    return pure.parent.name if pure.stem in ("index", "_index") and pure.parent.name else pure.stem


def _heading_title(parts: tuple[Heading | Block, ...]) -> str | None:
    return next((part.text for part in parts if isinstance(part, Heading) and part.level == 1), None)


def _date_in(path: str) -> date | None:
    for piece in reversed(PurePosixPath(path).parts):
        if found := _DATED_NAME.search(piece):
            try:
                return date(int(found[1]), int(found[2]), int(found[3]))
            except ValueError:
                continue
    return None
