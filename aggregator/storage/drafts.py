"""What the draft needs beside its pieces: quotations, files that it went out to, and what they contradict."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, insert, select, update

from aggregator.errors import NotFound
from aggregator.records.drafts import Conflict, DraftFile, NewConflict, Quote
from aggregator.storage.database import Database, chunks
from aggregator.storage.database import insert as upsert
from aggregator.storage.schema import candidates, draft_conflicts, draft_files, quotes


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

    def files(self, edition_id: int) -> list[DraftFile]:
        """Of an edition, the newest first."""
        query = select(draft_files).where(draft_files.c.edition_id == edition_id).order_by(draft_files.c.at.desc())
        with self._database.read() as connection:
            return [DraftFile(**row) for row in connection.execute(query).mappings()]

    def save_file(self, file: DraftFile, conflicts: Sequence[NewConflict] = ()) -> None:
        """Writes a file's whole state; these become all the conflicts of its edition that wait."""
        rows = [{**asdict(one), "edition_id": file.edition_id, "at": file.at} for one in conflicts]
        with self._database.write() as connection:
            saved = upsert(connection, draft_files).values(**asdict(file))
            connection.execute(saved.on_conflict_do_update(index_elements=["edition_id", "path"], set_=asdict(file)))
            waiting = draft_conflicts.c.settled_at.is_(None)
            connection.execute(delete(draft_conflicts).where(draft_conflicts.c.edition_id == file.edition_id, waiting))
            if rows:
                connection.execute(insert(draft_conflicts), rows)

    def conflicts(self, edition_id: int) -> list[Conflict]:
        """Of an edition, oldest first, settled ones included."""
        query = select(draft_conflicts).where(draft_conflicts.c.edition_id == edition_id).order_by(draft_conflicts.c.id)
        with self._database.read() as connection:
            return [_conflict(row) for row in connection.execute(query)]

    def settle(self, conflict_id: int, taken: str, at: datetime) -> None:
        """Raises NotFound for one that does not wait."""
        waits = (draft_conflicts.c.id == conflict_id) & draft_conflicts.c.settled_at.is_(None)
        with self._database.write() as connection:
            if not connection.execute(update(draft_conflicts).where(waits).values(settled_at=at, taken=taken)).rowcount:
                raise NotFound(f"no conflict {conflict_id} waits for you", advice="Load the draft's page again.")


def _quote(row: Row[Any]) -> Quote:
    return Quote(row.id, row.candidate_id, row.text, row.url, row.at)


def _conflict(row: Row[Any]) -> Conflict:
    return Conflict(row.id, row.edition_id, row.what, row.base, row.desk, row.file, row.at, row.taken)
