"""Quotations stay word for word, or it is told."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.edition.quotes import altered_quotes, quotation
from aggregator.records.candidates import Candidate, Standing, State
from aggregator.records.drafts import Bullet, BulletLink, Quote

NOW = datetime(2026, 3, 6, 9, tzinfo=UTC)
WORDS = "What decided it in the end was not speed but what happened on the night when a cable came loose."


def bullet(text: str, id_: int = 1) -> Bullet:
    candidate = Candidate(id_, None, None, "A title", "", None, (), None, NOW, Standing(State.KEPT))
    return Bullet("c1", None, None, 0.0, text, (BulletLink(1, candidate),))


def quote(text: str = WORDS) -> Quote:
    return Quote(7, 1, text, None, NOW)


@pytest.mark.parametrize(
    "text",
    [
        "My own words on the night when a cable came loose, and on speed.",
        f"Mine.\n\n{quotation(WORDS, '[A title][1]')}",
        "> What decided it in the end was not speed",
        "> What decided it … was not speed but what happened on the night",
        f"> {WORDS}\n>\n> [A title][1]\n\nMine again.",
    ],
)
def test_word_for_word_in_whole_or_in_part_is_exact(text: str) -> None:
    assert altered_quotes([bullet(text)], [quote()]) == []


def test_a_changed_word_is_told_with_the_words_as_they_were() -> None:
    changed = bullet(quotation(WORDS.replace("speed", "price"), "[A title][1]"))
    assert altered_quotes([changed], [quote()]) == [(changed, quote())]


def test_quotations_of_others_are_not_compared() -> None:
    changed = quotation(WORDS.replace("speed", "price"), "[A title][1]")
    assert altered_quotes([bullet(changed, id_=2)], [quote()]) == []
    assert altered_quotes([bullet("> Something else that he quotes from memory, by somebody else")], [quote()]) == []


@given(st.text(alphabet="ab *_`[](){}<>#-+!|\\\n&;:$~1.", max_size=80))
def test_whatever_a_page_says_its_quotation_is_exact(words: str) -> None:
    taken = quotation(words, "[A title][1]")
    assert altered_quotes([bullet(f"Mine.\n\n{taken}")], [quote(words.strip())]) == []
