"""Searched words are marked, and nothing else becomes markup."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup, escape

from aggregator.web.marking import marked


@pytest.mark.parametrize(
    ("text", "words", "shown"),
    [
        ("Disks and a disk", ["disk"], "<mark>Disk</mark>s and a <mark>disk</mark>"),
        ("a disks", ["disk", "disks"], "a <mark>disks</mark>"),
        ("<b>disk</b> & co", ["b", "&"], "&lt;<mark>b</mark>&gt;disk&lt;/<mark>b</mark>&gt; <mark>&amp;</mark> co"),
        ("2 + 2 (four)", ["+", "(four)"], "2 <mark>+</mark> 2 <mark>(four)</mark>"),
        ("as it is", [], "as it is"),
    ],
)
def test_words_are_marked_in_any_letter_case(text: str, words: list[str], shown: str) -> None:
    assert marked(text, words) == Markup(shown)


@given(st.text(), st.lists(st.text(min_size=1)))
def test_without_the_marks_it_is_the_text_escaped(text: str, words: list[str]) -> None:
    assert re.sub("</?mark>", "", str(marked(text, words))) == str(escape(text))
