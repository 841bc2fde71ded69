from __future__ import annotations

from datetime import timedelta

from aggregator.desk.decide import decide
from aggregator.desk.status import status
from aggregator.digest.schedule import latest_slot
from aggregator.records.candidates import Action
from aggregator.records.digests import Mail, MailKind, MailState, NewMail
from aggregator.records.links import LinkCheck, LinkState
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


def test_a_missed_digest_is_told_by_the_authors_day(office: Office) -> None:
    digest = office.plan.digest.model_copy(update={"timezone": "Asia/Tokyo"})
    office.clock.advance(timedelta(days=9))
    store, roundup, plan = office.all
    found = status(store, roundup, plan.model_copy(update={"digest": digest}), mails=False, running=False)
    (words,) = [one.words for one in found.troubles if "was missed" in one.words]
    slot = latest_slot(digest, office.clock.now()).astimezone(digest.zone)
    assert slot.strftime("%A").lower() == digest.day
    assert f"The digest of {slot:%d %b %Y} was missed" in words


def test_a_digest_missed_for_days_is_told_with_what_to_do(office: Office) -> None:
    office.clock.advance(timedelta(days=9))
    troubles = status(*office.all, mails=False, running=False).troubles
    assert any("was missed" in one.words and "digest --send" in one.advice for one in troubles)


def test_a_report_that_was_not_delivered_is_told_as_one_and_no_digest_makes_up_for_it(office: Office) -> None:
    edition = office.stores.ledger.open_edition(office.roundup.id, 7, NOW)
    new = NewMail(
        office.roundup.id, edition.id, NOW, 0, "<r@x>", "a@b.c", ("d@e.f",), b"x", "", "", NOW, (), kind=MailKind.REPORT
    )
    office.stores.outbox.settle(office.stores.outbox.put(new).id, MailState.FAILED_PERM, NOW, "no such user")
    put(office, MailState.SENT, days=-7)
    found = status(*office.all, mails=True, running=False)
    [told] = [one for one in found.troubles if "not delivered" in one.words]
    assert told.words.startswith("The report of 02 Mar 2026")
    assert "edition report" in told.advice
    assert found.last_mail is not None
    assert found.last_mail.kind is MailKind.DIGEST


def test_a_training_that_was_not_adopted_is_a_note_and_no_trouble(office: Office) -> None:
    office.stores.learning.add_classifier(
        office.roundup.id,
        recipe="recipe",
        seed=0,
        watermark=0,
        labels=50,
        sections=("Storage",),
        score=None,
        thresholds={},
        adopted=False,
        reason="Not adopted: right at first 60%, the present one 64%.",
        at=NOW,
    )
    found = status(*office.all, mails=False, running=False)
    assert [one.words for one in found.notes if "taken into use" in one.words] == [
        "The newest training was not taken into use. Not adopted: right at first 60%, the present one 64%."
    ]
    assert not any("training" in one.words for one in found.troubles)


def test_dead_and_moved_links_are_noted_and_nothing_is_wrong_by_them(office: Office) -> None:
    decide(*office.all, office.offer("One", "Two", "Three"), Action.KEEP)
    assert status(*office.all, mails=False, running=False).links.words == "3 not checked yet"
    for name, state in (("one", LinkState.DEAD), ("two", LinkState.MOVED), ("three", LinkState.PAYWALLED)):
        url = f"https://blog.example/{name}"
        office.stores.links.save_check(LinkCheck(url, url, state, "gone", 404, None, None, "so it is", NOW, NOW))
    found = status(*office.all, mails=False, running=False)
    assert found.links.words == "1 dead, 1 moved, 1 paywalled"
    assert [one.words for one in found.notes] == ["Of the links that you keep: 1 dead, 1 moved."]
    assert not any("link" in one.words for one in found.troubles)
