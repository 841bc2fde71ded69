"""Reads past editions: which documents of a folder are editions, their sections and bullets, and why others are not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from datetime import date
from itertools import takewhile
from pathlib import Path

from aggregator.archive.posts import Post, read_markdown
from aggregator.archive.roundup import alike, common_stem, has_its_sections, returning_headings, stem, title_pattern
from aggregator.archive.sections import Levels, closes_section, opens_section, section_levels
from aggregator.archive.walk import Document, Found, decode, document_name, find, load
from aggregator.archive.webpage import read_webpage
from aggregator.errors import ArchiveError
from aggregator.ports import Progress
from aggregator.records.archive import ArchiveReading, PastBullet, PastEdition, PastLink, SkippedDocument
from aggregator.text.blocks import Block, Heading, Kind, Link
from aggregator.text.canonical import canonical_url

# His front matter is read from so many of the newest editions: older ones had other keys.
_NEWEST = 5

__all__ = ["document_name", "read_archive", "read_page", "read_post"]


def read_archive(
    paths: Sequence[Path], *, home: Path | None = None, title: str | None = None, progress: Progress | None = None
) -> ArchiveReading:
    """Past editions in these files and folders, oldest first, with a reason for every document that is none.

    home: documents are named by their path relative to this folder, whichever of `paths` they were found in; without it,
    relative to that one. title: the roundup's title pattern ("Friday Links #{number}"), to tell its editions from other
    posts; without it, the titles that are alike but for a number decide; where none are, every post with links is an
    edition. A post under another title is one all the same if its sections are the roundup's. Raises ArchiveError for a
    path that does not exist, never for what a document holds.
    """
    posts, skipped = _read_posts(list(find(paths, home)), progress)
    shared = common_stem(posts, title)
    titled = {post.path: post for post in posts if shared is None or alike(stem(post.title), shared)}
    returning = returning_headings(list(titled.values()))
    editions: list[Post] = []
    for post in posts:
        if post.path in titled or has_its_sections(post, returning):
            editions.append(post)
        else:
            words = f"“{shared}”" if shared else "a number alone"
            skipped.append(SkippedDocument(post.path, f"not the roundup: its title does not begin like {words}"))
    levels = section_levels(editions)
    read = _in_time([_edition(post, levels[post.path]) for post in editions])
    return ArchiveReading(
        editions=tuple(read),
        skipped=tuple(sorted(skipped, key=lambda one: one.path)),
        title=title_pattern([(one.title, one.number) for one in read]),
        front_matter=_usual_fields(editions),
    )


def read_post(text: str, name: str, *, known: Collection[str] = ()) -> PastEdition:
    """One edition, published or draft, from its Markdown; `name` becomes its path. known: section names of the roundup, to
    find its heading level by. Raises ArchiveError if it cannot be read; a post without links is no error."""
    post = read_markdown(decode(text.encode("utf-8", errors="replace"), name))
    return _edition(post, section_levels([post], known)[post.path])


def read_page(html: str, address: str, *, known: Collection[str] = ()) -> PastEdition:
    """As `read_post`, for the web page of a published edition. Raises ArchiveError if there is no post with links on it."""
    post = read_webpage(html, address)
    return _edition(post, section_levels([post], known)[post.path])


def _read_posts(found: Sequence[Found], progress: Progress | None) -> tuple[list[Post], list[SkippedDocument]]:
    posts: list[Post] = []
    skipped: list[SkippedDocument] = []
    names: set[str] = set()
    texts: dict[str, str] = {}
    if progress:
        progress.start("Reading past editions", len(found))
    for file in found:
        name = file.name if file.name not in names else file.path.as_posix()
        names.add(name)
        result = _read_one(file, name, texts)
        if isinstance(result, Post):
            posts.append(result)
        else:
            skipped.append(SkippedDocument(name, result))
        if progress:
            progress.step()
    if progress:
        progress.stop()
    return posts, skipped


def _read_one(file: Found, name: str, texts: dict[str, str]) -> Post | str:
    """The post, or why it is none."""
    if not file.markdown:
        return f"{file.path.suffix.lower()} files are not read, only Markdown"
    try:
        document: Document = load(file.path, name)
        if document.content_hash in texts:
            return f"the same text as {texts[document.content_hash]}"
        texts[document.content_hash] = name
        post = read_markdown(document)
    except ArchiveError as error:
        return error.message
    if post.draft:
        return "a draft: its front matter says that it is not published"
    if not post.outbound:
        return "no links to other sites"
    return post


def _edition(post: Post, levels: Levels) -> PastEdition:
    section: str | None = None
    sections: dict[str, None] = {}
    bullets: list[PastBullet] = []
    references = 0
    for part in post.parts:
        if opens_section(part, levels, post.title):
            section = part.text
            sections.setdefault(part.text)
        elif closes_section(part, levels):
            section = None
        elif isinstance(part, Block):
            links = tuple(link for one in part.links if (link := _past_link(one)) is not None)
            references += sum(one.reference for one in part.links)
            if links:
                bullets.append(PastBullet(section, part.text, links))
    body = post.front.body.split("\n")
    return PastEdition(
        path=post.path,
        content_hash=post.content_hash,
        title=post.title,
        number=post.number,
        published=post.published,
        sections=tuple(sections),
        bullets=tuple(bullets),
        tags=post.tags,
        intro=_source(body, _before(post, levels)) if sections else "",
        outro=_source(body, _after(post, levels)) if sections else "",
        style="reference" if 2 * references > sum(len(bullet.links) for bullet in bullets) else "inline",
        draft=post.draft,
    )


def _past_link(link: Link) -> PastLink | None:
    canonical = canonical_url(link.url)
    return PastLink(link.url, canonical, link.text) if canonical else None


def _before(post: Post, levels: Levels) -> list[Heading | Block]:
    """What stands above the first section, its title aside."""
    above = takewhile(lambda part: not opens_section(part, levels, post.title), post.parts)
    return [part for part in above if isinstance(part, Block)]


def _after(post: Post, levels: Levels) -> list[Heading | Block]:
    """The closing words: paragraphs after the last bullet of the last section, or after its first paragraph where it has no
    bullets (it says that there is nothing this time). One of them may hold a link; several are content."""
    last = max((at for at, part in enumerate(post.parts) if opens_section(part, levels, post.title)), default=len(post.parts))
    blocks = post.parts[last + 1 :]
    is_item = [isinstance(part, Block) and part.kind in (Kind.BULLET, Kind.ROW) for part in blocks]
    closing = blocks[len(is_item) - is_item[::-1].index(True) :] if True in is_item else blocks[1:]
    linked = [at for at, part in enumerate(closing) if isinstance(part, Block) and part.links]
    return list(closing if len(linked) < 2 else closing[linked[-1] + 1 :])


def _source(lines: Sequence[str], parts: Sequence[Heading | Block]) -> str:
    """The Markdown of consecutive parts as written."""
    return "\n".join(lines[parts[0].lines[0] : parts[-1].lines[1]]).strip() if parts else ""


def _in_time(editions: list[PastEdition]) -> list[PastEdition]:
    """Oldest first: by date if all have one, else by number if all have one, else by path."""
    if all(one.published is not None for one in editions):
        return sorted(editions, key=lambda one: (one.published, one.number or 0, one.path))
    if all(one.number is not None for one in editions):
        return sorted(editions, key=lambda one: (one.number, one.path))
    return sorted(editions, key=lambda one: one.path)


def _usual_fields(posts: Sequence[Post]) -> dict[str, object]:
    """Front-matter keys that most of the newest few posts have, each with what they all say."""
    newest = sorted(posts, key=lambda post: (post.published or date.min, post.number or 0, post.path))[-_NEWEST:]
    count = Counter(key for post in newest for key in post.front.fields)
    usual: dict[str, object] = {}
    for key in (key for key, having in count.items() if 2 * having > len(newest)):
        value = newest[-1].front.fields.get(key)
        agreed = isinstance(value, str | int | float) and all(post.front.fields.get(key) == value for post in newest)
        usual[key] = value if agreed and len(newest) > 1 else None
    return usual
