"""The author's list and what it makes of feeds: followed, left in peace, taken up again."""

from __future__ import annotations

from aggregator.records.feeds import FeedToPoll
from tests.storage.world import DAY, NOW, World, listed, parsed, polled


def by_host(world: World) -> dict[str, FeedToPoll]:
    return {feed.url.split("/")[2]: feed for feed in world.feeds.claim(NOW + 10 * DAY, 100, 0, everything=True)}


def test_a_first_list_is_added_whole_with_first_days(world: World) -> None:
    synced = world.feeds.sync(world.roundup, [listed("a.example"), listed("b.example")], NOW, 30, 7)
    assert synced.added == ("http://a.example/feed", "http://b.example/feed")
    assert (synced.returned, synced.removed, synced.kept) == ((), (), 0)
    assert {feed.first_days for feed in world.feeds.claim(NOW, 10, 600)} == {30}


def test_a_list_gathered_in_steps_before_the_first_poll_is_one_first_list(world: World) -> None:
    world.feeds.sync(world.roundup, [listed("a.example")], NOW, 30, 7)
    world.feeds.sync(world.roundup, [listed("a.example"), listed("b.example")], NOW + DAY, 30, 7)
    assert {feed.first_days for feed in by_host(world).values()} == {30}


def test_a_list_gathered_while_the_daemon_polls_it_is_one_first_list(world: World) -> None:
    (feed,) = world.follow("a.example")
    world.feeds.save([polled(feed.id)])
    world.feeds.sync(world.roundup, [listed("a.example"), listed("b.example")], NOW + DAY / 24, 30, 7)
    assert {feed.first_days for feed in by_host(world).values()} == {30}


def test_a_feed_listed_later_gets_later_days(world: World) -> None:
    (feed,) = world.follow("a.example")
    world.feeds.save([polled(feed.id)])
    synced = world.feeds.sync(world.roundup, [listed("a.example"), listed("b.example")], NOW + DAY, 30, 7)
    assert (synced.added, synced.kept) == (("http://b.example/feed",), 1)
    feeds = by_host(world)
    assert (feeds["a.example"].first_days, feeds["b.example"].first_days) == (30, 7)


def test_a_feed_that_leaves_the_list_is_left_in_peace_and_can_return(world: World) -> None:
    world.feeds.sync(world.roundup, [listed("a.example"), listed("b.example")], NOW, 30, 7)
    gone = world.feeds.sync(world.roundup, [listed("b.example")], NOW + DAY, 30, 7)
    assert gone.removed == ("http://a.example/feed",)
    assert list(by_host(world)) == ["b.example"]
    back = world.feeds.sync(world.roundup, [listed("a.example"), listed("b.example")], NOW + 2 * DAY, 30, 7)
    assert (back.returned, back.added, back.kept) == (("http://a.example/feed",), (), 1)
    assert sorted(by_host(world)) == ["a.example", "b.example"]


def test_a_feed_that_returns_is_taken_up_like_a_new_one_unless_another_roundup_kept_it(world: World) -> None:
    alone, shared = world.follow("alone.example", "shared.example")
    world.feeds.save([polled(alone.id), polled(shared.id)])
    other = world.ledger.roundup("Other", "other", NOW).id
    world.feeds.sync(other, [listed("shared.example")], NOW, 30, 7)
    world.feeds.sync(world.roundup, [], NOW, 30, 7)
    world.feeds.sync(world.roundup, [listed("alone.example"), listed("shared.example")], NOW + 400 * DAY, 30, 7)
    feeds = by_host(world)
    assert (feeds["alone.example"].first_polled_at, feeds["alone.example"].first_days) == (None, 7)
    assert (feeds["shared.example"].first_polled_at, feeds["shared.example"].first_days) == (NOW, 30)


def test_reading_the_same_list_again_changes_nothing(world: World) -> None:
    both = [listed("a.example"), listed("b.example")]
    world.feeds.sync(world.roundup, both, NOW, 30, 7)
    synced = world.feeds.sync(world.roundup, [*both, both[0]], NOW + DAY, 30, 7)
    assert (synced.added, synced.returned, synced.removed, synced.kept) == ((), (), (), 2)


def test_new_titles_and_folders_of_the_list_are_taken_over(world: World) -> None:
    world.feeds.sync(world.roundup, [listed("a.example")], NOW, 30, 7)
    world.feeds.sync(world.roundup, [listed("a.example", title="Attic", folders=("Blogs", "Storage"))], NOW, 30, 7)
    (status,) = world.feeds.statuses(world.roundup)
    assert (status.title, status.folders) == ("Attic", ("Blogs", "Storage"))


def test_a_feed_given_up_as_gone_is_polled_again_once_the_author_lists_it_again(world: World) -> None:
    (feed,) = world.follow("a.example")
    world.feeds.save([polled(feed.id, outcome="gone", error_kind="gone", error="410", next_poll_at=None)])
    assert world.feeds.claim(NOW + DAY, 10, 600, everything=True) == []
    world.feeds.sync(world.roundup, [], NOW, 30, 7)
    world.feeds.sync(world.roundup, [listed("a.example")], NOW + DAY, 30, 7)
    assert [one.id for one in world.feeds.claim(NOW + DAY, 10, 600)] == [feed.id]


def test_two_roundups_share_a_feed_but_not_its_past(world: World) -> None:
    (feed,) = world.follow("a.example")
    world.feeds.save([polled(feed.id, parsed("old"))])
    other = world.ledger.roundup("Other", "other", NOW).id
    world.feeds.sync(other, [listed("a.example", title="Mine")], NOW + 40 * DAY, 30, 7)
    assert [one.title for one in world.feeds.statuses(other)] == ["Mine"]
    assert world.feeds.entries_to_offer(other, 10) == []
    world.feeds.save([polled(feed.id, parsed("fresh"), at=NOW + 41 * DAY)])
    assert [one.key for one in world.feeds.entries_to_offer(other, 10)] == ["fresh"]
    assert [one.key for one in world.feeds.entries_to_offer(world.roundup, 10)] == ["old", "fresh"]


def test_what_another_roundup_was_offered_while_a_feed_was_off_the_list_is_history_to_this_one(world: World) -> None:
    """A year of entries came with the feed's return."""
    (feed,) = world.follow("attic.example")
    other = world.ledger.roundup("Other", "other", NOW).id
    world.feeds.sync(other, [listed("attic.example")], NOW, 30, 7)
    world.feeds.sync(other, [], NOW + DAY, 30, 7)
    for age in (100, 3):
        world.feeds.save([polled(feed.id, parsed(f"{age} days old"), at=NOW + (200 - age) * DAY)])
    world.feeds.sync(other, [listed("attic.example")], NOW + 200 * DAY, 30, 7)
    assert [entry.key for entry in world.feeds.entries_to_offer(other, 10)] == ["3 days old"]
    assert len(world.feeds.entries_to_offer(world.roundup, 10)) == 2
