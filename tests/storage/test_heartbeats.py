"""When jobs last ran."""

from __future__ import annotations

from datetime import UTC, datetime

from aggregator.records.roundups import Heartbeat
from aggregator.storage.database import Database
from aggregator.storage.heartbeats import SqlHeartbeats

NOW = datetime(2026, 3, 6, 7, 0, tzinfo=UTC)


def test_a_later_beat_replaces_the_earlier_one(database: Database) -> None:
    store = SqlHeartbeats(database)
    store.beat(Heartbeat("poll", NOW, "12 feeds", ok=True))
    store.beat(Heartbeat("send", NOW, "nothing", ok=True))
    later = Heartbeat("poll", NOW.replace(hour=8), "no network", ok=False)
    store.beat(later)
    assert store.beats() == [later, Heartbeat("send", NOW, "nothing", ok=True)]
