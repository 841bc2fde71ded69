"""Exact words of a page in its bullet."""

from __future__ import annotations

import pytest

from aggregator.desk import bullets as desk
from aggregator.desk import quoting
from aggregator.desk.decide import decide
from aggregator.errors import NotFound, UsageError
from aggregator.records.candidates import Action
from tests.desk.conftest import Office


def test_a_quotation_stands_below_his_words_with_where_it_is_from(office: Office) -> None:
    one, two = office.offer("First [draft]", "Second")
    decide(*office.all, [one], Action.KEEP, section="Storage")
    taken = quoting.quote(*office.all, one, " Exact *words*.\r\n\r\n{{ too }} ")
    assert taken.text == "Exact *words*.\n\n{{ too }}"
    desk.write(*office.all, f"c{one}", "Mine.")
    made = quoting.insert_quote(*office.all, f"c{one}", taken.id)
    assert made.text == "Mine.\n\n> Exact \\*words\\*.\n>\n> &#123;&#123; too }}\n>\n> [First \\[draft\\]][1]"
    elsewhere = quoting.quote(*office.all, one, "Others said.", "https://else.example/page")
    assert quoting.insert_quote(*office.all, made.key, elsewhere.id).text.endswith("> [else.example](https://else.example/page)")
    with pytest.raises(NotFound):
        quoting.insert_quote(*office.all, made.key, 99)
    for words in (" ", "x" * (quoting.LONGEST + 1)):
        with pytest.raises(UsageError):
            quoting.quote(*office.all, two, words)


def test_a_page_that_he_dropped_is_not_quoted(office: Office) -> None:
    one, two = office.offer("First", "Second")
    made = desk.group(*office.all, [one, two])
    taken = quoting.quote(*office.all, two, "Exact words.")
    decide(*office.all, [two], Action.DROP)
    with pytest.raises(NotFound):
        quoting.insert_quote(*office.all, made.key, taken.id)
