"""A published edition read from its web page: the article in it, without what the blog puts around."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import date

from dateutil import parser as dates
from selectolax.lexbor import LexborHTMLParser, LexborNode

from aggregator.archive.frontmatter import FrontMatter
from aggregator.archive.posts import Post, is_outbound, number_in
from aggregator.errors import ArchiveError
from aggregator.text.blocks import Block, Heading
from aggregator.text.canonical import host_of
from aggregator.text.markup import parse, parts

# Where blogs put a post's own words, the narrowest first.
_ARTICLES = (
    '[itemprop="articleBody"]',
    ".e-content",
    ".entry-content",
    ".post-content",
    ".post-body",
    ".article-content",
    ".markdown-body",
    "article",
    "main",
    "body",
)
_TITLES = (('meta[property="og:title"]', "content"), ("article h1", ""), ("h1", ""), ("title", ""))
_DATES = (
    ('meta[property="article:published_time"]', "content"),
    ('[itemprop="datePublished"]', "content"),
    ('[itemprop="datePublished"]', "datetime"),
    ("time.dt-published", "datetime"),
    ("time[datetime]", "datetime"),
)
_ADDRESSES = (('link[rel="canonical"]', "href"), ('meta[property="og:url"]', "content"))


def read_webpage(html: str, address: str) -> Post:
    """The post on a web page. address: where it was read, which names it; links to its own site are no outbound links.
    Raises ArchiveError if the page holds no text with links."""
    tree = parse(html)
    own = {host_of(url) for url in (address, *(_first(tree, (place,)) for place in _ADDRESSES)) if url}
    for selector in _ARTICLES:
        found = [_without(tuple(parts(node)), own) for node in tree.css(selector)]
        best = max(found, key=_outbound, default=())
        if _outbound(best):
            break
    else:
        raise ArchiveError(
            "this page holds no post with links", resource=address, advice="Give the path of the post's Markdown file."
        )
    title = _first(tree, _TITLES) or address
    return Post(
        path=address,
        content_hash=hashlib.sha256(html.encode("utf-8", errors="replace")).hexdigest(),
        front=FrontMatter("none", ""),
        title=title,
        number=number_in(title),
        published=_published(tree),
        tags=(),
        draft=False,
        parts=best,
        outbound=_outbound(best),
    )


def _without(post: tuple[Heading | Block, ...], own: set[str]) -> tuple[Heading | Block, ...]:
    """The same without links to the blog itself: its tags, its comments, its feed."""
    return tuple(
        replace(part, links=tuple(link for link in part.links if host_of(link.url) not in own))
        if isinstance(part, Block)
        else part
        for part in post
    )


def _outbound(post: tuple[Heading | Block, ...]) -> int:
    return sum(is_outbound(link.url) for part in post if isinstance(part, Block) for link in part.links)


def _published(tree: LexborHTMLParser) -> date | None:
    text = _first(tree, _DATES)
    try:
        return dates.parse(text[:40]).date() if text else None
    except (ValueError, OverflowError):
        return None


def _first(tree: LexborHTMLParser, places: tuple[tuple[str, str], ...]) -> str | None:
    """The first of these (selector, attribute) that says something; without an attribute, the element's text."""
    return next((text for selector, name in places for node in tree.css(selector) if (text := _said(node, name))), None)


def _said(node: LexborNode, name: str) -> str:
    return " ".join(((node.attributes.get(name) or "") if name else node.text()).split())
