from __future__ import annotations

from datetime import timedelta

from aggregator.desk.status import status
from aggregator.records.digests import Mail, MailState, NewMail
from aggregator.records.roundups import Heartbeat
from tests.desk.conftest import NOW, Office


def put(office: Office, state: MailState, *, days: int = 0, error: str | None = None) -> Mail:
    edition = office.stores.ledger.open_edition(office.roundup.id, 7, office.clock.now())
    slot = NOW - timedelta(days=days)
    mail = office.stores.outbox.put(
        NewMail(office.roundup.id, edition.id, slot, 0, f"<{days}@x>", "a@b.c", ("d@e.f",), b"x", "", "", slot, ())
    )
    office.stores.outbox.settle(mail.id, state, slot, error)
    return mail


def test_a_new_installation_is_told_to_follow_somebody(office: Office) -> None:
    found = status(*office.all, mails=True, running=False)
    assert not found.ok
    assert [one.words for one in found.troubles] == ["You follow no feed yet."]
    assert not found.running


def test_a_mail_that_was_refused_for_good_is_a_trouble_until_a_later_one_arrives(office: Office) -> None:
    put(office, MailState.FAILED_PERM, days=7, error="no such user")
    assert any("no such user" in one.words for one in status(*office.all, mails=True, running=False).troubles)
    put(office, MailState.SENT)
    assert not any("no such user" in one.words for one in status(*office.all, mails=True, running=False).troubles)


def test_a_job_that_failed_last_time_is_told(office: Office) -> None:
    office.stores.heartbeats.beat(Heartbeat("poll", office.clock.now(), "there is no network", False))
    assert any("no network" in one.words for one in status(*office.all, mails=False, running=False).troubles)


def test_a_digest_missed_for_days_is_told_with_what_to_do(office: Office) -> None:
    office.clock.advance(timedelta(days=9))
    troubles = status(*office.all, mails=False, running=False).troubles
    assert any("was missed" in one.words and "digest --send" in one.advice for one in troubles)
