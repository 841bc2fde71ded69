from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from aggregator.records.archive import SourceState
from aggregator.records.editions import Closing
from tests.storage.world import NOW, World, past


def test_a_source_s_state_is_kept_whole_and_may_be_made_due(world: World) -> None:
    state = SourceState("posts/", NOW, NOW, NOW + timedelta(hours=1), '"1"', "Mon", "v", "cannot be read", NOW)
    world.archive.save_source(world.roundup, SourceState("posts/"))
    world.archive.save_source(world.roundup, state)
    assert world.archive.sources(world.roundup) == [state]
    world.archive.read_soon(NOW)
    assert world.archive.sources(world.roundup) == [replace(state, next_read_at=NOW)]


def test_a_document_stays_what_it_was_when_it_came_and_follows_its_source(world: World) -> None:
    world.archive.save(world.roundup, [past(1)], NOW)
    world.archive.save(world.roundup, [past(1), past(2)], NOW, source="posts/", baseline=False)
    world.archive.save(world.roundup, [past(2, content_hash="edited")], NOW)
    found = [(one.path, one.content_hash, one.source, one.baseline) for one in world.archive.documents(world.roundup)]
    assert found == [("past/1.md", "hash 1", "posts/", True), ("past/2.md", "edited", "posts/", False)]


def test_a_renamed_document_takes_the_edition_it_closed_along(world: World) -> None:
    world.archive.save(world.roundup, [past(1), past(2), past(3)], NOW)
    world.ledger.close(world.edition(), Closing((), ()), NOW, None, "past/1.md", 29)
    world.archive.rename(world.roundup, {"past/1.md": "new/1.md", "past/2.md": "past/3.md"})
    assert [one.path for one in world.archive.documents(world.roundup)] == ["new/1.md", "past/3.md"]
    assert world.ledger.editions(world.roundup)[0].post == "new/1.md"
