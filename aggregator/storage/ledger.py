"""Roundups, their editions, and what the author said in them. Candidates and guesses stand beside it in `candidates`."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, func, select, update
from sqlalchemy import insert as plain_insert

from aggregator.errors import Refused
from aggregator.records.candidates import (
    Candidate,
    Copy,
    Finds,
    Fingerprint,
    NewCandidate,
    NewVerdict,
    Profile,
    Related,
    Relative,
    State,
)
from aggregator.records.drafts import Gesture, NewPiece, Piece
from aggregator.records.editions import CandidateOutcome, Closing, Edition
from aggregator.records.learning import Guess, PastOffer
from aggregator.records.reports import ClosedEdition
from aggregator.records.roundups import Roundup
from aggregator.storage import aftermath, gestures
from aggregator.storage import candidates as held
from aggregator.storage import pieces as written
from aggregator.storage import verdicts as said
from aggregator.storage.closings import closings
from aggregator.storage.database import Database, insert
from aggregator.storage.finds import keep
from aggregator.storage.offered import past_offers
from aggregator.storage.offers import addresses, fingerprints, offer
from aggregator.storage.profiles import profiles
from aggregator.storage.relatives import relate, related
from aggregator.storage.schema import candidates as candidate_rows
from aggregator.storage.schema import editions, piece_states, roundups
from aggregator.storage.schema import guesses as guess_rows
from aggregator.storage.schema import verdicts as verdict_rows
from aggregator.storage.section_keys import assign, is_assigned, keys_of, reassign

_ROUNDUP = (roundups.c.id, roundups.c.name, roundups.c.slug, roundups.c.created_at, roundups.c.paused_until)


class SqlLedger:
    """`ports.LedgerStore` on a database. fold: sums a candidate's verdicts, oldest first, into its standing. sections: what a
    stored section name is called today; names stay as they are without it."""

    def __init__(self, database: Database, fold: held.Fold, sections: held.SectionsToday | None = None) -> None:
        self._database = database
        self._fold = fold
        self._sections = sections

    def roundup(self, name: str, slug: str, now: datetime) -> Roundup:
        """Finds it, letter case aside, or makes it; its name and slug follow the configuration.

        Mails and files are named by the slug, so where another roundup has it already, the number is put behind it.
        """
        with self._database.read() as connection:
            known = [Roundup(*row) for row in connection.execute(select(*_ROUNDUP))]
        found = next((one for one in known if one.name.casefold() == name.casefold()), None)
        if found is None:
            with self._database.write() as connection:
                upsert = insert(connection, roundups).values(name=name, slug=slug, created_at=now)
                upsert = upsert.on_conflict_do_update(index_elements=["name"], set_={"name": name})
                found = Roundup(*connection.execute(upsert.returning(*_ROUNDUP)).one())
        taken = {one.slug for one in known if one.id != found.id}
        right = replace(found, name=name, slug=f"{slug}-{found.id}" if slug in taken else slug)
        if right != found:
            with self._database.write() as connection:
                changed = update(roundups).where(roundups.c.id == right.id)
                connection.execute(changed.values(name=right.name, slug=right.slug))
        return right

    def roundups(self) -> list[Roundup]:
        """All that there ever were, configured or not, oldest first."""
        with self._database.read() as connection:
            return [Roundup(*row) for row in connection.execute(select(*_ROUNDUP).order_by(roundups.c.id))]

    def rename(self, roundup_id: int, name: str) -> None:
        """The roundup is called so from now on. Raises Refused if another one is, or ever was."""
        with self._database.write() as connection:
            others = connection.execute(select(roundups.c.name).where(roundups.c.id != roundup_id)).scalars()
            if name.casefold() in {one.casefold() for one in others}:
                raise Refused("another roundup has this name", resource=name, advice="Choose another one.")
            connection.execute(update(roundups).where(roundups.c.id == roundup_id).values(name=name))

    def pause(self, roundup_id: int, until: date | None) -> None:
        """No digest of the roundup is due before that day; None ends a pause."""
        with self._database.write(durable=True) as connection:
            connection.execute(update(roundups).where(roundups.c.id == roundup_id).values(paused_until=until))

    def section_keys(self, roundup_id: int, names: Sequence[str], former: Mapping[str, str] | None = None) -> dict[str, int]:
        """Section -> the digit that belongs to it, in the order of `names`; sections beyond the ninth may have none. former: old
        heading -> section, by which a renamed one keeps its digit. What is not assigned yet gets the lowest free ones."""
        with self._database.read() as connection:
            return keys_of(connection, roundup_id, names, former or {})

    def assign_section_keys(
        self, roundup_id: int, names: Sequence[str], former: Mapping[str, str] | None = None, *, afresh: bool = False
    ) -> None:
        """Makes what `section_keys` says hold whatever comes, goes or is moved later. Writes only what is new. afresh: as if
        no section had a digit yet."""
        if afresh:
            with self._database.write() as connection:
                reassign(connection, roundup_id, names)
            return
        with self._database.read() as connection:
            wanted = keys_of(connection, roundup_id, names, former or {})
            if is_assigned(connection, roundup_id, wanted):
                return
        with self._database.write() as connection:
            assign(connection, roundup_id, keys_of(connection, roundup_id, names, former or {}))

    def open_edition(self, roundup_id: int, seed_number: int, now: datetime) -> Edition:
        """The open edition; opens the first with `seed_number`, a later one with the number after the last closed."""
        query = select(editions).where(editions.c.roundup_id == roundup_id, editions.c.closed_at.is_(None))
        with self._database.read() as connection:
            row = connection.execute(query).first()
        if row is None:
            with self._database.write() as connection:
                row = connection.execute(query).first() or _open(
                    connection, roundup_id, _number_after(connection, roundup_id, seed_number), now
                )
        return _edition(row)

    def renumber_first(self, roundup_id: int, number: int) -> None:
        """Gives the open edition that number, as long as it is the roundup's only one."""
        others = editions.alias()
        closed = select(others.c.id).where(others.c.roundup_id == roundup_id, others.c.closed_at.is_not(None))
        with self._database.write() as connection:
            first = update(editions).where(editions.c.roundup_id == roundup_id, ~closed.exists())
            connection.execute(first.values(number=number))

    def editions(self, roundup_id: int) -> list[Edition]:
        """All, oldest first."""
        query = select(editions).where(editions.c.roundup_id == roundup_id).order_by(editions.c.id)
        with self._database.read() as connection:
            return [_edition(row) for row in connection.execute(query)]

    def closings(self, roundup_id: int, last: int | None = None) -> list[ClosedEdition]:
        """The `last` editions that closed (None = all), oldest first, with what was guessed and said before."""
        with self._database.read() as connection:
            return closings(connection, roundup_id, last, self._fold)

    def past_offers(self, roundup_id: int) -> list[PastOffer]:
        """What became of the candidates that an edition closed with, by id, at most 20,000; those on hold are not in it, and
        what he keeps or drops in the open edition is."""
        with self._database.read() as connection:
            return past_offers(connection, roundup_id, self._fold)

    def fingerprints(self, roundup_id: int, since: datetime) -> list[Fingerprint]:
        """Of candidates first seen since then, oldest first."""
        with self._database.read() as connection:
            return fingerprints(connection, roundup_id, since)

    def candidates_at(self, roundup_id: int, canonical_urls: Collection[str]) -> dict[str, int]:
        """Canonical address -> newest candidate, over the whole life of the roundup, its sources' addresses included."""
        with self._database.read() as connection:
            return addresses(connection, roundup_id, canonical_urls)

    def offer(
        self, roundup_id: int, new: Sequence[NewCandidate], copies: Sequence[Copy], finds: Finds | None = None
    ) -> list[int]:
        """Inserts candidates and further sources, and keeps those of `finds`: one transaction. Returns the ids of `new`, in
        order. Idempotent per entry and page."""
        with self._database.write() as connection:
            ids = offer(connection, roundup_id, new, copies)
            if finds is not None and finds.notes:
                keep(connection, roundup_id, finds.notes, finds.at, self._fold)
            return ids

    def credit(self, candidate_id: int, *, via: str | None = None, thanks: str | None = None) -> None:
        """Who pointed the author to a candidate, whom he thanks for it; None leaves what is known."""
        said = {name: words for name, words in {"via": via, "thanks": thanks}.items() if words is not None}
        if said:
            with self._database.write() as connection:
                connection.execute(update(candidate_rows).where(candidate_rows.c.id == candidate_id).values(**said))

    def related(self, roundup_id: int) -> Related:
        """How far relating came."""
        with self._database.read() as connection:
            return related(connection, roundup_id)

    def profiles(self, roundup_id: int, since: datetime, after: int = 0) -> list[Profile]:
        """Of what the open edition holds, by id: first seen since then, or numbered above `after`."""
        with self._database.read() as connection:
            return profiles(connection, roundup_id, since, after)

    def relate(
        self,
        roundup_id: int,
        found: Mapping[int, Sequence[Relative]],
        *,
        compared: Collection[int],
        mark: Related,
        was: Related,
        at: datetime,
    ) -> bool:
        """Writes relatives and how far that came, if relating still stands where it `was`; else nothing. compared: candidates
        whose relatives in the archive these replace."""
        with self._database.write() as connection:
            return relate(connection, roundup_id, found, compared, mark, was, at)

    def candidates(self, roundup_id: int, ids: Collection[int] | None = None, *, carry: int | None = None) -> list[Candidate]:
        """With everything that the record lists, by id. Without `ids`: all that the open edition holds; with `carry` only
        what fewer editions have passed over, or he said something on."""
        with self._database.read() as connection:
            return self._today(connection, roundup_id, held.read(connection, roundup_id, ids, self._fold, carry))

    def passed_over(self, roundup_id: int, carry: int) -> list[int]:
        """Ids of what `candidates` leaves out with this `carry`, newest first."""
        with self._database.read() as connection:
            return held.passed_over(connection, roundup_id, carry)

    def kept(self, roundup_id: int) -> list[Candidate]:
        """What the author keeps in the open edition, by id, with everything that the record lists."""
        with self._database.read() as connection:
            found = held.read(connection, roundup_id, held.ever_kept(connection, roundup_id), self._fold)
            return self._today(connection, roundup_id, [one for one in found if one.standing.state is State.KEPT])

    def unguessed(
        self, roundup_id: int, classifier_id: int | None, limit: int, since: datetime | None = None, carry: int | None = None
    ) -> list[Candidate]:
        """Candidates of the open edition without a guess by this classifier (None = by the keyword rules) at or after `since`,
        oldest first; of those that `carry` editions have passed over, only what has no guess at all."""
        with self._database.read() as connection:
            ids = held.unguessed(connection, roundup_id, classifier_id, limit, since, carry)
            return self._today(connection, roundup_id, held.read(connection, roundup_id, ids, self._fold))

    def add_guesses(self, guesses: Mapping[int, Guess], classifier_id: int | None, at: datetime) -> None:
        """Appends, by candidate id."""
        rows = [
            {
                "candidate_id": candidate_id,
                "classifier_id": classifier_id,
                "at": at,
                "section": guess.section,
                "first": guess.first,
                "second": guess.second,
                "confidence": float(guess.confidence),
                "interest": float(guess.interest),
                "method": guess.method.value,
                "why": guess.why,
            }
            for candidate_id, guess in guesses.items()
        ]
        if rows:
            with self._database.write() as connection:
                connection.execute(plain_insert(guess_rows), rows)

    def say(
        self,
        edition_id: int,
        verdicts: Sequence[NewVerdict],
        pieces: Sequence[NewPiece] = (),
        *,
        after: tuple[int, int] | None = None,
    ) -> list[int]:
        """Appends one gesture, whole or not at all; returns the ids of the pieces. Raises NotFound for a candidate or a piece
        that does not exist, Refused (not permanent) if more was said than `after` knows."""
        if not verdicts and not pieces:
            return []
        with self._database.write(durable=True) as connection:
            if after is not None and _last_said(connection, edition_id) != after:
                raise Refused("something else was said meanwhile", permanent=False, advice="Try again.")
            if verdicts:
                said.append(connection, edition_id, verdicts)
            return written.append(connection, edition_id, pieces) if pieces else []

    def last_said(self, edition_id: int) -> tuple[int, int]:
        """By which it is known whether anything was said since."""
        with self._database.read() as connection:
            return _last_said(connection, edition_id)

    def last_gestures(self, edition_id: int, n: int, *, finds: bool = False) -> list[Gesture]:
        """The last n gestures of the author in this edition that stand (not undone), newest first. finds: those instead that
        kept his finds for him."""
        with self._database.read() as connection:
            return gestures.standing(connection, edition_id, finds=finds)[:n]

    def pieces(self, roundup_id: int) -> list[Piece]:
        """The draft of the open edition in its pieces as they stand, by rank; sections by the names they have today."""
        with self._database.read() as connection:
            found = written.standing(connection, roundup_id)
            return held.pieces_today(connection, roundup_id, found, self._sections) if self._sections else found

    def close(
        self,
        edition: Edition,
        closing: Closing,
        at: datetime,
        published: date | None,
        post: str,
        next_number: int,
        *,
        post_hash: str | None = None,
        number: int | None = None,
    ) -> Edition:
        """Writes outcomes and added links, closes the edition, opens the next and returns it: one transaction. number: what the
        edition is called from now on. Raises Refused if it is closed already, or if a number is taken."""
        said: dict[str, Any] = {"closed_at": at, "published": published, "post": post, "post_hash": post_hash}
        if number is not None:
            said["number"] = number
        with self._database.write(durable=True) as connection:
            still_open = (editions.c.id == edition.id, editions.c.closed_at.is_(None))
            if not connection.execute(update(editions).where(*still_open).values(said)).rowcount:
                raise Refused(f"edition {edition.number} is closed already", resource=post)
            aftermath.write_closing(connection, edition.id, closing)
            return _edition(_open(connection, edition.roundup_id, next_number, at))

    def reapply(self, edition: Edition, closing: Closing, published: date | None, post: str, post_hash: str) -> None:
        """Writes a close in the place of the one before. What it ends, no later edition has passed over."""
        with self._database.write(durable=True) as connection:
            aftermath.reapply(connection, edition, closing, published, post, post_hash)

    def reopen(self, edition: Edition) -> None:
        """Takes the close of the edition closed last back: the one opened after it goes, and its verdicts and mails become this
        one's. Raises Refused for any other edition."""
        with self._database.write(durable=True) as connection:
            aftermath.reopen(connection, edition)

    def outcomes(self, edition_id: int) -> list[CandidateOutcome]:
        """What became of each candidate of a closed edition, by candidate."""
        with self._database.read() as connection:
            return aftermath.outcomes_of(connection, edition_id)

    def as_closed(self, edition: Edition) -> list[Candidate]:
        """Candidates with an outcome in a closed edition, as they stood just before it closed."""
        with self._database.read() as connection:
            return self._today(connection, edition.roundup_id, aftermath.as_closed(connection, edition, self._fold))

    def _today(self, connection: Connection, roundup_id: int, found: list[Candidate]) -> list[Candidate]:
        return held.under_todays_names(connection, roundup_id, found, self._sections) if self._sections else found

    def noticed(self, edition: Edition, until: datetime) -> frozenset[int]:
        """Candidates that a digest of the edition listed, and after which, until then, the author decided something."""
        with self._database.read() as connection:
            return aftermath.noticed(connection, edition, until)


def _last_said(connection: Connection, edition_id: int) -> tuple[int, int]:
    newest = (select(func.max(one.c.id)).where(one.c.edition_id == edition_id) for one in (verdict_rows, piece_states))
    last, piece = (connection.execute(query).scalar() or 0 for query in newest)
    return last, piece


def _open(connection: Connection, roundup_id: int, number: int, now: datetime) -> Row[Any]:
    row = {"roundup_id": roundup_id, "number": number, "opened_at": now}
    unique = ["roundup_id", "number"]
    made = insert(connection, editions).values(row).on_conflict_do_nothing(index_elements=unique).returning(*editions.c)
    opened: Row[Any] | None = connection.execute(made).first()
    if opened is None:
        raise Refused(f"there has been an edition {number} already", advice="Give the next one another number.")
    return opened


def _number_after(connection: Connection, roundup_id: int, seed_number: int) -> int:
    last = connection.execute(
        select(editions.c.number).where(editions.c.roundup_id == roundup_id).order_by(editions.c.id.desc()).limit(1)
    ).scalar()
    return seed_number if last is None else last + 1


def _edition(row: Row[Any]) -> Edition:
    return Edition(row.id, row.roundup_id, row.number, row.opened_at, row.closed_at, row.published, row.post, row.post_hash)
