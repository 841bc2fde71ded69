"""Where past editions are read from, and which documents are known by which names."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import asdict
from datetime import datetime

from sqlalchemy import Connection, delete, select, update

from aggregator.records.archive import SourceState, StoredDocument
from aggregator.storage.database import chunks, insert
from aggregator.storage.schema import archive_bullets as bullets
from aggregator.storage.schema import archive_documents as documents
from aggregator.storage.schema import archive_sources, editions

_STATE = [archive_sources.c[name] for name in SourceState.__dataclass_fields__]
_DOCUMENT = [documents.c[name] for name in StoredDocument.__dataclass_fields__]


def sources(connection: Connection, roundup_id: int) -> list[SourceState]:
    """Every source that was ever read or tried, by address."""
    query = select(*_STATE).where(archive_sources.c.roundup_id == roundup_id).order_by(archive_sources.c.address)
    return [SourceState(*row) for row in connection.execute(query)]


def save_source(connection: Connection, roundup_id: int, state: SourceState) -> None:
    """Writes the whole state of one source."""
    row = {"roundup_id": roundup_id, **asdict(state)}
    unique = ["roundup_id", "address"]
    upsert = insert(connection, archive_sources).values(row)
    connection.execute(upsert.on_conflict_do_update(index_elements=unique, set_=row))


def read_soon(connection: Connection, now: datetime) -> None:
    """Makes every source due."""
    connection.execute(update(archive_sources).values(next_read_at=now))


def stored_documents(connection: Connection, roundup_id: int) -> list[StoredDocument]:
    """By path."""
    query = select(*_DOCUMENT).where(documents.c.roundup_id == roundup_id).order_by(documents.c.path)
    return [StoredDocument(*row) for row in connection.execute(query)]


def found_in(connection: Connection, roundup_id: int, paths: Collection[str], source: str) -> None:
    """These documents are the source's."""
    for part in chunks(paths):
        mine = (documents.c.roundup_id == roundup_id, documents.c.path.in_(part))
        stale = update(documents).where(*mine, documents.c.source.is_distinct_from(source))
        connection.execute(stale.values(source=source))


def forget(connection: Connection, roundup_id: int, paths: Collection[str]) -> None:
    """Deletes the documents of these paths, their bullets and links."""
    for part in chunks(paths):
        ours = (documents.c.roundup_id == roundup_id) & documents.c.path.in_(part)
        connection.execute(delete(bullets).where(bullets.c.document_id.in_(select(documents.c.id).where(ours))))
        connection.execute(delete(documents).where(ours))


def rename(connection: Connection, roundup_id: int, names: Mapping[str, str]) -> None:
    """Former path -> path. Where there is a document of the new name, the former one goes; an edition's post follows."""
    mine = documents.c.roundup_id == roundup_id
    taken: set[str] = set()
    for part in chunks(set(names.values())):
        taken.update(connection.execute(select(documents.c.path).where(mine, documents.c.path.in_(part))).scalars())
    for former, path in names.items():
        if path in taken:
            forget(connection, roundup_id, [former])
        else:
            connection.execute(update(documents).where(mine, documents.c.path == former).values(path=path))
            taken.add(path)
        follow = update(editions).where(editions.c.roundup_id == roundup_id, editions.c.post == former)
        connection.execute(follow.values(post=path))
