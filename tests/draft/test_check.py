"""What is wrong with a draft, line by line."""

from __future__ import annotations

from datetime import UTC, datetime

from aggregator.draft.check import Known, Problem, check
from aggregator.records.drafts import Conflict

DRAFT = """\
---
title: x
---

Hello [you][nobody].

## Pens

* TODO [A pad](http://a.example/pad)
* Fine: [one](http://a.example/one), [two][link-2], [three] and `[no][code]`.
* Bad <script>alert(1)</script>, `<script>` is fine.

[link-2]: http://a.example/two
[link-3]: http://a.example/three
[three]: http://a.example/3
[LINK-2]: http://a.example/other
"""


def test_everything_that_is_not_ready_is_told_with_its_line() -> None:
    known = Known(
        {"https://a.example/one": "this page is gone"},
        ["As they"],
        [Conflict(1, 1, "", "the intro", None, "a", "b", True, datetime.now(UTC))],
    )
    assert check(DRAFT, known) == [
        Problem(0, "file and desk say different things of the intro"),
        Problem(0, "a quotation is not as it was: “As they”"),
        Problem(5, "nothing defines [nobody]"),
        Problem(9, "a bullet without words: A pad"),
        Problem(10, "this page is gone: http://a.example/one"),
        Problem(11, "this runs where it is shown: <script"),
        Problem(14, "nothing uses [link-3]"),
        Problem(16, "[LINK-2] is defined twice"),
    ]


def test_a_finished_draft_is_ready() -> None:
    assert check("# T\n\n## Pens\n\n* Fine: [one][1].\n\n[1]: http://a.example/one\n") == []


def test_code_shows_what_would_run_and_a_lone_tick_hides_no_reference() -> None:
    code = "  ```\n  <script>alert(1)</script>\n  ```"
    draft = f"## Pens\n\n* A ` first.\n\n* Fine: [one][1].\n\n{code}\n\n* A ` last.\n\n[1]: http://a.example/one\n"
    assert check(draft) == []


def test_two_footnotes_side_by_side_are_no_reference() -> None:
    assert check("## Pens\n\n* Said twice.[^1][^2]\n\n[^1]: Here.\n\n[^2]: There.\n") == []


def test_a_bullet_that_mentions_a_todo_list_has_words() -> None:
    assert check("## Pens\n\n* TODOs are [here](http://a.example/).\n") == []
