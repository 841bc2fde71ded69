"""The outbox: exact bytes, one row a slot, one taker at a time, every crash told honestly (R6)."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import timedelta

import pytest

from aggregator.errors import NotFound
from aggregator.records.digests import Mail, MailState
from tests.storage.world import DAY, HOUR, NOW, World

STALE = 900.0
LATER = NOW + timedelta(seconds=STALE + 1)


def claim(world: World) -> Mail:
    mail = world.outbox.claim(NOW, STALE)
    assert mail is not None
    return mail


def test_the_exact_bytes_are_read_back(world: World) -> None:
    new = world.mail(message=bytes(range(256)) * 10)
    mail = world.outbox.put(new)
    assert mail.message == new.message
    assert (mail.state, mail.attempts, mail.next_attempt_at) == (MailState.RENDERED, 0, NOW)
    assert (mail.recipients, mail.slot, mail.message_id) == (new.recipients, NOW, new.message_id)
    assert world.outbox.find(world.roundup, NOW) == world.outbox.recent(5) == [mail]


def test_a_second_digest_of_a_slot_returns_the_first_unchanged(world: World) -> None:
    (one,) = world.offer("one")
    first = world.outbox.put(world.mail())
    assert world.outbox.put(world.mail(message=b"other", message_id="<other>", shown=(one,))) == first
    world.outbox.settle(first.id, MailState.SENT, NOW)
    assert world.ledger.candidates(world.roundup)[0].shown == 0


def test_a_repeat_is_a_mail_of_its_own(world: World) -> None:
    first = world.outbox.put(world.mail())
    world.outbox.settle(first.id, MailState.SENT, NOW)
    again = world.outbox.put(world.mail(repeat=1, message_id="<2>"))
    assert [(mail.id, mail.state) for mail in world.outbox.find(world.roundup, NOW)] == [
        (first.id, MailState.SENT),
        (again.id, MailState.RENDERED),
    ]


def test_a_claim_commits_that_the_bytes_may_leave(world: World) -> None:
    put = world.outbox.put(world.mail())
    taken = claim(world)
    assert taken == replace(put, state=MailState.SENDING, attempts=1, started_at=NOW)
    assert world.outbox.recent(1) == [taken]
    assert world.outbox.claim(NOW, STALE) is None


def test_the_mail_due_longest_goes_first_and_none_before_its_time(world: World) -> None:
    for n in (2, 1, 3):
        roundup = world.ledger.roundup(f"Roundup {n}", f"roundup-{n}", NOW).id
        world.outbox.put(world.mail(roundup_id=roundup, made_at=NOW + n * HOUR, message_id=f"<{n}>"))
    assert world.outbox.claim(NOW, STALE) is None
    taken = [world.outbox.claim(NOW + 2 * HOUR, STALE) for _ in range(3)]
    assert [one and one.message_id for one in taken] == ["<1>", "<2>", None]


def test_a_sent_mail_is_never_taken_again(world: World) -> None:
    world.outbox.put(world.mail())
    mail = claim(world)
    world.outbox.settle(mail.id, MailState.SENT, NOW + HOUR)
    (settled,) = world.outbox.recent(1)
    assert (settled.state, settled.sent_at, settled.next_attempt_at, settled.error) == (MailState.SENT, NOW + HOUR, None, None)
    assert world.outbox.claim(NOW + 99 * DAY, STALE) is None
    assert world.outbox.claim(NOW + 99 * DAY, STALE, only=mail.id) is None


def test_a_temporary_failure_is_due_again_when_it_says(world: World) -> None:
    world.outbox.put(world.mail())
    mail = claim(world)
    world.outbox.settle(mail.id, MailState.FAILED_TEMP, NOW, "451 later", NOW + HOUR)
    assert world.outbox.claim(NOW + HOUR - timedelta(seconds=1), STALE) is None
    again = world.outbox.claim(NOW + HOUR, STALE)
    assert again is not None
    assert (again.attempts, again.error, again.message) == (2, "451 later", mail.message)


def test_a_crash_while_sending_becomes_unknown_and_due_once_more_with_the_same_bytes(world: World) -> None:
    world.outbox.put(world.mail())
    crashed = claim(world)
    assert world.outbox.claim(NOW + timedelta(seconds=STALE - 1), STALE) is None
    again = world.outbox.claim(LATER, STALE)
    assert again is not None
    assert (again.message, again.message_id, again.attempts) == (crashed.message, crashed.message_id, 2)
    assert again.error is not None
    assert "may arrive twice" in again.error


def test_a_crash_that_nobody_resends_is_told_as_unknown(world: World) -> None:
    world.outbox.put(world.mail())
    claim(world)
    other = world.outbox.put(world.mail(slot=NOW + DAY, made_at=NOW - DAY, message_id="<2>"))
    taken = world.outbox.claim(LATER, STALE, only=other.id)
    assert taken is not None
    assert taken.id == other.id
    assert [one.state for one in world.outbox.recent(2)] == [MailState.SENDING, MailState.UNKNOWN]


def test_only_takes_the_named_mail_due_or_not(world: World) -> None:
    first = world.outbox.put(world.mail())
    second = world.outbox.put(world.mail(slot=NOW + DAY, message_id="<2>"))
    world.outbox.settle(second.id, MailState.FAILED_PERM, NOW, "550 no")
    taken = world.outbox.claim(NOW - DAY, STALE, only=second.id)
    assert taken is not None
    assert taken.id == second.id
    assert world.outbox.claim(NOW - DAY, STALE, only=second.id) is None
    assert world.outbox.claim(NOW - DAY, STALE, only=99) is None
    assert first.id


def test_a_hundred_takers_at_once_send_one_mail(world: World) -> None:
    world.outbox.put(world.mail())
    taken: list[Mail | None] = []
    threads = [threading.Thread(target=lambda: taken.append(world.outbox.claim(NOW, STALE))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len([one for one in taken if one is not None]) == 1


def test_settling_a_mail_that_is_not_there_says_so(world: World) -> None:
    with pytest.raises(NotFound):
        world.outbox.settle(99, MailState.SENT, NOW)


def test_last_slot_counts_every_mail_and_last_sent_those_that_may_have_left(world: World) -> None:
    later = NOW + 9 * DAY
    assert (world.outbox.last_slot(world.roundup, later), world.outbox.last_sent(world.roundup)) == (None, None)
    states = (MailState.WRITTEN, MailState.UNKNOWN, MailState.FAILED_PERM)
    mails = [world.outbox.put(world.mail(slot=NOW + n * DAY, message_id=f"<{n}>")) for n in range(3)]
    for mail, state in zip(mails, states, strict=True):
        world.outbox.settle(mail.id, state, NOW)
    last = world.outbox.last_sent(world.roundup)
    assert last is not None
    assert (last.id, world.outbox.last_slot(world.roundup, later)) == (mails[1].id, NOW + 2 * DAY)
    assert world.outbox.last_slot(world.roundup, NOW + DAY) == NOW + DAY, "a slot to come is no last one"


def test_a_new_digest_takes_the_place_of_what_has_not_left(world: World) -> None:
    """After a week without a mail server he got the same news in two mails."""
    other = world.outbox.put(world.mail(roundup_id=world.ledger.roundup("Other", "other", NOW).id, message_id="<0>"))
    states = (MailState.RENDERED, MailState.FAILED_TEMP, MailState.SENT, MailState.UNKNOWN, MailState.FAILED_PERM)
    mails = []
    for n, state in enumerate(states):
        mails.append(world.outbox.put(world.mail(slot=NOW + n * DAY, message_id=f"<{n}>")))
        world.outbox.settle(mails[-1].id, state, NOW, next_attempt_at=NOW)
    newest = world.mail(slot=NOW + 9 * DAY, message_id="<9>")
    world.outbox.put(newest)
    world.outbox.put(newest)
    found = {mail.id: mail.state for mail in world.outbox.recent(99)}
    assert [found[mail.id] for mail in mails] == [MailState.SUPERSEDED, MailState.SUPERSEDED, *states[2:]]
    assert found[other.id] is MailState.RENDERED
    assert world.outbox.claim(NOW, STALE, only=mails[0].id) is None


def test_an_edition_s_mails_come_in_order_of_slot(world: World) -> None:
    edition = world.edition()
    for n in (2, 1):
        world.outbox.put(world.mail(slot=NOW + n * DAY, message_id=f"<{n}>"))
    assert [mail.message_id for mail in world.outbox.in_edition(edition.id)] == ["<1>", "<2>"]
    assert world.outbox.in_edition(edition.id + 1) == []


def test_troubles_are_told_when_a_mail_was_made_that_left(world: World) -> None:
    """A mail sent late tells what went wrong since its slot, too."""
    one, two = (feed.id for feed in world.follow("a.example", "b.example"))
    told = ((one, two, one), (one,), (one, two), (one, two))
    states = (MailState.SENT, MailState.WRITTEN, MailState.FAILED_PERM, MailState.RENDERED)
    for n, (feeds, state) in enumerate(zip(told, states, strict=True)):
        mail = world.mail(slot=NOW + n * DAY, made_at=NOW + n * DAY + HOUR, message_id=f"<{n}>", told=feeds)
        world.outbox.settle(world.outbox.put(mail).id, state, NOW)
    assert world.outbox.told_feeds(world.roundup) == {one: NOW + DAY + HOUR, two: NOW + HOUR}
