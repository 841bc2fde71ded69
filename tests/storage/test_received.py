"""Mails that were taken up, and links that were used, on both databases."""

from __future__ import annotations

from datetime import timedelta

from aggregator.records.candidates import Action
from aggregator.records.received import NewReceived, ReceivedKind, UsedLink
from aggregator.storage.received import SqlReceived
from tests.storage.world import DAY, NOW, World


def new(world: World, number: int, kind: ReceivedKind = ReceivedKind.ANSWER, days: int = 0) -> NewReceived:
    at = NOW - timedelta(days=days)
    return NewReceived(f"<{number}@here>", world.roundup, "me@example.org", "Re: 料理", kind, at)


def test_a_mail_is_taken_up_once_and_known_once_it_is_answered(world: World) -> None:
    store = SqlReceived(world.database)
    taken = store.take(new(world, 1))
    assert store.take(new(world, 1)) == taken
    assert store.known([taken.message_id]) == set()
    store.say(taken.id, ["Kept: 3 “料理”.", None], ["a gesture"])
    store.answered(taken.id, NOW)
    assert store.known([taken.message_id, "<2@here>"]) == {taken.message_id}
    found = store.find(taken.id)
    assert found is not None
    assert (found.said, found.gestures, found.answered_at) == (("Kept: 3 “料理”.", None), ("a gesture",), NOW)
    assert store.find(taken.id + 1) is None


def test_what_proved_nothing_is_forgotten_first(world: World) -> None:
    store = SqlReceived(world.database)
    for number, (kind, days) in enumerate(
        [(ReceivedKind.UNPROVED, 40), (ReceivedKind.ANSWER, 40), (ReceivedKind.ADD, 400), (ReceivedKind.UNPROVED, 1)]
    ):
        store.take(new(world, number, kind, days))
    store.forget(NOW - 30 * DAY, NOW - 365 * DAY)
    assert [one.message_id for one in store.last(world.roundup)] == ["<3@here>", "<1@here>"]


def test_a_link_is_used_once(world: World) -> None:
    store = SqlReceived(world.database)
    used = UsedLink("a" * 64, NOW, 3, Action.KEEP)
    store.use(used)
    store.use(UsedLink("a" * 64, NOW + DAY, 3, Action.DROP))
    assert store.used("a" * 64) == used
    assert store.used("b" * 64) is None
