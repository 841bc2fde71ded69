"""What the author reads of his feeds: what each brought, and what of it he used, in which section and when."""

from __future__ import annotations

from datetime import date, timedelta

from aggregator.records.archive import PastBullet, PastLink
from aggregator.records.candidates import Action, Finds, NewCandidate
from aggregator.records.editions import CandidateOutcome, Closing, Outcome
from aggregator.records.feeds import FeedRole, FeedUse, NewEntry
from tests.storage.world import DAY, NOW, World, from_entry, listed, parsed, past, polled, verdict


def test_a_feed_counts_what_it_brought_offered_and_when_last(world: World) -> None:
    (feed,) = world.follow("attic.example")
    old = NewEntry(parsed("old", published_at=NOW - 90 * DAY), offered=False, reason="older than 30 days when you subscribed")
    world.feeds.save([polled(feed.id, new=(NewEntry(parsed("a"), offered=True), NewEntry(parsed("b"), offered=True), old))])
    (status,) = world.feeds.statuses(world.roundup)
    assert (status.entries, status.offered, status.picked, status.newest) == (3, 2, 0, NOW - DAY)
    assert status.added_at == NOW
    newest = world.feeds.newest(feed.id, 3)
    assert [one.title for one in newest][-1] == "On old"
    assert newest[-1].reason == old.reason


def test_a_link_of_an_edition_is_one_use_wherever_it_is_told(world: World) -> None:
    """The post of a closed edition is in the archive too."""
    used, archived, never = world.offer("a", "b", "c")
    assert archived
    assert never
    outcomes = (CandidateOutcome(used, Outcome.MOVED, "Networking"), CandidateOutcome(never, Outcome.UNUSED))
    world.ledger.close(world.edition(), Closing(outcomes, ()), NOW, date(2026, 3, 6), "28.md", 29)
    link = PastLink("https://attic.example/a", "https://attic.example/a", "a")
    other = PastLink("https://attic.example/b", "https://attic.example/b", "b")
    post = past(28, PastBullet("Storage", "a", (link,)), PastBullet("Networking", "b", (other,)), published=date(2026, 3, 6))
    world.archive.save(world.roundup, [post, past(3, PastBullet("Networking", "a", (link,)))], NOW)
    (status,) = world.feeds.statuses(world.roundup)
    assert status.picked == 2
    assert set(status.uses) == {
        FeedUse("On a", "Storage", "#28", date(2026, 3, 6)),
        FeedUse("On b", "Networking", "#28", date(2026, 3, 6)),
    }
    assert status.last_use is not None
    assert status.last_use.edition == "#28"


def test_roles_of_the_list_are_kept_and_change(world: World) -> None:
    world.follow("attic.example", role=FeedRole.FINDS)
    assert [one.role for one in world.feeds.statuses(world.roundup)] == [FeedRole.FINDS]
    world.feeds.sync(world.roundup, [listed("attic.example")], NOW, 30, 7)
    assert [one.role for one in world.feeds.statuses(world.roundup)] == [FeedRole.FEED]


def test_what_only_removed_roundups_follow_is_not_polled_until_they_are_back(world: World) -> None:
    world.follow("attic.example")
    later = NOW + timedelta(hours=2)
    world.feeds.follow_only([world.roundup + 1], later)
    assert world.feeds.statuses() == []
    assert world.feeds.claim(later, 10, 60, everything=True) == []
    world.feeds.sync(world.roundup, [listed("attic.example")], later, 30, 7)
    assert len(world.feeds.claim(later, 10, 60, everything=True)) == 1
    world.feeds.follow_only([world.roundup], later)
    assert len(world.feeds.statuses()) == 1


def test_finds_are_kept_in_the_transaction_that_offers_them(world: World) -> None:
    edition = world.edition()
    first, second = world.entries("a", "b")
    new: list[NewCandidate] = [from_entry(first, added=True), from_entry(second, added=True)]
    ids = world.ledger.offer(world.roundup, new, [], Finds({first.id: "Read it.", second.id: None}, NOW))
    (batch,) = world.ledger.last_gestures(edition.id, 9, finds=True)
    assert [(one.candidate_id, one.action, one.comment) for one in batch.verdicts] == [
        (ids[0], Action.KEEP, "Read it."),
        (ids[1], Action.KEEP, None),
    ]
    world.ledger.offer(world.roundup, new, [], Finds({first.id: "Read it.", second.id: None}, NOW))
    assert len(world.ledger.last_gestures(edition.id, 9, finds=True)) == 1, "kept already"
    assert world.ledger.last_gestures(edition.id, 9) == [], "no gesture of his own"


def test_a_find_leaves_what_was_dropped(world: World) -> None:
    edition = world.edition()
    (entry,) = world.entries("a")
    (candidate,) = world.ledger.offer(world.roundup, [from_entry(entry)], [])
    world.ledger.say(edition.id, [verdict(candidate, Action.DROP)])
    world.ledger.offer(world.roundup, [], [], Finds({entry.id: "Read it."}, NOW))
    assert [one.action for batch in world.ledger.last_gestures(edition.id, 9) for one in batch.verdicts] == [Action.DROP]


def test_a_feeds_former_addresses_lead_to_todays(world: World) -> None:
    (feed,) = world.follow("attic.example")
    for at in ("https://two.example/feed", "https://three.example/feed"):
        world.feeds.save([polled(feed.id, moved=True, moved_to=at)])
    assert world.feeds.former_addresses() == {
        "https://attic.example/feed": "https://three.example/feed",
        "https://two.example/feed": "https://three.example/feed",
    }
    (status,) = world.feeds.statuses(world.roundup)
    assert (status.moved_from, status.moved_at) == ("https://two.example/feed", NOW)


def test_roundups_are_listed_configured_or_not(world: World) -> None:
    world.ledger.roundup("Rack News", "rack-news", NOW)
    assert [one.name for one in world.ledger.roundups()][-1] == "Rack News"
