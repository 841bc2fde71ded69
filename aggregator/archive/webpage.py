"""A published edition read from its web page: the article in it, without what the blog puts around."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator
from dataclasses import replace
from datetime import date

from dateutil import parser as dates
from selectolax.lexbor import LexborHTMLParser, LexborNode

from aggregator.archive.frontmatter import FrontMatter
from aggregator.archive.posts import (
    Post,
    date_in,
    name_words,
    number_in,
    number_of,
    outbound,
    own_hosts,
    own_name,
    tidy,
)
from aggregator.archive.walk import Document
from aggregator.errors import ArchiveError
from aggregator.text.blocks import Block
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


def read_webpage(html: str, address: str, sites: Collection[str] = ()) -> Post:
    """The post on a web page. address: where it was read, which names it. sites: the author's own hosts; that of `address`, and
    the one that the page gives itself, are among them. Raises ArchiveError if the page holds no text with links."""
    return _read(parse(html), html, address, {*sites, *own_hosts(address)}, several=False)


def read_html_file(document: Document, sites: Collection[str] = ()) -> Post:
    """The same for a page in a file, as site generators write them; of a page with several posts, all of them. Raises
    ArchiveError likewise."""
    tree = parse(document.text)
    post = _read(tree, document.text, document.name, sites, several=True)
    name = own_name(document.name)
    title = post.title if post.title != document.name else name_words(name) or name
    return replace(
        post,
        content_hash=document.content_hash,
        title=title,
        number=number_of(title, name),
        published=post.published or date_in(document.name),
        exported=True,
    )


def _read(tree: LexborHTMLParser, html: str, address: str, sites: Collection[str], *, several: bool) -> Post:
    own = {*sites, *own_hosts(*(_first(tree, (place,)) for place in _ADDRESSES))}
    for selector in _ARTICLES:
        found = [one for node in _outermost(tree, selector) if outbound((one := tidy(parts(node), own))[0])]
        if found:
            break
    else:
        raise ArchiveError(
            "this page holds no post with links", resource=address, advice="Give the path of the post's Markdown file."
        )
    read = found if several else [max(found, key=lambda one: len(outbound(one[0])))]
    content = tuple(part for one, _ in read for part in one)
    title = _first(tree, _TITLES) or address
    leading_out = outbound(content)
    relative = sum(link.url not in leading_out for part in content if isinstance(part, Block) for link in part.links)
    return Post(
        path=address,
        content_hash=hashlib.sha256(html.encode("utf-8", errors="replace")).hexdigest(),
        front=FrontMatter("none", ""),
        title=title,
        number=number_in(title),
        published=_published(tree),
        tags=(),
        draft=False,
        parts=content,
        outbound=leading_out,
        own_links=sum(dropped for _, dropped in read) + relative,
    )


def _outermost(tree: LexborHTMLParser, selector: str) -> Iterator[LexborNode]:
    """What the selector finds, without what stands inside another: comments are articles within the post's."""
    inside: set[int] = set()
    for node in tree.css(selector):
        if node.mem_id not in inside:
            yield node
            inside.update(one.mem_id for one in node.css(selector) if one.mem_id != node.mem_id)


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
