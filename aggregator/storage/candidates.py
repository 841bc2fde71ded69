"""Candidates as faces show them: a handful of queries, however many there are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Column, Connection, Row, Select, and_, exists, func, select
from sqlalchemy.sql import ColumnElement

from aggregator.records.archive import PastUse
from aggregator.records.candidates import Action, Candidate, Relative, RelativeKind, Source, Standing, Verdict
from aggregator.records.drafts import Piece
from aggregator.records.editions import ENDED, PASSED_OVER, Outcome
from aggregator.records.learning import Guess, GuessMethod
from aggregator.storage import pieces
from aggregator.storage.archive import age, uses_of
from aggregator.storage.database import chunks
from aggregator.storage.outbox import SEEN
from aggregator.storage.relatives import relatives_of
from aggregator.storage.schema import (
    candidate_sources,
    candidates,
    digest_candidates,
    entries,
    feeds,
    guesses,
    outbox,
    outcomes,
    roundups,
    subscriptions,
    verdicts,
)
from aggregator.storage.verdicts import verdict_of
from aggregator.text.canonical import host_of

Fold = Callable[[Sequence[Verdict]], Standing]
_AWAY = (Action.LET_GO, Action.UNDO)
SectionsToday = Callable[[str], Callable[[str], str | None]]
"""Name of a roundup -> what one of its section names is called today, None if it is no section any more."""


def read(
    connection: Connection, roundup_id: int, ids: Collection[int] | None, fold: Fold, carry: int | None = None
) -> list[Candidate]:
    """Candidates with everything that the record lists, by id. Without `ids`: all that the open edition holds; with `carry`
    only what fewer editions have passed over, or something more was said on than to let it go."""
    rows: list[Row[Any]] = []
    if ids is None:
        query = select(candidates).where(*of_open_edition(roundup_id)).order_by(candidates.c.id)
        if carry is not None:
            query = query.where(_is_current(carry) | _is_said())
        rows += connection.execute(query)
    else:
        mine = select(candidates).where(candidates.c.roundup_id == roundup_id)
        for part in chunks(sorted(set(ids))):
            rows += connection.execute(mine.where(candidates.c.id.in_(part)).order_by(candidates.c.id))
    facts = _Facts(connection, roundup_id, rows)
    return [_candidate(row, facts, fold) for row in rows]


def under_todays_names(
    connection: Connection, roundup_id: int, found: Sequence[Candidate], sections: SectionsToday
) -> list[Candidate]:
    """What was guessed and said of candidates, by the names that their sections have today. A section that is no more is as if
    nobody had named it."""
    name = connection.execute(select(roundups.c.name).where(roundups.c.id == roundup_id)).scalar_one()
    today = cache(sections(name))
    return [_today(one, today) for one in found]


def pieces_today(connection: Connection, roundup_id: int, found: Sequence[Piece], sections: SectionsToday) -> list[Piece]:
    """Pieces of the draft by the names that their sections have today; one of a section that is no more keeps its name, so that
    what he wrote stays together."""
    name = connection.execute(select(roundups.c.name).where(roundups.c.id == roundup_id)).scalar_one()
    today = cache(sections(name))
    return [replace(one, section=today(one.section) or one.section) if one.section else one for one in found]


def _today(one: Candidate, today: Callable[[str], str | None]) -> Candidate:
    """The same one where nothing of it was renamed, which is nearly always."""
    standing, guess = _said_today(one.standing, today), _guessed_today(one.guess, today)
    return one if standing is one.standing and guess is one.guess else replace(one, standing=standing, guess=guess)


def _said_today(standing: Standing, today: Callable[[str], str | None]) -> Standing:
    section = today(standing.section) if standing.section is not None else None
    return standing if section == standing.section else replace(standing, section=section)


def _guessed_today(guess: Guess | None, today: Callable[[str], str | None]) -> Guess | None:
    if guess is None or guess.first is None:
        return guess
    section = today(guess.section) if guess.section else None
    likely = dict.fromkeys(name for one in (guess.first, guess.second) if one and (name := today(one)))
    first, second, *_ = (*likely, None, None)
    if (section, first, second) == (guess.section, guess.first, guess.second):
        return guess
    return replace(guess, section=section, first=first, second=second)


def unguessed(
    connection: Connection, roundup_id: int, classifier_id: int | None, limit: int, since: datetime | None, carry: int | None
) -> list[int]:
    """Ids of what the open edition holds without a guess by this classifier at or after `since`, oldest first. What `carry`
    editions have passed over keeps the guess that it has: in a roundup of many years that is nearly all."""
    guessed = exists().where(
        guesses.c.candidate_id == candidates.c.id, guesses.c.classifier_id.is_not_distinct_from(classifier_id)
    )
    if since is not None:
        guessed = guessed.where(guesses.c.at >= since)
    wanted = ~guessed
    if carry is not None:
        wanted &= _is_current(carry) | ~exists().where(guesses.c.candidate_id == candidates.c.id)
    query = select(candidates.c.id).where(*of_open_edition(roundup_id), wanted).order_by(candidates.c.id).limit(limit)
    return list(connection.execute(query).scalars())


def passed_over(connection: Connection, roundup_id: int, carry: int) -> list[int]:
    """Ids of what `read` leaves out with this `carry`, newest first."""
    query = select(candidates.c.id).where(*of_open_edition(roundup_id), ~_is_current(carry), ~_is_said())
    return list(connection.execute(query.order_by(candidates.c.id.desc())).scalars())


def _is_said() -> ColumnElement[bool]:
    """He said more than to let it go: that he does not want to see again, and thousands of those must not be read for ever."""
    return exists().where(verdicts.c.candidate_id == candidates.c.id, verdicts.c.action.not_in(_AWAY))


def ever_kept(connection: Connection, roundup_id: int) -> list[int]:
    """Ids of what the open edition holds and the author kept at one time or another; what stands now is for the fold to say."""
    said = exists().where(verdicts.c.candidate_id == candidates.c.id, verdicts.c.action == Action.KEEP)
    return list(connection.execute(select(candidates.c.id).where(*of_open_edition(roundup_id), said)).scalars())


def _is_current(carry: int) -> ColumnElement[bool]:
    """Fewer editions have passed it over than fold it away (`Candidate.folded`)."""
    passed = outcomes.c.candidate_id == candidates.c.id, outcomes.c.outcome.in_(PASSED_OVER)
    return select(func.count()).select_from(outcomes).where(*passed).scalar_subquery() < max(1, carry)


def sources_of(roundup_id: int, ids: Collection[int], *said: Column[Any]) -> Select[Any]:
    """The sources of these candidates, each's original first: candidate_id, feed_url, feed_title and folders as this roundup
    follows the feed, and what columns of the entry `said`."""
    following = and_(subscriptions.c.feed_id == feeds.c.id, subscriptions.c.roundup_id == roundup_id)
    title = func.coalesce(subscriptions.c.title, feeds.c.title).label("feed_title")
    return (
        select(candidate_sources.c.candidate_id, feeds.c.url.label("feed_url"), title, subscriptions.c.folders, *said)
        .join(entries, entries.c.id == candidate_sources.c.entry_id)
        .join(feeds, feeds.c.id == entries.c.feed_id)
        .outerjoin(subscriptions, following)
        .where(candidate_sources.c.candidate_id.in_(ids))
        .order_by(candidate_sources.c.position)
    )


def of_open_edition(roundup_id: int) -> tuple[ColumnElement[bool], ...]:
    """Conditions on `candidates`: what the roundup's open edition holds."""
    ended = exists().where(outcomes.c.candidate_id == candidates.c.id, outcomes.c.outcome.in_(ENDED))
    return (candidates.c.roundup_id == roundup_id, ~ended)


def ended(connection: Connection, ids: Collection[int]) -> dict[int, Outcome]:
    """How the way of these candidates ended, the latest end of each; those that the open edition holds are not in it."""
    found: dict[int, Outcome] = {}
    query = select(outcomes.c.candidate_id, outcomes.c.outcome).where(outcomes.c.outcome.in_(ENDED))
    for part in chunks(ids):
        for row in connection.execute(query.where(outcomes.c.candidate_id.in_(part)).order_by(outcomes.c.edition_id)):
            found[row.candidate_id] = Outcome(row.outcome)
    return found


class _Facts:
    """What other tables say of some candidates, by candidate id."""

    def __init__(self, connection: Connection, roundup_id: int, rows: Sequence[Row[Any]]) -> None:
        self.sources: dict[int, list[Source]] = defaultdict(list)
        self.addresses: dict[int, list[str]] = {row.id: [row.canonical_url] if row.canonical_url else [] for row in rows}
        self.guesses: dict[int, Guess] = {}
        self.verdicts: dict[int, list[Verdict]] = defaultdict(list)
        self.shown: dict[int, int] = {}
        self.carried: dict[int, int] = {}
        self.ended: dict[int, Outcome] = {}
        self.relatives: dict[int, list[Relative]] = {}
        self.groups: dict[int, int] = {}
        for ids in chunks(self.addresses):
            self._read_sources(connection, roundup_id, ids)
            self._read_guesses(connection, ids)
            self._read_verdicts(connection, ids)
            self._read_counts(connection, ids)
            self.relatives.update(relatives_of(connection, ids))
        for piece in pieces.of_candidates(connection, self.addresses):
            if len(piece.links) > 1:
                self.groups.update(dict.fromkeys(piece.links, piece.piece_id))
        wanted = {address for addresses in self.addresses.values() for address in addresses}
        wanted.update(one.address for those in self.relatives.values() for one in those if one.address)
        self.uses = uses_of(connection, roundup_id, wanted)

    def _read_sources(self, connection: Connection, roundup_id: int, ids: Sequence[int]) -> None:
        said = ("id", "feed_id", "url", "canonical_url", "author", "published_at", "first_seen")
        for row in connection.execute(sources_of(roundup_id, ids, *(entries.c[name] for name in said))):
            self.sources[row.candidate_id].append(
                Source(
                    entry_id=row.id,
                    feed_id=row.feed_id,
                    feed=row.feed_title or host_of(row.feed_url),
                    feed_url=row.feed_url,
                    folders=row.folders or (),
                    url=row.url,
                    author=row.author,
                    published_at=row.published_at,
                    first_seen=row.first_seen,
                )
            )
            if row.canonical_url:
                self.addresses[row.candidate_id].append(row.canonical_url)

    def _read_guesses(self, connection: Connection, ids: Sequence[int]) -> None:
        newest = select(func.max(guesses.c.id)).where(guesses.c.candidate_id.in_(ids)).group_by(guesses.c.candidate_id)
        for row in connection.execute(select(guesses).where(guesses.c.id.in_(newest))):
            self.guesses[row.candidate_id] = Guess(
                section=row.section,
                first=row.first,
                second=row.second,
                confidence=row.confidence,
                why=row.why,
                interest=row.interest,
                method=GuessMethod(row.method),
            )

    def _read_verdicts(self, connection: Connection, ids: Sequence[int]) -> None:
        for row in connection.execute(select(verdicts).where(verdicts.c.candidate_id.in_(ids)).order_by(verdicts.c.id)):
            self.verdicts[row.candidate_id].append(verdict_of(row))

    def _read_counts(self, connection: Connection, ids: Sequence[int]) -> None:
        listed = digest_candidates.c.candidate_id
        shown = (
            select(listed, func.count())
            .join(outbox, outbox.c.id == digest_candidates.c.mail_id)
            .where(listed.in_(ids), outbox.c.state.in_(SEEN))
            .group_by(listed)
        )
        self.shown.update(connection.execute(shown).all())
        passed = outcomes.c.candidate_id
        carried = select(passed, func.count()).where(passed.in_(ids), outcomes.c.outcome.in_(PASSED_OVER)).group_by(passed)
        self.carried.update(connection.execute(carried).all())
        self.ended.update(ended(connection, ids))

    def linked_before(self, candidate_id: int) -> tuple[PastUse, ...]:
        """Earlier uses of any of its addresses and of its relinks, newest first, each use once."""
        relinks = [one.address for one in self.relatives.get(candidate_id, ()) if one.kind is RelativeKind.RELINK and one.address]
        found = {use for address in (*self.addresses[candidate_id], *relinks) for use in self.uses.get(address, ())}
        return tuple(sorted(found, key=lambda use: (*age(use.published, use.number), use.url), reverse=True))

    def related(self, candidate_id: int) -> Iterator[Relative]:
        """Its relatives; of past links, those that the archive still has."""
        for one in self.relatives.get(candidate_id, ()):
            if one.address is None:
                yield one
            elif one.address in self.uses:
                yield replace(one, use=self.uses[one.address][0])


def _candidate(row: Row[Any], facts: _Facts, fold: Fold) -> Candidate:
    return Candidate(
        id=row.id,
        url=row.url,
        canonical_url=row.canonical_url,
        title=row.title,
        text=row.text,
        author=row.author,
        tags=row.tags,
        published_at=row.published_at,
        first_seen=row.first_seen,
        standing=fold(facts.verdicts[row.id]),
        sources=tuple(facts.sources[row.id]),
        guess=facts.guesses.get(row.id),
        added=row.added,
        note=row.note,
        via=row.via,
        thanks=row.thanks,
        linked_before=facts.linked_before(row.id),
        shown=facts.shown.get(row.id, 0),
        carried=facts.carried.get(row.id, 0),
        group=facts.groups.get(row.id),
        ended=facts.ended.get(row.id),
        relatives=tuple(facts.related(row.id)),
    )
