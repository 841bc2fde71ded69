"""A WordPress export: published posts only, each with its paragraphs, one at a time."""

from __future__ import annotations

import tracemalloc
from datetime import date
from pathlib import Path

import pytest

from aggregator.archive.read import read_archive
from aggregator.archive.wordpress import read_wordpress
from aggregator.errors import ArchiveError
from aggregator.records.archive import RawPost, SkippedDocument

HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" '
    'xmlns:wp="http://wordpress.org/export/1.2/"><channel><title>A blog</title><wp:wxr_version>1.2</wp:wxr_version>'
)
TAIL = "</channel></rss>"


def item(n: int, body: str, kind: str = "post", status: str = "publish", password: str = "", link: bool = True) -> str:
    return (
        f"<item><title>Desk Drawer #{n}</title>{f'<link>https://blog.example/drawer-{n}/</link>' if link else ''}"
        f"<content:encoded><![CDATA[{body}]]></content:encoded><wp:post_id>{n}</wp:post_id>"
        f"<wp:post_date><![CDATA[2021-01-{n:02d} 08:00:00]]></wp:post_date><wp:post_type>{kind}</wp:post_type>"
        f"<wp:status>{status}</wp:status>"
        f"<wp:post_password>{password}</wp:post_password>"
        '<category domain="post_tag" nicename="ink"><![CDATA[Ink]]></category><category domain="category">Links</category></item>'
    )


CLASSIC = (
    "Hello.\n\n<h2>Pens</h2>\nA <a href='http://a.example/{n}'>nib</a> I like.\n\nAnd <a href='http://b.example/{n}'>its box</a>,"
    " after <a href='https://blog.example/old/'>mine</a>.\n\n<h2>Ink</h2>\n<ul><li><a href='http://c.example/{n}'>Blue</a></li></ul>"
)


def export(folder: Path, *items: str) -> Path:
    path = folder / "blog.xml"
    path.write_text(HEAD + "".join(items) + TAIL, encoding="utf-8")
    return path


def test_published_posts_come_with_title_address_date_and_tags(tmp_path: Path) -> None:
    only = next(iter(read_wordpress(export(tmp_path, item(1, "<p>x</p>")), "blog.xml")))
    assert only == RawPost(
        "https://blog.example/drawer-1/",
        "Desk Drawer #1",
        "<p>x</p>",
        "https://blog.example/drawer-1/",
        date(2021, 1, 1),
        ("Ink",),
    )


def test_what_was_never_published_is_passed_over_with_its_reason_and_pages_in_silence(tmp_path: Path) -> None:
    path = export(
        tmp_path,
        item(1, "", status="draft", link=False),
        item(2, "", status="private"),
        item(3, "", password="secret"),
        item(4, "", status="odd"),
        item(5, "", kind="page"),
        item(6, "", kind="attachment", status="inherit"),
    )
    assert list(read_wordpress(path, "blog.xml")) == [
        SkippedDocument("blog.xml#1", "a draft: it is not published", unpublished=True),
        SkippedDocument("https://blog.example/drawer-2/", "private: it was never published", unpublished=True),
        SkippedDocument("https://blog.example/drawer-3/", "private: a password guards it", unpublished=True),
        SkippedDocument("https://blog.example/drawer-4/", "not published: its status is “odd”", unpublished=True),
    ]


def test_the_classic_editors_blank_lines_are_paragraphs_and_links_to_the_blog_are_none(tmp_path: Path) -> None:
    reading = read_archive([export(tmp_path, *(item(n, CLASSIC.replace("{n}", str(n))) for n in (1, 2, 3)))])
    first = reading.editions[0]
    assert (first.number, first.path, first.sections) == (1, "https://blog.example/drawer-1/", ("Pens", "Ink"))
    assert [(one.section, one.text, len(one.links)) for one in first.bullets] == [
        ("Pens", "A nib I like.", 1),
        ("Pens", "And its box, after mine.", 1),
        ("Ink", "Blue", 1),
    ]
    assert reading.decisions.own_links == 3


def test_other_xml_is_no_export(tmp_path: Path) -> None:
    for text, words in (("<rss><channel/></rss>", "give its address"), ("<urlset/>", "no WordPress export")):
        path = tmp_path / "x.xml"
        path.write_text(text)
        with pytest.raises(ArchiveError, match=words):
            list(read_wordpress(path, "x.xml"))


def test_entities_are_refused_and_a_broken_end_keeps_what_stands_before(tmp_path: Path) -> None:
    path = tmp_path / "x.xml"
    path.write_text('<!DOCTYPE rss [<!ENTITY a "b">]>' + HEAD.split("?>\n")[1] + TAIL)
    with pytest.raises(ArchiveError, match="entities"):
        list(read_wordpress(path, "x.xml"))
    path.write_text(HEAD + item(1, CLASSIC) + "<item><title>&nbsp")
    reading = read_archive([path])
    assert [one.number for one in reading.editions] == [1]
    assert reading.skipped[0].reason.startswith("not well-formed XML")


def test_memory_holds_one_post_at_a_time(tmp_path: Path) -> None:
    path = export(tmp_path, *(item(n, "x" * 200_000) for n in range(1, 31)))
    tracemalloc.start()
    try:
        assert sum(1 for _ in read_wordpress(path, "blog.xml")) == 30
        assert tracemalloc.get_traced_memory()[1] < 3_000_000
    finally:
        tracemalloc.stop()
