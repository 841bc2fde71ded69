"""Front matter: three kinds, and hostile or broken ones that end in a reason."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.archive.frontmatter import split
from aggregator.errors import ArchiveError


def test_yaml_is_read_with_its_date_tags_and_number() -> None:
    front = split(
        "---\ntitle: 'Desk Drawer #4'\nDate: 2021-03-04 09:00:00+02:00\ntags:\n- Ink\n- 42\nissue: '#4'\n---\n\nHello\n"
    )
    assert (front.kind, front.text("title"), front.number("number", "issue")) == ("yaml", "Desk Drawer #4", 4)
    assert front.date("date") == date(2021, 3, 4)
    assert front.words("tags") == ("Ink", "42")
    assert front.body == "\nHello\n"


def test_toml_is_read_with_its_own_dates() -> None:
    front = split('+++\ntitle = "Desk Drawer #5"\ndate = 2021-04-05T08:00:00Z\ntags = ["Ink", "Paper"]\ndraft = true\n+++\nHello')
    assert (front.kind, front.date("date"), front.words("tags"), front.draft) == (
        "toml",
        date(2021, 4, 5),
        ("Ink", "Paper"),
        True,
    )


def test_a_pelican_header_is_read_with_lines_that_go_on() -> None:
    front = split("Title: Desk Drawer 6\nDate: 2021-05-06 10:20\nTags: ink, paper,\n  glue\nStatus: draft\n\nHello\n")
    assert (front.kind, front.text("title"), front.date("date")) == ("pelican", "Desk Drawer 6", date(2021, 5, 6))
    assert front.words("tags") == ("ink", "paper", "glue")
    assert front.draft
    assert front.body == "Hello\n"


def test_text_that_only_begins_like_a_header_is_text() -> None:
    for text in ("Note: this is prose.\n\nMore.\n", "---\n\nA rule, then prose.\n", "", "---", "+++\nno end\n"):
        assert split(text).fields == {}
        assert split(text).body == text


@pytest.mark.parametrize(
    ("line", "draft"), [("published: false", True), ("draft: yes", True), ("draft: false", False), ("x: 1", False)]
)
def test_what_says_that_a_post_is_a_draft(line: str, draft: bool) -> None:
    assert split(f"---\n{line}\n---\n").draft is draft


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("---\ntitle: [open\n---\n", "not YAML"),
        ("---\n- a\n- list\n---\n", "holds no keys"),
        ("---\ndate: 2021-13-45\n---\n", "cannot be read"),
        ("---\na: &a {x: 1}\nb: {<<: [*a, *a, *a]}\n---\n", "aliases"),
        ("---\na: !!python/object/apply:os.system [ls]\n---\n", "not YAML"),
        (f"---\na: {'[' * 5000}\n---\n", "not YAML"),
        (f"---\na: {'x' * 70_000}\n---\n", "longer than 64 KB"),
        ("+++\ntitle = open\n+++\n", "not TOML"),
        (f"+++\na = {'[' * 5000}\n+++\n", "not TOML"),
    ],
)
def test_broken_or_hostile_front_matter_says_what_is_wrong(text: str, reason: str) -> None:
    with pytest.raises(ArchiveError, match=reason):
        split(text)


def test_values_of_unexpected_kinds_are_passed_over() -> None:
    front = split("---\ntitle: [a]\nslug: true\nnumber: many\ndate: [2021]\ntags: {a: 1}\n---\n")
    assert (front.text("title", "slug"), front.number("number"), front.date("date"), front.words("tags")) == (
        None,
        None,
        None,
        (),
    )
    assert split("---\ndate: in the year 2021 of nothing at all\n---\n").date("date") is None


@given(st.sampled_from(["---\n{}\n---\n", "+++\n{}\n+++\n", "Title: {}\n\n", "{}"]), st.text(max_size=200))
def test_no_text_raises_anything_but_a_reason(form: str, text: str) -> None:
    try:
        front = split(form.format(text))
    except ArchiveError:
        return
    front.text("title")
    front.date("date", "title")
    front.words("tags", "title")
    assert front.draft in (True, False)
