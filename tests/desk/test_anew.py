"""Two faces of the desk at one moment: a tab and a command, a key and a mail. What one says is not lost to the other."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from aggregator.desk import bullets as verbs
from aggregator.desk.decide import decide, undo
from aggregator.desk.quoting import insert_quote, quote
from aggregator.edition.bullets import state_of
from aggregator.errors import Refused
from aggregator.records.candidates import Action
from tests.desk.conftest import Office
from tests.desk.drafting import Author


@pytest.fixture
def author(office: Office, tmp_path: Path) -> Author:
    return Author(office, tmp_path)


@pytest.fixture
def meanwhile(author: Author, monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], object]], None]:
    """Does it once, right before the next gesture is written."""
    ledger = author.office.stores.ledger
    real, waiting = ledger.say, list[Callable[[], object]]()

    def say(*given: Any, **named: Any) -> list[int]:
        if waiting:
            waiting.pop()()
        return real(*given, **named)

    monkeypatch.setattr(ledger, "say", say)
    return waiting.append


def test_a_bullet_that_is_moved_keeps_what_is_written_at_that_moment(author: Author, meanwhile: Any) -> None:
    meanwhile(lambda: verbs.write(*author.office.all, author.key(0), "Late [alpha][1]."))
    verbs.place(*author.office.all, author.key(0), "Storage")
    assert author.texts("Storage")[-1] == "Late [alpha][1]."


def test_a_comment_goes_below_what_is_written_at_that_moment(author: Author, meanwhile: Any) -> None:
    meanwhile(lambda: verbs.write(*author.office.all, author.key(0), "Late [alpha][1]."))
    decide(*author.office.all, [author.ids[0]], Action.KEEP, comment="And this.")
    assert author.texts("Networking")[0] == "Late [alpha][1].\n\nAnd this."


def test_of_two_saves_at_one_moment_the_second_is_told(author: Author, meanwhile: Any) -> None:
    began = state_of(verbs.find(author.shown(), author.key(0)))
    meanwhile(lambda: verbs.write(*author.office.all, author.key(0), "One tab.", based_on=began))
    with pytest.raises(Refused, match="changed elsewhere"):
        verbs.write(*author.office.all, author.key(0), "The other.", based_on=began)
    assert author.texts("Networking")[0] == "One tab."


def test_first_words_from_two_sides_are_both_of_one_bullet(author: Author, meanwhile: Any) -> None:
    key = author.key(2)
    meanwhile(lambda: verbs.write(*author.office.all, key, "One tab."))
    with pytest.raises(Refused, match="changed elsewhere"):
        verbs.write(*author.office.all, key, "The other.", based_on=0)
    assert author.texts("Storage") == ["One tab.", ""]


def test_undo_from_two_sides_takes_two_steps_back(author: Author, meanwhile: Any) -> None:
    author.write(author.key(0), "Second.")
    author.write(author.key(0), "Third.")
    meanwhile(lambda: undo(*author.office.all))
    undo(*author.office.all)
    assert author.texts("Networking")[0] == "An [alpha][1] of mine."


def test_a_quotation_goes_below_what_is_written_at_that_moment(author: Author, meanwhile: Any) -> None:
    taken = quote(*author.office.all, author.ids[0], "Exact words.")
    meanwhile(lambda: verbs.write(*author.office.all, author.key(0), "Late [alpha][1]."))
    insert_quote(*author.office.all, author.key(0), taken.id)
    assert author.texts("Networking")[0] == "Late [alpha][1].\n\n> Exact words.\n>\n> [Alpha][1]"
