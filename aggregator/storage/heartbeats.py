"""When jobs last ran: one row a job."""

from __future__ import annotations

from sqlalchemy import select

from aggregator.records.roundups import Heartbeat
from aggregator.storage.database import Database, insert
from aggregator.storage.schema import heartbeats


class SqlHeartbeats:
    """`ports.HeartbeatStore` on a database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def beat(self, beat: Heartbeat) -> None:
        """Remembers that a job ran; the last time only."""
        row = {"job": beat.job, "at": beat.at, "words": beat.words, "ok": beat.ok}
        with self._database.write() as connection:
            connection.execute(insert(connection, heartbeats).values(row).on_conflict_do_update(index_elements=["job"], set_=row))

    def beats(self) -> list[Heartbeat]:
        """Every job that ever ran, by name."""
        with self._database.read() as connection:
            rows = connection.execute(select(heartbeats).order_by(heartbeats.c.job)).all()
        return [Heartbeat(row.job, row.at, row.words, row.ok) for row in rows]
