"""What the draft needs beside its pieces: quotations."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import Row, insert, select

from aggregator.errors import NotFound
from aggregator.records.drafts import Quote
from aggregator.storage.database import Database, chunks
from aggregator.storage.schema import candidates, quotes


class SqlDrafts:
    """`ports.DraftStore` on a database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def quotes(self, candidate_ids: Collection[int]) -> list[Quote]:
        """Of these candidates, oldest first."""
        found: list[Quote] = []
        with self._database.read() as connection:
            for part in chunks(sorted(set(candidate_ids))):
                query = select(quotes).where(quotes.c.candidate_id.in_(part))
                found += [_quote(row) for row in connection.execute(query)]
        return sorted(found, key=lambda one: one.id)

    def add_quote(self, candidate_id: int, text: str, url: str | None, at: datetime) -> Quote:
        """Keeps exact words once. Raises NotFound."""
        with self._database.write() as connection:
            known = select(candidates.c.id).where(candidates.c.id == candidate_id)
            if connection.execute(known).scalar() is None:
                raise NotFound(f"there is no candidate {candidate_id}", advice="`aggregator candidates` lists them.")
            same = select(quotes).where(quotes.c.candidate_id == candidate_id, quotes.c.text == text, quotes.c.url == url)
            row = connection.execute(same).first()
            if row is None:
                new = insert(quotes).values(candidate_id=candidate_id, text=text, url=url, at=at).returning(quotes)
                row = connection.execute(new).one()
            return _quote(row)


def _quote(row: Row[Any]) -> Quote:
    return Quote(row.id, row.candidate_id, row.text, row.url, row.at)
