"""The promise of the outbox (R6) with a real database and a real line: never lost, one double at most."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from aggregator.clock import ManualClock
from aggregator.delivery.outbox import deliver
from aggregator.delivery.retry import RESEND_AFTER
from aggregator.delivery.smtp import SmtpSender
from aggregator.records.candidates import Standing
from aggregator.records.digests import Mail, MailState, NewMail
from aggregator.settings import MailSettings
from aggregator.storage.database import Database, open_database
from aggregator.storage.ledger import SqlLedger
from aggregator.storage.outbox import SqlOutbox

SLOT = datetime(2019, 1, 11, 14, 0, tzinfo=UTC)
MESSAGE = b"Subject: x\r\n\r\nbody\r\n"


class Cut(BaseException):
    """The power goes."""


def put(database: Database) -> SqlOutbox:
    ledger, outbox = SqlLedger(database, lambda _: Standing()), SqlOutbox(database)
    roundup = ledger.roundup("Technology Short Take", "tst", SLOT)
    edition = ledger.open_edition(roundup.id, 28, SLOT)
    outbox.put(
        NewMail(
            roundup_id=roundup.id,
            edition_id=edition.id,
            slot=SLOT,
            repeat=0,
            message_id="<tst.20190111T140000Z.0.digest@example.org>",
            sender="digest@example.org",
            recipients=("author@example.org",),
            message=MESSAGE,
            html="",
            text="",
            made_at=SLOT,
            shown=(),
        )
    )
    return outbox


def settings_for(server: Any) -> MailSettings:
    return MailSettings.model_validate(
        {"from": "digest@example.org", "host": "127.0.0.1", "port": server.port, "security": "none"}
    )


class CutSender(SmtpSender):
    """Loses power before it connects, or once the server has answered, the first time."""

    def __init__(self, settings: MailSettings, where: str) -> None:
        super().__init__(settings, None, timeout=5)
        self.where = where

    def send(self, sender: str, recipients: Sequence[str], message: bytes) -> Mapping[str, str]:
        where, self.where = self.where, ""
        if where == "before it connects":
            raise Cut
        refused = super().send(sender, recipients, message)
        if where == "after the answer":
            raise Cut
        return refused


def run(outbox: SqlOutbox, sender: SmtpSender, clock: ManualClock, files: Path) -> list[Mail]:
    with outbox.delivery(RESEND_AFTER.total_seconds()):
        return deliver(outbox, sender, clock, files=files, on_unknown="resend")


@pytest.mark.parametrize(("where", "copies"), [("before it connects", 1), ("after the answer", 2)])
def test_a_power_cut_loses_nothing_and_doubles_at_most_once(
    database: Database, smtp_server: Callable[..., Any], tmp_path: Path, where: str, copies: int
) -> None:
    server, clock, outbox = smtp_server(), ManualClock(SLOT), put(database)
    sender = CutSender(settings_for(server), where)
    with pytest.raises(Cut):
        run(outbox, sender, clock, tmp_path)
    assert run(outbox, sender, clock, tmp_path) == []
    for _ in range(5):
        clock.advance(timedelta(minutes=16))
        run(outbox, sender, clock, tmp_path)
    assert server.accepted == [MESSAGE] * copies
    assert outbox.recent(1)[0].state is MailState.SENT


CHILD = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from aggregator.clock import ManualClock
from aggregator.delivery.outbox import deliver
from aggregator.delivery.smtp import SmtpSender
from aggregator.settings import MailSettings
from aggregator.storage.database import open_database
from aggregator.storage.outbox import SqlOutbox
url, port, files = sys.argv[1:]
settings = MailSettings.model_validate({"from": "digest@example.org", "host": "127.0.0.1", "port": port, "security": "none"})
outbox, clock = SqlOutbox(open_database(url)), ManualClock(datetime(2019, 1, 11, 14, tzinfo=UTC))
deliver(outbox, SmtpSender(settings, None), clock, files=Path(files), on_unknown="resend")
"""


@pytest.mark.parametrize(("stage", "copies"), [("MAIL", 1), ("message", 2)])
def test_a_killed_process_loses_nothing_and_doubles_at_most_once(
    sqlite_url: str, smtp_server: Callable[..., Any], tmp_path: Path, stage: str, copies: int
) -> None:
    server, healthy = smtp_server(script={stage: "hang"}), smtp_server()
    database = open_database(sqlite_url)
    outbox = put(database)
    root = Path(__file__).parents[2]
    child = subprocess.Popen([sys.executable, "-c", CHILD, sqlite_url, str(server.port), str(tmp_path)], cwd=root)
    try:
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline and not (server.accepted or any(one.startswith(stage) for one in server.seen)):
            time.sleep(0.01)
    finally:
        child.kill()
        child.wait()
    assert outbox.recent(1)[0].state is MailState.SENDING
    clock = ManualClock(SLOT)
    for _ in range(5):
        clock.advance(timedelta(minutes=16))
        run(outbox, SmtpSender(settings_for(healthy), None, timeout=5), clock, tmp_path)
    assert server.accepted + healthy.accepted == [MESSAGE] * copies
    assert outbox.recent(1)[0].state is MailState.SENT
    database.close()
