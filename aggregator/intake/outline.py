"""An OPML document with the place of every outline in it, so that an edit changes its own bytes and not one other."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NoReturn
from xml.parsers import expat

from aggregator.errors import OpmlError
from aggregator.intake.charset import decode_document

LARGEST = 5 * 1024 * 1024
DEEPEST = 32

_TAG = re.compile(rb"<[^\s/>]+(?:\s+[^\s=/>]+\s*=\s*(?:\"[^\"]*\"|'[^']*'))*\s*(/?)>")
_WEB_PAGE = re.compile(r"\ufeff?\s*<(?:!doctype\s+html|html)\b", re.IGNORECASE)
_DECLARED = re.compile(r"(<\?xml[^>]*?encoding\s*=\s*)([\"'])[^\"']*[\"']")


@dataclass(slots=True)
class Element:
    """`body` or an outline. attributes: names in lower case, since files differ in `xmlUrl`. line: of its start tag, from 1.

    Places in the document's bytes: start, inside (behind the start tag), closing (of the end tag), end. An element written
    `<outline/>` is `empty`, and its last three are the same.
    """

    name: str
    attributes: dict[str, str]
    line: int
    start: int
    inside: int
    empty: bool
    closing: int = 0
    end: int = 0
    parents: tuple[Element, ...] = ()
    children: list[Element] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Document:
    """source: UTF-8, whatever the file was in. outlines: all, in document order. body: None if the document has none."""

    source: bytes
    title: str
    outlines: tuple[Element, ...]
    body: Element | None


def read_document(data: bytes, name: str) -> Document:
    """Raises OpmlError with line and reason: too large, not well-formed, with entities of its own, not OPML, nested too deep."""
    if len(data) > LARGEST:
        raise OpmlError(f"The file has {len(data):,} bytes; a list of feeds may have {LARGEST:,}.", resource=name)
    text, _ = decode_document(data, None)
    if _WEB_PAGE.match(text):
        raise OpmlError("It is a web page, and no list of feeds (OPML).", resource=name, advice="Give the list's own address.")
    source = _DECLARED.sub(r"\1\2UTF-8\2", text.lstrip("\ufeff"), count=1).encode("utf-8", "replace")
    return _Reader(source, name).read()


def spliced(source: bytes, edits: Iterable[tuple[int, int, str]]) -> bytes:
    """`source` with each (start, end, replacement) done. They must not overlap; of two at one place the first comes first."""
    pieces = []
    at = 0
    for start, end, replacement in sorted(edits, key=lambda edit: edit[0]):
        pieces += [source[at:start], replacement.encode()]
        at = end
    return b"".join((*pieces, source[at:]))


class _Reader:
    def __init__(self, source: bytes, name: str) -> None:
        self._source = source
        self._name = name
        self._parser = expat.ParserCreate("utf-8")
        self._parser.buffer_text = True
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._characters
        self._parser.EntityDeclHandler = self._entity
        self._path: list[str] = []
        self._open: list[Element] = []
        self._outlines: list[Element] = []
        self._body: Element | None = None
        self._title = ""

    def read(self) -> Document:
        try:
            self._parser.Parse(self._source, True)
        except expat.ExpatError as error:
            self._refuse(error.lineno, f"not well-formed XML: {expat.ErrorString(error.code)}")
        return Document(self._source, self._title, tuple(self._outlines), self._body)

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if not self._path and name.lower() != "opml":
            self._refuse(self._parser.CurrentLineNumber, f"<{name[:60]}> is no OPML")
        self._path.append(name.lower())
        if self._path[-1] == "outline" or self._path == ["opml", "body"]:
            self._place(name, attributes)

    def _place(self, name: str, attributes: dict[str, str]) -> None:
        if len(self._open) > DEEPEST:
            self._refuse(self._parser.CurrentLineNumber, f"outlines are nested more than {DEEPEST} deep")
        start = self._parser.CurrentByteIndex
        tag = _TAG.match(self._source, start)
        if tag is None:
            self._refuse(self._parser.CurrentLineNumber, f"<{name[:60]}> cannot be understood")
        element = Element(
            name=name,
            attributes={key.lower(): value for key, value in attributes.items()},
            line=self._parser.CurrentLineNumber,
            start=start,
            inside=tag.end(),
            empty=bool(tag[1]),
            parents=tuple(self._open),
        )
        if self._open:
            self._open[-1].children.append(element)
        self._open.append(element)
        if self._path[-1] == "outline":
            self._outlines.append(element)
        else:
            self._body = element

    def _end(self, _: str) -> None:
        is_placed = self._path[-1] == "outline" or self._path == ["opml", "body"]
        self._path.pop()
        if is_placed:
            element = self._open.pop()
            element.closing = element.inside if element.empty else self._parser.CurrentByteIndex
            element.end = element.inside if element.empty else self._source.index(b">", element.closing) + 1

    def _characters(self, text: str) -> None:
        if self._path == ["opml", "head", "title"]:
            self._title += text

    def _entity(self, *_: object) -> NoReturn:
        self._refuse(self._parser.CurrentLineNumber, "it declares entities, which a list of feeds has no use for")

    def _refuse(self, line: int, reason: str) -> NoReturn:
        raise OpmlError(f"line {line}: {reason}.", resource=self._name, advice="Correct the file, or export it again.")
