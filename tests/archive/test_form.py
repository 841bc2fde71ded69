"""How a past edition is written, as its Markdown shows."""

from __future__ import annotations

from aggregator.archive.form import form_of
from aggregator.records.archive import PostForm

POST = """\
---
title: 'Desk Drawer #7'
---

Hello.

## Pens

- [b][link-2]
- [a][link-3], [mine][xref-1]
- [c][link-1]

## Paper

Nothing this time.

Bye.

[link-1]: http://a.example/1
[link-2]: http://a.example/2
[link-3]: http://a.example/3
[xref-1]: {% post_url x %}
"""


def test_the_form_is_told() -> None:
    assert form_of(POST) == PostForm(
        head="---\ntitle: 'Desk Drawer #7'\n---",
        marker="-",
        loose=False,
        label="link-{n}",
        own_label="xref-{n}",
        captured=True,
        empty=("Nothing this time.",),
    )


def test_inline_links_in_reading_order_are_the_plain_form() -> None:
    assert form_of(
        "# T\n\nPens\n----\n\n* [a](http://a.example/1)\n\n* [b](http://a.example/2) [mine][1]\n\n[1]: /own\n"
    ) == PostForm(heading="{heading}\n----", own_label="{n}")


def test_definitions_below_each_section_are_noticed() -> None:
    text = "## A\n\n* [x][1]\n\n[1]: http://a.example/\n\n## B\n\n* [y][2]\n\n[2]: http://b.example/\n\n## C\n\n* z\n"
    assert form_of(text).scattered
    assert not form_of(text).captured


def test_a_post_of_nothing_has_the_form_of_most() -> None:
    assert form_of("") == PostForm()
