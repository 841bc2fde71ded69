"""The ledger: offered once, guessed and decided by appending, closed in one step."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from aggregator.errors import NotFound, Refused
from aggregator.records.candidates import Action, Copy, Fingerprint, Hold, HoldKind, State
from aggregator.records.digests import MailState
from aggregator.records.editions import AddedLink, CandidateOutcome, Closing, Edition, Outcome
from aggregator.records.learning import Guess, GuessMethod
from aggregator.storage.schema import added_links, outcomes
from tests.storage.world import DAY, HOUR, NOW, World, bullet, from_entry, parsed, past, polled, verdict

GUESS = Guess("Storage", "Storage", "Networking", 0.75, ("disk", "raid"), 0.5, GuessMethod.LEARNT)


def close(world: World, edition: Edition, *outcomes: CandidateOutcome, next_number: int | None = None) -> Edition:
    number = edition.number + 1 if next_number is None else next_number
    return world.ledger.close(edition, Closing(outcomes, ()), NOW + DAY, date(2026, 3, 7), "posts/28.md", number)


# Roundups and editions


def test_a_roundup_is_made_once_and_its_slug_follows(world: World) -> None:
    first = world.ledger.roundup("Other", "other", NOW)
    again = world.ledger.roundup("Other", "others", NOW + DAY)
    assert again == replace(first, slug="others")
    assert first.id != world.roundup


def test_a_name_in_other_letters_is_the_same_roundup(world: World) -> None:
    """It began anew at its first number, without its past."""
    first = world.ledger.roundup("Other", "other", NOW)
    assert world.ledger.roundup("OTHER", "other", NOW + DAY) == replace(first, name="OTHER")


def test_roundups_whose_names_come_to_one_slug_are_told_apart(world: World) -> None:
    """Their mails had the same Message-ID, and a mailbox shows one of two such mails."""
    one, two = (world.ledger.roundup(name, "roundup", NOW) for name in ("週刊", "月刊"))
    assert (one.slug, two.slug) == ("roundup", f"roundup-{two.id}")
    assert world.ledger.roundup("週刊", "roundup", NOW) == one
    assert world.ledger.roundup("月刊", "roundup", NOW) == two


def test_the_seed_numbers_the_first_edition_only(world: World) -> None:
    first = world.ledger.open_edition(world.roundup, 28, NOW)
    assert first == Edition(first.id, world.roundup, 28, NOW)
    assert world.ledger.open_edition(world.roundup, 99, NOW + DAY) == first


def test_closing_writes_outcomes_and_opens_the_next(world: World) -> None:
    one, two = world.offer("one", "two")
    link = AddedLink("https://x.example/?a", "https://x.example", "x", None)
    closing = Closing((CandidateOutcome(one, Outcome.USED, "Storage"), CandidateOutcome(two, Outcome.UNUSED)), (link,))
    edition = world.edition()
    opened = world.ledger.close(edition, closing, NOW + DAY, date(2026, 3, 7), "posts/28.md", 30)
    assert (opened.number, opened.opened_at, opened.closed_at) == (30, NOW + DAY, None)
    closed = replace(edition, closed_at=NOW + DAY, published=date(2026, 3, 7), post="posts/28.md")
    assert world.ledger.editions(world.roundup) == [closed, opened]
    assert world.edition() == opened
    with world.database.read() as connection:
        assert connection.execute(outcomes.select().order_by(outcomes.c.candidate_id)).all() == [
            (edition.id, one, "used", "Storage", False),
            (edition.id, two, "unused", None, False),
        ]
        (row,) = connection.execute(added_links.select()).all()
        assert (row.edition_id, row.url, row.section) == (edition.id, link.url, None)


def test_an_edition_is_closed_once(world: World) -> None:
    edition = world.edition()
    close(world, edition)
    with pytest.raises(Refused, match="closed already"):
        close(world, edition)
    assert len(world.ledger.editions(world.roundup)) == 2


def test_only_the_first_edition_can_be_numbered_anew(world: World) -> None:
    world.edition()
    world.ledger.renumber_first(world.roundup, 42)
    assert world.edition().number == 42
    later = close(world, world.edition())
    world.ledger.renumber_first(world.roundup, 1)
    assert world.edition() == later


def test_a_taken_number_is_refused_and_the_edition_stays_open(world: World) -> None:
    edition = world.edition()
    with pytest.raises(Refused, match="edition 28 already"):
        close(world, edition, next_number=28)
    assert world.ledger.editions(world.roundup) == [edition]


# Offering


def test_an_offered_candidate_is_read_back_whole(world: World) -> None:
    (entry,) = world.entries("one")
    new = from_entry(entry, note="look", via="Ada", added=True)
    (id_,) = world.ledger.offer(world.roundup, [new], [])
    (candidate,) = world.ledger.candidates(world.roundup)
    assert candidate.id == id_
    for name in ("url", "canonical_url", "title", "text", "author", "tags", "published_at", "first_seen", "note", "via", "added"):
        assert getattr(candidate, name) == getattr(new, name), name
    assert (candidate.standing.state, candidate.guess, candidate.shown, candidate.carried) == (State.NEW, None, 0, 0)
    (source,) = candidate.sources
    assert (source.entry_id, source.feed_id, source.feed) == (entry.id, entry.feed_id, "attic.example")
    assert (source.feed_url, source.folders, source.url) == (entry.feed_url, (), entry.url)


def test_offering_the_same_entries_again_returns_the_same_candidates(world: World) -> None:
    """The digest shows each entry as new exactly once, whatever crashed in between."""
    new = [from_entry(entry) for entry in world.entries("one", "two")]
    first = world.ledger.offer(world.roundup, new, [])
    assert world.ledger.offer(world.roundup, new[::-1], []) == first[::-1]
    assert len(world.ledger.candidates(world.roundup)) == 2


def test_one_address_is_one_candidate_for_life(world: World) -> None:
    one, two = world.entries("one", "two")
    address = "https://same.example/page"
    twice = [from_entry(one, canonical_url=address), from_entry(two, canonical_url=address)]
    first, second = world.ledger.offer(world.roundup, twice, [])
    assert first == second
    page = replace(twice[0], entry_ids=(), added=True)
    assert world.ledger.offer(world.roundup, [page], []) == [first]
    (candidate,) = world.ledger.candidates(world.roundup)
    assert [source.entry_id for source in candidate.sources] == [one.id, two.id]


def test_a_front_page_is_no_page_that_two_entries_could_share(world: World) -> None:
    """Feeds point there what has no page of its own; the second such entry of a site was lost."""
    one, two = world.entries("one", "two")
    address = "https://same.example/"
    first = world.ledger.offer(world.roundup, [from_entry(one, canonical_url=address)], [])
    second = world.ledger.offer(world.roundup, [from_entry(two, canonical_url=address)], [])
    assert first != second
    assert world.ledger.candidates_at(world.roundup, [address]) == {address: second[0]}


def test_what_is_over_begins_anew_when_it_is_added_and_only_then(world: World) -> None:
    one, two = world.entries("one", "two")
    (first,) = world.ledger.offer(world.roundup, [from_entry(one)], [])
    close(world, world.edition(), CandidateOutcome(first, Outcome.DROPPED))
    assert world.ledger.candidates(world.roundup, [first])[0].ended is Outcome.DROPPED
    copy = from_entry(two, canonical_url=one.canonical_url)
    assert world.ledger.offer(world.roundup, [copy], []) == [first]
    (again,) = world.ledger.offer(world.roundup, [replace(copy, entry_ids=(), added=True)], [])
    assert again != first
    assert [candidate.id for candidate in world.ledger.candidates(world.roundup)] == [again]
    assert world.ledger.offer(world.roundup, [replace(copy, entry_ids=(), added=True)], []) == [again]


def test_pages_without_an_address_stay_apart(world: World) -> None:
    new = [from_entry(entry, url=None, canonical_url=None) for entry in world.entries("one", "two")]
    assert len(set(world.ledger.offer(world.roundup, new, []))) == 2


def test_copies_become_further_sources_the_original_first(world: World) -> None:
    one, two, three = world.entries("one", "two", "three")
    (id_,) = world.ledger.offer(world.roundup, [from_entry(two)], [])
    copies = [Copy(id_, three.id, "same address"), Copy(id_, one.id, "near-equal title and text")]
    assert world.ledger.offer(world.roundup, [], copies) == []
    world.ledger.offer(world.roundup, [], copies)
    (candidate,) = world.ledger.candidates(world.roundup, [id_])
    assert [source.entry_id for source in candidate.sources] == [two.id, three.id, one.id]
    assert world.feeds.entries_to_offer(world.roundup, 10) == []


def test_candidates_are_found_by_their_own_and_their_sources_addresses(world: World) -> None:
    one, two, three = world.entries("one", "two", "three")
    first, second = world.ledger.offer(world.roundup, [from_entry(one), from_entry(two)], [Copy(1, three.id, "x")])
    known = ["https://attic.example/one", "https://attic.example/two", "https://attic.example/three", "https://else.example"]
    assert world.ledger.candidates_at(world.roundup, known) == {known[0]: first, known[1]: second, known[2]: first}
    assert world.ledger.candidates_at(world.roundup, []) == {}
    assert world.ledger.candidates_at(world.ledger.roundup("Other", "o", NOW).id, known) == {}


def test_fingerprints_are_of_candidates_first_seen_since(world: World) -> None:
    one, two = world.entries("one", "two")
    world.ledger.offer(world.roundup, [from_entry(one, first_seen=NOW - DAY), from_entry(two)], [])
    found = world.ledger.fingerprints(world.roundup, NOW)
    assert found == [Fingerprint(2, two.canonical_url, two.title, two.text)]


# What a candidate carries


def test_the_newest_guess_counts_and_older_ones_stay(world: World) -> None:
    one, two = world.offer("one", "two")
    world.ledger.add_guesses({one: GUESS, two: GUESS}, None, NOW)
    later = Guess(None, "Networking", None, 0.25)
    world.ledger.add_guesses({one: later}, None, NOW - DAY)
    assert [candidate.guess for candidate in world.ledger.candidates(world.roundup)] == [later, GUESS]


def test_unguessed_is_asked_of_one_classifier(world: World) -> None:
    one, two, three = world.offer("one", "two", "three")
    fitted = world.learning.add_classifier(
        world.roundup,
        recipe="r",
        seed=1,
        watermark=0,
        labels=0,
        sections=(),
        score=None,
        thresholds={},
        adopted=True,
        reason="",
        at=NOW,
    )
    world.ledger.add_guesses({one: GUESS}, None, NOW)
    world.ledger.add_guesses({two: GUESS}, fitted.id, NOW)
    assert [c.id for c in world.ledger.unguessed(world.roundup, None, 10)] == [two, three]
    assert [c.id for c in world.ledger.unguessed(world.roundup, fitted.id, 10)] == [one, three]
    assert [c.id for c in world.ledger.unguessed(world.roundup, fitted.id, 1)] == [one]
    world.ledger.add_guesses({}, None, NOW)


def test_verdicts_are_folded_in_the_order_they_were_given(world: World) -> None:
    (one,) = world.offer("one")
    edition = world.edition()
    hold = Hold(HoldKind.DATE, date(2026, 4, 1))
    world.ledger.say(edition.id, [verdict(one), verdict(one, Action.HOLD, hold=hold, comment="later", section="Storage")])
    (candidate,) = world.ledger.candidates(world.roundup)
    standing = candidate.standing
    assert (standing.state, standing.hold, standing.comment) == (State.HELD, hold, "later")
    assert (standing.held_in, standing.decided_at, candidate.section) == (edition.id, NOW, "Storage")


def test_a_verdict_on_no_candidate_is_refused_with_the_whole_gesture(world: World) -> None:
    (one,) = world.offer("one")
    with pytest.raises(NotFound, match="no candidate 77, 78"):
        world.ledger.say(world.edition().id, [verdict(one), verdict(78), verdict(77)])
    assert world.ledger.last_gestures(world.edition().id, 5) == []


def test_the_last_gestures_come_newest_first_and_whole(world: World) -> None:
    one, two = world.offer("one", "two")
    edition = world.edition()
    world.ledger.say(edition.id, [verdict(one, batch="a"), verdict(two, batch="a")])
    world.ledger.say(edition.id, [verdict(one, Action.DROP, batch="b")])
    batches = world.ledger.last_gestures(edition.id, 2)
    assert [[(v.candidate_id, v.action) for v in batch.verdicts] for batch in batches] == [
        [(one, Action.DROP)],
        [(one, Action.KEEP), (two, Action.KEEP)],
    ]
    assert len(world.ledger.last_gestures(edition.id, 1)) == 1


def test_what_was_taken_back_is_no_gesture_unless_that_was_taken_back_too(world: World) -> None:
    (one,) = world.offer("one")
    edition = world.edition()

    def say(action: Action, batch: str, undoes: int | None = None) -> None:
        world.ledger.say(edition.id, [verdict(one, action, batch, undoes=undoes)])

    def standing() -> list[str]:
        return [batch.batch for batch in world.ledger.last_gestures(edition.id, 9)]

    say(Action.KEEP, "a")
    say(Action.DROP, "b")
    say(Action.UNDO, "u", undoes=2)
    assert standing() == ["a"]
    say(Action.UNDO, "v", undoes=3)
    assert standing() == ["b", "a"]


def test_shown_counts_mails_that_reached_or_may_have_reached_him(world: World) -> None:
    one, two = world.offer("one", "two")
    states = (MailState.SENT, MailState.WRITTEN, MailState.UNKNOWN, MailState.FAILED_PERM, MailState.RENDERED)
    for n, state in enumerate(states):
        mail = world.outbox.put(world.mail(slot=NOW + n * DAY, message_id=f"<{n}>", shown=(one, one)))
        world.outbox.settle(mail.id, state, NOW)
    assert [candidate.shown for candidate in world.ledger.candidates(world.roundup)] == [3, 0]
    assert two


def test_earlier_uses_are_found_by_every_address_newest_first(world: World) -> None:
    one, two = world.entries("one", "two")
    assert one.canonical_url
    assert two.canonical_url
    (id_,) = world.ledger.offer(world.roundup, [from_entry(one)], [])
    world.ledger.offer(world.roundup, [], [Copy(id_, two.id, "copy")])
    world.archive.save(
        world.roundup,
        [
            past(3, bullet("first", one.canonical_url, two.canonical_url)),
            past(9, bullet("again", two.canonical_url, section=None)),
            past(10, bullet("never published", one.canonical_url), draft=True),
        ],
        NOW,
    )
    (candidate,) = world.ledger.candidates(world.roundup)
    assert [(use.number, use.section, use.bullet) for use in candidate.linked_before] == [
        (9, None, "again"),
        (3, "Networking", "first"),
        (3, "Networking", "first"),
    ]


# What the open edition holds


def test_what_was_used_or_dropped_leaves_and_the_rest_carries_over(world: World) -> None:
    ids = world.offer("used", "moved", "dropped", "unused", "carried", "held", "waiting")
    used, moved, dropped, unused, carried, held, waiting = ids
    first = world.edition()
    second = close(
        world,
        first,
        CandidateOutcome(used, Outcome.USED, "Storage"),
        CandidateOutcome(moved, Outcome.MOVED, "Storage"),
        CandidateOutcome(dropped, Outcome.DROPPED),
        CandidateOutcome(unused, Outcome.UNUSED),
        CandidateOutcome(carried, Outcome.CARRIED),
        CandidateOutcome(held, Outcome.HELD),
        CandidateOutcome(waiting, Outcome.UNUSED),
    )
    close(world, second, CandidateOutcome(waiting, Outcome.WAITING))
    found = {candidate.id: candidate.carried for candidate in world.ledger.candidates(world.roundup)}
    assert found == {unused: 1, carried: 0, held: 0, waiting: 2}
    assert [c.id for c in world.ledger.candidates(world.roundup, [dropped, used, 99])] == [used, dropped]
    assert [c.id for c in world.ledger.unguessed(world.roundup, None, 10)] == [unused, carried, held, waiting]
    assert world.ledger.candidates(world.roundup, []) == []


def test_what_editions_passed_over_can_be_left_out_unless_he_said_something_on_it(world: World) -> None:
    once, twice, said = world.offer("once", "twice", "said")
    unused = (CandidateOutcome(id_, Outcome.UNUSED) for id_ in (once, twice, said))
    second = close(world, world.edition(), *unused)
    third = close(world, second, *(CandidateOutcome(id_, Outcome.WAITING) for id_ in (twice, said)))
    world.ledger.say(third.id, [verdict(said)])
    assert [one.id for one in world.ledger.candidates(world.roundup, carry=2)] == [once, said]
    assert [one.id for one in world.ledger.candidates(world.roundup, carry=0)] == [said]
    assert len(world.ledger.candidates(world.roundup, carry=3)) == 3
    assert world.ledger.passed_over(world.roundup, 2) == [twice]
    assert world.ledger.passed_over(world.roundup, 0) == [twice, once]
    assert world.ledger.passed_over(world.roundup, 3) == []


def test_picked_counts_what_editions_used(world: World) -> None:
    used, _ = world.offer("one", "two")
    close(world, world.edition(), CandidateOutcome(used, Outcome.MOVED, "Storage"))
    (status,) = world.feeds.statuses(world.roundup)
    assert status.picked == 1


def test_roundups_do_not_see_each_other_s_candidates(world: World) -> None:
    (entry,) = world.entries("one")
    other = world.ledger.roundup("Other", "other", NOW).id
    mine = world.ledger.offer(world.roundup, [from_entry(entry)], [])
    theirs = world.ledger.offer(other, [from_entry(entry)], [])
    assert mine != theirs
    assert [c.id for c in world.ledger.candidates(other)] == theirs
    assert world.ledger.candidates(other, mine) == []
    assert world.ledger.open_edition(other, 5, NOW).number == 5


def test_an_unfollowed_feed_is_still_named_as_a_source(world: World) -> None:
    (feed,) = world.follow("a.example")
    world.feeds.save([polled(feed.id, parsed("one"), at=NOW + HOUR)])
    (entry,) = world.feeds.entries_to_offer(world.roundup, 5)
    world.ledger.offer(world.roundup, [from_entry(entry)], [])
    world.feeds.sync(world.roundup, [], NOW + timedelta(days=2), 30, 7)
    (candidate,) = world.ledger.candidates(world.roundup)
    assert candidate.sources[0].feed == "a.example"
