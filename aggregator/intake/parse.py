"""A document -> a parsed feed. The only place that knows feedparser, and it runs in a worker only (R3, R4)."""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any

import feedparser
import feedparser.api

from aggregator.errors import FeedError
from aggregator.intake import saxparser
from aggregator.intake.charset import decode_document
from aggregator.intake.clean import RawEntry, RawFeed, clean_feed
from aggregator.intake.jsonfeed import read_json_feed
from aggregator.records.feeds import ParsedFeed
from aggregator.text.canonical import safe_url

# Where feedparser looks for an XML reader before it takes Python's own.
feedparser.api.PREFERRED_XML_PARSERS = [saxparser.__name__]

# Of a document with more items than this the middle is cut out before parsing: the newest stand at one of the ends.
MOST_ITEMS = 2000

_ILLEGAL_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_REFERENCE = re.compile(r"&#(?:[xX]([0-9a-fA-F]+)|([0-9]+));?")
_DECLARATION = re.compile(r"\s*<\?xml[^>]*>")
_ROOT = re.compile(
    r"(?:\s|<\?[^>]*>|<!--.*?-->|<!DOCTYPE[^>\[]*(?:\[.*?\]\s*)?>)*+<([A-Za-z_][\w:.\-]*)", re.DOTALL | re.IGNORECASE
)
_FEED_START = re.compile(r"<(?:\?xml|rss|feed|rdf:RDF)[\s>]", re.IGNORECASE)
_HTML_DOCTYPE = re.compile(r"(?:\s|<!--.*?-->)*+<!doctype\s+html", re.DOTALL | re.IGNORECASE)
_ITEM = re.compile(r"<(?:item|entry)[\s>]")
_ITEM_END = re.compile(r"</(?:item|entry)\s*>")
_SKIP_HOURS = re.compile(r"<skipHours>(.{0,2000}?)</skipHours>", re.DOTALL | re.IGNORECASE)
_HOUR = re.compile(r"<hour>\s*(\d{1,2})\s*</hour>", re.IGNORECASE)
_FEED_TYPE = re.compile(r"xml|rss|atom|rdf|json|text/plain|octet-stream", re.IGNORECASE)
_PERIODS = {"hourly": 3600, "daily": 86_400, "weekly": 604_800, "monthly": 2_592_000, "yearly": 31_536_000}
_LONGEST_TTL = timedelta(days=366).total_seconds()
_FEED_ADVICE = "Give the address of the feed itself; `aggregator feeds add` finds the feed of a web page."


def parse_document(
    body: bytes,
    *,
    feed_url: str,
    content_type: str | None = None,
    content_location: str | None = None,
    known: Mapping[str, str],
    bodies: bool = False,
) -> ParsedFeed:
    """Parses RSS, RDF, Atom or JSON Feed, by content and not by label.

    feed_url: where it came from, for relative links. known: key -> source_hash of entries that need no cleaning.
    bodies: with each entry's HTML, as it is.
    Raises FeedError of kind empty, not_a_feed, unsupported or parse.
    """
    if not body.strip():
        raise FeedError("empty", "The server answered with an empty document.")
    text, notes = decode_document(body, content_type)
    text = text.lstrip("\ufeff \t\r\n")
    base = safe_url(content_location or "", feed_url) or safe_url(feed_url) or ""
    raw = read_json_feed(text, base) if text.startswith(("{", "[")) else _read_xml_feed(text, base)
    if content_type and not _FEED_TYPE.search(content_type):
        notes = (*notes, f"The server calls it {content_type.partition(';')[0].strip()[:60]!r}; it is a feed all the same.")
    return clean_feed(replace(raw, notes=(*notes, *raw.notes)), known, bodies=bodies)


def _read_xml_feed(text: str, base: str) -> RawFeed:
    root = _root_of(text)
    if root is None:
        # What PHP prints before the document is its own affair.
        start = _FEED_START.search(text, 0, 8192)
        if start is None:
            raise FeedError("not_a_feed", "The document is neither XML nor JSON.", advice=_FEED_ADVICE)
        text = text[start.start() :]
        root = _root_of(text) or ""
    if root.lower() == "html":
        raise FeedError("not_a_feed", "The server answered with a web page instead of a feed.", advice=_FEED_ADVICE)
    text, total = _without_middle(_legal(text))
    result = _feedparser(text)
    version = _string(result.get("version"))
    entries = list(result.get("entries") or ())
    feed = result.get("feed") or {}
    if not version:
        if root and not result.get("bozo"):
            raise FeedError("unsupported", f"The document is XML, but <{root[:60]}> is no kind of feed that is understood.")
        raise FeedError("not_a_feed", "The document is not a feed.", advice=_FEED_ADVICE)
    notes: tuple[str, ...] = ()
    if result.get("bozo"):
        note, entries = _salvage(text, root, entries)
        notes = (note,)
    return RawFeed(
        version=version,
        base=base,
        title=_string(feed.get("title")),
        site=_alternate(feed),
        entries=tuple(_entry(entry, version) for entry in entries),
        total=total if total > MOST_ITEMS else len(entries),
        ttl=_ttl(feed),
        skip_hours=_skip_hours(text),
        notes=notes,
    )


def _root_of(text: str) -> str | None:
    """Name of the first element; `html` for a page whose doctype says so; None if the document does not start like XML."""
    if _HTML_DOCTYPE.match(text):
        return "html"
    root = _ROOT.match(text, 0, 65_536)
    if root is None:
        return None
    name = root[1].lower()
    if name in ("head", "body", "script"):
        return "html"
    # What error messages start with that are printed before a document.
    return None if name in ("br", "b", "p", "div", "table", "font") else root[1]


def _feedparser(text: str) -> Any:
    """Bytes only (a str might be taken for a path or an address), our own header, the charset already settled.

    It is not told where the document came from: it would join that address with itself at every tag (a tenth of its time).
    Links come out relative to the document, `xml:base` applied, and are resolved when they are cleaned.
    """
    headers = {"content-type": "application/xml; charset=utf-8"}
    declaration = _DECLARATION.match(text)
    body = text[declaration.end() if declaration else 0 :].encode("utf-8", "replace")
    try:
        return feedparser.parse(BytesIO(body), response_headers=headers, sanitize_html=False, resolve_relative_uris=False)
    except Exception as error:  # noqa: BLE001 - its parsers raise whatever hostile bytes lead to; each is this feed's own failure
        raise FeedError("parse", f"The document cannot be parsed: {type(error).__name__}: {error!s:.200}") from None


def _legal(text: str) -> str:
    """Without the characters that XML forbids, written out or by number. One of them makes the strict parser give up, and a
    number that is no character makes the other one raise."""
    text = _ILLEGAL_IN_XML.sub("", text)
    return _REFERENCE.sub(_legal_reference, text) if "&#" in text else text


def _legal_reference(match: re.Match[str]) -> str:
    digits = (match[1] or match[2]).lstrip("0")
    code = int(digits or "0", 16 if match[1] else 10) if len(digits) <= 7 else -1
    is_legal = 32 <= code < 0xD800 or 0xE000 <= code < 0xFFFE or 0x10000 <= code <= 0x10FFFF or code in (9, 10, 13)
    return match[0] if is_legal else ""


def _without_middle(text: str) -> tuple[str, int]:
    """The text with at most MOST_ITEMS items, and how many it has. Cutting whole siblings out leaves it well-formed."""
    starts = [match.start() for match in _ITEM.finditer(text)]
    if len(starts) <= MOST_ITEMS:
        return text, len(starts)
    half = MOST_ITEMS // 2
    return text[: starts[half]] + text[starts[-half] :], len(starts)


def _salvage(text: str, root: str, entries: list[Any]) -> tuple[str, list[Any]]:
    """What to keep of a document that is no well-formed XML, and a note: everything, but for an entry that was cut in two."""
    if re.search(rf"</{re.escape(root)}\s*>", text[-4096:], re.IGNORECASE):
        return "The document is not well-formed XML; it was read as well as possible.", entries
    last = max((match.start() for match in _ITEM.finditer(text)), default=0)
    if _ITEM_END.search(text, last):
        return "The document ends early; its entries are complete.", entries
    if len(entries) < 2:
        raise FeedError("parse", "The document ends in the middle of its first entry.")
    return "The document ends in the middle; its last entry was left out.", entries[:-1]


def _entry(entry: Mapping[str, Any], version: str) -> RawEntry:
    body, markup = _fullest(entry)
    return RawEntry(
        id=_string(entry.get("id")),
        link=_link(entry, version),
        title=_string(entry.get("title")),
        author=_author(entry),
        tags=tuple(_string(tag.get("label") or tag.get("term")) for tag in _dicts(entry.get("tags"))),
        body=body,
        markup=markup,
        published=_first_date(entry, "published_parsed", "created_parsed"),
        updated=_first_date(entry, "updated_parsed"),
    )


def _fullest(entry: Mapping[str, Any]) -> tuple[str, bool]:
    bodies = [(_string(one.get("value")), one.get("type") != "text/plain") for one in _dicts(entry.get("content"))]
    summary = entry.get("summary_detail") or {}
    bodies.append((_string(entry.get("summary")), summary.get("type") != "text/plain"))
    return max(bodies, key=lambda body: len(body[0]))


def _link(entry: Mapping[str, Any], version: str) -> str:
    """The page about the entry. feedparser's own `link` falls back to the id, which need not be an address at all (M11)."""
    original = _string(entry.get("feedburner_origlink"))
    if safe_url(original):
        return original
    link = _alternate(entry)
    if link:
        return link
    # RSS alone lets a guid be the permanent link, and says so by default.
    guid = _string(entry.get("id"))
    return guid if version.startswith("rss") and entry.get("guidislink") and safe_url(guid) else ""


def _alternate(element: Mapping[str, Any]) -> str:
    links = [link for link in _dicts(element.get("links")) if link.get("rel", "alternate") == "alternate" and link.get("href")]
    links.sort(key=lambda link: "html" not in _string(link.get("type", "text/html")))
    return _string(links[0]["href"]) if links else ""


def _author(entry: Mapping[str, Any]) -> str:
    people = [_string(person.get("name")) for person in _dicts(entry.get("authors"))[:8]]
    names = ", ".join(dict.fromkeys(name for name in people if name))
    return names or _string((entry.get("author_detail") or {}).get("name")) or _string(entry.get("author"))


def _first_date(entry: Mapping[str, Any], *names: str) -> datetime | None:
    for name in names:
        # Plain dict access: feedparser's own answers `updated` with `published`, and warns about it.
        value = dict.get(entry, name) if isinstance(entry, dict) else None
        if value is None:
            continue
        try:
            return datetime.fromtimestamp(calendar.timegm(value), UTC)
        except (ValueError, OverflowError, OSError, TypeError):
            continue
    return None


def _ttl(feed: Mapping[str, Any]) -> float | None:
    """Seconds that the publisher wants between polls: the longer of `ttl` (minutes) and `sy:updatePeriod`."""
    asked = [_number(feed.get("ttl")) * 60]
    period = _PERIODS.get(_string(feed.get("sy_updateperiod")).strip().lower())
    if period:
        asked.append(period / (_number(feed.get("sy_updatefrequency")) or 1))
    longest = max(asked)
    return min(longest, _LONGEST_TTL) if longest > 0 else None


def _number(value: object) -> float:
    text = _string(value).strip()
    return float(text[:9]) if text[:9].isdecimal() and text.isascii() else 0.0


def _skip_hours(text: str) -> tuple[int, ...]:
    """feedparser keeps only the last hour. 24 is 0 (rssboard.org/skip-hours-days)."""
    block = _SKIP_HOURS.search(text)
    hours = {int(hour) % 24 for hour in _HOUR.findall(block[1]) if int(hour) <= 24} if block else set()
    return tuple(sorted(hours))


def _dicts(value: object) -> list[Mapping[str, Any]]:
    return [one for one in value if isinstance(one, Mapping)] if isinstance(value, Iterable) else []


def _string(value: object) -> str:
    return value if isinstance(value, str) else ""
