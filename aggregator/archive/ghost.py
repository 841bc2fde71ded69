"""Posts of a Ghost export."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path

from aggregator.errors import ArchiveError
from aggregator.records.archive import RawPost, SkippedDocument

MOST_BYTES = 256 * 1024 * 1024
_HEAD = 64 * 1024


def read_ghost(path: Path, name: str) -> Iterator[RawPost | SkippedDocument]:
    """Every post of the export, and why a post is passed over; pages are no posts. name: of the file, and `#` with the post's
    slug of the post. Raises ArchiveError if it is no such export."""
    data = _tables(path, name)
    tags = _tags(data)
    for post in _rows(data, "posts"):
        if _text(post, "type") == "page" or post.get("page") in (1, True):
            continue
        title = _text(post, "title")
        where = f"{name}#{_text(post, 'slug') or _text(post, 'id') or title}"
        status = _text(post, "status") or "published"
        html = _text(post, "html")
        if status not in ("published", "sent"):
            yield SkippedDocument(where, "a draft: it is not published", unpublished=True)
        elif not html:
            yield SkippedDocument(where, "it has no HTML in this export")
        else:
            # The address of his own site, which Ghost keeps out of what it stores.
            body = html.replace("__GHOST_URL__", "")
            yield RawPost(where, title, body, None, _day(_text(post, "published_at")), tuple(tags[_text(post, "id")]))


def _tables(path: Path, name: str) -> Mapping[str, object]:
    try:
        if path.stat().st_size > MOST_BYTES:
            raise ArchiveError(f"larger than {MOST_BYTES // 1024 // 1024} MB", resource=name)
        with path.open("rb") as file:
            # Folders hold JSON of many other kinds; none needs reading whole to see that.
            if b'"db"' not in file.read(_HEAD):
                raise ArchiveError("no Ghost export; no other JSON files are read", resource=name)
            file.seek(0)
            document = json.load(file)
    except OSError as error:
        raise ArchiveError(f"cannot be read: {error.strerror or error}", resource=name) from error
    except (ValueError, RecursionError) as error:
        raise ArchiveError("not JSON", resource=name) from error
    databases = document.get("db") if isinstance(document, dict) else None
    first = databases[0] if isinstance(databases, list) and databases else None
    data = first.get("data") if isinstance(first, dict) else None
    if not isinstance(data, dict) or not isinstance(data.get("posts"), list):
        raise ArchiveError("no Ghost export; no other JSON files are read", resource=name)
    return data


def _tags(data: Mapping[str, object]) -> Mapping[str, list[str]]:
    """Post -> names of its tags; those that begin with "#" are for Ghost itself."""
    names = {_text(tag, "id"): _text(tag, "name") for tag in _rows(data, "tags")}
    found: defaultdict[str, list[str]] = defaultdict(list)
    for row in _rows(data, "posts_tags"):
        label = names.get(_text(row, "tag_id"), "")
        if label and not label.startswith("#"):
            found[_text(row, "post_id")].append(label)
    return found


def _rows(data: Mapping[str, object], table: str) -> Iterator[Mapping[str, object]]:
    rows = data.get(table)
    return (row for row in (rows if isinstance(rows, list) else ()) if isinstance(row, dict))


def _text(row: Mapping[str, object], key: str) -> str:
    """Numbers as text too: ids were numbers once."""
    value = row.get(key)
    return str(value).strip() if isinstance(value, str | int) and not isinstance(value, bool) else ""


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return None
