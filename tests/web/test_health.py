"""Whether the daemon is well, judged by what it left in the database."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from aggregator.records.digests import Mail, MailState
from aggregator.records.roundups import Heartbeat
from aggregator.web.health import health

NOW = datetime(2026, 3, 6, 12, tzinfo=UTC)
TICK = Heartbeat("tick", NOW - timedelta(seconds=40), "alive", ok=True)
MAIL = Mail(
    id=1, roundup_id=1, edition_id=1, slot=NOW, repeat=0, message_id="<a@b>", sender="a@b.example", recipients=("c@d.example",),
    message=b"", html="", text="", state=MailState.RENDERED, attempts=0, made_at=NOW - timedelta(minutes=5), started_at=None,
    sent_at=None, next_attempt_at=NOW, error=None,
)  # fmt: skip


def test_a_daemon_that_ticks_and_has_no_old_mail_is_well() -> None:
    found = health([TICK], [MAIL], NOW)
    assert (found.ok, found.tick_age, found.mail_age) == (True, 40.0, 300.0)


def test_without_a_tick_it_is_not_running() -> None:
    assert not health([Heartbeat("poll", NOW, "polled", ok=True)], [], NOW).ok


def test_a_late_tick_tells_of_a_daemon_that_stalled() -> None:
    assert not health([replace(TICK, at=NOW - timedelta(minutes=6))], [], NOW).ok


@pytest.mark.parametrize(("state", "ok"), [(MailState.FAILED_TEMP, False), (MailState.SENT, True), (MailState.SUPERSEDED, True)])
def test_a_mail_that_has_waited_for_hours_is_trouble_while_it_waits(state: MailState, ok: bool) -> None:
    assert health([TICK], [replace(MAIL, state=state, made_at=NOW - timedelta(hours=7))], NOW).ok is ok
