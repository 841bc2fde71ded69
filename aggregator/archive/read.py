"""Reads past editions: which posts of folders, exports and feeds are editions, what they hold, and why others are none."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path, PurePosixPath

from aggregator.archive.boilerplate import Names, by_shape
from aggregator.archive.choose import choose
from aggregator.archive.editions import edition_of, in_time, spellings, with_newest_names
from aggregator.archive.ghost import read_ghost
from aggregator.archive.posts import Post, read_markdown, read_raw
from aggregator.archive.roundup import stem, title_pattern
from aggregator.archive.rules import ReadingRules
from aggregator.archive.sections import section_levels
from aggregator.archive.walk import MOST_BYTES, Format, Found, decode, document_name, find, load
from aggregator.archive.webpage import read_html_file, read_webpage
from aggregator.archive.wordpress import read_wordpress
from aggregator.errors import ArchiveError
from aggregator.ports import Progress
from aggregator.records.archive import (
    ArchiveReading,
    Decisions,
    FoundBoilerplate,
    FoundSection,
    PastEdition,
    RawPost,
    SkippedDocument,
)
from aggregator.records.headings import heading_key

# His front matter is read from so many of the newest editions: older ones had other keys.
_NEWEST = 5
_NO_RULES = ReadingRules()

__all__ = ["document_name", "read_archive", "read_page", "read_post", "read_posts", "read_raw_post"]


def read_archive(
    paths: Sequence[Path],
    *,
    home: Path | None = None,
    title: str | None = None,
    rules: ReadingRules = _NO_RULES,
    progress: Progress | None = None,
) -> ArchiveReading:
    """Past editions in these files and folders, oldest first, with a reason for every document that is none.

    Read are Markdown, HTML pages, and exports of WordPress and Ghost. home: documents are named by their path relative to this
    folder, whichever of `paths` they were found in; without it, relative to that one; posts of an export by their address.
    title: the roundup's title pattern ("Friday Links #{number}"), to tell its editions from other posts; without it, the titles
    that are alike but for a number decide; where none are, every post with links is an edition. A post under another title is
    one all the same if its sections are the roundup's. rules: what the author overruled. Raises ArchiveError for a path that
    does not exist, never for what a document holds.
    """
    return _reading(_from_files(list(find(paths, home)), rules, progress), title, rules)


def read_posts(
    raw: Sequence[RawPost],
    *,
    title: str | None = None,
    known: Collection[str] = (),
    rules: ReadingRules = _NO_RULES,
    progress: Progress | None = None,
) -> ArchiveReading:
    """As `read_archive`, for posts at hand, such as a feed's. known: the roundup's section names, to find its headings by where
    there are too few posts to compare."""
    return _reading(_from_posts(raw, rules, progress), title, rules, known)


def read_raw_post(raw: RawPost, *, known: Collection[str] = (), rules: ReadingRules = _NO_RULES) -> PastEdition:
    """One edition, published or draft, from a post at hand. A post without links is no error."""
    return _alone(read_raw(raw, rules.sites), known, rules)


def read_post(text: str, name: str, *, known: Collection[str] = (), rules: ReadingRules = _NO_RULES) -> PastEdition:
    """As `read_raw_post`, from its Markdown; `name` becomes its path. Raises ArchiveError if it cannot be read."""
    return _alone(read_markdown(decode(text.encode("utf-8", errors="replace"), name), rules.sites), known, rules)


def read_page(html: str, address: str, *, known: Collection[str] = (), rules: ReadingRules = _NO_RULES) -> PastEdition:
    """As `read_post`, for the web page of a published edition. Raises ArchiveError if there is no post with links on it."""
    return _alone(read_webpage(html, address, rules.sites), known, rules)


def _alone(post: Post, known: Collection[str], rules: ReadingRules) -> PastEdition:
    """A post that is an edition, read without others to compare it with: the roundup's `known` sections are no boilerplate."""
    rules = rules.knowing(known)
    names = Names(rules, _words_of(stem(post.title)))
    return edition_of(post, section_levels([post], names, known)[post.path], names)


def _reading(
    results: Iterable[Post | SkippedDocument], title: str | None, rules: ReadingRules, known: Collection[str] = ()
) -> ArchiveReading:
    posts: list[Post] = []
    skipped: list[SkippedDocument] = []
    for one in results:
        if isinstance(one, SkippedDocument):
            skipped.append(one)
        else:
            posts.append(one)
    choice = choose(posts, title, rules)
    names = Names(rules.knowing(known), _words_of(choice.stem))
    levels = section_levels(choice.editions, names, known)
    read = in_time([edition_of(post, levels[post.path], names) for post in choice.editions])
    written = spellings(read)
    shapes = by_shape(read, names.rules)
    editions = [with_newest_names(edition, written, shapes) for edition in read]
    return ArchiveReading(
        editions=tuple(editions),
        skipped=tuple(sorted((*skipped, *choice.skipped), key=lambda one: one.path)),
        title=title_pattern([(one.title, one.number) for one in editions]),
        front_matter=_usual_fields(choice.editions),
        decisions=Decisions(
            by=choice.by,
            sections=_found_sections(editions, written),
            boilerplate=_found_boilerplate(editions, names, shapes),
            sponsored=sum(len(one.links) for edition in editions for one in edition.asides if one.section is None),
            sites=tuple(sorted(rules.sites)),
            own_links=sum(post.own_links for post in choice.editions),
        ),
    )


def _words_of(stem: str | None) -> frozenset[str]:
    return frozenset((stem or "").split())


def _from_files(found: Sequence[Found], rules: ReadingRules, progress: Progress | None) -> Iterator[Post | SkippedDocument]:
    taken: set[str] = set()
    texts: dict[str, str] = {}
    if progress:
        progress.start("Reading past editions", len(found))
    for file in found:
        name = file.name if file.name not in taken else file.path.as_posix()
        taken.add(name)
        try:
            for one in _from_file(file, name, texts, rules):
                yield one if isinstance(one, SkippedDocument) else _with_links(one)
        except ArchiveError as error:
            yield SkippedDocument(name, error.message, broken=True)
        if progress:
            progress.step()
    if progress:
        progress.stop()


def _from_file(file: Found, name: str, texts: dict[str, str], rules: ReadingRules) -> Iterator[Post | SkippedDocument]:
    if file.format is Format.OTHER:
        yield SkippedDocument(name, f"{file.path.suffix.lower()} files are not read, only Markdown, HTML and exports")
    elif _is_partial(name):
        yield SkippedDocument(name, "a piece of other pages: its name begins with “_”")
    elif file.format in (Format.XML, Format.JSON):
        export = read_wordpress(file.path, name) if file.format is Format.XML else read_ghost(file.path, name)
        yield from (one if isinstance(one, SkippedDocument) else _from_raw(one, rules) for one in export)
    else:
        document = load(file.path, name)
        same = texts.setdefault(document.content_hash, name)
        if same != name:
            yield SkippedDocument(name, f"the same text as {same}")
        else:
            yield (read_html_file if file.format is Format.HTML else read_markdown)(document, rules.sites)


def _from_raw(raw: RawPost, rules: ReadingRules) -> Post | SkippedDocument:
    if len(raw.html) > MOST_BYTES:
        return SkippedDocument(raw.path, f"larger than {MOST_BYTES // 1024 // 1024} MB")
    return read_raw(raw, rules.sites)


def _from_posts(raw: Sequence[RawPost], rules: ReadingRules, progress: Progress | None) -> Iterator[Post | SkippedDocument]:
    if progress:
        progress.start("Reading past editions", len(raw))
    for one in raw:
        read = _from_raw(one, rules)
        yield read if isinstance(read, SkippedDocument) else _with_links(read)
        if progress:
            progress.step()
    if progress:
        progress.stop()


def _with_links(post: Post) -> Post | SkippedDocument:
    """A published post with links, else why it is none."""
    if post.draft:
        return SkippedDocument(post.path, "a draft: its front matter says that it is not published", unpublished=True)
    return post if post.outbound else SkippedDocument(post.path, "no links to other sites")


def _is_partial(name: str) -> bool:
    """MDX and Jekyll compose pages of such files; `_index.md` is a page of Hugo's."""
    file = PurePosixPath(name).name
    return file.startswith("_") and not file.startswith("_index.")


def _found_sections(editions: Sequence[PastEdition], written: dict[str, tuple[str, ...]]) -> tuple[FoundSection, ...]:
    count = Counter(name for edition in editions for name in edition.sections)
    links = Counter(dict.fromkeys(count, 0))
    for edition in editions:
        for bullet in edition.bullets:
            if bullet.section is not None:
                links[bullet.section] += len(bullet.links)
    return tuple(FoundSection(name, count[name], number, written[heading_key(name)]) for name, number in links.most_common())


def _found_boilerplate(editions: Sequence[PastEdition], names: Names, shapes: Mapping[str, str]) -> tuple[FoundBoilerplate, ...]:
    shown: dict[str, str] = {}
    links: Counter[str] = Counter()
    places: defaultdict[str, set[str]] = defaultdict(set)
    for edition in reversed(editions):
        for aside in edition.asides:
            if aside.section is not None:
                key = heading_key(aside.section)
                shown.setdefault(key, aside.section)
                links[key] += len(aside.links)
                places[key].add(edition.path)
    return tuple(
        FoundBoilerplate(shown[key], len(places[key]), number, shapes.get(key) or names.why(shown[key]) or "")
        for key, number in links.most_common()
    )


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
