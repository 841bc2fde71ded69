from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pytest

from aggregator.errors import PageError
from aggregator.intake.discover import discover
from aggregator.ports import Page
from aggregator.records.entries import ParsedEntry
from aggregator.records.feeds import ParsedFeed


@dataclass(frozen=True)
class StoredPage:
    url: str
    body: bytes
    status: int = 200
    content_type: str | None = None


class Web:
    """Pages by address; a text starting with `->` is a redirect. Remembers what was asked."""

    def __init__(self, pages: Mapping[str, str]) -> None:
        self._pages = pages
        self.asked: list[str] = []

    def get(self, url: str) -> StoredPage:
        self.asked.append(url)
        text = self._pages.get(url)
        if text is None:
            raise PageError("the server answers with HTTP 404", resource=url)
        return self.get(text[2:]) if text.startswith("->") else StoredPage(url, text.encode())


def read(page: Page) -> ParsedFeed | None:
    if not page.body.startswith(b"FEED"):
        return None
    entries = tuple(ParsedEntry(str(n), None, None, f"Entry {n}", None, (), "", None, None, "") for n in range(5))
    return ParsedFeed("rss20", page.body.decode()[5:], "https://blog.example/", entries, (), 5)


def found(pages: Mapping[str, str], url: str) -> list[tuple[str, str]]:
    return [(feed.url, feed.how) for feed in discover(Web(pages), url, read)]


def page(*links: str, base: str = "") -> str:
    return f"<!doctype html><head>{base}{''.join(links)}</head><body>A blog"


def alternate(href: str, kind: str = "application/rss+xml", title: str = "") -> str:
    return f'<link rel="alternate" type="{kind}" title="{title}" href="{href}">'


def test_an_address_that_is_a_feed_is_the_answer() -> None:
    feeds = discover(Web({"https://blog.example/feed": "FEED My blog"}), "https://blog.example/feed", read)
    assert len(feeds) == 1
    assert (feeds[0].url, feeds[0].title, feeds[0].how, feeds[0].entries) == ("https://blog.example/feed", "My blog", "given", 5)
    assert feeds[0].sample == ("Entry 0", "Entry 1", "Entry 2")


def test_a_page_is_asked_for_the_feeds_that_it_announces() -> None:
    pages = {
        "https://blog.example/": page(
            alternate("/comments/feed", title="Comments"),
            alternate("/rss"),
            alternate("atom.xml", "application/atom+xml; charset=utf-8"),
            alternate("feed.json", "application/feed+json"),
            alternate("javascript:alert(1)"),
            alternate("/missing"),
            alternate("/amp", "text/html"),
            '<link rel="stylesheet" href="/style.css">',
        ),
        "https://blog.example/rss": "FEED a",
        "https://blog.example/atom.xml": "FEED b",
        "https://blog.example/feed.json": "FEED c",
        "https://blog.example/comments/feed": "FEED d",
        "https://blog.example/amp": "FEED e",
    }
    names = ["rss", "atom.xml", "feed.json", "comments/feed"]
    assert found(pages, "https://blog.example/") == [(f"https://blog.example/{name}", "link") for name in names]


def test_links_are_relative_to_the_pages_base_and_final_address() -> None:
    pages = {
        "https://old.example/": "->https://blog.example/home/",
        "https://blog.example/home/": page(alternate("feed.xml"), base='<base href="/deep/">'),
        "https://blog.example/deep/feed.xml": "FEED a",
    }
    assert found(pages, "https://old.example/") == [("https://blog.example/deep/feed.xml", "link")]


def test_common_places_are_tried_near_the_page_first() -> None:
    pages = {
        "https://host.example/me": page(),
        "https://host.example/me/atom.xml": "FEED mine",
        "https://host.example/feed": "FEED everybody's",
    }
    assert found(pages, "https://host.example/me") == [("https://host.example/me/atom.xml", "guess")]
    del pages["https://host.example/me/atom.xml"]
    assert found(pages, "https://host.example/me") == [("https://host.example/feed", "guess")]


def test_an_announced_page_that_is_no_feed_leads_to_guessing() -> None:
    pages = {
        "https://blog.example/": page(alternate("/feed")),
        "https://blog.example/feed": page(),
        "https://blog.example/index.xml": "FEED a",
    }
    assert found(pages, "https://blog.example/") == [("https://blog.example/index.xml", "guess")]


def test_without_a_scheme_https_is_tried_before_http() -> None:
    web = Web({"http://blog.example/feed": "FEED a"})
    assert discover(web, " blog.example/feed ", read)[0].url == "http://blog.example/feed"
    assert web.asked == ["https://blog.example/feed", "http://blog.example/feed"]


@pytest.mark.parametrize("url", ["feed://blog.example/rss", "feed:https://blog.example/rss", "FEED:blog.example/rss"])
def test_the_feed_scheme_is_understood(url: str) -> None:
    assert found({"https://blog.example/rss": "FEED a"}, url) == [("https://blog.example/rss", "given")]


def test_an_address_that_cannot_be_fetched_is_an_error() -> None:
    with pytest.raises(PageError) as caught:
        discover(Web({}), "blog.example", read)
    assert caught.value.resource == "https://blog.example"


def test_a_site_without_a_feed_has_none() -> None:
    assert found({"https://blog.example/": page()}, "https://blog.example/") == []


@pytest.mark.parametrize(
    "html",
    [
        "<link rel=alternate",
        "\x00\xff<link rel=alternate type=text/xml href='http://[::1'>",
        "<base href='http://[' >" + "<link rel=alternate type=text/xml href=x>",
    ],
)
def test_broken_pages_are_no_reason_to_fail(html: str) -> None:
    assert found({"https://blog.example/": html}, "https://blog.example/") == []
