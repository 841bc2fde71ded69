"""The author's list of feeds: read, and edited so that folders, order, comments and unknown attributes stay as they are."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from xml.sax.saxutils import escape, quoteattr

from aggregator.errors import OpmlError
from aggregator.intake.outline import Document, Element, read_document, spliced
from aggregator.records.feeds import FeedRole, ListedFeed
from aggregator.text.canonical import canonical_url, safe_url
from aggregator.text.hygiene import clean_line

# Of a list from elsewhere (R37). The author's own file is bounded by its size only.
MOST_IMPORTED = 2000

_TITLE_LIMIT = 200
_Edit = tuple[int, int, str]
_OURS = "the list of feeds"
_ATTRIBUTE = re.compile(rb"\s([^\s=/>]+)\s*=\s*(\"[^\"]*\"|'[^']*')")


@dataclass(frozen=True, slots=True)
class OpmlReading:
    """feeds: in the file's order, each address once. notes: what was left out and why, with its line. title: of the list."""

    feeds: tuple[ListedFeed, ...]
    notes: tuple[str, ...] = ()
    title: str | None = None


@dataclass(slots=True)
class _Addition:
    """What goes into one folder: outlines of feeds, and folders that do not exist yet."""

    feeds: list[str] = field(default_factory=list)
    folders: dict[str, _Addition] = field(default_factory=dict)


def read_opml(text: bytes, source: str) -> OpmlReading:
    """The feeds of an OPML file. source: its name, for messages. Raises OpmlError with line and reason.

    Folders may be nested; titles may be missing; a feed listed twice (by canonical address) counts once.
    """
    document = read_document(text, source)
    feeds: dict[str, ListedFeed] = {}
    notes = []
    for outline in document.outlines:
        if "xmlurl" not in outline.attributes:
            continue
        feed = _listed(outline)
        if feed is None:
            notes.append(f"line {outline.line}: {outline.attributes['xmlurl'][:200]!r} is no http(s) address; left out.")
        elif feed.canonical_url in feeds:
            notes.append(f"line {outline.line}: {feed.url} is listed twice.")
        else:
            feeds[feed.canonical_url] = feed
    return OpmlReading(tuple(feeds.values()), tuple(notes), clean_line(document.title, _TITLE_LIMIT) or None)


def add_feed(document: bytes, feed: ListedFeed) -> bytes:
    """The document with one more feed, last in its folder; folders that are missing are made. Unchanged if it is listed.
    Raises OpmlError if the document cannot be read."""
    return _with(read_document(document, _OURS), [feed])


def remove_feed(document: bytes, canonical_url: str) -> bytes:
    """The document without the feed of this canonical address; unchanged if it is not listed. Raises OpmlError."""
    read = read_document(document, _OURS)
    edits = [edit for outline in _at(read, canonical_url) for edit in _cut(read.source, outline)]
    return spliced(read.source, edits) if edits else document


def revise(document: bytes, *, add: Sequence[ListedFeed], remove: Collection[str], change: Mapping[str, ListedFeed]) -> bytes:
    """The document with feeds added, those of some canonical addresses removed, and others as `change` (canonical address ->
    feed) has them: folders, title, role. Their addresses and every other attribute stay. Raises OpmlError."""
    read = read_document(document, _OURS)
    edits: list[_Edit] = []
    moved: dict[str, str] = {}
    for outline in read.outlines:
        feed = _listed(outline)
        if feed is None:
            continue
        key = feed.canonical_url
        if key in remove:
            edits += _cut(read.source, outline)
        elif key in change and change[key].folders == feed.folders:
            edits += _renamed(read.source, outline, feed, change[key])
        elif key in change:
            moved.setdefault(key, _as_leaf(read.source, outline, _renamed(read.source, outline, feed, change[key])))
            edits += _cut(read.source, outline)
    cleared = read_document(spliced(read.source, edits), _OURS) if edits else read
    outlines = [(change[key], outline) for key, outline in moved.items()] + [(feed, _outline(feed)) for feed in add]
    return _inserted(cleared, outlines)


def replace_address(document: bytes, old: str, new: str) -> bytes:
    """The document with `new` for the address of the feed that is listed as `old`; nothing else of it changes. Raises
    OpmlError."""
    read = read_document(document, _OURS)
    key = canonical_url(old)
    edits = [
        (attribute.start(2), attribute.end(2), quoteattr(new))
        for outline in (_at(read, key) if key else ())
        if (attribute := _attributes(read.source, outline).get("xmlurl")) is not None
    ]
    return spliced(read.source, edits) if edits else document


def merge(document: bytes, other: bytes, source: str = "the imported list") -> tuple[bytes, tuple[ListedFeed, ...]]:
    """The document with every feed of `other` that it lacks, in the same folders, and those feeds. Raises OpmlError, also if
    `other` lists more than 2,000 feeds."""
    found = read_opml(other, source).feeds
    if len(found) > MOST_IMPORTED:
        raise OpmlError(
            f"It lists {len(found):,} feeds; at most {MOST_IMPORTED:,} can be imported at once.",
            resource=source,
            advice="Import it in parts, or make it the list itself (`feeds:` in config.yaml).",
        )
    read = read_document(document, _OURS)
    listed = {feed.canonical_url for feed in map(_listed, read.outlines) if feed is not None}
    added = tuple(feed for feed in found if feed.canonical_url not in listed)
    return _with(read, added), added


def write_opml(title: str, feeds: Iterable[ListedFeed]) -> bytes:
    """A new OPML 2.0 document, UTF-8."""
    return _with(read_document(empty_opml(title), title), list(feeds))


def empty_opml(title: str) -> bytes:
    """A document without feeds."""
    head = f"<title>{escape(clean_line(title, _TITLE_LIMIT))}</title>"
    lines = (
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<opml version="2.0">',
        "  <head>",
        f"    {head}",
        "  </head>",
        "  <body>",
        "  </body>",
        "</opml>",
        "",
    )
    return "\n".join(lines).encode()


def _listed(outline: Element) -> ListedFeed | None:
    attributes = outline.attributes
    address = attributes.get("xmlurl", "").strip()
    if address.lower().startswith("feed:"):
        # What browsers once handed to readers: feed://host/path and feed:https://host/path.
        address = "http:" + address[5:] if address[5:7] == "//" else address[5:]
    url = safe_url(address)
    key = canonical_url(address)
    if url is None or key is None:
        return None
    title = _name(attributes)
    if safe_url(title):
        # Readers that never learnt the title wrote the address there.
        title = ""
    folders = (_name(parent.attributes) for parent in outline.parents if _is_folder(parent))
    return ListedFeed(
        url=url,
        canonical_url=key,
        title=title or None,
        site_url=safe_url(attributes.get("htmlurl", "")),
        folders=tuple(folder for folder in folders if folder),
        role=FeedRole.FINDS if attributes.get("role", "").strip().casefold() == FeedRole.FINDS else FeedRole.FEED,
    )


def _is_folder(element: Element) -> bool:
    return element.name.lower() == "outline" and "xmlurl" not in element.attributes


def _name(attributes: dict[str, str]) -> str:
    return clean_line(attributes.get("title") or attributes.get("text") or "", _TITLE_LIMIT)


def _at(document: Document, key: str) -> list[Element]:
    return [outline for outline in document.outlines if (feed := _listed(outline)) is not None and feed.canonical_url == key]


def _with(document: Document, feeds: Sequence[ListedFeed]) -> bytes:
    return _inserted(document, [(feed, _outline(feed)) for feed in feeds])


def _inserted(document: Document, feeds: Sequence[tuple[ListedFeed, str]]) -> bytes:
    """With these outlines in their feeds' folders, but for feeds that are listed.

    All at once: finding the places again after each feed would take a minute for a long list.
    """
    if document.body is None:
        raise OpmlError("It has no <body> to put feeds in.", resource=_OURS, advice="Correct the file, or start a new one.")
    listed = {feed.canonical_url for feed in map(_listed, document.outlines) if feed is not None}
    additions: dict[int, tuple[Element, _Addition]] = {}
    for feed, outline in feeds:
        if feed.canonical_url in listed:
            continue
        listed.add(feed.canonical_url)
        element, missing = _deepest(document.body, feed.folders)
        _, addition = additions.setdefault(element.start, (element, _Addition()))
        for folder in missing:
            addition = addition.folders.setdefault(folder, _Addition())
        addition.feeds.append(outline)
    edits = [_insertion(document.source, element, addition) for element, addition in additions.values()]
    return spliced(document.source, edits)


def _deepest(body: Element, folders: Sequence[str]) -> tuple[Element, Sequence[str]]:
    """The innermost of these folders that exists, and the names of those that do not."""
    element = body
    for depth, folder in enumerate(folders):
        child = next((each for each in element.children if _is_folder(each) and _name(each.attributes) == folder), None)
        if child is None:
            return element, folders[depth:]
        element = child
    return element, ()


def _insertion(source: bytes, element: Element, addition: _Addition) -> tuple[int, int, str]:
    newline = "\r\n" if b"\r\n" in source[:2000] else "\n"
    own = _indent(source, element.start)
    step = "\t" if "\t" in own or b"\n\t" in source[:2000] else "  "
    indent = _indent(source, element.children[-1].start) if element.children else own + step
    lines = newline.join(("", *_lines(addition, indent, step)))
    if element.empty:
        tag_end = source.rindex(b"/", element.start, element.inside)
        return tag_end, element.inside, f">{lines}{newline}{own}</{element.name}>"
    if element.children:
        return element.children[-1].end, element.children[-1].end, lines
    return element.inside, element.closing, f"{lines}{newline}{own}"


def _lines(addition: _Addition, indent: str, step: str) -> Iterable[str]:
    for outline in addition.feeds:
        yield f"{indent}{outline}"
    for folder, inner in addition.folders.items():
        name = quoteattr(folder)
        yield f"{indent}<outline text={name} title={name}>"
        yield from _lines(inner, indent + step, step)
        yield f"{indent}</outline>"


def _outline(feed: ListedFeed) -> str:
    name = quoteattr(feed.title or feed.url)
    site = f" htmlUrl={quoteattr(feed.site_url)}" if feed.site_url else ""
    role = f' role="{feed.role}"' if feed.role is not FeedRole.FEED else ""
    return f'<outline type="rss" text={name} title={name} xmlUrl={quoteattr(feed.url)}{site}{role}/>'


def _attributes(source: bytes, outline: Element) -> dict[str, re.Match[bytes]]:
    """Where each attribute stands in the start tag, by its name in lower case."""
    found = _ATTRIBUTE.finditer(source, outline.start, outline.inside)
    return {attribute[1].decode().lower(): attribute for attribute in found}


def _renamed(source: bytes, outline: Element, feed: ListedFeed, wanted: ListedFeed) -> list[_Edit]:
    """What makes this start tag say the title and the role that are wanted."""
    said: dict[str, str] = {}
    attributes = _attributes(source, outline)
    if wanted.title and wanted.title != feed.title:
        said |= dict.fromkeys([name for name in ("text", "title") if name in attributes] or ["text"], wanted.title)
    if wanted.role is not feed.role:
        said["role"] = wanted.role.value
    behind = max(attribute.end() for attribute in attributes.values())
    return [
        (attributes[name].start(2), attributes[name].end(2), quoteattr(value))
        if name in attributes
        else (behind, behind, f" {name}={quoteattr(value)}")
        for name, value in said.items()
    ]


def _as_leaf(source: bytes, outline: Element, edits: Iterable[_Edit]) -> str:
    """The outline alone, edited, without what is below it."""
    start = outline.start
    shifted = [(one - start, other - start, text) for one, other, text in edits]
    tag = spliced(source[start : outline.inside], shifted).decode()
    return tag if outline.empty else tag[:-1].rstrip() + "/>"


def _cut(source: bytes, outline: Element) -> list[_Edit]:
    start = _line_start(source, outline.start)
    if outline.children:
        # Somebody filed feeds under a feed: only the feed itself goes.
        return [(start, outline.inside, ""), (_line_start(source, outline.closing), outline.end, "")]
    return [(start, outline.end, "")]


def _indent(source: bytes, at: int) -> str:
    before = source[source.rfind(b"\n", 0, at) + 1 : at]
    return before.decode() if not before.strip() else ""


def _line_start(source: bytes, at: int) -> int:
    """Where to cut so that no empty line is left: behind the text before."""
    before = len(source[:at].rstrip(b" \t"))
    if source[:before].endswith(b"\r\n"):
        return before - 2
    return before - 1 if source[:before].endswith(b"\n") else at
