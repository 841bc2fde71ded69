"""Posts of a WordPress export (WXR), one at a time, however large the file is."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import iterparse

from aggregator.errors import ArchiveError
from aggregator.records.archive import RawPost, SkippedDocument

_HEAD = 64 * 1024
_NAMESPACE = b"wordpress.org/export/"
_CONTENT = "{http://purl.org/rss/1.0/modules/content/}encoded"
_READ = frozenset({"title", "link", "post_id", "post_name", "post_date", "post_type", "status", "post_password"})
_REASONS = {
    "draft": "a draft: it is not published",
    "auto-draft": "a draft: it is not published",
    "pending": "a draft: it waits for review",
    "future": "a draft: it is to be published later",
    "private": "private: it was never published",
    "trash": "in the bin: it is not published",
}
_SHORTCODE = re.compile(r"\[/?(?:caption|gallery|embed|audio|video|playlist)\b[^\]\n]{0,500}\]")
_PARAGRAPHS = re.compile(r"\n[ \t\r]*\n")
_OWN_BLOCK = re.compile(
    r"\s*</?(?:p|div|h[1-6]|ul|ol|li|dl|dt|dd|table|t[rdh]|blockquote|pre|figure|section|article|!--)", re.IGNORECASE
)


def read_wordpress(path: Path, name: str) -> Iterator[RawPost | SkippedDocument]:
    """Every post of the export, and why a post is passed over; pages, attachments and the like are no posts. name: of the file.
    Raises ArchiveError if it is no such export, or where it stops being XML."""
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD)
            if _NAMESPACE not in head:
                feed = b"<rss" in head or b"<feed" in head
                raise ArchiveError(
                    "a feed: give its address instead" if feed else "no WordPress export; no other XML files are read",
                    resource=name,
                )
            file.seek(0)
            channel: Element | None = None
            for event, element in iterparse(file, events=("start", "end"), forbid_dtd=True):
                if event == "start" and element.tag == "channel":
                    channel = element
                elif event == "end" and element.tag == "item":
                    if (post := _post(element, name)) is not None:
                        yield post
                    # What was read is let go, so that memory holds one post at a time.
                    (element if channel is None else channel).clear()
    except OSError as error:
        raise ArchiveError(f"cannot be read: {error.strerror or error}", resource=name) from error
    except ParseError as error:
        raise ArchiveError(f"not well-formed XML: {str(error)[:100]}; what stands before that was read", resource=name) from error
    except DefusedXmlException as error:
        raise ArchiveError("it declares entities of its own, which no WordPress export does", resource=name) from error


def _post(item: Element, name: str) -> RawPost | SkippedDocument | None:
    said: dict[str, str] = {}
    html = ""
    tags: list[str] = []
    for child in item:
        local = child.tag.rpartition("}")[2]
        if child.tag == _CONTENT:
            html = child.text or ""
        elif local == "category" and child.get("domain") == "post_tag" and child.text:
            tags.append(child.text.strip())
        elif local in _READ:
            said[local] = (child.text or "").strip()
    if said.get("post_type", "post") != "post":
        return None
    title = said.get("title", "")
    url = said.get("link") or None
    path = url or f"{name}#{said.get('post_name') or said.get('post_id') or title}"
    status = said.get("status", "publish")
    if status != "publish":
        return SkippedDocument(path, _REASONS.get(status, f"not published: its status is “{status[:40]}”"), unpublished=True)
    if said.get("post_password"):
        return SkippedDocument(path, "private: a password guards it", unpublished=True)
    return RawPost(path, title, _paragraphs(html), url, _day(said.get("post_date", "")), tuple(tags))


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return None  # WordPress writes 0000-00-00 for none


def _paragraphs(html: str) -> str:
    """The classic editor stores paragraphs as blank lines, which WordPress turns into `<p>` only when it shows them."""
    html = _SHORTCODE.sub(" ", html)
    pieces = _PARAGRAPHS.split(html)
    if len(pieces) == 1 or re.search(r"<p[\s>]", html, re.IGNORECASE):
        return html
    return "\n\n".join(piece if _OWN_BLOCK.match(piece) else f"<p>{piece}</p>" for piece in pieces)
