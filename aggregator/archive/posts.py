"""One post before anything is known of the roundup: its front matter, title, number, date and the pieces of its body."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import PurePosixPath
from urllib.parse import urlsplit

from aggregator.archive.frontmatter import FrontMatter, split
from aggregator.archive.sites import NOT_A_BLOG
from aggregator.archive.walk import Document
from aggregator.errors import ArchiveError
from aggregator.records.archive import RawPost
from aggregator.records.headings import heading_name
from aggregator.text.blocks import Block, Heading
from aggregator.text.canonical import canonical_url, host_of
from aggregator.text.markdown import read
from aggregator.text.markup import parse
from aggregator.text.markup import parts as markup_parts

_DATED_NAME = re.compile(r"(?<!\d)((?:19|20)\d\d)[-_.]?(0[1-9]|1[0-2])[-_.]?(0[1-9]|[12]\d|3[01])(?!\d)[-_. ]*")
_MARKED_NUMBER = re.compile(
    r"(?:#|№|\b(?:no|nr|num|number|issue|edition|episode|vol|volume|week|part|take)\b\.?)\s*#?(\d{1,5})[a-z]?\b", re.IGNORECASE
)
# "098: Open Source and More" gives its number first.
_LEADING = re.compile(r"\s*#?(\d{1,5})\s*(?::|[|.\u2013\u2014-]\s)")
# "Roundup 12b": the second half of number 12.
_LETTERED = re.compile(r"(?<![\w.,/-])(\d{1,5})[a-c]$", re.IGNORECASE)
_NUMBER = re.compile(r"(?<![\w.,/-])(\d{1,5})(?![\w/]|[.,]\d)")


@dataclass(frozen=True, slots=True)
class Post:
    """path, content_hash, title, number, published, tags, draft: as in PastEdition. parts: the body's headings, under the names
    that they are shown by, and its blocks, without links to the author's own site. outbound: address of each link to others ->
    its canonical one. own_links: how many led to his own. exported: made of HTML, as sites and exports have it, not of what
    he wrote. source: the Markdown that it was read from, "" for another."""

    path: str
    content_hash: str
    front: FrontMatter
    title: str
    number: int | None
    published: date | None
    tags: tuple[str, ...]
    draft: bool
    parts: tuple[Heading | Block, ...]
    outbound: Mapping[str, str]
    own_links: int = 0
    exported: bool = False
    source: str = ""

    @property
    def blocks(self) -> Iterator[Block]:
        """Its parts without the headings."""
        return (part for part in self.parts if isinstance(part, Block))

    @property
    def links(self) -> tuple[str, ...]:
        """Canonical addresses of its links to others, in order."""
        return tuple(self.outbound[link.url] for part in self.blocks for link in part.links if link.url in self.outbound)


def read_markdown(document: Document, sites: Collection[str] = ()) -> Post:
    """A Markdown post. sites: the author's own hosts. Raises ArchiveError if its front matter cannot be read."""
    try:
        front = split(document.text)
    except ArchiveError as error:
        raise ArchiveError(error.message, resource=document.name) from error
    parts, own_links = tidy(read(front.body), sites)
    name = own_name(document.name)
    words = name_words(name)
    title = front.text("title") or _heading_title(parts) or words
    return Post(
        path=document.name,
        content_hash=document.content_hash,
        front=front,
        title=title or name,
        number=front.number("number", "issue", "edition") or number_of(title, name, front.text("slug")),
        published=front.date("date", "published", "pubdate", "publishdate", "created") or date_in(document.name),
        tags=front.words("tags", "tag", "keywords"),
        draft=front.draft or "_drafts" in PurePosixPath(document.name).parts,
        parts=parts,
        outbound=outbound(parts),
        own_links=own_links,
        source=document.text,
    )


def read_raw(raw: RawPost, sites: Collection[str] = ()) -> Post:
    """A post of a feed or an export. sites: as for `read_markdown`; the host of its own address is one of them."""
    parts, own_links = tidy(markup_parts(parse(raw.html).body), {*sites, *own_hosts(raw.url)})
    said = "\0".join((raw.title, str(raw.published), str(raw.draft), raw.html))
    return Post(
        path=raw.path,
        content_hash=hashlib.sha256(said.encode("utf-8", errors="replace")).hexdigest(),
        front=FrontMatter("none", ""),
        title=raw.title or raw.path,
        number=number_of(raw.title, own_name(urlsplit(raw.url or "").path)),
        published=raw.published,
        tags=raw.tags,
        draft=raw.draft,
        parts=parts,
        outbound=outbound(parts),
        own_links=own_links,
        exported=True,
    )


def tidy(parts: Iterable[Heading | Block], own: Collection[str]) -> tuple[tuple[Heading | Block, ...], int]:
    """The same with headings under the names that they are shown by, and without links to these hosts; how many those were."""
    tidied: list[Heading | Block] = []
    dropped = 0
    for part in parts:
        if isinstance(part, Heading):
            tidied.append(replace(part, text=heading_name(part.text)))
        elif own and part.links:
            links = tuple(link for link in part.links if host_of(link.url) not in own)
            dropped += len(part.links) - len(links)
            tidied.append(replace(part, links=links))
        else:
            tidied.append(part)
    return tuple(tidied), dropped


def outbound(parts: Iterable[Heading | Block]) -> dict[str, str]:
    """Address of each link to the web (http or https, with a host), as written -> its canonical one."""
    urls = {link.url for part in parts if isinstance(part, Block) for link in part.links}
    return {url: address for url in urls if (address := canonical_url(url)) is not None}


def own_hosts(*urls: str | None) -> set[str]:
    """The hosts of these addresses of the author's posts, but for places where many people publish."""
    return {host for url in urls if url and (host := host_of(url)) and host not in NOT_A_BLOG}


def number_of(title: str | None, name: str, slug: str | None = None) -> int | None:
    """The number of a post by its title, else by the name of its file or folder. A name that is nothing but a number says it
    before a title that only mentions one ("Top 10 tools" in `098/`)."""
    bare = re.fullmatch(r"0*(\d{1,4})", name)
    if bare and not 1900 <= int(bare[1]) < 2100 and not (title and _MARKED_NUMBER.search(title)):
        return int(bare[1])
    return number_in(title or "") or number_in(name_words(slug or name))


def number_in(text: str) -> int | None:
    """The number that a title gives itself: before a colon at its beginning, after "#", "no." and the like, else the first that
    stands alone and is no year."""
    if (leading := _LEADING.match(text)) and not 1900 <= int(leading[1]) < 2100:
        return int(leading[1])
    if marked := _MARKED_NUMBER.search(text):
        return int(marked[1])
    text = _DATED_NAME.sub(" ", text)
    found = _NUMBER.findall(text) or _LETTERED.findall(text)
    return next((int(one) for one in found if not 1900 <= int(one) < 2100), None)


def name_words(name: str) -> str:
    """The name of a file as a title, without its date."""
    return _DATED_NAME.sub("", name).replace("-", " ").replace("_", " ").strip()


def own_name(path: str) -> str:
    """The file's name without its ending; the folder's for `2013-01-10-links/index.md`."""
    pure = PurePosixPath(path)
    return pure.parent.name if pure.stem in ("index", "_index") and pure.parent.name else pure.stem


def _heading_title(parts: tuple[Heading | Block, ...]) -> str | None:
    return next((part.text for part in parts if isinstance(part, Heading) and part.level == 1), None)


def date_in(path: str) -> date | None:
    """The date in a file's name or a folder's, the nearest first."""
    for piece in reversed(PurePosixPath(path).parts):
        if found := _DATED_NAME.search(piece):
            try:
                return date(int(found[1]), int(found[2]), int(found[3]))
            except ValueError:
                continue
    return None
