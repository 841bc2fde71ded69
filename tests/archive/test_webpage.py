"""A published edition's web page: the article, without the blog around it."""

from __future__ import annotations

from datetime import date

import pytest

from aggregator.archive.read import read_page
from aggregator.archive.walk import decode
from aggregator.archive.webpage import read_html_file
from aggregator.errors import ArchiveError

PAGE = """<!doctype html><html><head><title>Desk Drawer #9 | A blog</title>
<meta property="og:title" content="Desk Drawer #9"><meta property="article:published_time" content="2021-09-08T07:00:00Z">
<link rel="canonical" href="https://blog.example/drawer-9"></head><body>
<header><nav><a href="http://menu.example/">Menu</a></nav></header>
<article><h1>Desk Drawer #9</h1><div class="entry-content"><p>Hello.</p>
<h2>Pens</h2><ul><li>A <a href="http://pens.example/9">nib</a>, see <a href="https://www.blog.example/old">mine</a>.</li></ul>
<h2>Paper</h2><p>Nothing.</p></div>
<p><a href="http://share.example/?u=1">Share</a></p></article>
<aside><a href="http://ad.example/">Ad</a></aside><footer><a href="http://theme.example/">Theme</a></footer></body></html>"""


def test_the_article_is_read_as_the_markdown_would_be() -> None:
    edition = read_page(PAGE, "https://blog.example/drawer-9?x=1")
    assert (edition.title, edition.number, edition.published) == ("Desk Drawer #9", 9, date(2021, 9, 8))
    assert edition.sections == ("Pens", "Paper")
    assert [(bullet.section, bullet.text, [link.url for link in bullet.links]) for bullet in edition.bullets] == [
        ("Pens", "A nib, see mine.", ["http://pens.example/9"])
    ]
    assert (edition.path, edition.intro, edition.outro) == ("https://blog.example/drawer-9?x=1", "", "")


def test_a_plain_page_is_read_from_its_body() -> None:
    edition = read_page('<title>Drawer 3</title><h3>Pens</h3><a href="http://a.example/">a</a>', "https://blog.example/3")
    assert (edition.number, edition.published, edition.bullets[0].section) == (3, None, "Pens")


def test_a_page_without_links_is_an_error_with_advice() -> None:
    with pytest.raises(ArchiveError, match="no post with links") as caught:
        read_page("<p>Please enable something.</p>", "https://blog.example/3")
    assert caught.value.advice


def test_comments_that_are_articles_within_the_posts_are_not_read_twice() -> None:
    comment = '<article><p>Mine: <a href="http://c.example/">c</a></p></article>'
    page = f'<h1>Drawer 3</h1><article><p><a href="http://a.example/">a</a></p>{comment}</article>'
    post = read_html_file(decode(page.encode(), "3.html"))
    assert post.links == ("https://a.example/", "https://c.example/")
