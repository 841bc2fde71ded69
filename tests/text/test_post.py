"""A post in its pieces: nothing but white space is lost, whatever it is made of."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.text.post import Definition, Item, parse, split_definitions, write

POST = """\
---
title: 'Desk Drawer #7'
tags:
- Ink
---

Welcome to number 7. See [the shop][xref-1].

## Pens ##

* One pen, [here][link-2],
  and its [nib][link-1].

  > Words of others.

      code_of = "his"
* Another.
    - with a list inside
    - of two

Between bullets.

* A third.

Paper
-----

Nothing this time.

That is all.

[link-1]: http://a.example/nib
[link-2]: http://a.example/pen "with a title"
[xref-1]: {% post_url 2020-01-01-shop %}
"""


def test_a_post_is_taken_apart() -> None:
    post = parse(POST)
    assert post.head == "---\ntitle: 'Desk Drawer #7'\ntags:\n- Ink\n---"
    assert post.intro == "Welcome to number 7. See [the shop][xref-1]."
    assert [(one.heading, [item.bullet for item in one.items]) for one in post.sections] == [
        ("Pens", [True, True, False, True]),
        ("Paper", [False]),
    ]
    first = post.sections[0].items[0]
    assert first.text.startswith("One pen, [here][link-2],\nand its [nib][link-1].\n\n> Words of others.\n\n    code_of")
    assert first.lines == (10, 16)
    assert post.sections[1].source == "Paper\n-----"
    assert post.outro == "That is all."
    assert [one.label for one in post.definitions] == ["link-1", "link-2", "xref-1"]
    assert post.definitions[1].target == 'http://a.example/pen "with a title"'


def test_what_is_taken_apart_is_put_together_again() -> None:
    assert write(parse(POST)).split() == POST.split()
    assert parse(write(parse(POST))) == parse(POST)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Only words.\n",
        "# A title\n\n* one\n* two\n",
        "* one\n\n* two\n\nand more\n\n* three\n\nThe end.\n",
        "+++\ntitle = 'x'\n+++\n\n**Pens**\n\n1. one\n2. two\n",
        "Title: Old style\nDate: 2020-01-01\n\n## A\n\n- x\n\n[1]: http://a.example/\n\n## B\n\n- y\n\n[2]: http://b.example/\n",
        "## A\n\n```\n[not]: a definition\n```\n\n* x\n",
        "## A\n\ntext\n[below]: text is text\n",
        "---\nnot: closed\n\n## A\n\n* x\n",
        "* a\n\n\tcode after a tab\n\n*    b far in\n",
    ],
)
def test_whatever_it_is_made_of_nothing_is_lost(text: str) -> None:
    assert write(parse(text)).split() == text.split()


@given(
    st.lists(
        st.sampled_from(["## A", "* x", "  y", "", "", "[1]: http://a.example/", "> q", "    c", "words", "---", "- z", "```"])
    )
)
def test_no_line_is_ever_lost(lines: list[str]) -> None:
    text = "\n".join(lines)
    assert sorted(write(parse(text)).split()) == sorted(text.split())


def test_a_definition_inside_a_bullet_stands_with_the_others() -> None:
    post = parse("## A\n\n* [x][inside]\n\n  [inside]: http://a.example/\n* y\n")
    assert [item.text for item in post.sections[0].items] == ["[x][inside]", "y"]
    assert post.definitions == (Definition("inside", "http://a.example/"),)


def test_definitions_that_stand_below_each_section_stay_there() -> None:
    post = parse("## A\n\n* [x][1]\n\n[1]: http://a.example/\n\n## B\n\n* [y][2]\n\n[2]: http://b.example/\n")
    assert [one.definitions for one in post.sections] == [(Definition("1", "http://a.example/"),), ()]
    assert post.definitions == (Definition("2", "http://b.example/"),)


def test_a_piece_of_text_is_parted_from_its_definitions() -> None:
    assert split_definitions("Words [x][a].\n\n[a]: /own") == ("Words [x][a].", (Definition("a", "/own"),))
    assert split_definitions("No\n  change") == ("No\n  change", ())


def test_bullets_know_whether_they_stand_apart() -> None:
    assert parse("## A\n\n* x\n\n* y\n").loose
    assert not parse("## A\n\n* x\n* y\n").loose
    assert parse("## A\n\n* x\n* y\n").sections[0].items == (Item(True, "x"), Item(True, "y"))


def test_a_tab_within_a_line_stays_one() -> None:
    (item,) = parse("* a\n\n\t\tcode\tafter a tab\n").sections[0].items
    assert item.text == "a\n\n      code\tafter a tab"
