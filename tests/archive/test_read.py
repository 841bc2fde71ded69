"""Reading a folder of past editions: what counts as one, under which headings its links stand, and why others are left out."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from aggregator.archive.read import read_archive, read_post
from aggregator.errors import ArchiveError
from aggregator.records.archive import ArchiveReading, PastEdition

EDITION = """---
title: 'Desk Drawer #{n}'
date: 2021-0{n}-01
layout: post
tags: [Ink, Paper]
---

Welcome to Desk Drawer #{n}.

## Pens

* A nib I like: [the nib](http://pens.example/{n}/nib), and [its box](http://pens.example/{n}/box).
* Plain, with [mine]({{% post_url 2020-01-01-mine %}}).

## Paper

Nothing this time around.

## Ink & Glue

A paragraph with [one link][1].

- outer [two][2]
    - inner [three](https://ink.example/{n}/three)

That is all.

[1]: http://ink.example/{n}/one
[2]: http://ink.example/{n}/two
"""


def edition(n: int) -> str:
    return EDITION.replace("{{%", "{%").replace("%}}", "%}").replace("{n}", str(n))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for n in (1, 2, 3):
        (tmp_path / f"2021-0{n}-01-desk-drawer-{n}.md").write_text(edition(n))
    return tmp_path


def reasons(reading: ArchiveReading) -> dict[str, str]:
    return {one.path: one.reason for one in reading.skipped}


def test_an_edition_is_read_whole(folder: Path) -> None:
    reading = read_archive([folder])
    first = reading.editions[0]
    assert [one.number for one in reading.editions] == [1, 2, 3]
    assert (first.path, first.title, first.published) == ("2021-01-01-desk-drawer-1.md", "Desk Drawer #1", date(2021, 1, 1))
    assert first.sections == ("Pens", "Paper", "Ink & Glue")
    assert [(bullet.section, [link.anchor for link in bullet.links]) for bullet in first.bullets] == [
        ("Pens", ["the nib", "its box"]),
        ("Ink & Glue", ["one link"]),
        ("Ink & Glue", ["two", "three"]),
    ]
    assert first.bullets[0].text == "A nib I like: the nib, and its box."
    assert (first.intro, first.outro) == ("Welcome to Desk Drawer #1.", "That is all.")
    assert (first.tags, first.style, first.draft) == (("Ink", "Paper"), "inline", False)


def test_a_reading_says_what_the_editions_share(folder: Path) -> None:
    reading = read_archive([folder])
    assert reading.title == "Desk Drawer #{number}"
    assert reading.front_matter == {"title": None, "date": None, "layout": "post", "tags": None}


def test_reading_twice_gives_the_same(folder: Path) -> None:
    assert read_archive([folder]) == read_archive([folder])
    named = read_archive([folder / "2021-01-01-desk-drawer-1.md"], home=folder.parent)
    assert named.editions[0] in read_archive([folder], home=folder.parent).editions


def test_other_posts_drafts_copies_and_broken_ones_are_left_out_with_a_reason(folder: Path) -> None:
    others = {
        "about.md": "# About me\n\nI like [pens](http://pens.example/).\n",
        "draft.md": edition(4).replace("layout: post", "draft: true"),
        "empty.md": "---\ntitle: 'Desk Drawer #9'\n---\n\nNo links, only [mine](/about).\n",
        "copy.md": edition(2),
        "broken.md": "---\ntitle: [\n---\n\n[x](http://a.example/)\n",
        "page.html": "<p>x</p>",
        "notes.txt": "x",
    }
    for name, text in others.items():
        (folder / name).write_text(text)
    reading = read_archive([folder])
    assert [one.number for one in reading.editions] == [1, 2, 3]
    found = reasons(reading)
    assert found["about.md"].startswith("not the roundup")
    assert found["draft.md"].startswith("a draft")
    assert found["empty.md"] == "no links to other sites"
    assert found["copy.md"] == "the same text as 2021-02-01-desk-drawer-2.md"
    assert found["broken.md"].startswith("its front matter is not YAML")
    assert found["page.html"] == "this page holds no post with links"
    assert found["notes.txt"] == ".txt files are not read, only Markdown, HTML and exports"


def test_the_roundups_own_title_decides_which_series_is_meant(tmp_path: Path) -> None:
    for n in range(1, 6):
        (tmp_path / f"a{n}.md").write_text(f"# Tool Talk {n}\n\n[a](http://a.example/{n}) [b](http://a.example/b{n})\n")
    for n in range(1, 4):
        (tmp_path / f"b{n}.md").write_text(f"# Desk Drawer {n}\n\n[c](http://c.example/{n})\n")
    assert {one.title[:4] for one in read_archive([tmp_path]).editions} == {"Tool"}
    assert {one.title[:4] for one in read_archive([tmp_path], title="Desk Drawer {number}").editions} == {"Desk"}
    assert {one.title[:4] for one in read_archive([tmp_path], title="Nothing Like It {number}").editions} == {"Tool"}


def test_editions_without_a_common_title_are_all_read(tmp_path: Path) -> None:
    for name in ("on nibs", "of paper", "some glue"):
        (tmp_path / f"{name}.md").write_text(f"# {name}\n\n[a](http://a.example/{name[0]})\n")
    reading = read_archive([tmp_path])
    assert [one.number for one in reading.editions] == [None, None, None]
    assert reading.skipped == ()
    assert reading.title == ""


def test_editions_without_sections_still_count_and_have_no_intro(tmp_path: Path) -> None:
    (tmp_path / "1.md").write_text("Title: Drawer 1\n\nWords.\n\n* [a](http://a.example/)\n")
    only = read_archive([tmp_path]).editions[0]
    assert (only.sections, only.bullets[0].section, only.intro, only.outro) == ((), None, "", "")


def level_three(n: int) -> str:
    return (
        f"# Weekly {n}\n\n## News\n\n[a](http://a.example/{n})\n\n## Community\n\n### Articles\n\n"
        f"* [b](http://b.example/{n})\n* [c](http://c.example/{n})\n\n### Videos\n\n* [d](http://d.example/{n})\n"
    )


def test_a_deeper_level_counts_where_one_heading_holds_most_links(tmp_path: Path) -> None:
    for n in (1, 2, 3):
        (tmp_path / f"{n}.md").write_text(level_three(n))
    first = read_archive([tmp_path]).editions[0]
    assert first.sections == ("News", "Community", "Articles", "Videos")
    assert [bullet.section for bullet in first.bullets] == ["News", "Articles", "Articles", "Videos"]


def test_headings_of_single_items_are_no_sections(tmp_path: Path) -> None:
    for n in (1, 2, 3):
        items = "".join(f"### Item {n}{k}\n\n[x](http://x.example/{n}{k})\n\n" for k in "abcd")
        (tmp_path / f"{n}.md").write_text(
            f"# Weekly {n}\n\n## Pens\n\n{items}## Ink\n\n{items.replace('Item', 'Thing').replace('x.', 'y.')}"
        )
    assert read_archive([tmp_path]).editions[0].sections == ("Pens", "Ink")


def test_the_same_small_headings_under_every_section_are_no_sections(tmp_path: Path) -> None:
    for n in (1, 2, 3):
        parts = "".join(
            f"## {name}\n\n### Articles\n\n[x](http://{name}.example/{n})\n\n### Videos\n\n[y](http://{name}.example/v{n})\n\n"
            for name in ("Pens", "Ink", "Paper")
        )
        (tmp_path / f"{n}.md").write_text(f"# Weekly {n}\n\n{parts}")
    assert read_archive([tmp_path]).editions[0].sections == ("Pens", "Ink", "Paper")


def test_bold_lines_serve_as_headings_where_they_return(tmp_path: Path) -> None:
    for n in (1, 2):
        (tmp_path / f"{n}.md").write_text(
            f"# Weekly {n}\n\n**Pens**\n\n[a](http://a.example/{n})\n\n**Ink**\n\n[b](http://b.example/{n})\n"
        )
    assert read_archive([tmp_path]).editions[0].sections == ("Pens", "Ink")


def test_an_edition_that_used_another_level_keeps_its_sections(folder: Path) -> None:
    (folder / "2020-12-01-desk-drawer-0.md").write_text(edition(4).replace("## ", "### ").replace("2021-04", "2020-12"))
    first = read_archive([folder]).editions[0]
    assert first.sections == ("Pens", "Paper", "Ink & Glue")


def read(text: str, *known: str) -> PastEdition:
    return read_post(text, "post.md", known=known)


def test_one_published_post_is_read_as_the_archive_would(folder: Path) -> None:
    post = read(edition(2))
    from_folder = read_archive([folder]).editions[1]
    assert (post.bullets, post.sections, post.intro, post.outro) == (
        from_folder.bullets,
        from_folder.sections,
        from_folder.intro,
        from_folder.outro,
    )
    assert post.content_hash == from_folder.content_hash


def test_one_post_finds_its_heading_level_by_known_sections() -> None:
    assert read(level_three(1)).sections == ("News", "Community")
    assert read(level_three(1), "Articles", "Videos", "News").sections == ("News", "Community", "Articles", "Videos")
    assert read("#### Pens\n\n[a](http://a.example/)\n").sections == ("Pens",)


def test_a_draft_says_so_and_one_without_links_is_no_error() -> None:
    assert read("---\ndraft: true\n---\nWords.").draft
    assert read("Words.").links == ()
    with pytest.raises(ArchiveError):
        read("---\na: [\n---\n")


def test_closing_words_with_one_link_are_the_outro_and_several_linked_paragraphs_are_content() -> None:
    body = "## Pens\n\n* [a](http://a.example/)\n\nBye, [write](http://me.example/) to me.\n"
    assert read(body).outro == "Bye, [write](http://me.example/) to me."
    more = "## Pens\n\n* [a](http://a.example/)\n\n[b](http://b.example/)\n\n[c](http://c.example/)\n\nBye.\n"
    assert read(more).outro == "Bye."
    assert read("## Pens\n\nNothing this time.\n\nBye.\n").outro == "Bye."


def test_mostly_reference_links_make_the_style() -> None:
    assert read("[a][1] [b][2] [c](http://c.example/)\n\n[1]: http://a.example/\n[2]: http://b.example/\n").style == "reference"


def test_editions_are_in_time_by_date_else_number_else_name(tmp_path: Path) -> None:
    for n in (10, 9):
        (tmp_path / f"drawer-{n}.md").write_text(f"# Drawer {n}\n\n[a](http://a.example/{n})\n")
    assert [one.number for one in read_archive([tmp_path]).editions] == [9, 10]
    (tmp_path / "drawer.md").write_text("# Drawer\n\n[a](http://a.example/z)\n")
    assert [one.path for one in read_archive([tmp_path]).editions] == ["drawer-9.md", "drawer-10.md", "drawer.md"]


def test_an_edition_without_a_date_stands_behind_the_one_named_before_it(tmp_path: Path) -> None:
    for name, day in (("autumn", "2020-09-01"), ("spring", "2020-03-01"), ("springs", "soon"), ("winter", "2020-01-01")):
        (tmp_path / f"{name}.md").write_text(f"---\ntitle: Drawer\ndate: {day}\n---\n[a](http://{name}.example/)\n")
    named = [one.path for one in read_archive([tmp_path]).editions]
    assert named == ["winter.md", "spring.md", "springs.md", "autumn.md"]


def test_progress_is_told_of_each_document(folder: Path) -> None:
    class Told:
        steps: int = 0
        total: int | None = None
        stopped: bool = False

        def start(self, what: str, total: int | None) -> None:
            self.total = total

        def step(self, n: int = 1) -> None:
            self.steps += n

        def stop(self) -> None:
            self.stopped = True

    told = Told()
    read_archive([folder], progress=told)
    assert (told.steps, told.total, told.stopped) == (3, 3, True)


HEADLINES = ("Ink 3 is here", "Ink 4", "Ink 5 RC", "Paper, at last", "Ink 6 and a lamp", "Nibs in 2022", "A quiet week", "Ink 7")


def headline(title: str) -> str:
    return (
        f"---\ntitle: {title}\n---\n\n## Pens\n\n- [a](https://a.example/{title.count('i')}{len(title)})\n\n"
        f"## Paper\n\n- [b](https://b.example/{title.count('e')}{len(title)})\n"
    )


def test_editions_under_headlines_are_found_by_their_sections(tmp_path: Path) -> None:
    """Five of these titles begin with the same word and a number by accident; the other editions must not be lost to it."""
    for n, title in enumerate(HEADLINES):
        (tmp_path / f"{n}.mdx").write_text(headline(title))
    (tmp_path / "about-me.md").write_text(
        "---\ntitle: About me\n---\n\n## Pens\n\nI like [them](https://a.example/).\n\n## School\n\nx\n"
    )
    reading = read_archive([tmp_path])
    assert len(reading.editions) == len(HEADLINES)
    assert [one.path for one in reading.skipped] == ["about-me.md"]
