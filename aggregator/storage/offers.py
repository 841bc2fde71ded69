"""Candidates as they come: each entry offered once, each page one candidate for the whole life of a roundup."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select, update
from sqlalchemy import insert as plain_insert

from aggregator.records.candidates import Copy, Fingerprint, NewCandidate
from aggregator.records.feeds import FeedRole
from aggregator.storage.candidates import ended
from aggregator.storage.database import chunks, insert
from aggregator.storage.redirects import origins_of, targets_of
from aggregator.storage.schema import candidate_sources as sources
from aggregator.storage.schema import candidates, entries, subscriptions
from aggregator.text.canonical import is_front_page


def offer(connection: Connection, roundup_id: int, new: Sequence[NewCandidate], copies: Sequence[Copy]) -> list[int]:
    """Inserts candidates and further sources; returns the ids of `new`, in order.

    One whose entry is a source already, or whose address a candidate has already, becomes that candidate: two processes may
    have prepared the same entries. A front page tells no two entries apart. A page that the author adds by hand may have been
    used or dropped before; then it begins anew.
    """
    taken = candidates_of(connection, roundup_id, {entry for one in new for entry in one.entry_ids})
    known = addresses(connection, roundup_id, {address for one in new if (address := _page(one))})
    over = ended(connection, set(known.values())) if any(one.added for one in new) else {}
    # Per `new`: the candidate it is, or its place among those to insert.
    is_candidate: dict[int, int] = {}
    place_of: dict[int, int] = {}
    fresh: list[NewCandidate] = []
    places: dict[str, int] = {}
    for number, one in enumerate(new):
        page = _page(one)
        candidate = next((taken[entry] for entry in one.entry_ids if entry in taken), None)
        if candidate is None and page:
            candidate = known.get(page)
            if one.added and not one.entry_ids and candidate in over:
                candidate = None
        if candidate is not None:
            is_candidate[number] = candidate
        elif page and page in places:
            place_of[number] = places[page]
        else:
            place_of[number] = len(fresh)
            if page:
                places[page] = len(fresh)
            fresh.append(one)
    made = _insert(connection, roundup_id, fresh)
    ids = [is_candidate[number] if number in is_candidate else made[place_of[number]] for number in range(len(new))]
    told: list[tuple[int, int, str | None]] = [
        (ids[number], entry, None) for number, one in enumerate(new) for entry in one.entry_ids
    ]
    told += [(copy.candidate_id, copy.entry_id, copy.reason) for copy in copies]
    _add_sources(connection, roundup_id, told)
    _complete(connection, roundup_id, {candidate: entry for candidate, entry, _ in reversed(told)})
    return ids


def _page(one: NewCandidate) -> str | None:
    """The address that no other candidate shares, None if it has none."""
    return None if one.canonical_url is None or is_front_page(one.canonical_url) else one.canonical_url


def addresses(connection: Connection, roundup_id: int, canonical_urls: Collection[str]) -> dict[str, int]:
    """Canonical address -> candidate, also through where addresses led when they were followed. The address itself goes before
    those it is one page with, a candidate's own before a source's, a newer candidate before an older."""
    pages = [address for address in canonical_urls if not is_front_page(address)]
    led, came = targets_of(connection, pages), origins_of(connection, pages)
    others = {one: [*([led[one]] if one in led else []), *came.get(one, ())] for one in pages if one in led or one in came}
    found = _addresses(connection, roundup_id, {*canonical_urls, *(other for those in others.values() for other in those)})
    for address, those in others.items():
        other = next((one for one in those if one in found and not is_front_page(one)), None)
        if other is not None:
            found.setdefault(address, found[other])
    return {address: found[address] for address in canonical_urls if address in found}


def _addresses(connection: Connection, roundup_id: int, canonical_urls: Collection[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    own = select(candidates.c.canonical_url, func.max(candidates.c.id)).where(candidates.c.roundup_id == roundup_id)
    of_sources = (
        select(entries.c.canonical_url, func.max(sources.c.candidate_id))
        .join(sources, sources.c.entry_id == entries.c.id)
        .where(sources.c.roundup_id == roundup_id)
    )
    for query, column in ((of_sources, entries.c.canonical_url), (own, candidates.c.canonical_url)):
        for part in chunks(canonical_urls):
            found.update(connection.execute(query.where(column.in_(part)).group_by(column)).all())
    return found


def candidates_of(connection: Connection, roundup_id: int, entry_ids: Collection[int]) -> dict[int, int]:
    """Entry -> the candidate that it is a source of."""
    found: dict[int, int] = {}
    query = select(sources.c.entry_id, sources.c.candidate_id).where(sources.c.roundup_id == roundup_id)
    for part in chunks(entry_ids):
        found.update(connection.execute(query.where(sources.c.entry_id.in_(part))).all())
    return found


def fingerprints(connection: Connection, roundup_id: int, since: datetime) -> list[Fingerprint]:
    """Of candidates first seen since then, oldest first."""
    columns = (candidates.c.id, candidates.c.canonical_url, candidates.c.title, candidates.c.text)
    query = select(*columns).where(candidates.c.roundup_id == roundup_id, candidates.c.first_seen >= since)
    return [Fingerprint(*row) for row in connection.execute(query.order_by(candidates.c.id))]


def _insert(connection: Connection, roundup_id: int, fresh: Sequence[NewCandidate]) -> list[int]:
    if not fresh:
        return []
    rows = [
        {
            "roundup_id": roundup_id,
            "first_seen": one.first_seen,
            "published_at": one.published_at,
            "added": one.added,
            "url": one.url,
            "canonical_url": one.canonical_url,
            "author": one.author,
            "title": one.title,
            "tags": one.tags,
            "note": one.note,
            "via": one.via,
            "thanks": one.thanks,
            "text": one.text,
        }
        for one in fresh
    ]
    made = plain_insert(candidates).returning(candidates.c.id, sort_by_parameter_order=True)
    return list(connection.execute(made, rows).scalars())


def _complete(connection: Connection, roundup_id: int, carriers: Mapping[int, int]) -> None:
    """What a page that the author added did not say of itself, the first feed that carries it says: title, author, date, text.
    A feed of his finds carries his own words, and says nothing of the page. carriers: candidate -> entry."""
    said_by = select(entries).join(subscriptions, subscriptions.c.feed_id == entries.c.feed_id)
    published = said_by.where(subscriptions.c.roundup_id == roundup_id, subscriptions.c.role == FeedRole.FEED.value)
    for part in chunks(carriers):
        scant = (candidates.c.title == candidates.c.url) | (candidates.c.author.is_(None)) | (candidates.c.published_at.is_(None))
        mine = select(candidates).where(candidates.c.id.in_(part), candidates.c.added, scant | (candidates.c.text == ""))
        for row in connection.execute(mine).all():
            entry = connection.execute(published.where(entries.c.id == carriers[row.id])).first()
            if entry is None:
                continue
            said = {
                "title": entry.title if row.title == row.url else row.title,
                "author": row.author or entry.author,
                "published_at": row.published_at or entry.published_at,
                "text": row.text or entry.text,
            }
            connection.execute(update(candidates).where(candidates.c.id == row.id).values(**said))


def _add_sources(connection: Connection, roundup_id: int, told: Sequence[tuple[int, int, str | None]]) -> None:
    if not told:
        return
    last: dict[int, int] = {}
    query = select(sources.c.candidate_id, func.max(sources.c.position)).group_by(sources.c.candidate_id)
    for part in chunks({candidate for candidate, _, _ in told}):
        last.update(connection.execute(query.where(sources.c.candidate_id.in_(part))).all())
    rows: list[dict[str, Any]] = []
    for candidate, entry, reason in told:
        last[candidate] = last.get(candidate, -1) + 1
        rows.append(
            {
                "roundup_id": roundup_id,
                "entry_id": entry,
                "candidate_id": candidate,
                "position": last[candidate],
                "reason": reason,
            }
        )
    connection.execute(insert(connection, sources).on_conflict_do_nothing(index_elements=["roundup_id", "entry_id"]), rows)
