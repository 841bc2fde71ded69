"""Reads the blogs of the demo's world from its data files."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from importlib.resources import files
from typing import Any, Literal

import yaml
from markdown_it import MarkdownIt

Format = Literal["rss", "atom", "rdf", "json"]


@dataclass(frozen=True, slots=True)
class Post:
    """One post. key: its identity within its feed. age: before now, None for an undated one. html: its body, empty if the
    feed gives titles only."""

    key: str
    url: str
    title: str
    age: timedelta | None
    author: str | None
    tags: tuple[str, ...]
    html: str


@dataclass(frozen=True, slots=True)
class Blog:
    """One blog and the feed it has. folder: where the author filed it. full: its feed gives whole posts next to a summary.
    status: what its server answers; a blog that does not answer 200 has no posts."""

    name: str
    title: str
    host: str
    folder: str
    format: Format
    charset: str
    full: bool
    status: int
    posts: tuple[Post, ...]


@cache
def blogs() -> tuple[Blog, ...]:
    """All of them, in the order of their files."""
    folder = files("aggregator.demo.world") / "data" / "blogs"
    sources = sorted((one for one in folder.iterdir() if one.name.endswith(".yaml")), key=lambda one: one.name)
    documents = {one.name.removesuffix(".yaml")[3:]: yaml.safe_load(one.read_text(encoding="utf-8")) for one in sources}
    originals = {
        f"{blog['host']}/{post['slug']}": _post(post, blog)
        for blog in documents.values()
        for post in blog.get("posts", ())
        if "copy_of" not in post
    }
    return tuple(_blog(name, blog, originals) for name, blog in documents.items())


def _blog(name: str, blog: dict[str, Any], originals: dict[str, Post]) -> Blog:
    return Blog(
        name=name,
        title=blog["title"],
        host=blog["host"],
        folder=blog["folder"],
        format=blog["format"],
        charset=blog.get("charset", "utf-8"),
        full=blog.get("full", False),
        status=blog.get("status", 200),
        posts=tuple(
            _copy(post, blog, originals[post["copy_of"]]) if "copy_of" in post else _post(post, blog)
            for post in blog.get("posts", ())
        ),
    )


def _post(post: dict[str, Any], blog: dict[str, Any]) -> Post:
    url = f"https://{blog['host']}/{post['slug']}"
    return Post(
        key=url,
        url=post.get("url", url),
        title=post["title"],
        age=_age(post["age"]) if "age" in post else None,
        author=blog.get("author"),
        tags=tuple(post.get("tags", ())),
        html=MarkdownIt("commonmark").render(post.get("body", "")),
    )


def _copy(post: dict[str, Any], blog: dict[str, Any], original: Post) -> Post:
    """A planet's copy: the original's words under an age, and maybe an address and a title, of the planet's own."""
    return Post(
        key=f"{blog['host']}:{original.key}",
        url=f"https://{blog['host']}/{post['slug']}" if "slug" in post else original.url,
        title=f"{original.author}: {original.title}" if post.get("by_name") else original.title,
        age=_age(post["age"]),
        author=original.author,
        tags=original.tags,
        html=original.html,
    )


def _age(text: str) -> timedelta:
    """`2d 5h` -> timedelta."""
    found = re.fullmatch(r"(?:(\d+)d)?\s*(?:(\d+)h)?", text)
    if not found:
        raise ValueError(f"an age is written 2d 5h, not {text!r}")
    return timedelta(days=int(found[1] or 0), hours=int(found[2] or 0))
