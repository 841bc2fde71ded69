"""What became of what was offered."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from aggregator.records.candidates import Action, Copy
from aggregator.records.editions import CandidateOutcome, Closing, Edition, Outcome
from aggregator.records.learning import Example, Guess, PastOffer
from tests.storage.world import DAY, HOUR, NOW, World, bullet, from_entry, past, verdict


def close(world: World, edition: Edition, *outcomes: CandidateOutcome, after: timedelta = DAY) -> Edition:
    return world.ledger.close(
        edition, Closing(outcomes, ()), NOW + after, date(2026, 3, 7), f"posts/{edition.number}.md", edition.number + 1
    )


def told(world: World) -> dict[str, PastOffer]:
    return {offer.example.title.removeprefix("On "): offer for offer in world.ledger.past_offers(world.roundup)}


def test_a_close_tells_what_was_used_seen_and_dropped_and_nothing_of_holds(world: World) -> None:
    ids = world.offer("used", "moved", "seen", "unseen", "dropped", "held")
    outcomes = (Outcome.USED, Outcome.MOVED, Outcome.UNUSED, Outcome.UNUSED, Outcome.DROPPED, Outcome.HELD)
    close(
        world,
        world.edition(),
        *(CandidateOutcome(id_, outcome, noticed=id_ == ids[2]) for id_, outcome in zip(ids, outcomes, strict=True)),
    )
    assert {name: (one.used, one.noticed, one.dropped) for name, one in told(world).items()} == {
        "used": (True, False, False),
        "moved": (True, False, False),
        "seen": (False, True, False),
        "unseen": (False, False, False),
        "dropped": (False, False, True),
    }
    assert {one.edition for one in told(world).values()} == {28}


def test_what_he_keeps_and_drops_in_the_open_edition_counts_until_he_says_otherwise(world: World) -> None:
    kept, dropped, held, moved, silent = world.offer("kept", "dropped", "held", "moved", "silent")
    said = {kept: Action.KEEP, dropped: Action.DROP, held: Action.HOLD, moved: Action.MOVE}
    world.ledger.say(world.edition().id, [verdict(id_, action) for id_, action in said.items()])
    assert {name: (one.used, one.dropped) for name, one in told(world).items()} == {
        "kept": (True, False),
        "dropped": (False, True),
    }
    assert silent not in said


def test_what_was_seen_and_left_out_and_is_held_now_tells_nothing(world: World) -> None:
    [one] = world.offer("one")
    opened = close(world, world.edition(), CandidateOutcome(one, Outcome.UNUSED, noticed=True))
    assert told(world)["one"].noticed
    world.ledger.say(opened.id, [verdict(one, Action.HOLD)])
    assert not told(world)


def test_of_several_editions_the_one_that_tells_counts(world: World) -> None:
    seen, used = world.offer("seen", "used")
    second = close(world, world.edition(), *(CandidateOutcome(id_, Outcome.UNUSED, noticed=True) for id_ in (seen, used)))
    close(world, second, CandidateOutcome(seen, Outcome.WAITING), CandidateOutcome(used, Outcome.USED), after=2 * DAY)
    assert (told(world)["seen"].edition, told(world)["seen"].noticed) == (28, True)
    assert (told(world)["used"].edition, told(world)["used"].used) == (29, True)


def test_the_original_source_speaks_for_it_and_all_are_counted(world: World) -> None:
    first, copy = world.entries("a"), world.entries("b", host="cellar.example")
    [one] = world.ledger.offer(world.roundup, [from_entry(first[0])], [])
    world.ledger.offer(world.roundup, [], [Copy(one, copy[0].id, "near-equal title and text")])
    close(world, world.edition(), CandidateOutcome(one, Outcome.USED))
    [offer] = world.ledger.past_offers(world.roundup)
    assert offer.sources == 2
    assert offer.example == Example(
        title="On a",
        url="https://attic.example/a?utm_source=feed",
        feed="attic.example",
        author="Nadia",
        tags=("racks", "cables"),
    )


def test_a_link_of_its_own_edition_is_no_earlier_use(world: World) -> None:
    before, itself = world.offer("before", "itself")
    world.archive.save(
        world.roundup,
        [past(27, bullet("x", "https://attic.example/before")), past(28, bullet("y", "https://attic.example/itself"))],
        NOW,
    )
    close(world, world.edition(), CandidateOutcome(before, Outcome.USED), CandidateOutcome(itself, Outcome.USED))
    assert told(world)["before"].linked_before
    assert not told(world)["itself"].linked_before


def test_a_guess_from_before_a_moment_is_none_since_then(world: World) -> None:
    old, new, never = world.offer("old", "new", "never")
    guess = Guess("Storage", "Storage", None, 0.75)
    world.ledger.add_guesses({old: guess}, None, NOW)
    world.ledger.add_guesses({new: guess}, None, NOW + HOUR)

    def waiting(since: datetime | None) -> list[int]:
        return [candidate.id for candidate in world.ledger.unguessed(world.roundup, None, 10, since)]

    assert waiting(None) == [never]
    assert waiting(NOW) == [never]
    assert waiting(NOW + HOUR) == [old, never]
