"""The author's past editions: links, bullets, editions, and where a link was used before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path


@dataclass(frozen=True, slots=True)
class PastLink:
    """One outbound link. anchor: its text, plain. canonical_url: the key for comparing addresses."""

    url: str
    canonical_url: str
    anchor: str


@dataclass(frozen=True, slots=True)
class PastBullet:
    """One bullet or paragraph with at least one link, moved as a unit. section: the heading as in `PastEdition.sections`, None
    above the first heading. text: plain text of the comment, link texts included."""

    section: str | None
    text: str
    links: tuple[PastLink, ...]


@dataclass(frozen=True, slots=True)
class PostForm:
    """How one post is written, as its Markdown shows.

    head: its front matter as written, fences included; "" without any. heading: of a section, its words as `{heading}`. marker:
    of a bullet. loose: bullets are apart by an empty line. label, own_label: of references to others and to his own pages, the
    number as `{n}`; None where he links inline. scattered: definitions stand below each section, not at the end. captured: the
    numbers of the labels do not follow the text. empty: what sections without a bullet say.
    """

    head: str = ""
    heading: str = "## {heading}"
    marker: str = "*"
    loose: bool = True
    label: str | None = None
    own_label: str | None = None
    scattered: bool = False
    captured: bool = False
    empty: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PastEdition:
    """One number of the roundup as published.

    path: where it was read, relative to the source it was found in. content_hash: sha256 hex of its bytes. number and
    published: None if the file does not say. sections: headings in order, empty ones included, each under the newest spelling
    that the roundup gave it. intro, outro: Markdown before the first and after the last section. style: "inline" or
    "reference" links, as it mostly uses. draft: its front matter says that it is not published. asides: what stands under
    headings that hold none of his picks (sponsors, jobs, events); told of when it is read, never stored, teaches nothing.
    form: how it is written, None where it was not read as Markdown.
    """

    path: str
    content_hash: str
    title: str
    number: int | None
    published: date | None
    sections: tuple[str, ...]
    bullets: tuple[PastBullet, ...]
    tags: tuple[str, ...] = ()
    intro: str = ""
    outro: str = ""
    style: str = "inline"
    draft: bool = False
    asides: tuple[PastBullet, ...] = ()
    form: PostForm | None = None

    @property
    def links(self) -> tuple[PastLink, ...]:
        """All its links in order."""
        return tuple(link for bullet in self.bullets for link in bullet.links)


@dataclass(frozen=True, slots=True)
class RawPost:
    """A post as a feed or an export gives it, before anything is known of the roundup. path: what it is known by, its address
    if it has one. html: its body. draft: said to be unpublished."""

    path: str
    title: str
    html: str
    url: str | None = None
    published: date | None = None
    tags: tuple[str, ...] = ()
    draft: bool = False


@dataclass(frozen=True, slots=True)
class SkippedDocument:
    """A document that is not an edition, and why. unpublished: it is none whatever it was before: a draft, dated in the future,
    ruled out. broken: it could not be read, so that it may be one."""

    path: str
    reason: str
    unpublished: bool = False
    broken: bool = False


@dataclass(frozen=True, slots=True)
class FoundSection:
    """A heading taken for a section. editions: that have it; spellings: as it was written, the newest first."""

    name: str
    editions: int
    links: int
    spellings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FoundBoilerplate:
    """A heading whose links are not the author's picks, and why."""

    name: str
    editions: int
    links: int
    why: str


@dataclass(frozen=True, slots=True)
class Decisions:
    """What reading past editions took for what, so that the author can overrule it.

    by: why a document counts as an edition, in words. sections and boilerplate: most links first. sponsored: links in
    paragraphs marked as paid for. sites: the author's own hosts; own_links: links to them, which are none to others.
    """

    by: str = ""
    sections: tuple[FoundSection, ...] = ()
    boilerplate: tuple[FoundBoilerplate, ...] = ()
    sponsored: int = 0
    sites: tuple[str, ...] = ()
    own_links: int = 0


@dataclass(frozen=True, slots=True)
class Succession:
    """An old heading that a later one seems to have taken over. links: under the old one. why: in words."""

    old: str
    new: str
    links: int
    why: str


@dataclass(frozen=True, slots=True)
class ArchiveReading:
    """What reading a source of past editions gave, oldest edition first.

    title: the pattern of its newest title, the number as `{number}`; "" if none has a number. front_matter: keys of the
    newest editions' -> the value that they agree on, None where they differ.
    """

    editions: tuple[PastEdition, ...]
    skipped: tuple[SkippedDocument, ...]
    title: str = ""
    front_matter: Mapping[str, object] = field(default_factory=dict)
    decisions: Decisions = field(default_factory=Decisions)


@dataclass(frozen=True, slots=True)
class PastUse:
    """Where a link stood before: the edition's title and number, its date, the section, the bullet's text."""

    edition: str
    number: int | None
    published: date | None
    section: str | None
    url: str
    bullet: str

    @property
    def edition_name(self) -> str:
        """As `edition_name`."""
        return edition_name(self.edition, self.number)


def edition_name(title: str, number: int | None) -> str:
    """What an edition is called in one line: `#12`, or its title where it has no number."""
    return title if number is None else f"#{number}"


@dataclass(frozen=True, slots=True)
class PastPlace:
    """One link of a published edition. edition: its `edition_name`. target: the canonical address that the link led to when it
    was followed, None if it never was. The rest: `PastLink`."""

    edition: str
    url: str
    canonical_url: str
    anchor: str
    target: str | None = None


@dataclass(frozen=True, slots=True)
class StoredDocument:
    """A document of the archive without its contents. source: the address of the source that it was found in, None if he named
    it himself. baseline: it was there at its source's first read, or he imported it, so that it never closes an edition."""

    path: str
    content_hash: str
    title: str
    number: int | None
    published: date | None
    source: str | None
    baseline: bool


@dataclass(frozen=True, slots=True)
class SourceState:
    """How reading one source of past editions stands. address: as the configuration has it. first_read_at, last_read_at: None
    before the first success. next_read_at: not before then, None = now. etag, last_modified: a feed's validators. version: of
    what was read last, None = read it whatever it says. error: what is wrong with it, None if nothing is; error_since with it."""

    address: str
    first_read_at: datetime | None = None
    last_read_at: datetime | None = None
    next_read_at: datetime | None = None
    etag: str | None = None
    last_modified: str | None = None
    version: str | None = None
    error: str | None = None
    error_since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Checkout:
    """The files of a git repository, for reading only. commit: what they are the state of."""

    folder: Path
    commit: str
