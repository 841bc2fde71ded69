"""Editions that closed, with what the program had said before of each link that their posts have."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from typing import Any

from sqlalchemy import Connection, Row, and_, func, select

from aggregator.records.candidates import Standing, Verdict
from aggregator.records.editions import AddedLink, Edition, Outcome
from aggregator.records.learning import Guess, GuessMethod
from aggregator.records.reports import ClosedEdition, ClosedLink
from aggregator.storage.schema import added_links, candidates, editions, guesses, outcomes, verdicts
from aggregator.storage.verdicts import verdict_of

Fold = Callable[[Sequence[Verdict]], Standing]
_IN_POST = (Outcome.USED, Outcome.MOVED)


def closings(connection: Connection, roundup_id: int, last: int | None, fold: Fold) -> list[ClosedEdition]:
    """The `last` editions that closed (None = all), oldest first. A handful of queries, however many they are."""
    closed = (editions.c.roundup_id == roundup_id, editions.c.closed_at.is_not(None))
    newest = select(editions).where(*closed).order_by(editions.c.id.desc()).limit(last)
    rows = connection.execute(newest).all()[::-1]
    ids = [row.id for row in rows]
    counts: dict[int, dict[Outcome, int]] = defaultdict(dict)
    tally = select(outcomes.c.edition_id, outcomes.c.outcome, func.count().label("n")).where(outcomes.c.edition_id.in_(ids))
    for row in connection.execute(tally.group_by(outcomes.c.edition_id, outcomes.c.outcome)):
        counts[row.edition_id][Outcome(row.outcome)] = row.n
    added: dict[int, list[AddedLink]] = defaultdict(list)
    brought = select(added_links).where(added_links.c.edition_id.in_(ids)).order_by(added_links.c.id)
    for row in connection.execute(brought):
        added[row.edition_id].append(AddedLink(row.url, row.canonical_url, row.anchor, row.section))
    links = _links(connection, ids, fold)
    return [
        ClosedEdition(
            Edition(row.id, row.roundup_id, row.number, row.opened_at, row.closed_at, row.published, row.post, row.post_hash),
            tuple(links[row.id]),
            counts[row.id],
            tuple(added[row.id]),
        )
        for row in rows
    ]


def _links(connection: Connection, edition_ids: Collection[int], fold: Fold) -> dict[int, list[ClosedLink]]:
    """What the posts have of what was offered, with the last guess and the author's word before the close."""
    linked = and_(outcomes.c.edition_id.in_(edition_ids), outcomes.c.outcome.in_(_IN_POST))
    places = outcomes.join(editions, editions.c.id == outcomes.c.edition_id)
    last_guess = (
        select(outcomes.c.edition_id, outcomes.c.candidate_id, func.max(guesses.c.id).label("guess_id"))
        .select_from(places.join(guesses, guesses.c.candidate_id == outcomes.c.candidate_id))
        .where(linked, guesses.c.at <= editions.c.closed_at)
        .group_by(outcomes.c.edition_id, outcomes.c.candidate_id)
        .subquery()
    )
    same = and_(last_guess.c.edition_id == outcomes.c.edition_id, last_guess.c.candidate_id == outcomes.c.candidate_id)
    query = (
        select(
            outcomes.c.edition_id,
            outcomes.c.candidate_id,
            outcomes.c.outcome,
            outcomes.c.section.label("place"),
            candidates.c.title,
            candidates.c.url,
            candidates.c.published_at,
            candidates.c.first_seen,
            *(guesses.c[name] for name in ("section", "first", "second", "confidence", "interest", "method", "why")),
        )
        .select_from(
            outcomes.join(candidates, candidates.c.id == outcomes.c.candidate_id)
            .outerjoin(last_guess, same)
            .outerjoin(guesses, guesses.c.id == last_guess.c.guess_id)
        )
        .where(linked)
        .order_by(outcomes.c.edition_id, outcomes.c.candidate_id)
    )
    said = _decided(connection, linked, fold)
    found: dict[int, list[ClosedLink]] = defaultdict(list)
    for row in connection.execute(query):
        found[row.edition_id].append(
            ClosedLink(
                candidate_id=row.candidate_id,
                title=row.title,
                url=row.url,
                outcome=Outcome(row.outcome),
                section=row.place,
                decided=said.get((row.edition_id, row.candidate_id)),
                guess=_guess(row),
                published_at=row.published_at,
                first_seen=row.first_seen,
            )
        )
    return found


def _decided(connection: Connection, linked: Any, fold: Fold) -> dict[tuple[int, int], str | None]:
    """(edition, candidate) -> the section that the author had named by its close."""
    words: dict[tuple[int, int], list[Verdict]] = defaultdict(list)
    query = (
        select(outcomes.c.edition_id.label("closing"), *verdicts.c)
        .select_from(
            outcomes.join(editions, editions.c.id == outcomes.c.edition_id).join(
                verdicts, verdicts.c.candidate_id == outcomes.c.candidate_id
            )
        )
        .where(linked, verdicts.c.at <= editions.c.closed_at)
        .order_by(verdicts.c.id)
    )
    for row in connection.execute(query):
        words[row.closing, row.candidate_id].append(verdict_of(row))
    return {key: fold(few).section for key, few in words.items()}


def _guess(row: Row[Any]) -> Guess | None:
    if row.method is None:
        return None
    return Guess(row.section, row.first, row.second, row.confidence, row.why, row.interest, GuessMethod(row.method))
