"""What the draft needs beside its pieces: quotations."""

from __future__ import annotations

from datetime import timedelta

import pytest

from aggregator.errors import NotFound
from aggregator.storage.database import Database
from aggregator.storage.drafts import SqlDrafts
from tests.storage.world import NOW, World


def test_quoted_words_are_kept_as_they_were(database: Database) -> None:
    world, drafts = World(database), SqlDrafts(database)
    one, two = world.offer("one", "two")
    words = "  Exact — words,\n\n* with a star  "
    made = drafts.add_quote(one, words, None, NOW)
    other = drafts.add_quote(two, "Others.", "https://attic.example/else", NOW)
    assert (made.text, made.url, made.at) == (words, None, NOW)
    assert drafts.quotes([two, one, 99]) == [made, other]
    assert drafts.quotes([]) == []


def test_the_same_words_are_kept_once(database: Database) -> None:
    world, drafts = World(database), SqlDrafts(database)
    (one,) = world.offer("one")
    first = drafts.add_quote(one, "Words.", None, NOW)
    assert drafts.add_quote(one, "Words.", None, NOW + timedelta(hours=1)) == first
    assert drafts.add_quote(one, "Words.", "https://attic.example/else", NOW) != first


def test_nobody_is_quoted_who_is_no_candidate(database: Database) -> None:
    with pytest.raises(NotFound, match="no candidate 9"):
        SqlDrafts(database).add_quote(9, "Words.", None, NOW)
