"""Past editions: documents, their bullets, and the links by canonical address."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, bindparam, delete, func, insert, select, update

from aggregator.records.archive import (
    PastBullet,
    PastEdition,
    PastLink,
    PastPlace,
    PastUse,
    PostForm,
    SourceState,
    StoredDocument,
    edition_name,
)
from aggregator.storage import sources
from aggregator.storage.database import Database, chunks
from aggregator.storage.redirects import remember, targets_of
from aggregator.storage.schema import archive_bullets as bullets
from aggregator.storage.schema import archive_documents as documents
from aggregator.storage.schema import archive_links as links
from aggregator.storage.schema import redirects


class SqlArchive:
    """`ports.ArchiveStore` on a database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def save(
        self,
        roundup_id: int,
        editions: Sequence[PastEdition],
        now: datetime,
        *,
        source: str | None = None,
        baseline: bool = True,
    ) -> int:
        """Inserts new editions, replaces those whose content, or how it is read, changed (by path). Returns how many it wrote.
        source: where they were found, None leaves what is known. baseline: new ones are past editions, which close nothing."""
        latest = {edition.path: edition for edition in editions}
        with self._database.write() as connection:
            columns = (documents.c.path, documents.c.id, documents.c.content_hash, documents.c.fingerprint)
            mine = select(*columns).where(documents.c.roundup_id == roundup_id)
            known = {path: (document, *said) for path, document, *said in connection.execute(mine)}
            fresh = [one for path, one in latest.items() if path not in known]
            changed = [
                one for path, one in latest.items() if path in known and known[path][1:] != (one.content_hash, fingerprint(one))
            ]
            ids = {one.path: known[one.path][0] for one in changed}
            if changed:
                connection.execute(delete(bullets).where(bullets.c.document_id.in_(ids.values())))
                connection.execute(
                    update(documents).where(documents.c.id == bindparam("document")),
                    [{"document": ids[one.path], **_document_row(roundup_id, one, now)} for one in changed],
                )
            if source is not None:
                sources.found_in(connection, roundup_id, [path for path in latest if path in known], source)
            if fresh:
                new = {"source": source, "baseline": baseline}
                rows = [{**_document_row(roundup_id, one, now), **new} for one in fresh]
                made = connection.execute(insert(documents).returning(documents.c.id, sort_by_parameter_order=True), rows)
                ids.update(zip((one.path for one in fresh), made.scalars(), strict=True))
            _insert_parts(connection, roundup_id, [(ids[one.path], one) for one in (*fresh, *changed)])
        return len(ids)

    def forget(self, roundup_id: int, paths: Collection[str]) -> None:
        """Deletes the documents of these paths, their bullets and links."""
        with self._database.write() as connection:
            sources.forget(connection, roundup_id, paths)

    def rename(self, roundup_id: int, names: Mapping[str, str]) -> None:
        """Former path -> path it was found under now. Where there is a document of the new name, the former one goes; the post
        of a closed edition follows."""
        with self._database.write() as connection:
            sources.rename(connection, roundup_id, names)

    def documents(self, roundup_id: int) -> list[StoredDocument]:
        """Every document without its contents, by path."""
        with self._database.read() as connection:
            return sources.stored_documents(connection, roundup_id)

    def sources(self, roundup_id: int) -> list[SourceState]:
        """Every source of past editions that was ever read or tried, by address."""
        with self._database.read() as connection:
            return sources.sources(connection, roundup_id)

    def save_source(self, roundup_id: int, state: SourceState) -> None:
        """Writes the whole state of one source."""
        with self._database.write() as connection:
            sources.save_source(connection, roundup_id, state)

    def editions(self, roundup_id: int) -> list[PastEdition]:
        """Oldest first; those without a date by their number, after the dated ones."""
        of_roundup = documents.c.roundup_id == roundup_id
        parts: dict[int, list[PastBullet]] = defaultdict(list)
        anchors: dict[tuple[int, int], list[PastLink]] = defaultdict(list)
        with self._database.read() as connection:
            rows = connection.execute(select(documents).where(of_roundup)).all()
            of_documents = bullets.c.document_id.in_(select(documents.c.id).where(of_roundup))
            bullet_rows = connection.execute(
                select(bullets).where(of_documents).order_by(bullets.c.document_id, bullets.c.position)
            )
            found = bullet_rows.all()
            for link in connection.execute(select(links).where(links.c.roundup_id == roundup_id).order_by(links.c.position)):
                anchors[link.document_id, link.bullet].append(PastLink(link.url, link.canonical_url, link.anchor))
        for row in found:
            parts[row.document_id].append(PastBullet(row.section, row.text, tuple(anchors[row.document_id, row.position])))
        read = [_edition(row, tuple(parts[row.id])) for row in rows]
        return sorted(read, key=lambda one: (*age(one.published, one.number), one.path))

    def uses(self, roundup_id: int, canonical_urls: Collection[str]) -> dict[str, list[PastUse]]:
        """Canonical address -> earlier uses, newest first. Drafts were never published and count for nothing."""
        with self._database.read() as connection:
            return uses_of(connection, roundup_id, canonical_urls)

    def version(self, roundup_id: int) -> str:
        """Differs once a document or a followed address comes, goes or is read anew."""
        mine = select(func.count(), func.max(documents.c.id), func.max(documents.c.saved_at))
        with self._database.read() as connection:
            read = connection.execute(mine.where(documents.c.roundup_id == roundup_id)).one()
            followed = connection.execute(select(func.count(), func.max(redirects.c.at))).one()
        return " ".join(str(part) for part in (*read, *followed))

    def places(self, roundup_id: int) -> list[PastPlace]:
        """Every link of every published edition, newest edition first."""
        columns = (documents.c.title, documents.c.number, links.c.url, links.c.canonical_url, links.c.anchor, redirects.c.target)
        query = (
            select(*columns)
            .select_from(
                links.join(documents, documents.c.id == links.c.document_id).outerjoin(
                    redirects, redirects.c.address == links.c.canonical_url
                )
            )
            .where(links.c.roundup_id == roundup_id, documents.c.draft.is_(False))
            .order_by(documents.c.published.desc(), documents.c.number.desc(), links.c.id)
        )
        with self._database.read() as connection:
            return [
                PastPlace(edition_name(row.title, row.number), row.url, row.canonical_url, row.anchor, row.target)
                for row in connection.execute(query)
            ]

    def remember(self, led: Mapping[str, str], at: datetime) -> None:
        """Canonical address -> canonical address that it led to when it was followed."""
        with self._database.write() as connection:
            remember(connection, led, at)

    def led_to(self, canonical_urls: Collection[str]) -> dict[str, str]:
        """Canonical address -> where it led, for those that were followed and led elsewhere."""
        with self._database.read() as connection:
            return targets_of(connection, canonical_urls)

    def search(self, roundup_id: int, words: str, limit: int) -> list[PastUse]:
        """Links whose address, anchor or bullet contains every word, in any letter case, newest first; none without a word."""
        wanted = words.casefold().split()
        if not wanted:
            return []
        query = _uses(roundup_id).where(*(links.c.haystack.contains(word, autoescape=True) for word in wanted))
        with self._database.read() as connection:
            return [use for _, use in _newest_first(connection.execute(query).all())][:limit]

    def read_soon(self, now: datetime) -> None:
        """Makes every source of past editions due, whenever it was read last."""
        with self._database.write() as connection:
            sources.read_soon(connection, now)


def uses_of(connection: Connection, roundup_id: int, canonical_urls: Collection[str]) -> dict[str, list[PastUse]]:
    """As `SqlArchive.uses`, inside a transaction at hand."""
    found: list[Row[Any]] = []
    for part in chunks(canonical_urls):
        found += connection.execute(_uses(roundup_id).where(links.c.canonical_url.in_(part))).all()
    uses: dict[str, list[PastUse]] = defaultdict(list)
    for address, use in _newest_first(found):
        uses[address].append(use)
    return dict(uses)


def _uses(roundup_id: int) -> Select[Any]:
    where = (links.c.document_id == bullets.c.document_id) & (links.c.bullet == bullets.c.position)
    return (
        select(
            links.c.canonical_url,
            links.c.url,
            links.c.position,
            bullets.c.position.label("bullet"),
            bullets.c.section,
            bullets.c.text,
            documents.c.title,
            documents.c.number,
            documents.c.published,
            documents.c.path,
        )
        .select_from(links.join(bullets, where).join(documents, documents.c.id == links.c.document_id))
        .where(links.c.roundup_id == roundup_id, documents.c.draft.is_(False))
    )


def _newest_first(rows: Sequence[Row[Any]]) -> list[tuple[str, PastUse]]:
    """Canonical address and use; links of one edition stay in its order."""
    ordered = sorted(rows, key=lambda row: (row.bullet, row.position))
    ordered.sort(key=lambda row: (*age(row.published, row.number), row.path), reverse=True)
    return [(row.canonical_url, PastUse(row.title, row.number, row.published, row.section, row.url, row.text)) for row in ordered]


def age(published: date | None, number: int | None) -> tuple[bool, date, bool, int]:
    """The key that sorts oldest first, what says nothing of its time last."""
    return (published is None, published or date.min, number is None, number or 0)


def fingerprint(edition: PastEdition) -> str:
    """Of what was read, wherever it stood: other rules may read the same document in another way."""
    told = replace(edition, path="", content_hash="", asides=())
    return hashlib.sha256(repr(told).encode("utf-8", errors="replace")).hexdigest()


def _document_row(roundup_id: int, edition: PastEdition, now: datetime) -> dict[str, Any]:
    return {
        "roundup_id": roundup_id,
        "path": edition.path,
        "content_hash": edition.content_hash,
        "fingerprint": fingerprint(edition),
        "saved_at": now,
        "title": edition.title,
        "number": edition.number,
        "published": edition.published,
        "draft": edition.draft,
        "style": edition.style,
        "sections": edition.sections,
        "tags": edition.tags,
        "intro": edition.intro,
        "outro": edition.outro,
        "form": asdict(edition.form) if edition.form else None,
    }


def _insert_parts(connection: Connection, roundup_id: int, editions: Sequence[tuple[int, PastEdition]]) -> None:
    bullet_rows: list[dict[str, Any]] = []
    link_rows: list[dict[str, Any]] = []
    for document_id, edition in editions:
        for position, bullet in enumerate(edition.bullets):
            bullet_rows.append({"document_id": document_id, "position": position, "section": bullet.section, "text": bullet.text})
            link_rows.extend(
                {
                    "roundup_id": roundup_id,
                    "document_id": document_id,
                    "bullet": position,
                    "position": place,
                    "url": link.url,
                    "canonical_url": link.canonical_url,
                    "anchor": link.anchor,
                    "haystack": "\n".join((link.url, link.anchor, bullet.text)).casefold(),
                }
                for place, link in enumerate(bullet.links)
            )
    if bullet_rows:
        connection.execute(insert(bullets), bullet_rows)
    if link_rows:
        connection.execute(insert(links), link_rows)


def _edition(row: Row[Any], parts: tuple[PastBullet, ...]) -> PastEdition:
    return PastEdition(
        path=row.path,
        content_hash=row.content_hash,
        title=row.title,
        number=row.number,
        published=row.published,
        sections=row.sections,
        bullets=parts,
        tags=row.tags,
        intro=row.intro,
        outro=row.outro,
        style=row.style,
        draft=row.draft,
        form=PostForm(**{**row.form, "empty": tuple(row.form["empty"])}) if row.form else None,
    )
