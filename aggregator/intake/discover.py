"""Finds the feeds of an address: the address itself, what its page announces, or where feeds usually are."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from urllib.parse import urljoin

from selectolax.lexbor import LexborHTMLParser

from aggregator.errors import PageError
from aggregator.intake.charset import decode_document
from aggregator.ports import Page, PageFetcher
from aggregator.records.feeds import FoundFeed, ParsedFeed
from aggregator.text.canonical import safe_url
from aggregator.text.markup import shallow

COMMON_PATHS = (
    "feed",
    "feed/",
    "rss",
    "rss.xml",
    "atom.xml",
    "index.xml",
    "feed.xml",
    "feed.json",
    "feeds/posts/default",
    "blog/feed",
    "blog/index.xml",
)
_FEED_TYPES = frozenset(
    {
        "application/rss+xml",
        "application/atom+xml",
        "application/feed+json",
        "application/json",
        "application/rdf+xml",
        "application/xml",
        "text/xml",
    }
)
_MAX_ANNOUNCED = 10
_MAX_HTML = 1 << 20
_SAMPLE = 3

Read = Callable[[Page], ParsedFeed | None]


def discover(pages: PageFetcher, url: str, read: Read) -> list[FoundFeed]:
    """Every feed that can be found at an address, the likeliest first: as given, else announced by the page, else guessed.

    url: of a feed or a page; without a scheme https is tried before http. read: a document -> its feed, None if it is none.
    Raises PageError if the address itself cannot be fetched. Empty if there is no feed.
    """
    page = _open(pages, _plain(url.strip()))
    if (given := _found(page, read, "given")) is not None:
        return [given]
    announced = _read_all(pages, _announced(page), read, "link")
    if announced:
        return announced
    return _read_all(pages, _guesses(page.url), read, "guess", enough=1)


def _plain(url: str) -> str:
    """Without the `feed:` that some sites put before an address, or in the place of its scheme."""
    return url[5:].lstrip("/") if url[:5].lower() == "feed:" else url


def _open(pages: PageFetcher, url: str) -> Page:
    if "://" in url:
        return pages.get(url)
    try:
        return pages.get(f"https://{url}")
    except PageError as secure:
        try:
            return pages.get(f"http://{url}")
        except PageError:
            raise secure from None


def _read_all(pages: PageFetcher, urls: Iterator[str], read: Read, how: str, enough: int = _MAX_ANNOUNCED) -> list[FoundFeed]:
    feeds: dict[str, FoundFeed] = {}
    for url in dict.fromkeys(urls):
        try:
            found = _found(pages.get(url), read, how)
        except PageError:
            continue  # an announced feed may be broken and a guess wrong: the others count
        if found is not None:
            feeds.setdefault(found.url, found)
        if len(feeds) >= enough:
            break
    return list(feeds.values())


def _found(page: Page, read: Read, how: str) -> FoundFeed | None:
    feed = read(page)
    if feed is None:
        return None
    sample = tuple(entry.title for entry in feed.entries[:_SAMPLE])
    newest = max((entry.published_at for entry in feed.entries if entry.published_at is not None), default=None)
    return FoundFeed(page.url, feed.title, feed.site_url, how, feed.total, sample, newest)


def _announced(page: Page) -> Iterator[str]:
    """Addresses of the page's `rel=alternate` links to feeds, in its order, comment feeds last."""
    html, _ = decode_document(page.body[:_MAX_HTML], page.content_type)
    tree = LexborHTMLParser(shallow(html))
    base = tree.css_first("base[href]")
    start = (safe_url(base.attributes.get("href") or "", page.url) if base is not None else None) or page.url
    late = []
    for link in tree.css("link[rel][href]")[:200]:
        attributes = link.attributes
        rel = (attributes.get("rel") or "").lower().split()
        kind = (attributes.get("type") or "").partition(";")[0].strip().lower()
        if ("alternate" not in rel and "feed" not in rel) or (kind not in _FEED_TYPES and "feed" not in rel):
            continue
        url = safe_url(attributes.get("href") or "", start)
        if url is None:
            continue
        if "comments" in url.lower() or "comment" in (attributes.get("title") or "").lower():
            late.append(url)
        else:
            yield url
    yield from late


def _guesses(url: str) -> Iterator[str]:
    """Common paths, below the page first (a blog may be one corner of its host), then below the host."""
    for base in (url if url.endswith("/") else f"{url}/", urljoin(url, "/")):
        for path in COMMON_PATHS:
            yield urljoin(base, path)
