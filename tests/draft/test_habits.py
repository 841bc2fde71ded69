"""How he writes now: the newest editions decide, and no news of an old one is taken over."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

import pytest

from aggregator.draft.habits import EMPTY, Habits, habits
from aggregator.draft.head import head, head_pattern
from aggregator.records.archive import PastEdition, PostForm


def edition(
    number: int, form: PostForm | None = None, intro: str = "", outro: str = "", path: str | None = None, *, draft: bool = False
) -> PastEdition:
    where = path or f"posts/2020-0{number}-01-drawer-{number}.md"
    return PastEdition(
        where, "", f"Drawer #{number}", number, date(2020, number, 1), (), (), intro=intro, outro=outro, form=form, draft=draft
    )


def test_without_past_editions_there_is_a_plain_form() -> None:
    assert habits([]) == Habits()


def test_most_of_the_newest_decide() -> None:
    old, new = PostForm(marker="*", loose=True), PostForm(marker="-", loose=False, label="link-{n}", captured=True)
    found = habits([edition(n, old if n < 5 else new) for n in range(1, 8)])
    assert (found.marker, found.loose, found.label, found.captured) == ("-", False, "link-{n}", True)
    assert found.file_name == "{date}-drawer-{number}.md"


def test_his_usual_sentence_stands_under_an_empty_heading() -> None:
    said = [PostForm(empty=("Nothing today.", "Only once.")), PostForm(empty=("Nothing  today.",)), PostForm()]
    assert habits([edition(n, form) for n, form in enumerate(said, 1)]).empty == "Nothing today."
    assert habits([edition(1, PostForm(empty=("A long story.",)))]).empty == EMPTY
    both = [PostForm(empty=("Not a thing, but wait.",)), PostForm(empty=("Not a thing, so there!",))]
    assert habits([edition(n, form) for n, form in enumerate(both, 1)]).empty == "Not a thing."


def test_the_words_around_are_those_that_come_back() -> None:
    found = habits(
        [
            edition(1, intro="Welcome to #1, the first. Enjoy!", outro="See you. I moved house."),
            edition(2, intro="Welcome to #2, of spring. Enjoy! Read [this](http://a.example).", outro="Rain. See you."),
        ]
    )
    assert found.intro == "Welcome to #{number}! Enjoy!"
    assert found.outro == "See you."
    assert habits([edition(1, intro="My cat is ill.", outro="She is better.")]).intro == ""


def test_drafts_say_nothing_of_his_habits() -> None:
    assert habits([edition(1, PostForm(marker="-"), draft=True)]).marker == "*"


@pytest.mark.parametrize("path", ["..{n}/index.md", "2020-01-01-a b-{n}.md", "{n}-of-12.md", "plain.md"])
def test_a_name_that_is_no_plain_pattern_is_not_taken(path: str) -> None:
    assert habits([edition(n, PostForm(), path=path.replace("{n}", str(n))) for n in (1, 2)]).file_name is None


def test_a_post_in_a_folder_of_its_own_keeps_to_that() -> None:
    found = habits([edition(n, PostForm(), path=f"posts/2020-0{n}-01-drawer-{n}/index.md") for n in (1, 2)])
    assert found.file_name == "{date}-drawer-{number}/index.md"


TOML = """+++
title = "Drawer #{n}"
date = 2020-0{n}-01T08:00:00Z
draft = false
tags = ["Ink", "Paper"]
description = "{words}"
author = 'Nib'
url = "/2020/0{n}/01/drawer-{n}/"
[params]
series = "drawer"
+++"""


def test_toml_is_written_after_its_pattern() -> None:
    heads = [(TOML.format(n=n, words="x" * n), n, date(2020, n, 1)) for n in (3, 2)]
    pattern = head_pattern(heads)
    assert pattern is not None
    text = head(pattern, title='Drawer "#4"', number=4, today=date(2020, 4, 9), tags=["A b"], unpublished="draft")
    assert text == (
        '+++\ntitle = "Drawer \\"#4\\""\ndate = 2020-04-09T08:00:00Z\ndraft = true\ntags = ["A b"]\ndescription = ""\n'
        'author = \'Nib\'\nurl = "/2020/04/09/drawer-4/"\n[params]\nseries = "drawer"\n+++'
    )


def test_header_lines_and_lists_in_a_line_are_written_as_he_does() -> None:
    pattern = head_pattern([("Title: Drawer #3\nDate: 2020-03-01\nTags: Ink, Paper\nStatus: published", 3, date(2020, 3, 1))])
    assert pattern is not None
    text = head(pattern, title="Drawer #4", number=4, today=date(2020, 4, 9), tags=["A", "B"])
    assert text == "Title: Drawer #4\nDate: 2020-04-09\nTags: A, B\nStatus: draft"
    flow = head_pattern([("---\ntitle: x\ntags: ['Ink', 'Paper']\n---", 3, None)])
    assert flow is not None
    assert head(flow, title="y: z", number=4, today=date(2020, 4, 9), tags=["A"]) == "---\ntitle: 'y: z'\ntags: ['A']\n---"


def test_without_front_matter_there_is_no_pattern() -> None:
    assert head_pattern([]) is None
    assert head_pattern([("", 1, None)]) is None


@pytest.mark.parametrize(
    ("written", "day", "comes"),
    [
        ("2026-07-03T08:00:00+02:00", date(2026, 11, 23), "2026-11-23T08:00:00+01:00"),
        ('"2026-01-09 08:00:00 +0100"', date(2026, 7, 3), '"2026-07-03 08:00:00 +0200"'),
        ("2026-07-03T08:00:00+00:00", date(2026, 11, 23), "2026-11-23T08:00:00+00:00"),
        ("2026-07-03T08:00:00-07:00", date(2026, 11, 23), "2026-11-23T08:00:00-07:00"),
        ("2026-07-03", date(2026, 11, 23), "2026-11-23"),
    ],
)
def test_his_clock_was_changed_since_the_last_post(written: str, day: date, comes: str) -> None:
    pattern = head_pattern([(f"---\ndate: {written}\n---", 3, date.fromisoformat(written.strip('"')[:10]))])
    assert pattern is not None
    text = head(pattern, title="x", number=4, today=day, tags=(), zone=ZoneInfo("Europe/Oslo"))
    assert text == f"---\ndate: {comes}\n---"
