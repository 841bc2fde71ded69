"""A closed edition looked at again: how its candidates stood, and a close that is replaced or taken back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select, update

from aggregator.errors import Refused
from aggregator.records.candidates import Candidate, Standing, Verdict
from aggregator.records.editions import ENDED, PASSED_OVER, AddedLink, CandidateOutcome, Closing, Edition, Outcome
from aggregator.records.learning import Guess, GuessMethod
from aggregator.storage.candidates import read
from aggregator.storage.database import chunks
from aggregator.storage.outbox import SEEN
from aggregator.storage.schema import (
    added_links,
    digest_candidates,
    draft_conflicts,
    draft_files,
    editions,
    guesses,
    outbox,
    outcomes,
    piece_states,
    pieces,
    verdicts,
)
from aggregator.storage.verdicts import OF_FINDS, verdict_of

Fold = Callable[[Sequence[Verdict]], Standing]


def outcomes_of(connection: Connection, edition_id: int) -> list[CandidateOutcome]:
    """What became of each candidate, by candidate."""
    query = select(outcomes).where(outcomes.c.edition_id == edition_id).order_by(outcomes.c.candidate_id)
    return [
        CandidateOutcome(row.candidate_id, Outcome(row.outcome), row.section, row.noticed) for row in connection.execute(query)
    ]


def as_closed(connection: Connection, edition: Edition, fold: Fold) -> list[Candidate]:
    """Candidates with an outcome in a closed edition, as they stood just before it closed: what was said and guessed by then, and
    what earlier editions had made of them."""
    ids = [one.candidate_id for one in outcomes_of(connection, edition.id)]
    said: dict[int, list[Verdict]] = defaultdict(list)
    guessed: dict[int, Guess] = {}
    passed: dict[int, int] = {}
    over: dict[int, Outcome] = {}
    for part in chunks(ids):
        words = select(verdicts).where(verdicts.c.candidate_id.in_(part), verdicts.c.edition_id <= edition.id)
        for row in connection.execute(words.order_by(verdicts.c.id)):
            said[row.candidate_id].append(verdict_of(row))
        mine = (guesses.c.candidate_id.in_(part), guesses.c.at <= edition.closed_at)
        newest = select(func.max(guesses.c.id)).where(*mine).group_by(guesses.c.candidate_id)
        for row in connection.execute(select(guesses).where(guesses.c.id.in_(newest))):
            why, method = row.why, GuessMethod(row.method)
            guessed[row.candidate_id] = Guess(row.section, row.first, row.second, row.confidence, why, row.interest, method)
        before = (outcomes.c.candidate_id.in_(part), outcomes.c.edition_id < edition.id)
        for row in connection.execute(select(outcomes).where(*before).order_by(outcomes.c.edition_id)):
            if row.outcome in PASSED_OVER:
                passed[row.candidate_id] = passed.get(row.candidate_id, 0) + 1
            elif row.outcome in ENDED:
                over[row.candidate_id] = Outcome(row.outcome)
    return [
        replace(
            one,
            standing=fold(said[one.id]),
            guess=guessed.get(one.id),
            carried=passed.get(one.id, 0),
            ended=over.get(one.id),
        )
        for one in read(connection, edition.roundup_id, ids, fold)
    ]


def noticed(connection: Connection, edition: Edition, until: datetime) -> frozenset[int]:
    """Candidates that a digest of the edition listed (sent or possibly sent), and after whose making, until then, the author
    decided something in this roundup. What a line only counted he has not seen."""
    his = select(func.max(verdicts.c.at)).join(editions, editions.c.id == verdicts.c.edition_id)
    his = his.where(verdicts.c.batch.not_like(f"%{OF_FINDS}"))
    last = connection.execute(his.where(editions.c.roundup_id == edition.roundup_id, verdicts.c.at <= until)).scalar()
    if last is None:
        return frozenset()
    shown = (
        select(digest_candidates.c.candidate_id)
        .join(outbox, outbox.c.id == digest_candidates.c.mail_id)
        .where(outbox.c.edition_id == edition.id, outbox.c.state.in_(SEEN), outbox.c.made_at <= last)
        .where(digest_candidates.c.listed)
    )
    return frozenset(connection.execute(shown).scalars())


def write_closing(connection: Connection, edition_id: int, closing: Closing) -> None:
    """The rows of a close."""
    if closing.outcomes:
        connection.execute(insert(outcomes), [_outcome_row(edition_id, one) for one in closing.outcomes])
    if closing.added:
        connection.execute(insert(added_links), [_added_row(edition_id, one) for one in closing.added])


def reapply(
    connection: Connection, edition: Edition, closing: Closing, published: date | None, post: str, post_hash: str
) -> None:
    """Writes a close in the place of the one before. What it ends, no later edition has passed over."""
    _erase(connection, edition.id)
    write_closing(connection, edition.id, closing)
    ended = [one.candidate_id for one in closing.outcomes if one.outcome in ENDED]
    for part in chunks(ended):
        later = (outcomes.c.candidate_id.in_(part), outcomes.c.edition_id > edition.id)
        connection.execute(delete(outcomes).where(*later, outcomes.c.outcome.not_in([*ENDED])))
    ours = update(editions).where(editions.c.id == edition.id)
    connection.execute(ours.values(published=published, post=post, post_hash=post_hash))


def reopen(connection: Connection, edition: Edition) -> None:
    """Takes the close of the edition closed last back: the one opened after it goes, and its verdicts and mails become this
    one's. Raises Refused for any other edition."""
    after = select(editions).where(editions.c.roundup_id == edition.roundup_id, editions.c.id > edition.id)
    later = connection.execute(after).all()
    if len(later) != 1 or later[0].closed_at is not None:
        raise Refused(f"edition {edition.number} is not the one closed last", advice="Only the last close can be taken back.")
    _erase(connection, edition.id)
    for table in (verdicts, outbox, pieces, piece_states, draft_conflicts):
        connection.execute(update(table).where(table.c.edition_id == later[0].id).values(edition_id=edition.id))
    connection.execute(delete(draft_files).where(draft_files.c.edition_id == later[0].id))
    # In this order: only one edition of a roundup may be open.
    connection.execute(delete(editions).where(editions.c.id == later[0].id))
    emptied = {"closed_at": None, "published": None, "post": None, "post_hash": None}
    connection.execute(update(editions).where(editions.c.id == edition.id).values(emptied))


def _erase(connection: Connection, edition_id: int) -> None:
    for table in (outcomes, added_links):
        connection.execute(delete(table).where(table.c.edition_id == edition_id))


def _outcome_row(edition_id: int, one: CandidateOutcome) -> dict[str, Any]:
    return {
        "edition_id": edition_id,
        "candidate_id": one.candidate_id,
        "outcome": one.outcome.value,
        "section": one.section,
        "noticed": one.noticed,
    }


def _added_row(edition_id: int, link: AddedLink) -> dict[str, Any]:
    return {
        "edition_id": edition_id,
        "url": link.url,
        "canonical_url": link.canonical_url,
        "anchor": link.anchor,
        "section": link.section,
    }
