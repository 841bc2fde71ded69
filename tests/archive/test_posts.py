"""One post: where its title, number and date come from."""

from __future__ import annotations

from datetime import date

import pytest

from aggregator.archive.posts import Post, number_in, read_markdown
from aggregator.archive.walk import Document
from aggregator.errors import ArchiveError


def post(name: str, text: str) -> Post:
    return read_markdown(Document(name, text, "hash"))


@pytest.mark.parametrize(
    ("title", "number"),
    [
        ("Desk Drawer #27", 27),
        ("Desk Drawer 27: two nibs", 27),
        ("Issue 2020: the big one", 2020),
        ("Weekly links for 2020", None),
        ("Top 5 pens, No. 31", 31),
        ("Desk Drawer 2020-03-04", None),
        ("Version 1.5 of 3D pens", None),
        ("Desk Drawer", None),
    ],
)
def test_a_title_gives_its_number_and_a_year_is_none(title: str, number: int | None) -> None:
    assert number_in(title) == number


def test_title_number_and_date_come_from_the_front_matter_first() -> None:
    read = post("2020-01-02-other-9.md", "---\ntitle: 'Drawer #3'\ndate: 2021-02-03\nnumber: 4\nslug: x-5\n---\n")
    assert (read.title, read.number, read.published) == ("Drawer #3", 4, date(2021, 2, 3))


def test_without_front_matter_heading_and_file_name_say_them() -> None:
    read = post("2020-01-02-desk-drawer-9.md", "# Desk Drawer\n\nHello.\n")
    assert (read.title, read.number, read.published) == ("Desk Drawer", 9, date(2020, 1, 2))
    assert post("drawer/2020-01-02-desk-drawer-9/index.md", "Hello.").title == "desk drawer 9"
    assert post("2020-13-45-x.md", "Hello.").published is None


def test_a_draft_is_known_by_its_front_matter_or_its_folder() -> None:
    assert post("_drafts/next.md", "Hello.").draft
    assert post("next.md", "---\ndraft: true\n---\n").draft
    assert not post("next.md", "Hello.").draft


def test_only_links_to_the_web_are_outbound() -> None:
    body = "[a](/about) [b](mailto:me@a.example) [c](http://a.example/) [d](#top) [e](javascript:x) ![f](http://a.example/i.png)"
    assert post("x.md", body).links == ("https://a.example/",)


def test_broken_front_matter_names_the_document() -> None:
    with pytest.raises(ArchiveError) as caught:
        post("past/x.md", "---\na: [\n---\n")
    assert caught.value.resource == "past/x.md"
