from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from aggregator.delivery.retry import GIVE_UP_AFTER, RESEND_AFTER, OnUnknown, Settlement, after_error
from aggregator.errors import DeliveryError, StorageError
from aggregator.records.digests import Mail, MailState

NOW = datetime(2019, 1, 11, 14, 0, tzinfo=UTC)
MakeMail = Callable[..., Mail]


def settle(
    mail: Mail, stage: str, *, permanent: bool = False, now: datetime = NOW, left: bool = False, on_unknown: OnUnknown = "resend"
) -> Settlement:
    error = DeliveryError("No.", stage=stage, permanent=permanent)
    return after_error(mail, error, now=now, may_have_left=left, on_unknown=on_unknown)


@pytest.mark.parametrize(("attempt", "minutes"), [(1, 5), (2, 30), (3, 60), (4, 120), (5, 120), (40, 120)])
def test_what_may_pass_is_tried_again_after_ever_longer_pauses(mail: MakeMail, attempt: int, minutes: int) -> None:
    settled = settle(mail(attempts=attempt), "connect")
    assert (settled.state, settled.next_attempt_at) == (MailState.FAILED_TEMP, NOW + timedelta(minutes=minutes))


def test_after_five_days_it_gives_up_and_says_so(mail: MakeMail) -> None:
    late = NOW + GIVE_UP_AFTER
    settled = settle(mail(attempts=50), "connect", now=late)
    assert (settled.state, settled.next_attempt_at) == (MailState.FAILED_PERM, None)
    assert settled.error == "Given up after 5 days. No."


@pytest.mark.parametrize("stage", ["auth", "mail", "rcpt", "data", "message"])
def test_a_final_refusal_is_final(mail: MakeMail, stage: str) -> None:
    assert settle(mail(attempts=1), stage, permanent=True) == Settlement(MailState.FAILED_PERM, "No.")


def test_a_mail_that_may_have_left_is_sent_once_more(mail: MakeMail) -> None:
    settled = settle(mail(attempts=1), "after_data")
    assert (settled.state, settled.next_attempt_at) == (MailState.UNKNOWN, NOW + RESEND_AFTER)


def test_it_is_never_sent_a_third_time(mail: MakeMail) -> None:
    settled = settle(mail(attempts=2), "after_data", left=True)
    assert (settled.state, settled.next_attempt_at) == (MailState.UNKNOWN, None)


def test_held_if_the_author_wants_no_doubles(mail: MakeMail) -> None:
    settled = settle(mail(attempts=1), "after_data", on_unknown="hold")
    assert (settled.state, settled.next_attempt_at) == (MailState.UNKNOWN, None)
    assert settled.error is not None
    assert "is held" in settled.error


def test_a_resend_that_runs_into_trouble_is_still_unknown(mail: MakeMail) -> None:
    again = settle(mail(attempts=2), "connect", left=True)
    assert (again.state, again.next_attempt_at) == (MailState.UNKNOWN, NOW + timedelta(minutes=30))
    assert settle(mail(attempts=2), "rcpt", permanent=True, left=True) == Settlement(MailState.UNKNOWN, "No.")
    assert settle(mail(attempts=60), "connect", left=True, now=NOW + GIVE_UP_AFTER).state is MailState.UNKNOWN


def test_a_full_disk_is_tried_again(mail: MakeMail) -> None:
    error = StorageError("the disk is full", permanent=False)
    settled = after_error(mail(attempts=1), error, now=NOW, may_have_left=False, on_unknown="resend")
    assert settled.state is MailState.FAILED_TEMP
