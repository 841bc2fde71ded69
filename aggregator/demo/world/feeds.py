"""Renders the demo's blogs as feeds, in the four formats that the world has: RSS 2.0, Atom, RSS 1.0 (RDF) and JSON Feed."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from xml.etree import ElementTree as ET  # writes only; nothing is parsed with it

from aggregator.demo.world.blogs import Blog, Post, blogs

_ATOM = "http://www.w3.org/2005/Atom"
_CONTENT = "http://purl.org/rss/1.0/modules/content/"
_DC = "http://purl.org/dc/elements/1.1/"
_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_RSS1 = "http://purl.org/rss/1.0/"


@dataclass(frozen=True, slots=True)
class SampleFeed:
    """One feed as a server gives it. name: key of the blog. path: on the feed's own host. body: empty unless status is 200."""

    name: str
    title: str
    path: str
    content_type: str
    body: bytes
    status: int = 200


def feeds(now: datetime) -> list[SampleFeed]:
    """Every blog's feed as it would be at `now` (aware UTC)."""
    return [_feed(blog, now.replace(microsecond=0)) for blog in blogs()]


def _feed(blog: Blog, now: datetime) -> SampleFeed:
    path, content_type, write = _FORMATS[blog.format]
    body = write(blog, now) if blog.status == 200 else b""
    return SampleFeed(blog.name, blog.title, path, f"{content_type}; charset={blog.charset}", body, blog.status)


def _rss(blog: Blog, now: datetime) -> bytes:
    root = ET.Element("rss", {"version": "2.0", "xmlns:content": _CONTENT, "xmlns:dc": _DC})
    channel = ET.SubElement(root, "channel")
    _head(channel, blog)
    for post in blog.posts:
        item = ET.SubElement(channel, "item")
        _add(item, "title", post.title)
        _add(item, "link", post.url)
        _add(item, "guid", post.key, isPermaLink="false")
        _add(item, "dc:creator", post.author)
        for tag in post.tags:
            _add(item, "category", tag)
        if post.age is not None:
            _add(item, "pubDate", format_datetime(now - post.age))
        _add(item, "description", _summary(post) if blog.full else post.html)
        if blog.full:
            _add(item, "content:encoded", post.html)
    return _xml(root, blog)


def _atom(blog: Blog, now: datetime) -> bytes:
    root = ET.Element("feed", {"xmlns": _ATOM})
    _add(root, "title", blog.title)
    _add(root, "id", f"https://{blog.host}/")
    _add(root, "link", "", href=f"https://{blog.host}/")
    _add(root, "updated", now.isoformat())
    for post in blog.posts:
        entry = ET.SubElement(root, "entry")
        _add(entry, "title", post.title)
        _add(entry, "id", post.key)
        _add(entry, "link", "", rel="alternate", href=post.url)
        if post.author:
            _add(ET.SubElement(entry, "author"), "name", post.author)
        for tag in post.tags:
            _add(entry, "category", "", term=tag)
        if post.age is not None:
            _add(entry, "published", (now - post.age).isoformat())
            _add(entry, "updated", (now - post.age).isoformat())
        _add(entry, "content" if blog.full else "summary", post.html, type="html")
    return _xml(root, blog)


def _rdf(blog: Blog, now: datetime) -> bytes:
    root = ET.Element("rdf:RDF", {"xmlns": _RSS1, "xmlns:rdf": _RDF, "xmlns:dc": _DC})
    channel = ET.SubElement(root, "channel", {"rdf:about": f"https://{blog.host}/"})
    _head(channel, blog)
    listed = ET.SubElement(ET.SubElement(channel, "items"), "rdf:Seq")
    for post in blog.posts:
        ET.SubElement(listed, "rdf:li", {"rdf:resource": post.key})
        item = ET.SubElement(root, "item", {"rdf:about": post.key})
        _add(item, "title", post.title)
        _add(item, "link", post.url)
        _add(item, "description", post.html)
        _add(item, "dc:creator", post.author)
        for tag in post.tags:
            _add(item, "dc:subject", tag)
        if post.age is not None:
            _add(item, "dc:date", (now - post.age).isoformat())
    return _xml(root, blog)


def _json(blog: Blog, now: datetime) -> bytes:
    document = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": blog.title,
        "home_page_url": f"https://{blog.host}/",
        "items": [
            {
                "id": post.key,
                "url": post.url,
                "title": post.title,
                **({"content_html": post.html} if post.html else {}),
                **({"authors": [{"name": post.author}]} if post.author else {}),
                **({"tags": list(post.tags)} if post.tags else {}),
                **({"date_published": (now - post.age).isoformat()} if post.age is not None else {}),
            }
            for post in blog.posts
        ],
    }
    return json.dumps(document, ensure_ascii=False, indent=1).encode(blog.charset)


_FORMATS: dict[str, tuple[str, str, Callable[[Blog, datetime], bytes]]] = {
    "rss": ("/feed.xml", "application/rss+xml", _rss),
    "atom": ("/atom.xml", "application/atom+xml", _atom),
    "rdf": ("/index.rdf", "application/rdf+xml", _rdf),
    "json": ("/feed.json", "application/feed+json", _json),
}


def _summary(post: Post) -> str:
    """The first paragraph."""
    return post.html.split("</p>", 1)[0] + "</p>" if "</p>" in post.html else post.html


def _head(channel: ET.Element, blog: Blog) -> None:
    _add(channel, "title", blog.title)
    _add(channel, "link", f"https://{blog.host}/")
    _add(channel, "description", blog.title)


def _add(parent: ET.Element, tag: str, text: str | None, **attributes: str) -> None:
    """A child with a text; none at all for None."""
    if text is not None:
        ET.SubElement(parent, tag, attributes).text = text


def _xml(root: ET.Element, blog: Blog) -> bytes:
    ET.indent(root)
    body: bytes = ET.tostring(root, encoding=blog.charset, xml_declaration=True)
    return body
