"""Reads the post that the author published, from a file or from the address of its Markdown source."""

from __future__ import annotations

from pathlib import Path

from aggregator.archive.read import document_name, read_post
from aggregator.errors import ArchiveError
from aggregator.ports import PageFetcher
from aggregator.records.archive import PastEdition

_MOST_BYTES = 5_000_000


def read_published(where: str, pages: PageFetcher, *, home: Path, cwd: Path) -> PastEdition:
    """where: a path (relative to `cwd`) or an http(s) address. Raises ArchiveError or PageError."""
    if where.startswith(("http://", "https://")):
        page = pages.get(where)
        if page.content_type and "html" in page.content_type:
            raise ArchiveError(
                "this is a web page; only the post's Markdown source can be read yet",
                resource=where,
                advice="Give the path of its Markdown file.",
            )
        return read_post(page.body.decode("utf-8", errors="replace"), where)
    path = cwd / where
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise ArchiveError("this is too large for a post", resource=str(path))
        text = path.read_text(encoding="utf-8", errors="replace")
    except OSError as error:
        raise ArchiveError(
            f"cannot be read: {error.strerror}", resource=str(path), advice="Give the path of the published post."
        ) from error
    return read_post(text, document_name(path, home))
