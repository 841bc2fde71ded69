from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.edition.series import part_number, series_key


@pytest.mark.parametrize(
    ("title", "number"),
    [
        ("Building a NAS, part 2", 2),
        ("Building a NAS Part 12: the noise", 12),
        ("Building a NAS (Part Two)", 2),
        ("Building a NAS, Pt. II", 2),
        ("Building a NAS pt 3", 3),
        ("Part 4 of Building a NAS", 4),
        ("Building a NAS (2/3)", 2),
        ("Building a NAS [2 of 3]", 2),
        ("Building a NAS (2)", 2),
        ("Building a NAS - 2", 2),
        ("Building a NAS – 3", 3),
        ("Building a NAS #2", 2),
        ("Building a NAS II", 2),
        ("Building a NAS, Teil 2", 2),
        ("Building a NAS, chapter XIV", 14),
    ],
)
def test_a_title_says_which_part_it_is(title: str, number: int) -> None:
    assert part_number(title) == number


@pytest.mark.parametrize(
    "title",
    [
        "Building a NAS",
        "The hardest part of the job",
        "Ceph 18.2 released",
        "What changed in 2026",
        "Windows 11 - 2026",
        "24/7 on call",
        "Learning V",
        "Counterpart 2",
        "Party like it is 1999",
        "C# in ten minutes",
        "Part 0",
        "Part iiii",
        "",
    ],
)
def test_other_numbers_are_no_parts(title: str) -> None:
    assert part_number(title) is None


@pytest.mark.parametrize(
    "title",
    [
        "Building a NAS",
        "Building a NAS, part 2",
        "Building a NAS: Part 3 - disks",
        "BUILDING A NAS (2/3)",
        "Part 4 of Building a NAS",
    ],
)
def test_the_parts_of_a_series_share_a_key(title: str) -> None:
    assert series_key(title, "Attic.example") == ("attic.example", "building a nas")


def test_the_same_series_name_on_another_host_is_another_series() -> None:
    assert series_key("Diary, part 2", "a.example") != series_key("Diary, part 3", "b.example")


@pytest.mark.parametrize("title", ["Part 2", "(2/3)", "", "!!!"])
def test_a_title_without_other_words_has_no_series(title: str) -> None:
    assert series_key(title, "attic.example") is None


@given(st.text(max_size=200), st.text(max_size=30))
def test_any_title_can_be_asked(title: str, host: str) -> None:
    number, key = part_number(title), series_key(title, host)
    assert number is None or 0 < number < 1000
    assert key is None or key[1]
