"""Feeds: claimed once, saved whole, moved once, never lost."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import timedelta
from random import Random
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from aggregator.records.feeds import FeedState, FeedToPoll, NewEntry
from aggregator.storage.database import Database
from aggregator.storage.entries import EDITS
from aggregator.storage.schema import entries
from aggregator.text.canonical import canonical_url
from tests.storage.world import DAY, HOUR, NOW, World, bullet, from_entry, listed, parsed, past, polled

# Claims


def test_a_claimed_feed_is_not_claimed_again_until_its_lease_ends(world: World) -> None:
    world.follow("a.example")
    assert world.feeds.claim(NOW + timedelta(seconds=599), 10, 600) == []
    assert world.feeds.claim(NOW + timedelta(seconds=599), 10, 600, everything=True) == []
    assert len(world.feeds.claim(NOW + timedelta(seconds=600), 10, 600)) == 1


def test_a_released_feed_can_be_claimed_at_once(world: World) -> None:
    (feed,) = world.follow("a.example")
    world.feeds.release([feed.id])
    assert [one.id for one in world.feeds.claim(NOW, 10, 600)] == [feed.id]


def test_the_most_overdue_feeds_are_claimed_first(world: World) -> None:
    feeds = world.follow("a.example", "b.example", "c.example")
    for feed, hours in zip(feeds, (3, 1, 2), strict=True):
        world.feeds.save([polled(feed.id, next_poll_at=NOW + hours * HOUR)])
    assert [one.id for one in world.feeds.claim(NOW + 5 * HOUR, 2, 600)] == [feeds[1].id, feeds[2].id]


def test_only_due_feeds_are_claimed_unless_everything_is_asked_for(world: World) -> None:
    (feed,) = world.follow("a.example")
    world.feeds.save([polled(feed.id)])
    assert world.feeds.claim(NOW + HOUR - timedelta(seconds=1), 10, 600) == []
    assert len(world.feeds.claim(NOW + HOUR - timedelta(seconds=1), 10, 600, everything=True)) == 1


@pytest.mark.parametrize("everything", [False, True])
def test_a_gone_feed_and_a_running_retry_after_are_never_claimed_but_told(world: World, everything: bool) -> None:
    gone, told, fine = world.follow("gone.example", "told.example", "fine.example")
    world.feeds.save(
        [
            polled(gone.id, outcome="gone", error_kind="gone", status=410, next_poll_at=None),
            polled(told.id, outcome="rate_limited", error_kind="rate_limited", retry_after_until=NOW + 2 * HOUR, failures=1),
            polled(fine.id),
        ]
    )
    later = NOW + HOUR
    assert [one.id for one in world.feeds.claim(later, 10, 600, everything)] == [fine.id]
    waiting = {one.id: one.state for one in world.feeds.waiting(later)}
    assert waiting == {gone.id: FeedState.GONE, told.id: FeedState.FAILING}
    assert {one.id for one in world.feeds.claim(NOW + 2 * HOUR, 10, 600, everything)} == {told.id, fine.id}


def test_many_claimants_at_once_never_share_a_feed(world: World) -> None:
    world.feeds.sync(world.roundup, [listed(f"{n}.example") for n in range(60)], NOW, 30, 7)
    claimed: list[int] = []

    def claim() -> None:
        for _ in range(5):
            claimed.extend(feed.id for feed in world.feeds.claim(NOW, 4, 600))

    threads = [threading.Thread(target=claim) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(claimed) == len(set(claimed)) == 60


# Saving a poll


def test_a_poll_is_read_back_by_the_next_claim(world: World) -> None:
    (feed,) = world.follow("a.example")
    saved = polled(
        feed.id,
        parsed("one"),
        etag='W/"a-gzip"',
        last_modified="Tue, garbage",
        validators_at=NOW,
        body_hash="f" * 64,
        interval=3600.5,
        title="Attic",
        moved_to="https://new.example/",
        moved_since=NOW,
        moved_polls=2,
    )
    assert world.feeds.save([saved]) == 1
    (again,) = world.feeds.claim(NOW + HOUR, 10, 600)
    assert again == FeedToPoll(
        id=feed.id,
        url="http://a.example/feed",
        canonical_url="https://a.example/feed",
        title="Attic",
        etag='W/"a-gzip"',
        last_modified="Tue, garbage",
        validators_at=NOW,
        body_hash="f" * 64,
        first_polled_at=NOW,
        first_days=30,
        last_attempt_at=NOW,
        last_success_at=NOW,
        last_new_at=NOW,
        interval=3600.5,
        moved_to="https://new.example/",
        moved_since=NOW,
        moved_polls=2,
    )


def test_a_failure_keeps_what_earlier_polls_knew(world: World) -> None:
    (feed,) = world.follow("a.example")
    world.feeds.save([polled(feed.id, parsed("one"), title="Attic")])
    (due,) = world.feeds.claim(NOW + HOUR, 10, 600)
    failed = polled(
        feed.id, outcome="timeout", at=NOW + HOUR, error="too slow", error_kind="timeout", error_since=NOW + HOUR, failures=1
    )
    world.feeds.save([failed])
    (again,) = world.feeds.claim(NOW + DAY, 10, 600)
    assert again == replace(due, last_attempt_at=NOW + HOUR, failures=1, error_kind="timeout", error_since=NOW + HOUR)


def test_without_a_network_nothing_was_attempted(world: World) -> None:
    (feed,) = world.follow("a.example")
    world.feeds.save([polled(feed.id, outcome="offline", etag=None)])
    (again,) = world.feeds.claim(NOW + HOUR, 10, 600)
    assert (again.last_attempt_at, again.first_polled_at) == (None, None)


def test_saving_the_same_poll_again_adds_nothing(world: World) -> None:
    (feed,) = world.follow("a.example")
    poll = polled(feed.id, parsed("one"), parsed("two"))
    assert [world.feeds.save([poll]), world.feeds.save([poll])] == [2, 0]
    (again,) = world.feeds.claim(NOW + HOUR, 10, 600)
    assert again.last_new_at == NOW
    assert len(world.feeds.entries_to_offer(world.roundup, 10)) == 2


def test_the_same_key_in_two_feeds_is_two_entries(world: World) -> None:
    one, two = world.follow("a.example", "b.example")
    assert world.feeds.save([polled(one.id, parsed("x")), polled(two.id, parsed("x"))]) == 2
    known = world.feeds.known_sources([one.id, two.id, 999])
    assert known == {one.id: {"x": "hash of x"}, two.id: {"x": "hash of x"}, 999: {}}


def test_an_edit_replaces_the_words_and_stays_what_it_was(world: World) -> None:
    (entry,) = world.entries("one")
    edited = parsed("one", title="Corrected", source_hash="new hash", tags=())
    assert world.feeds.save([polled(entry.feed_id, changed=(edited,), at=NOW + DAY)]) == 0
    (again,) = world.feeds.entries_to_offer(world.roundup, 10)
    assert again == replace(entry, title="Corrected", tags=())
    assert world.feeds.known_sources([entry.feed_id])[entry.feed_id] == {"one": "new hash"}


def test_a_text_that_changes_with_every_poll_is_stored_24_times_and_never_looks_changed_after(world: World) -> None:
    (entry,) = world.entries("one")
    for n in range(EDITS + 6):
        world.feeds.save([polled(entry.feed_id, changed=(parsed("one", title=f"At {n}", source_hash=f"hash {n}"),))])
    (again,) = world.feeds.entries_to_offer(world.roundup, 10)
    assert again.title == f"At {EDITS - 1}"
    assert world.feeds.known_sources([entry.feed_id])[entry.feed_id] == {"one": f"hash {EDITS + 5}"}


DOCUMENTS = st.lists(st.dictionaries(st.sampled_from("abcdef"), st.integers(0, 3), max_size=6), max_size=12)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(documents=DOCUMENTS)
def test_whatever_a_feed_shows_each_entry_is_new_once_and_none_is_lost(
    sqlite_world: World, documents: list[dict[str, int]]
) -> None:
    """R15: entries leave, return, change and come in any order. A document is key -> version of its text."""
    world = sqlite_world
    (feed,) = world.follow(f"{uuid4().hex}.example")
    newest: dict[str, str] = {}
    for document in documents:
        shown = [parsed(key, source_hash=f"{key}{version}", title=f"{key}{version}") for key, version in document.items()]
        known = world.feeds.known_sources([feed.id])[feed.id]
        assert known == newest
        fresh = [one for one in shown if one.key not in known]
        changed = tuple(one for one in shown if known.get(one.key, one.source_hash) != one.source_hash)
        poll = polled(feed.id, *fresh, changed=changed)
        assert [world.feeds.save([poll]), world.feeds.save([poll])] == [len(fresh), 0]
        newest.update({one.key: one.source_hash for one in shown})
    offered = {entry.key: entry.title for entry in world.feeds.entries_to_offer(world.roundup, 1000) if entry.feed_id == feed.id}
    assert offered == newest


def test_history_is_counted_by_reason_and_not_offered(world: World) -> None:
    (feed,) = world.follow("a.example")
    new = (
        NewEntry(parsed("a"), offered=False, reason="older than 30 days"),
        NewEntry(parsed("b"), offered=False, reason="older than 30 days"),
        NewEntry(parsed("c"), offered=False, reason="undated"),
        NewEntry(parsed("d"), offered=True),
    )
    world.feeds.save([polled(feed.id, new=new)])
    assert [one.key for one in world.feeds.entries_to_offer(world.roundup, 10)] == ["d"]
    assert world.feeds.history_count(world.roundup, NOW) == {"older than 30 days": 2, "undated": 1}
    assert world.feeds.history_count(world.roundup, NOW + HOUR) == {}


def test_only_the_newest_thousand_keys_of_a_feed_are_told(world: World) -> None:
    one, two = world.follow("a.example", "b.example")
    world.feeds.save([polled(one.id, *(parsed(f"{n:04}") for n in range(1003))), polled(two.id, parsed("x"))])
    known = world.feeds.known_sources([one.id, two.id])
    assert (len(known[one.id]), min(known[one.id]), len(known[two.id])) == (1000, "0003", 1)


def test_the_usual_gap_between_entries_is_learnt(world: World) -> None:
    (feed,) = world.follow("a.example")
    days = (10, 7, 5, 2, 1)
    world.feeds.save([polled(feed.id, *(parsed(f"{n}", published_at=NOW - n * DAY) for n in days))])
    (again,) = world.feeds.claim(NOW + HOUR, 10, 600)
    assert again.median_gap == pytest.approx(2.5 * 86400)


def test_a_poll_that_cannot_be_written_whole_leaves_nothing_behind(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """R13: validators without their entries would hide those entries for ever."""
    (feed,) = world.follow("a.example")
    broken = polled(feed.id, parsed("one"), etag='"2"')
    monkeypatch.setattr("aggregator.storage.feeds.adopt_moves", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        world.feeds.save([broken])
    monkeypatch.undo()
    assert world.feeds.known_sources([feed.id]) == {feed.id: {}}
    world.feeds.release([feed.id])
    assert world.feeds.claim(NOW, 10, 600) == [feed]


def test_odd_characters_are_stored_rather_than_refused(world: World) -> None:
    (feed,) = world.follow("a.example")
    odd = parsed("nul\0 and \ud800", title="👩‍👩‍👧 \0", tags=("\ud800", "\0x"), text="\udfff" + "é" * 10, source_hash="x")
    assert world.feeds.save([polled(feed.id, odd, odd, title="\0")]) == 1
    (entry,) = world.feeds.entries_to_offer(world.roundup, 10)
    assert (entry.title, entry.text[1:]) == ("👩‍👩‍👧 �", "é" * 10)


# Moves


def test_a_move_is_adopted_told_and_its_validators_forgotten(world: World) -> None:
    (feed,) = world.follow("a.example")
    world.feeds.save([polled(feed.id, moved=True, moved_to="https://b.example/rss", moved_polls=5, body_hash="f" * 64)])
    (again,) = world.feeds.claim(NOW + HOUR, 10, 600)
    assert (again.id, again.url, again.canonical_url) == (feed.id, "https://b.example/rss", "https://b.example/rss")
    assert (again.etag, again.body_hash, again.moved_to, again.moved_polls) == (None, None, None, 0)
    assert world.feeds.moved(world.roundup) == world.feeds.moved() == [("http://a.example/feed", "https://b.example/rss")]
    world.feeds.moved_written(["http://a.example/feed"])
    assert world.feeds.moved() == []


def test_a_moved_feed_is_still_meant_by_its_former_address(world: World) -> None:
    (feed,) = world.follow("a.example")
    world.feeds.save([polled(feed.id, moved=True, moved_to="https://b.example/rss")])
    synced = world.feeds.sync(world.roundup, [listed("a.example")], NOW, 30, 7)
    assert (synced.added, synced.removed, synced.kept) == ((), (), 1)
    both = [listed("a.example"), listed("b.example", url="https://b.example/rss", canonical_url="https://b.example/rss")]
    assert world.feeds.sync(world.roundup, both, NOW, 30, 7).kept == 1


def test_a_move_to_a_feed_that_is_followed_already_is_only_noted(world: World) -> None:
    """H28: the redirect's target equals another subscribed feed."""
    one, two = world.follow("a.example", "b.example")
    world.feeds.save([polled(one.id, moved=True, moved_to="https://b.example/feed", notes=("cut",))])
    assert world.feeds.moved() == []
    statuses = {status.id: status for status in world.feeds.statuses()}
    assert statuses[one.id].url == "http://a.example/feed"
    assert statuses[one.id].notes[0] == "cut"
    assert "which is followed already" in statuses[one.id].notes[1]
    assert statuses[two.id].notes == ()


# What the author reads


def test_statuses_tell_a_feed_s_state_and_counts_by_title(world: World) -> None:
    fine, bad, gone, _new = world.follow("c.example", "b.example", "a.example", "d.example")
    since = NOW - DAY
    world.feeds.save(
        [
            polled(fine.id, parsed("one"), parsed("two"), title="ignored: the list has one", site_url="https://c.example/"),
            polled(bad.id, outcome="timeout", error="too slow", error_kind="timeout", error_since=since, failures=3),
            polled(gone.id, outcome="gone", error_kind="gone", next_poll_at=None),
        ]
    )
    told = world.feeds.statuses(world.roundup)
    assert [one.title for one in told] == ["a.example", "b.example", "c.example", "d.example"]
    assert [one.state for one in told] == [FeedState.GONE, FeedState.FAILING, FeedState.OK, FeedState.NEW]
    assert (told[1].error, told[1].error_kind, told[1].error_since) == ("too slow", "timeout", since)
    assert (told[2].entries, told[2].picked, told[2].site_url, told[2].last_new) == (2, 0, "https://c.example/", NOW)
    assert (told[2].next_poll, told[0].next_poll, told[3].last_attempt) == (NOW + HOUR, None, None)


def test_picked_counts_entries_that_past_editions_linked(world: World) -> None:
    entries_ = world.entries("one", "two")
    assert entries_[0].canonical_url is not None
    world.archive.save(
        world.roundup, [past(1, bullet("a", entries_[0].canonical_url)), past(2, bullet("b", entries_[0].canonical_url))], NOW
    )
    (status,) = world.feeds.statuses(world.roundup)
    assert (status.entries, status.picked) == (2, 1)
    assert world.feeds.statuses()[0].picked == 1


def test_an_entry_is_offered_until_it_is_a_candidate_s_source(world: World) -> None:
    one, two = world.entries("one", "two")
    world.ledger.offer(world.roundup, [from_entry(one)], [])
    assert [entry.id for entry in world.feeds.entries_to_offer(world.roundup, 10)] == [two.id]


def test_entries_are_offered_oldest_first_up_to_the_limit_with_their_feed_s_names(world: World) -> None:
    (feed,) = world.follow("a.example", folders=("Blogs", "Storage"))
    for n in (2, 1, 3):
        world.feeds.save([polled(feed.id, parsed(f"{n}"), at=NOW + n * HOUR)])
    found = world.feeds.entries_to_offer(world.roundup, 2)
    assert [entry.key for entry in found] == ["1", "2"]
    assert (found[0].feed_title, found[0].feed_url, found[0].folders) == ("a.example", feed.url, ("Blogs", "Storage"))


def test_times_come_back_aware_and_naive_ones_are_refused(database: Database) -> None:
    world = World(database)
    (entry,) = world.entries("one")
    assert entry.first_seen.utcoffset() == timedelta(0)
    with pytest.raises(Exception, match="no time zone"):
        world.feeds.claim(NOW.replace(tzinfo=None), 1, 1)
    with database.read() as connection:
        assert connection.execute(select(entries.c.published_at)).scalar_one() == NOW - DAY


def test_an_address_of_any_length_and_alphabet_can_be_saved(world: World) -> None:
    # In no order: a server packs its indexes, and would pack an alphabet well.
    url = "https://attic.example/" + "".join(map(chr, Random(1).choices(range(0x4E00, 0x9FFF), k=2_000)))
    (feed,) = world.follow("attic.example")
    world.feeds.save([polled(feed.id, parsed("one", url=url, canonical_url=canonical_url(url)))])
    (found,) = world.feeds.entries_to_offer(world.roundup, 10)
    assert found.url == url
    assert world.ledger.offer(world.roundup, [from_entry(found)], [])
