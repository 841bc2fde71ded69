"""What the draft needs beside its pieces: quotations, files, conflicts."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from aggregator.edition.ledger import undo
from aggregator.errors import NotFound, Refused
from aggregator.records.candidates import Action, NewVerdict
from aggregator.records.drafts import DraftFile, NewConflict
from aggregator.storage.database import Database
from aggregator.storage.drafts import SqlDrafts
from aggregator.storage.schema import draft_files
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


def test_what_two_files_contradict_is_kept_apart(database: Database) -> None:
    world, drafts = World(database), SqlDrafts(database)
    file = DraftFile(world.edition().id, "/a.md", "hugo", "one", "0" * 64, NOW)
    one, two = NewConflict("a bullet", None, "desk", "file"), NewConflict("the order", "a", "b", "c", words=False)
    drafts.save_file(file, [one])
    drafts.save_file(replace(file, path=""), [two])
    drafts.save_file(replace(file, path="/b.md"))
    assert [(found.path, found.said) for found in drafts.conflicts(world.edition().id)] == [("/a.md", one), ("", two)]
    drafts.settle(drafts.conflicts(world.edition().id)[0].id, "own", NOW, "Mine.")
    drafts.save_file(replace(file, path=""))
    (left,) = drafts.conflicts(world.edition().id)
    assert (left.taken, left.own) == ("own", "Mine.")


def test_taking_an_import_back_leads_to_what_agreed_before_it(database: Database) -> None:
    world, drafts = World(database), SqlDrafts(database)
    (id_,) = world.offer("one")
    edition = world.edition().id
    file = DraftFile(edition, "/a.md", "hugo", "exported", "0" * 64, NOW)
    drafts.save_file(file)
    world.ledger.say(edition, [NewVerdict(id_, Action.KEEP, NOW, "an import")])
    drafts.save_file(replace(file, text="read", content_hash="1" * 64, batch="an import"))
    same = replace(file, text="read", content_hash="1" * 64, at=NOW + timedelta(hours=1))
    drafts.save_file(same)
    assert drafts.files(edition) == [replace(same, batch="an import")]
    undone = undo(world.ledger.last_gestures(edition, 1), NOW, "undo")
    world.ledger.say(edition, *undone)
    assert drafts.files(edition) == [replace(same, text="exported", batch="an import", undone=True)]


def test_as_many_states_of_a_file_are_kept_as_can_be_taken_back(database: Database) -> None:
    world, drafts = World(database), SqlDrafts(database)
    file = DraftFile(world.edition().id, "/a.md", "hugo", "", "0" * 64, NOW)
    for at in range(52):
        drafts.save_file(replace(file, text=f"{at}"))
    with database.read() as connection:
        assert connection.execute(select(draft_files.c.text).order_by(draft_files.c.id)).scalars().all() == [
            f"{at}" for at in range(2, 52)
        ]


def test_what_is_said_after_something_else_was_is_refused(database: Database) -> None:
    world = World(database)
    one, two = world.offer("one", "two")
    edition = world.edition().id
    seen = world.ledger.last_said(edition)
    world.ledger.say(edition, [NewVerdict(one, Action.KEEP, NOW, "a")], after=seen)
    with pytest.raises(Refused, match="meanwhile") as told:
        world.ledger.say(edition, [NewVerdict(two, Action.KEEP, NOW, "b")], after=seen)
    assert not told.value.permanent
    assert [found.batch for found in world.ledger.last_gestures(edition, 9)] == ["a"]
