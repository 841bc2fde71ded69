"""Headings: what they are called, and when two are one section's."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.records.headings import heading_key, heading_name


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("⚛️ Nibs {#nibs}", "Nibs"),
        ("🧑‍💻 Jobs {#jobs}", "Jobs"),
        ("Pens :fountain_pen:", "Pens"),
        ("Pens {: #pens .big}", "Pens"),
        ("Ink & Glue:", "Ink & Glue"),
        ("C++", "C++"),
        ("A {braced} word", "A {braced} word"),
        ("🖋️", "🖋️"),
        ("Ratio 1:2:3", "Ratio 1:2:3"),
    ],
)
def test_a_heading_is_shown_without_emoji_and_attributes(written: str, shown: str) -> None:
    assert heading_name(written) == shown


def test_spellings_of_one_section_have_one_key_and_others_have_their_own() -> None:
    assert len({heading_key(one) for one in ("⚛️ Ink & Glue {#ink}", "INK and GLUE:", "“Ink & glue”", "🖋 Ink & Glue!")}) == 1
    assert len({heading_key(one) for one in ("C", "C++", "C#", "Pens", "Pen")}) == 5


@given(st.text(max_size=40))
def test_any_heading_has_a_name_and_naming_it_again_changes_nothing(text: str) -> None:
    name = heading_name(text)
    assert bool(name) == bool(text.split())
    assert heading_key(name) == heading_key(text)
