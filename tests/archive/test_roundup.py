"""Which titles are alike."""

from __future__ import annotations

import pytest

from aggregator.archive.roundup import alike, of_another, stem, title_pattern


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Desk Drawer #27", "desk drawer"),
        ("Desk Drawer #12, Part 2", "desk drawer"),
        ("Links for May 5, 2014", "links for"),
        ("#27: two nibs", ""),
        ("Weekly Notes — Friday 13 March", "weekly notes"),
        ("Desk Drawer", "desk drawer"),
    ],
)
def test_a_stem_is_what_stands_before_the_number(title: str, expected: str) -> None:
    assert stem(title) == expected


def test_small_changes_of_wording_are_alike() -> None:
    assert alike("technology short take", "technology short takes")
    assert not alike("desk drawer", "tool talk")
    assert not alike("", "tool talk")


@pytest.mark.parametrize(
    ("title", "number", "pattern"),
    [
        ("Desk Drawer #27", 27, "Desk Drawer #{number}"),
        ("Desk Drawer 027: two nibs", 27, "Desk Drawer {number}"),
        ("(Drawer {7})", 7, "(Drawer {{{number}}})"),
        ("Desk Drawer", None, ""),
        ("Desk Drawer", 3, ""),
    ],
)
def test_the_newest_title_gives_the_pattern(title: str, number: int | None, pattern: str) -> None:
    assert title_pattern([("Older #1", None), (title, number)]) == pattern
    if pattern and number is not None:
        assert title_pattern([(title, number)]).format(number="X").count("X") == 1


@pytest.mark.parametrize(
    ("title", "another"),
    [
        ("Short Take: Cloud #7", False),
        ("Short Take: Clouds #7", False),
        ("Short Take: Crowd #7", True),
        ("Cold Links #3", True),
        ("My holiday", False),
    ],
)
def test_a_title_that_is_more_like_another_roundup_s_is_that_one_s(title: str, another: bool) -> None:
    others = ("Short Take: Crowd #1", "Cold Links #1", "Short Take: Cloud #1")
    assert of_another(title, "Short Take: Cloud #{number}", others) is another
