"""What is told of closed editions: as it stood at each close, whatever was guessed or said since."""

from __future__ import annotations

from datetime import date, timedelta

from aggregator.records.candidates import Action
from aggregator.records.editions import AddedLink, CandidateOutcome, Closing, Edition, Outcome
from aggregator.records.learning import Guess, GuessMethod
from tests.storage.world import DAY, HOUR, NOW, World, verdict

FIRST = Guess("Storage", "Storage", "Networking", 0.75, ("disk", "raid"), 0.5, GuessMethod.LEARNT)
LATER = Guess(None, "Networking", "Storage", 0.4, ("router",), 0.6, GuessMethod.LEARNT)
BROUGHT = AddedLink("https://a.example/x?utm_source=y", "https://a.example/x", "x", None)


def close(
    world: World, edition: Edition, at: timedelta, *outcomes: CandidateOutcome, added: tuple[AddedLink, ...] = ()
) -> Edition:
    return world.ledger.close(
        edition, Closing(outcomes, added), NOW + at, date(2026, 3, 7), f"posts/{edition.number}.md", edition.number + 1
    )


def test_the_links_of_a_post_come_with_the_last_guess_and_word_before_its_close(world: World) -> None:
    used, moved, unused = world.offer("a", "b", "c")
    world.ledger.add_guesses({used: LATER, moved: FIRST, unused: FIRST}, None, NOW)
    world.ledger.add_guesses({used: FIRST}, None, NOW + HOUR)
    world.ledger.say(world.edition().id, [verdict(moved, Action.MOVE, section="Security")])
    close(
        world,
        world.edition(),
        DAY,
        CandidateOutcome(used, Outcome.USED, "Storage"),
        CandidateOutcome(moved, Outcome.MOVED, "Networking"),
        CandidateOutcome(unused, Outcome.UNUSED),
        added=(BROUGHT,),
    )
    world.ledger.add_guesses({used: LATER}, None, NOW + 2 * DAY)
    [closed] = world.ledger.closings(world.roundup)
    assert closed.edition.number == 28
    assert [(one.candidate_id, one.outcome, one.section, one.decided, one.guess) for one in closed.links] == [
        (used, Outcome.USED, "Storage", None, FIRST),
        (moved, Outcome.MOVED, "Networking", "Security", FIRST),
    ]
    assert closed.counts == {Outcome.USED: 1, Outcome.MOVED: 1, Outcome.UNUSED: 1}
    assert closed.added == (BROUGHT,)


def test_a_word_said_after_the_close_changes_nothing(world: World) -> None:
    [one] = world.offer("a")
    opened = close(world, world.edition(), DAY, CandidateOutcome(one, Outcome.USED))
    late = verdict(one, Action.MOVE, section="Security", at=NOW + 2 * DAY)
    world.ledger.say(opened.id, [late])
    assert [(link.decided, link.guess) for link in world.ledger.closings(world.roundup)[0].links] == [(None, None)]


def test_the_last_few_come_oldest_first_and_the_open_one_is_none_of_them(world: World) -> None:
    edition = world.edition()
    for days in (1, 2, 3):
        edition = close(world, edition, days * DAY)
    assert [one.edition.number for one in world.ledger.closings(world.roundup, 2)] == [29, 30]
    assert [one.edition.number for one in world.ledger.closings(world.roundup)] == [28, 29, 30]


def test_a_pause_is_remembered_until_it_is_taken_back(world: World) -> None:
    world.ledger.pause(world.roundup, date(2026, 4, 1))
    assert world.ledger.roundup("Rack Notes", "rack-notes", NOW).paused_until == date(2026, 4, 1)
    world.ledger.pause(world.roundup, None)
    assert world.ledger.roundup("Rack Notes", "rack-notes", NOW).paused_until is None
