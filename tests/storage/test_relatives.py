"""Relatives as they are kept: profiles to find them by, both directions, once, and only what is still so."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from aggregator.records.archive import PastPlace
from aggregator.records.candidates import NewCandidate, Profile, Related, Relative, RelativeKind
from aggregator.records.editions import CandidateOutcome, Closing, Outcome
from aggregator.storage.profiles import BEGINNING
from tests.storage.world import DAY, HOUR, NOW, World, bullet, from_entry, parsed, past, polled

OLD = "https://old.example/a"
STORY = RelativeKind.STORY


def story(id_: int) -> Relative:
    return Relative(STORY, f"the same story: {id_}", id_)


def relate(world: World, found: dict[int, list[Relative]], newest: int, archive: str = "1") -> bool:
    was = world.ledger.related(world.roundup)
    mark = Related(newest, archive)
    return world.ledger.relate(world.roundup, found, compared=list(found), mark=mark, was=was, at=NOW)


def told(world: World) -> dict[int, list[str]]:
    return {one.id: [relative.reason for relative in one.relatives] for one in world.ledger.candidates(world.roundup)}


def test_a_profile_has_what_all_sources_say(world: World) -> None:
    feed = world.follow("attic.example")[0]
    long = parsed("one", text="x" * 9000, links=("https://a.example/1",), published_at=NOW - 3 * DAY)
    planet = parsed("two", links=("https://a.example/1", "https://a.example/2"))
    world.feeds.save([polled(feed.id, long, planet)])
    one, two = world.feeds.entries_to_offer(world.roundup, 5)
    assert (one.links, two.links) == (long.links, planet.links)
    (id_,) = world.ledger.offer(world.roundup, [from_entry(one, entry_ids=(one.id, two.id))], [])
    world.archive.remember({"https://attic.example/two": OLD}, NOW)
    assert world.ledger.profiles(world.roundup, NOW - DAY) == [
        Profile(
            id_,
            one.url,
            ("https://attic.example/one", "https://attic.example/two"),
            "On one",
            "x" * BEGINNING,
            ("https://a.example/1", "https://a.example/2"),
            "attic.example",
            NOW - 3 * DAY,
            targets=(OLD,),
        )
    ]


def test_links_follow_an_edit_of_the_entry(world: World) -> None:
    feed = world.follow("attic.example")[0]
    first = parsed("one", links=("https://a.example/1",))
    world.feeds.save([polled(feed.id, first)])
    edited = replace(first, links=("https://a.example/2",), source_hash="other")
    world.feeds.save([replace(polled(feed.id), changed=(edited,))])
    assert world.feeds.entries_to_offer(world.roundup, 5)[0].links == ("https://a.example/2",)


def test_profiles_are_of_the_open_edition_and_recent_or_new(world: World) -> None:
    one, two, three = world.offer("one", "two", "three")
    outcome = CandidateOutcome(one, Outcome.USED, "Storage")
    world.ledger.close(world.edition(), Closing((outcome,), ()), NOW, None, "28.md", 29)

    def ids(since: datetime, after: int = 0) -> list[int]:
        return [one.candidate_id for one in world.ledger.profiles(world.roundup, since, after)]

    assert ids(NOW - HOUR) == [two, three]
    assert ids(NOW + DAY, two) == [three]


def test_how_far_relating_came_and_what_waits(world: World) -> None:
    assert world.ledger.related(world.roundup) == Related(0, None)
    one, two = world.offer("one", "two")
    assert world.ledger.related(world.roundup) == Related(0, None, newest=two)
    assert relate(world, {one: [story(two)], two: [story(one)]}, two, "7")
    assert world.ledger.related(world.roundup) == Related(two, "7")
    assert told(world) == {one: [f"the same story: {two}"], two: [f"the same story: {one}"]}


def test_two_processes_relate_once(world: World) -> None:
    one, two = world.offer("one", "two")
    was = world.ledger.related(world.roundup)
    mark = Related(two, "1")
    found = {one: [story(two)]}
    done = [world.ledger.relate(world.roundup, found, compared=[one], mark=mark, was=was, at=NOW) for _ in range(2)]
    assert done == [True, False]
    assert told(world)[one] == [f"the same story: {two}"]


def test_a_relative_brings_its_address(world: World) -> None:
    one, two = world.offer("one", "two")
    relate(world, {one: [story(two)]}, two)
    (relative,) = world.ledger.candidates(world.roundup, [one])[0].relatives
    assert relative.url == "https://attic.example/two?utm_source=feed"


def test_what_a_closed_edition_used_is_no_relative_any_more(world: World) -> None:
    one, two, three = world.offer("one", "two", "three")
    relate(world, {one: [story(two), story(three)]}, three)
    outcomes = (CandidateOutcome(two, Outcome.USED, "Storage"), CandidateOutcome(three, Outcome.UNUSED))
    world.ledger.close(world.edition(), Closing(outcomes, ()), NOW, None, "28.md", 29)
    assert told(world)[one] == [f"the same story: {three}"]


def test_relatives_in_the_archive_bring_the_newest_use_and_go_with_it(world: World) -> None:
    (one,) = world.offer("one")
    world.archive.save(world.roundup, [past(1, bullet("Old words.", OLD)), past(2, bullet("New words.", OLD))], NOW)
    part = Relative(RelativeKind.SERIES, "part 1: you linked it in #2", address=OLD)
    relate(world, {one: [part]}, one)
    (relative,) = world.ledger.candidates(world.roundup)[0].relatives
    assert relative.use is not None
    assert (relative.use.number, relative.use.bullet) == (2, "New words.")
    assert world.ledger.candidates(world.roundup)[0].linked_before == ()
    world.archive.forget(world.roundup, ["past/1.md", "past/2.md"])
    assert told(world) == {one: []}


def test_a_relink_counts_as_linked_before(world: World) -> None:
    (one,) = world.offer("one")
    world.archive.save(world.roundup, [past(1, bullet("Old words.", OLD))], NOW)
    relate(world, {one: [Relative(RelativeKind.RELINK, "you linked it in #1, at old.example", address=OLD)]}, one)
    (use,) = world.ledger.candidates(world.roundup)[0].linked_before
    assert (use.edition_name, use.bullet) == ("#1", "Old words.")


def test_comparing_with_the_archive_anew_replaces_past_relatives_only(world: World) -> None:
    one, two = world.offer("one", "two")
    world.archive.save(world.roundup, [past(1, bullet("Words.", OLD, OLD + "/2"))], NOW)
    linked = Relative(RelativeKind.LINKED, "links to what you linked in #1", address=OLD)
    relate(world, {one: [story(two), linked]}, two, "1")
    relate(world, {one: [replace(linked, address=OLD + "/2", reason="anew")]}, two, "2")
    assert told(world)[one] == [f"the same story: {two}", "anew"]


def test_the_archive_s_version_tells_every_change(world: World) -> None:
    def version() -> str:
        return world.archive.version(world.roundup)

    seen = [version()]
    world.archive.save(world.roundup, [past(1, bullet("Words.", OLD))], NOW)
    seen.append(version())
    assert world.archive.save(world.roundup, [past(1, bullet("Words.", OLD))], NOW + DAY) == 0
    assert version() == seen[-1]
    world.archive.save(world.roundup, [past(1, bullet("Other words.", OLD), content_hash="other")], NOW + HOUR)
    seen.append(version())
    world.archive.remember({OLD: "https://new.example/a"}, NOW)
    seen.append(version())
    world.archive.forget(world.roundup, ["past/1.md"])
    seen.append(version())
    assert len(set(seen)) == len(seen)


def test_places_are_every_published_link_newest_first(world: World) -> None:
    editions = [
        past(1, bullet("Words.", OLD)),
        past(2, bullet("More.", OLD, "https://b.example/")),
        past(3, bullet("Draft.", "https://c.example/"), draft=True),
    ]
    world.archive.save(world.roundup, editions, NOW)
    world.archive.remember({OLD: "https://new.example/a"}, NOW)
    assert world.archive.led_to([OLD, "https://b.example/"]) == {OLD: "https://new.example/a"}
    assert world.archive.places(world.roundup) == [
        PastPlace("#2", OLD + "?utm_source=x", OLD, f"about {OLD}", "https://new.example/a"),
        PastPlace("#2", "https://b.example/?utm_source=x", "https://b.example/", "about https://b.example/"),
        PastPlace("#1", OLD + "?utm_source=x", OLD, f"about {OLD}", "https://new.example/a"),
    ]


def test_where_an_address_leads_is_known_by_its_last_answer(world: World) -> None:
    world.archive.remember({OLD: "https://new.example/a", "https://x.example/": "https://x.example/"}, NOW)
    world.archive.remember({OLD: "https://newer.example/a"}, NOW + timedelta(days=9))
    assert world.archive.led_to([OLD, "https://x.example/"]) == {OLD: "https://newer.example/a"}


def test_an_added_page_has_a_profile_without_a_feed(world: World) -> None:
    page = NewCandidate("https://a.example/", "https://a.example/", "A", "", None, (), None, NOW, added=True)
    (id_,) = world.ledger.offer(world.roundup, [page], [])
    (profile,) = world.ledger.profiles(world.roundup, NOW - DAY)
    assert (profile.candidate_id, profile.feed, profile.links, profile.at) == (id_, None, (), NOW)
