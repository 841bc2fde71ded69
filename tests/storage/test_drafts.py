"""What the draft needs beside its pieces: quotations, files, conflicts."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from aggregator.errors import NotFound
from aggregator.records.drafts import DraftFile, NewConflict
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


def test_a_file_is_known_by_its_newest_state(database: Database) -> None:
    world, drafts = World(database), SqlDrafts(database)
    first = DraftFile(world.edition().id, "/a.md", "hugo", "one", "0" * 64, NOW)
    other = replace(first, path="", at=NOW + timedelta(hours=1))
    drafts.save_file(first)
    drafts.save_file(other)
    assert drafts.files(world.edition().id) == [other, first]
    newer = replace(first, text="two", waiting="three", at=NOW + timedelta(hours=2))
    drafts.save_file(newer)
    assert drafts.files(world.edition().id) == [newer, other]
    assert drafts.files(world.edition().id + 1) == []


def test_conflicts_wait_until_they_are_settled_or_gone(database: Database) -> None:
    world, drafts = World(database), SqlDrafts(database)
    file = DraftFile(world.edition().id, "/a.md", "hugo", "one", "0" * 64, NOW)
    one, two = NewConflict("a bullet", None, "desk", "file"), NewConflict("the intro", "was", "a", None)
    drafts.save_file(file, [one, two])
    first, second = drafts.conflicts(world.edition().id)
    assert (first.said, second.said, first.taken) == (one, two, None)
    drafts.settle(first.id, "file", NOW)
    with pytest.raises(NotFound):
        drafts.settle(first.id, "desk", NOW)
    drafts.save_file(file, [])
    (left,) = drafts.conflicts(world.edition().id)
    assert (left.said, left.taken) == (one, "file")
