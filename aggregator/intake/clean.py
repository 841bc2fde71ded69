"""Raw fields of a feed -> records with nothing unclean in them. Pure; only entries that are new or were edited are cleaned."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from aggregator.intake.links import links_of
from aggregator.records.entries import ParsedEntry
from aggregator.records.feeds import ParsedFeed
from aggregator.text.canonical import address_words, canonical_url, host_of, safe_url
from aggregator.text.excerpt import excerpt
from aggregator.text.hygiene import clean_line, clean_text, html_to_text

TITLE_LIMIT = 500
AUTHOR_LIMIT = 200
KEY_LIMIT = 2048
TAG_LIMIT = 100
TAGS_LIMIT = 32
TEXT_LIMIT = 65_536
HTML_LIMIT = 1 << 20
BODIES_LIMIT = 8 << 20
NEWEST = 200
EARLIEST_YEAR = 1990

_UNTITLED_LIMIT = 80
_MARKUP = re.compile(r"</[a-zA-Z]|<(?:p|br|img|a|div)\b|&(?:[a-zA-Z]{2,8}|#\d{2,6});", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class RawEntry:
    """One item as a reader of its format found it. Any string may hold anything, and be empty.

    link: of the page about it (alternate), never the id. markup: False where the publisher says that the body is plain text.
    published, updated: aware UTC.
    """

    id: str = ""
    link: str = ""
    title: str = ""
    author: str = ""
    tags: tuple[str, ...] = ()
    body: str = ""
    markup: bool = True
    published: datetime | None = None
    updated: datetime | None = None


@dataclass(frozen=True, slots=True)
class RawFeed:
    """A document as a reader of its format found it. base: what its relative links are relative to. The rest: `ParsedFeed`."""

    version: str
    base: str
    title: str
    site: str
    entries: tuple[RawEntry, ...]
    total: int
    ttl: float | None = None
    skip_hours: tuple[int, ...] = ()
    notes: tuple[str, ...] = ()


def clean_feed(raw: RawFeed, known: Mapping[str, str], *, bodies: bool = False) -> ParsedFeed:
    """Cleans what differs from `known` (key -> source_hash), of the newest 200 entries. bodies: leaves each its HTML as well, as
    long as all of it together is within bounds."""
    keyed = _keyed(raw.entries, raw.base)
    newest = _newest(keyed)
    entries = []
    room = BODIES_LIMIT if bodies else 0
    for key, one in newest:
        source = source_hash(one)
        if known.get(key) != source:
            html = clean_text(one.body, HTML_LIMIT) if len(one.body) <= min(room, HTML_LIMIT) else ""
            room -= len(html)
            entries.append(_clean_entry(one, key, raw.base, source, html))
    notes = list(raw.notes)
    if raw.total > len(raw.entries) or len(keyed) > len(newest):
        notes.append(f"The feed lists {raw.total} entries; the newest {len(newest)} were read.")
    return ParsedFeed(
        version=raw.version,
        title=clean_line(raw.title, AUTHOR_LIMIT) or None,
        site_url=safe_url(raw.site, raw.base),
        entries=tuple(entries),
        keys=tuple(key for key, _ in keyed),
        total=raw.total,
        ttl=raw.ttl,
        skip_hours=raw.skip_hours,
        notes=tuple(notes),
    )


def source_hash(raw: RawEntry) -> str:
    """Of everything the author may see. Not of the dates: some publishers stamp every entry with the time of the poll (H72)."""
    fields = (raw.id, raw.link, raw.title, raw.author, *raw.tags, raw.body)
    return _digest("\x1f".join(fields))


def _keyed(raws: Sequence[RawEntry], base: str) -> list[tuple[str, RawEntry]]:
    """Each entry with its identity (R15), empty items left out, in document order.

    The guid; where it is missing, the link, else a hash of title and text; where it is repeated, guid and link, and if even
    those are, guid and hash. Nothing depends on the position, so a document in another order says the same.
    """
    raws = [raw for raw in raws if raw.title.strip() or raw.link.strip() or raw.body.strip()]
    guids = [_key_text(raw.id) for raw in raws]
    often = Counter(guids)
    keys = []
    for raw, guid in zip(raws, guids, strict=True):
        if guid and often[guid] == 1:
            keys.append(guid)
            continue
        link = canonical_url(safe_url(raw.link, base) or "") or ""
        keys.append(_fitting(f"{guid}|{link}") if guid else link or _content_key(raw))
    often = Counter(keys)
    unique: dict[str, RawEntry] = {}
    for raw, key in zip(raws, keys, strict=True):
        unique.setdefault(key if often[key] == 1 else _fitting(f"{key}|{_content_key(raw)}"), raw)
    return list(unique.items())


def _content_key(raw: RawEntry) -> str:
    return _digest(f"{raw.title.strip()}\x1f{raw.body.strip()}")


def _key_text(guid: str) -> str:
    guid = guid.strip()
    if not (guid.isascii() and guid.isprintable()):
        guid = " ".join(clean_text(guid[: KEY_LIMIT * 2], KEY_LIMIT * 2).split())
    return _fitting(guid)


def _fitting(key: str) -> str:
    return key if len(key) <= KEY_LIMIT else _digest(key)


def _digest(text: str) -> str:
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def _newest(keyed: list[tuple[str, RawEntry]]) -> list[tuple[str, RawEntry]]:
    """At most 200, in document order. By date where all have one, for some feeds list the newest last; else the first ones."""
    if len(keyed) <= NEWEST:
        return keyed
    dates = [raw.published or raw.updated for _, raw in keyed]
    if None in dates:
        return keyed[:NEWEST]
    order = sorted(range(len(keyed)), key=lambda at: dates[at] or datetime.min.replace(tzinfo=UTC), reverse=True)
    return [keyed[at] for at in sorted(order[:NEWEST])]


def _clean_entry(raw: RawEntry, key: str, base: str, source: str, html: str) -> ParsedEntry:
    url = safe_url(raw.link, base)
    plain = not raw.markup and _MARKUP.search(raw.body) is None
    text = clean_text(raw.body, TEXT_LIMIT) if plain else html_to_text(raw.body, TEXT_LIMIT)
    published = _sane(raw.published)
    updated = _sane(raw.updated)
    canonical = None if url is None else canonical_url(url)
    return ParsedEntry(
        key=key,
        url=url,
        canonical_url=canonical,
        title=clean_line(raw.title, TITLE_LIMIT) or _title_from(text, url),
        author=clean_line(raw.author, AUTHOR_LIMIT) or None,
        tags=_tags(raw.tags),
        text=text,
        published_at=published or updated,
        updated_at=updated,
        source_hash=source,
        links=() if plain else links_of(raw.body, canonical, url or base),
        html=html,
    )


def _title_from(text: str, url: str | None) -> str:
    if text:
        return excerpt(text, _UNTITLED_LIMIT)
    words = address_words(url or "")
    return clean_line(" ".join(words), TITLE_LIMIT) or host_of(url or "") or "Untitled"


def _tags(tags: Sequence[str]) -> tuple[str, ...]:
    cleaned = (clean_line(tag, TAG_LIMIT) for tag in tags[: TAGS_LIMIT * 4])
    return tuple(dict.fromkeys(tag for tag in cleaned if tag))[:TAGS_LIMIT]


def _sane(at: datetime | None) -> datetime | None:
    """Before the web there were no feeds: such a date is a default or a mistake (R21). Later ones are judged by `decide`."""
    return at if at is not None and at.year >= EARLIEST_YEAR else None
