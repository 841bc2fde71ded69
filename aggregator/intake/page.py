"""What a web page says of itself: title, author, date, canonical address, text. Pure; everything comes out cleaned."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from dateutil import parser as dates
from selectolax.lexbor import LexborHTMLParser

from aggregator.text.canonical import canonical_url, is_front_page, safe_url
from aggregator.text.hygiene import clean_line, html_to_text
from aggregator.text.markup import shallow

_TEXT_LIMIT = 65_536
_LD_LIMIT = 200_000
_HEAD = 4_096


@dataclass(frozen=True, slots=True)
class PageFacts:
    """title: None if the page names none. url: the address it wants to be known by, on the same host only and not the front page
    of another, else the one it was fetched from. published: aware UTC, None if it does not say."""

    title: str | None
    author: str | None
    published: datetime | None
    url: str
    text: str


def read_page(html: str, url: str) -> PageFacts:
    """Reads a page fetched from `url`. Never raises for what the page contains."""
    tree = LexborHTMLParser(shallow(html))
    meta = _meta(tree)
    article = next(_articles(tree), {})
    title = meta.get("og:title") or _text_of(tree, "title") or _text_of(tree, "h1")
    authors = (meta.get("author"), meta.get("article:author"), _name(article.get("author")))
    author = next((one for one in authors if one and not one.startswith(("http://", "https://"))), None)
    published = meta.get("article:published_time") or meta.get("date") or article.get("datePublished") or _time_of(tree)
    main = tree.css_first("article") or tree.css_first("main") or tree.body
    return PageFacts(
        title=clean_line(title) or None if title else None,
        author=(clean_line(author, 200) or None) if author else None,
        published=_date(published),
        url=_canonical(tree, url),
        text=html_to_text(main.html or "", _TEXT_LIMIT) if main is not None else "",
    )


def is_feed(text: str) -> bool:
    """Whether a fetched document is an XML feed, by its outermost element."""
    # Read as HTML, an element that HTML does not know opens the body.
    tree = LexborHTMLParser(text[:_HEAD])
    return tree.css_first("body > rss:first-child, body > feed:first-child, body > rdf\\:rdf:first-child") is not None


def _meta(tree: LexborHTMLParser) -> dict[str, str]:
    found: dict[str, str] = {}
    for node in tree.css("meta[content]"):
        key = node.attributes.get("property") or node.attributes.get("name")
        content = node.attributes.get("content")
        if key and content:
            found.setdefault(key.strip().lower(), content)
    return found


def _articles(tree: LexborHTMLParser) -> Iterator[dict[str, object]]:
    """Objects of the page's JSON-LD that carry an author or a date."""
    for node in tree.css('script[type="application/ld+json"]'):
        text = node.text()
        if len(text) > _LD_LIMIT:
            continue
        try:
            document = json.loads(text)
        except (ValueError, RecursionError):
            continue
        graph = document.get("@graph", [document]) if isinstance(document, dict) else document
        for one in graph if isinstance(graph, list) else []:
            if isinstance(one, dict) and ("datePublished" in one or "author" in one):
                yield one


def _name(author: object) -> str | None:
    if isinstance(author, list):
        author = author[0] if author else None
    if isinstance(author, dict):
        author = author.get("name")
    return author if isinstance(author, str) else None


def _text_of(tree: LexborHTMLParser, selector: str) -> str | None:
    node = tree.css_first(selector)
    return node.text().strip() if node is not None else None


def _time_of(tree: LexborHTMLParser) -> str | None:
    node = tree.css_first("time[datetime]")
    return node.attributes.get("datetime") if node is not None else None


def _canonical(tree: LexborHTMLParser, url: str) -> str:
    node = tree.css_first('link[rel="canonical"][href]')
    wanted = safe_url(node.attributes.get("href") or "", url) if node is not None else None
    # Another host could borrow the name of a page that it is not; and a theme that calls every page the front page is broken.
    if wanted is None or _host(wanted) != _host(url) or (_is_front(wanted) and not _is_front(url)):
        return url
    return wanted


def _is_front(url: str) -> bool:
    return is_front_page(canonical_url(url) or url)


def _host(url: str) -> str:
    return url.split("/", 3)[2].casefold() if url.count("/") >= 2 else ""


def _date(value: object) -> datetime | None:
    if not isinstance(value, str) or len(value) > 100:
        return None
    try:
        parsed = dates.parse(value)
    except (ValueError, OverflowError, TypeError):
        return None
    parsed = parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)
    try:
        return parsed.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
