"""Finds documents in files and folders and reads their text."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from aggregator.errors import ArchiveError


class Format(StrEnum):
    """How a document is read, by its ending. An export (XML, JSON) holds many posts. OTHER is not read, but worth a line in the
    report: the author may have thought that it is."""

    MARKDOWN = "markdown"
    HTML = "html"
    XML = "xml"
    JSON = "json"
    OTHER = "other"


_ENDINGS = {
    Format.MARKDOWN: (".md", ".mdx", ".markdown", ".mdown", ".mkd", ".mkdn"),
    Format.HTML: (".html", ".htm", ".xhtml"),
    Format.XML: (".xml", ".wxr"),
    Format.JSON: (".json",),
    Format.OTHER: (".rst", ".adoc", ".asciidoc", ".org", ".textile", ".txt", ".docx"),
}
_FORMATS = {ending: format_ for format_, endings in _ENDINGS.items() for ending in endings}
# Folders of generators and tools that hold copies or nothing of the author's.
_PASSED_OVER = frozenset({"node_modules", "_site", "__pycache__", "venv"})

MOST_BYTES = 2 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Found:
    """A file that may hold posts. name: its path relative to `home` or the source it was found in, with forward slashes."""

    path: Path
    name: str
    format: Format


@dataclass(frozen=True, slots=True)
class Document:
    """A document's text with LF line ends, and the sha256 hex of its bytes."""

    name: str
    text: str
    content_hash: str


def find(sources: Sequence[Path], home: Path | None = None) -> Iterator[Found]:
    """Files that may hold posts, in these files and folders: sorted by path, each once, hidden folders left out, symbolic links
    followed but never in circles. Raises ArchiveError for a source that does not exist."""
    seen: set[tuple[int, int]] = set()
    for source in sources:
        if source.is_dir():
            files: Iterator[tuple[Path, str]] = _walk(source)
        elif source.exists():
            files = iter([(source, source.name)])
        else:
            raise ArchiveError(
                "there is no such file or folder", resource=str(source), advice="Name the folder that holds your past editions."
            )
        for path, below in files:
            # A file that the author names is Markdown, unless its ending says otherwise.
            format_ = _FORMATS.get(path.suffix.lower(), Format.MARKDOWN if path == source else None)
            if format_ and _first_time(path, seen):
                yield Found(path, below if home is None else document_name(path, home), format_)


def document_name(path: Path, home: Path) -> str:
    """What a document is known by: its path relative to `home` if it lies below it, else its absolute one."""
    absolute = path.resolve()
    base = home.resolve()
    return (absolute.relative_to(base) if absolute.is_relative_to(base) else absolute).as_posix()


def _walk(source: Path) -> Iterator[tuple[Path, str]]:
    folders: set[tuple[int, int]] = set()
    for folder, below, files in os.walk(source, followlinks=True):
        if not _first_time(Path(folder), folders):
            below.clear()
            continue
        below[:] = sorted(name for name in below if not name.startswith(".") and name not in _PASSED_OVER)
        for name in sorted(files):
            if not name.startswith("."):
                path = Path(folder, name)
                yield path, path.relative_to(source).as_posix()


def _first_time(path: Path, seen: set[tuple[int, int]]) -> bool:
    try:
        status = path.stat()
    except OSError:
        return True  # reading it will say why
    key = (status.st_dev, status.st_ino)
    if key in seen:
        return False
    seen.add(key)
    return True


def load(path: Path, name: str) -> Document:
    """A file's text: UTF-8, else Windows-1252 as old editors wrote. Raises ArchiveError if it is too large or no text."""
    try:
        with path.open("rb") as file:
            data = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise ArchiveError(f"cannot be read: {error.strerror or error}", resource=name) from error
    return decode(data, name)


def decode(data: bytes, name: str) -> Document:
    """As `load`, for bytes at hand."""
    if len(data) > MOST_BYTES:
        raise ArchiveError(f"larger than {MOST_BYTES // 1024 // 1024} MB", resource=name)
    if b"\0" in data:
        raise ArchiveError("not a text file", resource=name)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("windows-1252", errors="replace")
    return Document(name, re.sub(r"\r\n?", "\n", text), hashlib.sha256(data).hexdigest())
