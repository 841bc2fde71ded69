"""A move that the author takes back stays taken back (H26)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from aggregator.errors import NotFound, Refused
from tests.storage.world import DAY, NOW, World, listed, polled

OLD, NEW = "http://attic.example/feed", "http://loft.example/feed"


def moved(world: World) -> int:
    """A feed that moved from OLD to NEW. Returns its id."""
    world.feeds.sync(world.roundup, [listed("attic.example")], NOW, 30, 7)
    feed = world.feeds.statuses(world.roundup)[0].id
    move(world, feed)
    return feed


def move(world: World, feed: int) -> None:
    world.feeds.save([replace(polled(feed), moved=True, moved_to=NEW, at=NOW + DAY)])


def test_the_feed_is_polled_at_its_old_address_again_and_the_list_is_to_follow(world: World) -> None:
    feed = moved(world)
    assert world.feeds.statuses(world.roundup)[0].moved_from == OLD
    assert world.feeds.undo_move(feed, NOW) == (NEW, OLD)
    status = world.feeds.statuses(world.roundup)[0]
    assert (status.url, status.moved_from, status.moved_to) == (OLD, None, None)
    assert world.feeds.moved(world.roundup) == [(NEW, OLD)]
    [due] = world.feeds.claim(NOW, 1, 60)
    assert (due.url, due.etag) == (OLD, None)


def test_the_same_move_is_not_adopted_again_and_the_feed_says_why(world: World) -> None:
    feed = moved(world)
    world.feeds.undo_move(feed, NOW)
    move(world, feed)
    status = world.feeds.statuses(world.roundup)[0]
    assert status.url == OLD
    assert "took that back" in status.notes[0]


def test_a_list_that_has_the_new_address_still_means_this_feed(world: World) -> None:
    feed = moved(world)
    world.feeds.undo_move(feed, NOW)
    world.feeds.sync(world.roundup, [listed("loft.example")], NOW, 30, 7)
    assert [one.id for one in world.feeds.statuses(world.roundup)] == [feed]


def test_there_is_nothing_to_take_back_twice(world: World) -> None:
    feed = moved(world)
    world.feeds.undo_move(feed, NOW)
    with pytest.raises(NotFound):
        world.feeds.undo_move(feed, NOW)


def test_an_address_that_another_feed_has_by_now_is_not_taken(world: World) -> None:
    feed = moved(world)
    with world.database.write() as connection:
        from aggregator.storage.schema import feeds

        connection.execute(
            feeds.insert().values(url=OLD, canonical_url="https://attic.example/feed", added_at=NOW, first_days=7, notes=[])
        )
    with pytest.raises(Refused, match="another feed"):
        world.feeds.undo_move(feed, NOW)
