"""What the draft needs beside its pieces: quotations, files that it went out to, and what they contradict."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update

from aggregator.errors import NotFound
from aggregator.records.drafts import Conflict, DraftFile, NewConflict, Quote
from aggregator.storage import gestures
from aggregator.storage.database import Database, chunks
from aggregator.storage.schema import candidates, draft_conflicts, draft_files, quotes

_SAID = ("format", "text", "content_hash", "waiting")
_MOST_STATES = 50
"""Of one file; as far back as the author can undo."""


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
        """Of an edition, the newest first; each with the text that agreed last and was not taken back since."""
        query = select(draft_files).where(draft_files.c.edition_id == edition_id)
        with self._database.read() as connection:
            rows = connection.execute(query.order_by(draft_files.c.at.desc(), draft_files.c.id.desc())).all()
            stands = _standing(connection, edition_id, rows)
        newest: dict[str, Row[Any]] = {}
        agreed: dict[str, str] = {}
        for row in rows:
            newest.setdefault(row.path, row)
            if row.batch in stands:
                agreed.setdefault(row.path, row.text)
        return [_file(row, agreed.get(path, ""), undone=row.batch not in stands) for path, row in newest.items()]

    def save_file(self, file: DraftFile, conflicts: Sequence[NewConflict] = ()) -> None:
        """Appends the state of a file; these become all the conflicts that wait for it."""
        rows = [{**asdict(one), "edition_id": file.edition_id, "path": file.path, "at": file.at} for one in conflicts]
        new = {key: value for key, value in asdict(file).items() if key != "undone"}
        mine = (draft_files.c.edition_id == file.edition_id) & (draft_files.c.path == file.path)
        with self._database.write() as connection:
            states = connection.execute(select(draft_files).where(mine).order_by(draft_files.c.id.desc())).all()
            same = file.batch is None and bool(states) and all(getattr(states[0], key) == new[key] for key in _SAID)
            if same and states[0].batch in _standing(connection, file.edition_id, states[:1]):
                # Nothing new was said, and what was must still be taken back as one.
                connection.execute(update(draft_files).where(draft_files.c.id == states[0].id).values(at=file.at))
            else:
                connection.execute(insert(draft_files).values(new))
                old = [row.id for row in states[_MOST_STATES - 1 :]]
                connection.execute(delete(draft_files).where(draft_files.c.id.in_(old)))
            waiting = draft_conflicts.c.settled_at.is_(None) & (draft_conflicts.c.path == file.path)
            connection.execute(delete(draft_conflicts).where(draft_conflicts.c.edition_id == file.edition_id, waiting))
            if rows:
                connection.execute(insert(draft_conflicts), rows)

    def conflicts(self, edition_id: int) -> list[Conflict]:
        """Of an edition, oldest first, settled ones included."""
        query = select(draft_conflicts).where(draft_conflicts.c.edition_id == edition_id).order_by(draft_conflicts.c.id)
        with self._database.read() as connection:
            return [_conflict(row) for row in connection.execute(query)]

    def settle(self, conflict_id: int, taken: str, at: datetime, own: str | None = None) -> None:
        """Raises NotFound for one that does not wait."""
        waits = (draft_conflicts.c.id == conflict_id) & draft_conflicts.c.settled_at.is_(None)
        settled = update(draft_conflicts).where(waits).values(settled_at=at, taken=taken, own=own)
        with self._database.write() as connection:
            if not connection.execute(settled).rowcount:
                raise NotFound(f"no conflict {conflict_id} waits for you", advice="Load the draft's page again.")


def _standing(connection: Connection, edition_id: int, states: Sequence[Row[Any]]) -> set[str | None]:
    """The gestures by which these states of files still hold; None, too, which is what was never brought in."""
    if all(one.batch is None for one in states):
        return {None}
    return {None, *(one.batch for one in gestures.standing(connection, edition_id))}


def _quote(row: Row[Any]) -> Quote:
    return Quote(row.id, row.candidate_id, row.text, row.url, row.at)


def _file(row: Row[Any], agreed: str, *, undone: bool) -> DraftFile:
    return DraftFile(row.edition_id, row.path, row.format, agreed, row.content_hash, row.at, row.waiting, row.batch, undone)


def _conflict(row: Row[Any]) -> Conflict:
    return Conflict(
        id=row.id,
        edition_id=row.edition_id,
        path=row.path,
        what=row.what,
        base=row.base,
        desk=row.desk,
        file=row.file,
        words=row.words,
        at=row.at,
        taken=row.taken,
        own=row.own,
    )
