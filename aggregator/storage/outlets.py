"""What the draft of an edition is known by at other places."""

from __future__ import annotations

from dataclasses import asdict

from sqlalchemy import select

from aggregator.records.outlets import SentDraft
from aggregator.storage.database import Database, insert
from aggregator.storage.schema import sent_drafts


class SqlOutlets:
    """`ports.OutletStore` on a database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def sent(self, edition_id: int) -> list[SentDraft]:
        """Every place that has the edition's draft, by name."""
        query = select(sent_drafts).where(sent_drafts.c.edition_id == edition_id).order_by(sent_drafts.c.outlet)
        with self._database.read() as connection:
            return [SentDraft(*row) for row in connection.execute(query)]

    def save_sent(self, sent: SentDraft) -> None:
        """In the place of what was known of the outlet."""
        row = asdict(sent)
        # Losing it would make a second post of the same draft.
        with self._database.write(durable=True) as connection:
            upsert = insert(connection, sent_drafts).values(row)
            connection.execute(upsert.on_conflict_do_update(index_elements=["edition_id", "outlet"], set_=row))
