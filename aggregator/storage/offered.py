"""What became of everything that was offered: what interest is learnt from."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import Connection, exists, select

from aggregator.records.candidates import Standing, State, Verdict
from aggregator.records.editions import Outcome
from aggregator.records.learning import Example, PastOffer
from aggregator.storage.archive import uses_of
from aggregator.storage.candidates import of_open_edition, sources_of
from aggregator.storage.database import chunks
from aggregator.storage.schema import (
    candidates,
    editions,
    entries,
    outcomes,
    verdicts,
)
from aggregator.storage.verdicts import verdict_of
from aggregator.text.canonical import host_of

MOST = 20_000
"""The newest so many are read: older ones hardly count, and a roundup of many years must not grow without bound in memory."""

Fold = Callable[[Sequence[Verdict]], Standing]
_TELLING = (Outcome.USED, Outcome.MOVED, Outcome.UNUSED, Outcome.WAITING, Outcome.DROPPED)


@dataclass(frozen=True, slots=True)
class _Fate:
    edition: int
    opened: date
    used: bool = False
    noticed: bool = False
    dropped: bool = False


def past_offers(connection: Connection, roundup_id: int, fold: Fold) -> list[PastOffer]:
    """As `SqlLedger.past_offers`, inside a transaction at hand."""
    fates = _closed(connection, roundup_id)
    _say(fates, connection, roundup_id, fold)
    ids = sorted(fates)[-MOST:]
    examples: dict[int, Example] = {}
    addresses: dict[int, list[str]] = {}
    sources: dict[int, int] = {}
    for part in chunks(ids):
        origins = _sources(connection, roundup_id, part)
        for row in connection.execute(select(candidates).where(candidates.c.id.in_(part))):
            carried = origins.get(row.id, [])
            examples[row.id] = _example(row, carried[0] if carried else None)
            addresses[row.id] = [one for one in (row.canonical_url, *(source.canonical_url for source in carried)) if one]
            sources[row.id] = max(1, len(carried))
    uses = uses_of(connection, roundup_id, {address for few in addresses.values() for address in few})
    offers = []
    for id_ in ids:
        fate = fates[id_]
        before = any(
            use.number < fate.edition if use.number is not None else use.published is not None and use.published < fate.opened
            for address in addresses[id_]
            for use in uses.get(address, ())
        )
        offers.append(
            PastOffer(examples[id_], sources[id_], fate.edition, fate.used, fate.noticed, fate.dropped, linked_before=before)
        )
    return offers


def _closed(connection: Connection, roundup_id: int) -> dict[int, _Fate]:
    """By candidate, what the editions that closed made of it: the last use or drop, else whether any unused one was noticed."""
    fates: dict[int, _Fate] = {}
    query = (
        select(outcomes.c.candidate_id, outcomes.c.outcome, outcomes.c.noticed, editions.c.number, editions.c.opened_at)
        .join(editions, editions.c.id == outcomes.c.edition_id)
        .where(editions.c.roundup_id == roundup_id, editions.c.closed_at.is_not(None), outcomes.c.outcome.in_(_TELLING))
        .order_by(editions.c.id)
    )
    for row in connection.execute(query):
        outcome, known = Outcome(row.outcome), fates.get(row.candidate_id)
        if known is not None and known.noticed and outcome in (Outcome.UNUSED, Outcome.WAITING) and not row.noticed:
            continue
        fates[row.candidate_id] = _Fate(
            row.number,
            row.opened_at.date(),
            used=outcome in (Outcome.USED, Outcome.MOVED),
            noticed=row.noticed,
            dropped=outcome is Outcome.DROPPED,
        )
    return fates


def _say(fates: dict[int, _Fate], connection: Connection, roundup_id: int, fold: Fold) -> None:
    """What he has said since of what the open edition holds; what is on hold says nothing."""
    opened = connection.execute(
        select(editions.c.number, editions.c.opened_at).where(editions.c.roundup_id == roundup_id, editions.c.closed_at.is_(None))
    ).first()
    if opened is None:
        return
    now = _Fate(opened.number, opened.opened_at.date())
    words: dict[int, list[Verdict]] = defaultdict(list)
    held = exists().where(candidates.c.id == verdicts.c.candidate_id, *of_open_edition(roundup_id))
    for row in connection.execute(select(verdicts).where(held).order_by(verdicts.c.id)):
        words[row.candidate_id].append(verdict_of(row))
    for id_, said in words.items():
        match fold(said).state:
            case State.KEPT:
                fates[id_] = replace(now, used=True)
            case State.DROPPED:
                fates[id_] = replace(now, dropped=True)
            case State.HELD:
                fates.pop(id_, None)
            case State.NEW:
                pass


def _sources(connection: Connection, roundup_id: int, ids: Collection[int]) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = defaultdict(list)
    for row in connection.execute(sources_of(roundup_id, ids, entries.c.canonical_url)):
        found[row.candidate_id].append(row)
    return found


def _example(row: Any, source: Any) -> Example:
    """As `edition.examples.example_of` makes one of a candidate, without the text: interest does not read it."""
    return Example(
        title=row.title,
        url=row.url or "",
        feed=(source.feed_title or host_of(source.feed_url)) if source else "",
        author=row.author or "",
        tags=row.tags,
        folders=(source.folders or ()) if source else (),
    )
