"""What the jobs tell of how they stand."""

from __future__ import annotations

from pathlib import Path

import pytest

from aggregator.daemon import work
from aggregator.daemon.life import Daemon
from aggregator.errors import MailboxError
from aggregator.jobs import replies
from aggregator.settings import parse_settings
from aggregator.wiring import Installation

CONFIG = "roundups: [{name: Links}]\nmail: {replies: {host: 127.0.0.1, username: u}}\n"


def test_what_failed_stays_so_while_it_is_not_its_turn(sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tried = list[int]()

    def turned_away(*_: object) -> replies.Read:
        tried.append(1)
        raise MailboxError("the server refuses user name or password")

    monkeypatch.setattr(work, "read_replies", turned_away)
    with Installation(parse_settings(f"database: {sqlite_url}\n{CONFIG}", tmp_path / "config.yaml")) as installation:
        daemon = Daemon(installation)
        for _ in range(3):
            daemon._guarded(replies.JOB, daemon.work.replies)
        (beat,) = installation.heartbeats.beats()
    assert len(tried) == 1
    assert (beat.words, beat.ok) == ("the server refuses user name or password", False)
