"""The store of roundups, editions, candidates, guesses and verdicts."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Protocol

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
)
from aggregator.records.drafts import Gesture, NewPiece, Piece
from aggregator.records.editions import CandidateOutcome, Closing, Edition
from aggregator.records.learning import Guess, PastOffer
from aggregator.records.reports import ClosedEdition
from aggregator.records.roundups import Roundup


class LedgerStore(Protocol):
    """Roundups, editions, candidates, guesses and verdicts."""

    def roundup(self, name: str, slug: str, now: datetime) -> Roundup:
        """Finds or makes it."""
        ...

    def roundups(self) -> list[Roundup]:
        """All that there ever were, configured or not, oldest first."""
        ...

    def rename(self, roundup_id: int, name: str) -> None:
        """The roundup is called so from now on. Raises Refused if another one is, or ever was."""
        ...

    def pause(self, roundup_id: int, until: date | None) -> None:
        """No digest of the roundup is due before that day; None ends a pause."""
        ...

    def section_keys(self, roundup_id: int, names: Sequence[str], former: Mapping[str, str] | None = None) -> dict[str, int]:
        """Section -> the digit that belongs to it, in the order of `names`; sections beyond the ninth may have none. former: old
        heading -> section, by which a renamed one keeps its digit. What is not assigned yet gets the lowest free ones."""
        ...

    def assign_section_keys(
        self, roundup_id: int, names: Sequence[str], former: Mapping[str, str] | None = None, *, afresh: bool = False
    ) -> None:
        """Makes what `section_keys` says hold whatever comes, goes or is moved later. Writes only what is new. afresh: as if
        no section had a digit yet."""
        ...

    def open_edition(self, roundup_id: int, seed_number: int, now: datetime) -> Edition:
        """The open edition; opens the first with `seed_number`, a later one with the number after the last closed."""
        ...

    def renumber_first(self, roundup_id: int, number: int) -> None:
        """Gives the open edition that number, as long as it is the roundup's only one."""
        ...

    def editions(self, roundup_id: int) -> list[Edition]:
        """All, oldest first."""
        ...

    def closings(self, roundup_id: int, last: int | None = None) -> list[ClosedEdition]:
        """The `last` editions that closed (None = all), oldest first, with what was guessed and said before each closed."""
        ...

    def past_offers(self, roundup_id: int) -> list[PastOffer]:
        """What became of the candidates that an edition closed with, by id, at most 20,000; those on hold are not in it, and
        what he keeps or drops in the open edition is."""
        ...

    def fingerprints(self, roundup_id: int, since: datetime) -> list[Fingerprint]:
        """Of candidates first seen since then, for finding copies by title and text."""
        ...

    def candidates_at(self, roundup_id: int, canonical_urls: Collection[str]) -> dict[str, int]:
        """Canonical address -> candidate, over the whole life of the roundup (sources' addresses included)."""
        ...

    def offer(
        self, roundup_id: int, new: Sequence[NewCandidate], copies: Sequence[Copy], finds: Finds | None = None
    ) -> list[int]:
        """Inserts candidates and further sources, and keeps those of `finds` in the open edition but for what he dropped or an
        edition used; returns the ids of `new`, in order. Idempotent per entry."""
        ...

    def credit(self, candidate_id: int, *, via: str | None = None, thanks: str | None = None) -> None:
        """Who pointed the author to a candidate, whom he thanks for it; None leaves what is known."""
        ...

    def related(self, roundup_id: int) -> Related:
        """How far relating came."""
        ...

    def profiles(self, roundup_id: int, since: datetime, after: int = 0) -> list[Profile]:
        """Of what the open edition holds, by id: first seen since then, or numbered above `after`."""
        ...

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
        ...

    def candidates(self, roundup_id: int, ids: Collection[int] | None = None, *, carry: int | None = None) -> list[Candidate]:
        """With guess, standing, sources, shown and carried; `linked_before` and `group` filled, sections by the
        names they have today. Without `ids`: all that the open edition holds (not used in a closed one, not dropped in one).
        carry: without what so many editions have passed over and he never said a word on."""
        ...

    def passed_over(self, roundup_id: int, carry: int) -> list[int]:
        """Ids of what `candidates` leaves out with this `carry`, newest first: to count it, and to look at it in parts."""
        ...

    def kept(self, roundup_id: int) -> list[Candidate]:
        """What the author keeps in the open edition, by id: what its draft is made of. As `candidates`."""
        ...

    def unguessed(
        self, roundup_id: int, classifier_id: int | None, limit: int, since: datetime | None = None, carry: int | None = None
    ) -> list[Candidate]:
        """Candidates of the open edition without a guess by this classifier (None = by the keyword rules) at or after `since`;
        of those that so many editions have passed over, only what has no guess at all."""
        ...

    def add_guesses(self, guesses: Mapping[int, Guess], classifier_id: int | None, at: datetime) -> None:
        """Appends, by candidate id."""
        ...

    def say(
        self,
        edition_id: int,
        verdicts: Sequence[NewVerdict],
        pieces: Sequence[NewPiece] = (),
        *,
        after: tuple[int, int] | None = None,
    ) -> list[int]:
        """Appends one gesture, whole or not at all; returns the ids of the pieces. after: `last_said` as it was when he saw what
        he speaks of. Raises NotFound, and Refused (not permanent) if anything was said since `after`."""
        ...

    def last_said(self, edition_id: int) -> tuple[int, int]:
        """The ids of the last verdict and of the last state of a piece; 0 before any."""
        ...

    def last_gestures(self, edition_id: int, n: int, *, finds: bool = False) -> list[Gesture]:
        """The last n gestures of the author in this edition that stand (not undone), newest first. finds: those instead that
        kept his finds for him."""
        ...

    def pieces(self, roundup_id: int) -> list[Piece]:
        """The draft of the open edition in its pieces as they stand, by rank: those written in it, and bullets of earlier ones
        around a candidate whose way has not ended."""
        ...

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
        """Writes outcomes, closes the edition, opens the next and returns it: one transaction. Kept, held and undecided
        candidates carry over. number: what the edition is called from now on."""
        ...

    def reapply(self, edition: Edition, closing: Closing, published: date | None, post: str, post_hash: str) -> None:
        """What closing a closed edition says now, in the place of what it said: one transaction. A candidate that it ends is in
        no later edition but by its link."""
        ...

    def reopen(self, edition: Edition) -> None:
        """Takes back that the edition closed last is closed: one transaction. The open one goes; its verdicts and mails become
        this one's."""
        ...

    def outcomes(self, edition_id: int) -> list[CandidateOutcome]:
        """What became of each candidate of a closed edition."""
        ...

    def as_closed(self, edition: Edition) -> list[Candidate]:
        """Candidates that have an outcome in a closed edition, as they stood just before it closed."""
        ...

    def noticed(self, edition: Edition, until: datetime) -> frozenset[int]:
        """Candidates that a digest of the edition listed (sent or possibly sent) and after which, until then, he decided
        something."""
        ...
