from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from aggregator.clock import ManualClock
from aggregator.delivery.outbox import deliver
from aggregator.delivery.smtp import SmtpSender
from aggregator.errors import DeliveryError
from aggregator.records.digests import Mail, MailKind, MailState
from aggregator.settings import MailSettings

SLOT = datetime(2019, 1, 11, 14, 0, tzinfo=UTC)
MakeMail = Callable[..., Mail]


class Sender:
    """Takes everything, or raises what it was told to, one error a call. During a send nothing may hold the outbox."""

    def __init__(self, *errors: DeliveryError | None, refused: Mapping[str, str] | None = None) -> None:
        self.errors = list(errors)
        self.refused = refused or {}
        self.sent: list[bytes] = []

    def send(self, sender: str, recipients: Sequence[str], message: bytes) -> Mapping[str, str]:
        self.sent.append(message)
        error = self.errors.pop(0) if self.errors else None
        if error:
            raise error
        return self.refused

    def check(self) -> None:
        raise NotImplementedError


def lost() -> DeliveryError:
    return DeliveryError("the server closed the connection", stage="after_data")


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(SLOT)


def test_a_due_mail_is_sent_and_settled(memory_outbox: Any, mail: MakeMail, clock: ManualClock, tmp_path: Path) -> None:
    outbox, sender = memory_outbox(mail()), Sender()
    [sent] = deliver(outbox, sender, clock, files=tmp_path, on_unknown="resend")
    assert (sent.state, sent.sent_at, sent.error) == (MailState.SENT, SLOT, None)
    assert outbox.events == [(1, MailState.SENDING), (1, MailState.SENT)]
    assert sender.sent == [mail().message]
    assert deliver(outbox, sender, clock, files=tmp_path, on_unknown="resend") == []


def test_without_a_mail_server_files_are_written(memory_outbox: Any, mail: MakeMail, clock: ManualClock, tmp_path: Path) -> None:
    outbox = memory_outbox(mail(1), mail(2, repeat=1))
    written = deliver(outbox, None, clock, files=tmp_path / "outbox", on_unknown="resend")
    assert [one.state for one in written] == [MailState.WRITTEN, MailState.WRITTEN]
    stem = "tst-2019-01-11T1400Z"
    assert sorted(path.name for path in (tmp_path / "outbox").iterdir()) == sorted(
        f"{stem}{again}.{suffix}" for again in ("", "-again1") for suffix in ("eml", "html", "txt")
    )
    assert (tmp_path / "outbox" / f"{stem}.eml").read_bytes() == mail().message


def test_a_report_of_a_digests_own_minute_has_files_of_its_own(
    memory_outbox: Any, mail: MakeMail, clock: ManualClock, tmp_path: Path
) -> None:
    outbox = memory_outbox(mail(1), mail(2, kind=MailKind.REPORT))
    deliver(outbox, None, clock, files=tmp_path, on_unknown="resend")
    assert sorted(path.name for path in tmp_path.glob("*.eml")) == ["tst-2019-01-11T1400Z.eml", "tst-report-2019-01-11T1400Z.eml"]


def test_a_folder_that_cannot_be_made_is_an_outcome_tried_again(
    memory_outbox: Any, mail: MakeMail, clock: ManualClock, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("in the way")
    [failed] = deliver(memory_outbox(mail()), None, clock, files=tmp_path / "file", on_unknown="resend")
    assert failed.state is MailState.FAILED_TEMP
    assert failed.error is not None
    assert "name a folder that is yours" in failed.error


def test_a_failed_mail_waits_for_its_time(memory_outbox: Any, mail: MakeMail, clock: ManualClock, tmp_path: Path) -> None:
    outbox, sender = memory_outbox(mail()), Sender(DeliveryError("busy", stage="rcpt", code=450))
    [failed] = deliver(outbox, sender, clock, files=tmp_path, on_unknown="resend")
    assert (failed.state, failed.next_attempt_at) == (MailState.FAILED_TEMP, SLOT + timedelta(minutes=5))
    clock.advance(timedelta(minutes=4))
    assert deliver(outbox, sender, clock, files=tmp_path, on_unknown="resend") == []
    clock.advance(timedelta(minutes=1))
    [sent] = deliver(outbox, sender, clock, files=tmp_path, on_unknown="resend")
    assert sent.state is MailState.SENT


def test_one_that_may_have_left_is_resent_once_with_the_same_bytes_and_then_never(
    memory_outbox: Any, mail: MakeMail, clock: ManualClock, tmp_path: Path
) -> None:
    outbox, sender = memory_outbox(mail()), Sender(lost(), lost())
    for _ in range(100):
        deliver(outbox, sender, clock, files=tmp_path, on_unknown="resend")
        clock.advance(timedelta(hours=1))
    assert sender.sent == [mail().message, mail().message]
    assert outbox.mails[1].state is MailState.UNKNOWN


def test_on_hold_it_is_not_resent_but_the_author_may(
    memory_outbox: Any, mail: MakeMail, clock: ManualClock, tmp_path: Path
) -> None:
    outbox, sender = memory_outbox(mail()), Sender(lost())
    for _ in range(3):
        deliver(outbox, sender, clock, files=tmp_path, on_unknown="hold")
        clock.advance(timedelta(hours=1))
    assert len(sender.sent) == 1
    [sent] = deliver(outbox, sender, clock, files=tmp_path, on_unknown="hold", only=1)
    assert sent.state is MailState.SENT


def test_a_crash_while_sending_counts_as_one_that_may_have_left(
    memory_outbox: Any, mail: MakeMail, clock: ManualClock, tmp_path: Path
) -> None:
    crashed = mail(state=MailState.SENDING, started_at=SLOT, attempts=1)
    outbox, sender = memory_outbox(crashed), Sender(lost())
    assert deliver(outbox, sender, clock, files=tmp_path, on_unknown="resend") == []  # perhaps another process is still at it
    clock.advance(timedelta(minutes=16))
    [unknown] = deliver(outbox, sender, clock, files=tmp_path, on_unknown="resend")
    assert (unknown.state, unknown.next_attempt_at) == (MailState.UNKNOWN, None)
    assert len(sender.sent) == 1


def test_a_crash_while_sending_is_held_if_the_author_wants_no_doubles(
    memory_outbox: Any, mail: MakeMail, clock: ManualClock, tmp_path: Path
) -> None:
    outbox, sender = memory_outbox(mail(state=MailState.SENDING, started_at=SLOT, attempts=1)), Sender()
    clock.advance(timedelta(minutes=16))
    [held] = deliver(outbox, sender, clock, files=tmp_path, on_unknown="hold")
    assert (held.state, held.next_attempt_at) == (MailState.UNKNOWN, None)
    assert sender.sent == []


def test_a_power_cut_during_the_send_leaves_the_row_at_sending(
    memory_outbox: Any, mail: MakeMail, clock: ManualClock, tmp_path: Path
) -> None:
    class Cut(Sender):
        def send(self, sender: str, recipients: Sequence[str], message: bytes) -> Mapping[str, str]:
            raise KeyboardInterrupt

    outbox = memory_outbox(mail())
    with pytest.raises(KeyboardInterrupt):
        deliver(outbox, Cut(), clock, files=tmp_path, on_unknown="resend")
    assert outbox.mails[1].state is MailState.SENDING


def test_only_sends_the_one_that_was_asked_for_even_before_its_time_and_once(
    memory_outbox: Any, mail: MakeMail, clock: ManualClock, tmp_path: Path
) -> None:
    later = mail(2, state=MailState.FAILED_TEMP, next_attempt_at=SLOT + timedelta(days=1))
    outbox, sender = memory_outbox(mail(1), later), Sender(DeliveryError("busy", stage="connect"))
    [failed] = deliver(outbox, sender, clock, files=tmp_path, on_unknown="resend", only=2)
    assert (failed.id, failed.state) == (2, MailState.FAILED_TEMP)
    assert len(sender.sent) == 1


def test_who_was_refused_is_remembered_with_a_mail_that_others_got(
    memory_outbox: Any, mail: MakeMail, clock: ManualClock, tmp_path: Path
) -> None:
    sender = Sender(refused={"b@example.org": "550 nobody"})
    [sent] = deliver(memory_outbox(mail()), sender, clock, files=tmp_path, on_unknown="resend")
    assert (sent.state, sent.error) == (MailState.SENT, "Not taken for b@example.org: 550 nobody")


def test_a_server_that_took_the_mail_and_died_gets_it_twice_at_most(
    memory_outbox: Any, mail: MakeMail, clock: ManualClock, tmp_path: Path, smtp_server: Callable[..., Any]
) -> None:
    server = smtp_server(script={"message": "drop"})
    settings = MailSettings.model_validate(
        {"from": "digest@example.org", "host": "127.0.0.1", "port": server.port, "security": "none"}
    )
    outbox = memory_outbox(mail())
    for _ in range(10):
        deliver(outbox, SmtpSender(settings, None, timeout=2), clock, files=tmp_path, on_unknown="resend")
        clock.advance(timedelta(hours=3))
    assert server.accepted == [mail().message, mail().message]
