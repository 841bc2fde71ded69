"""Reads the post that the author published: a file, the address of its Markdown source, or the page itself."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from aggregator.archive.read import document_name, read_page, read_post
from aggregator.errors import ArchiveError
from aggregator.intake.charset import decode_document
from aggregator.ports import PageFetcher
from aggregator.records.archive import PastEdition

_MOST_BYTES = 5_000_000


def read_published(where: str, pages: PageFetcher, *, known: Collection[str], home: Path, cwd: Path) -> PastEdition:
    """where: a path (relative to `cwd`) or an http(s) address. known: the roundup's sections, to find its headings by.
    Raises ArchiveError or PageError."""
    if where.startswith(("http://", "https://")):
        page = pages.get(where)
        text, _ = decode_document(page.body, page.content_type)
        is_page = page.content_type is not None and "html" in page.content_type
        return (read_page if is_page else read_post)(text, where, known=known)
    path = cwd / where
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise ArchiveError("this is too large for a post", resource=str(path))
        text = path.read_text(encoding="utf-8", errors="replace")
    except OSError as error:
        raise ArchiveError(
            f"cannot be read: {error.strerror}", resource=str(path), advice="Give the path of the published post."
        ) from error
    is_page = path.suffix.lower() in (".html", ".htm")
    return (read_page if is_page else read_post)(text, document_name(path, home), known=known)
