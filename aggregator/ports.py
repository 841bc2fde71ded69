"""What the stages need from outside, as Protocols. Storage, net and delivery implement them; tests use fakes of these only.

Stores take and give records, open one short transaction a call (unless they say otherwise), and never call back into a stage.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import date, datetime
from typing import Protocol

from aggregator.records.archive import Checkout, PastEdition, PastPlace, PastUse, SourceState, StoredDocument
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
    Verdict,
)
from aggregator.records.digests import Mail, MailState, NewMail
from aggregator.records.editions import CandidateOutcome, Closing, Edition
from aggregator.records.entries import Entry
from aggregator.records.feeds import FeedEntry, FeedStatus, FeedSync, FeedToPoll, ListedFeed, ParsedFeed, PolledFeed
from aggregator.records.learning import Classifier, Guess, Label, NewLabel, PastOffer, Score
from aggregator.records.reports import ClosedEdition
from aggregator.records.roundups import Heartbeat, Roundup


class Clock(Protocol):
    """See `clock.SystemClock`."""

    def now(self) -> datetime: ...
    def monotonic(self) -> float: ...
    def random(self) -> float: ...


class FeedStore(Protocol):
    """Feeds, subscriptions and entries."""

    def sync(self, roundup_id: int, listed: Sequence[ListedFeed], now: datetime, first_days: int, later_days: int) -> FeedSync:
        """Makes the roundup's subscriptions equal to the author's list. Until one of the roundup's feeds was polled, a feed gets
        `first_days`, one that comes later `later_days`. Nothing is deleted: a feed in no list is left in peace."""
        ...

    def claim(self, now: datetime, limit: int, lease: float, everything: bool = False) -> list[FeedToPoll]:
        """Claims subscribed feeds that are due, most overdue first, for `lease` seconds by conditional UPDATE. With
        `everything` due times are ignored, a 410 and a running Retry-After never. A claimed feed is not claimed again."""
        ...

    def release(self, feed_ids: Collection[int]) -> None:
        """Gives claims back unused (shutdown, no network)."""
        ...

    def cycle(self) -> AbstractContextManager[None]:
        """One cycle of polling. Entering it gives back what a process that is no more had claimed."""
        ...

    def waiting(self, now: datetime) -> list[FeedStatus]:
        """Subscribed feeds that `claim(everything=True)` passes over: gone, or told to wait."""
        ...

    def known_sources(self, feed_ids: Collection[int]) -> dict[int, dict[str, str]]:
        """Per feed, key -> source_hash of its stored entries (tombstones included)."""
        ...

    def save(self, polled: Sequence[PolledFeed]) -> int:
        """Writes feeds' new polling state and their entries in one transaction; idempotent on (feed, key). Returns how many
        entries were really new. A changed entry updates its text, at most 24 times, and stays what it was."""
        ...

    def statuses(self, roundup_id: int | None = None) -> list[FeedStatus]:
        """Every subscribed feed as the author reads about it, by title."""
        ...

    def newest(self, feed_id: int, limit: int) -> list[FeedEntry]:
        """A feed's entries, the newest first."""
        ...

    def former_addresses(self) -> dict[str, str]:
        """Canonical address that a feed has moved away from -> the canonical address that it has today."""
        ...

    def follow_only(self, roundup_ids: Collection[int], now: datetime) -> None:
        """Ends the subscriptions of every other roundup, as if their lists were empty; `sync` takes them up again."""
        ...

    def entries_to_offer(self, roundup_id: int, limit: int) -> list[Entry]:
        """Offered entries of the roundup's feeds that are no candidate's source yet, oldest first."""
        ...

    def history_count(self, roundup_id: int, since: datetime) -> Mapping[str, int]:
        """Entries first seen since then that were not offered: reason -> count."""
        ...

    def moved(self, roundup_id: int | None = None) -> list[tuple[str, str]]:
        """Adopted moves not yet written to the author's list: (old address, new address)."""
        ...

    def moved_written(self, old_urls: Collection[str]) -> None:
        """The list now has the new addresses."""
        ...


class LedgerStore(Protocol):
    """Roundups, editions, candidates, guesses and verdicts."""

    def roundup(self, name: str, slug: str, now: datetime) -> Roundup:
        """Finds or makes it."""
        ...

    def roundups(self) -> list[Roundup]:
        """All that there ever were, configured or not, oldest first."""
        ...

    def pause(self, roundup_id: int, until: date | None) -> None:
        """No digest of the roundup is due before that day; None ends a pause."""
        ...

    def open_edition(self, roundup_id: int, seed_number: int, now: datetime) -> Edition:
        """The open edition; opens the first with `seed_number`, a later one with the number after the last closed."""
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

    def candidates(self, roundup_id: int, ids: Collection[int] | None = None) -> list[Candidate]:
        """With guess, standing, sources, shown and carried; `linked_before` and `group` filled, sections by the
        names they have today. Without `ids`: all that the open edition holds (not used in a closed one, not dropped in one)."""
        ...

    def unguessed(self, roundup_id: int, classifier_id: int | None, limit: int, since: datetime | None = None) -> list[Candidate]:
        """Candidates of the open edition without a guess by this classifier (None = by the keyword rules) at or after `since`."""
        ...

    def add_guesses(self, guesses: Mapping[int, Guess], classifier_id: int | None, at: datetime) -> None:
        """Appends, by candidate id."""
        ...

    def add_verdicts(self, edition_id: int, verdicts: Sequence[NewVerdict]) -> None:
        """Appends."""
        ...

    def last_batches(self, edition_id: int, n: int) -> list[list[Verdict]]:
        """The last n gestures of this edition that stand (not undone), newest first."""
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
        """Candidates that a digest of the edition showed (sent or possibly sent) and after which, until then, he decided
        something."""
        ...


class ArchiveStore(Protocol):
    """Past editions."""

    def save(
        self,
        roundup_id: int,
        editions: Sequence[PastEdition],
        now: datetime,
        *,
        source: str | None = None,
        baseline: bool = True,
    ) -> int:
        """Inserts new ones, replaces those whose content changed (by path); returns how many it wrote. source: where they were
        found, None leaves what is known. baseline: new ones are past editions, which close nothing."""
        ...

    def forget(self, roundup_id: int, paths: Collection[str]) -> None:
        """Deletes the documents of these paths."""
        ...

    def rename(self, roundup_id: int, names: Mapping[str, str]) -> None:
        """Former path -> path it was found under now. Where there is a document of the new name, the former one goes; the post
        of a closed edition follows."""
        ...

    def documents(self, roundup_id: int) -> list[StoredDocument]:
        """Every document without its contents, by path."""
        ...

    def sources(self, roundup_id: int) -> list[SourceState]:
        """Every source of past editions that was ever read or tried, by address."""
        ...

    def save_source(self, roundup_id: int, state: SourceState) -> None:
        """Writes the whole state of one source."""
        ...

    def editions(self, roundup_id: int) -> list[PastEdition]:
        """Oldest first."""
        ...

    def uses(self, roundup_id: int, canonical_urls: Collection[str]) -> dict[str, list[PastUse]]:
        """Canonical address -> earlier uses, newest first."""
        ...

    def version(self, roundup_id: int) -> str:
        """Differs once a document or a followed address comes, goes or is read anew."""
        ...

    def places(self, roundup_id: int) -> list[PastPlace]:
        """Every link of every published edition, newest edition first."""
        ...

    def remember(self, led: Mapping[str, str], at: datetime) -> None:
        """Canonical address -> canonical address that it led to when it was followed."""
        ...

    def led_to(self, canonical_urls: Collection[str]) -> dict[str, str]:
        """Canonical address -> where it led, for those that were followed and led elsewhere."""
        ...

    def search(self, roundup_id: int, words: str, limit: int) -> list[PastUse]:
        """Links whose address, anchor or bullet contains every word, newest first."""
        ...

    def read_soon(self, now: datetime) -> None:
        """Makes every source of past editions due, whenever it was read last."""
        ...


class LearningStore(Protocol):
    """Labels and classifiers."""

    def add_labels(self, roundup_id: int, labels: Sequence[NewLabel]) -> int:
        """Makes these all that their origins say: appends what is new, retracts what an origin does not say any more. Returns
        how many it appended."""
        ...

    def retract(self, roundup_id: int, origins: Collection[str]) -> int:
        """Takes back what these origins said. Refits up to an earlier watermark still see it."""
        ...

    def revive(self, roundup_id: int, said: Mapping[str, str]) -> int:
        """Origin -> section: where an origin says nothing any more, and its last word was this section, it says that again.
        Returns how many labels that were."""
        ...

    def labels(self, roundup_id: int, watermark: int | None = None) -> list[Label]:
        """Those standing at the watermark (None = now), by id."""
        ...

    def counts(self, roundup_id: int) -> dict[str, int]:
        """Section -> labels that stand under it."""
        ...

    def watermark(self, roundup_id: int) -> int:
        """Of the newest change to the labels; 0 without any."""
        ...

    def labelled_for(self, roundup_id: int) -> str | None:
        """Fingerprint of the section names and aliases that the labels were made for, None before any."""
        ...

    def set_labelled_for(self, roundup_id: int, fingerprint: str) -> None:
        """The labels now are as these sections and aliases have them."""
        ...

    def current(self, roundup_id: int) -> Classifier | None:
        """The adopted classifier."""
        ...

    def add_classifier(
        self,
        roundup_id: int,
        *,
        recipe: str,
        seed: int,
        watermark: int,
        labels: int,
        sections: Sequence[str],
        score: Score | None,
        thresholds: Mapping[str, float],
        adopted: bool,
        reason: str,
        at: datetime,
    ) -> Classifier:
        """Stores a fitted classifier's row; adopting moves the current one."""
        ...

    def classifiers(self, roundup_id: int) -> list[Classifier]:
        """All, newest first, those not adopted included."""
        ...


class OutboxStore(Protocol):
    """Mails and their delivery (R6). What is asked by slot is asked of digests."""

    def put(self, mail: NewMail) -> Mail:
        """Commits the exact bytes. A second mail of the same (roundup, kind, slot, repeat) returns the first unchanged. A
        digest supersedes those of the roundup that have not left yet."""
        ...

    def find(self, roundup_id: int, slot: datetime) -> list[Mail]:
        """The slot's digests, oldest repeat first."""
        ...

    def last_slot(self, roundup_id: int, now: datetime) -> datetime | None:
        """Latest slot not after `now` with a digest, whatever became of it."""
        ...

    def last_sent(self, roundup_id: int, before: datetime | None = None) -> Mail | None:
        """The digest made last of those sent, written, being sent or perhaps sent; of slots before `before` only."""
        ...

    def offered(self, mail_id: int) -> int:
        """How many candidates a mail offers."""
        ...

    def in_edition(self, edition_id: int) -> list[Mail]:
        """The edition's digests in order of slot."""
        ...

    def delivery(self, resend_after: float) -> AbstractContextManager[None]:
        """A round of sending. Entering it makes `unknown` what a process that is no more was sending, due for its one resend
        `resend_after` seconds after that began."""
        ...

    def claim(self, now: datetime, stale: float, only: int | None = None) -> Mail | None:
        """Takes one mail that is due, by conditional UPDATE, and commits `sending` with its start. A `sending` row older
        than `stale` seconds is a crash in the window: it becomes `unknown`, due for one resend of identical bytes. `only`
        names the one mail that may be taken, due or not."""
        ...

    def settle(
        self, mail_id: int, state: MailState, at: datetime, error: str | None = None, next_attempt_at: datetime | None = None
    ) -> None:
        """Writes what an attempt came to."""
        ...

    def recent(self, limit: int) -> list[Mail]:
        """Newest first."""
        ...

    def told_feeds(self, roundup_id: int) -> dict[int, datetime]:
        """Feed -> when the last mail that told of its trouble was made."""
        ...


class HeartbeatStore(Protocol):
    """When jobs last ran."""

    def beat(self, beat: Heartbeat) -> None: ...
    def beats(self) -> list[Heartbeat]: ...


class Stores(Protocol):
    """All stores of one installation and its clock: what a job or a verb of the desk works with."""

    @property
    def feeds(self) -> FeedStore: ...
    @property
    def ledger(self) -> LedgerStore: ...
    @property
    def archive(self) -> ArchiveStore: ...
    @property
    def learning(self) -> LearningStore: ...
    @property
    def outbox(self) -> OutboxStore: ...
    @property
    def heartbeats(self) -> HeartbeatStore: ...
    @property
    def clock(self) -> Clock: ...


class MailSender(Protocol):
    """Hands exact bytes to a mail server."""

    def send(self, sender: str, recipients: Sequence[str], message: bytes) -> Mapping[str, str]:
        """Returns recipients that were refused while others were accepted -> why. Raises DeliveryError."""
        ...

    def check(self) -> None:
        """Connects and authenticates, sends nothing. Raises DeliveryError."""
        ...


class Page(Protocol):
    """A fetched page or feed document: final address, body and headers that matter."""

    @property
    def url(self) -> str: ...
    @property
    def status(self) -> int: ...
    @property
    def body(self) -> bytes: ...
    @property
    def content_type(self) -> str | None: ...


class PageFetcher(Protocol):
    """Fetches one page that the author asked for, through the guard and the bounds."""

    def get(self, url: str) -> Page:
        """Raises PageError."""
        ...


class Follower(Protocol):
    """Finds out where addresses lead."""

    def follow(self, urls: Sequence[str]) -> Mapping[str, str]:
        """Address -> the one that answered in its end, for those that did. Never raises: what does not answer is left out."""
        ...


class Answer(Page, Protocol):
    """A page with what to ask for it next time by."""

    @property
    def etag(self) -> str | None: ...
    @property
    def last_modified(self) -> str | None: ...


class Web(PageFetcher, Follower, Protocol):
    """Everything that is fetched beside polling."""

    def ask(self, url: str, etag: str | None, last_modified: str | None) -> Answer | None:
        """Fetches a page unless it is what these validators name; None then. Raises PageError."""
        ...


class Checkouts(Protocol):
    """Copies of git repositories, for reading."""

    def fetch(self, address: str, branch: str | None) -> Checkout:
        """The newest state of a branch, None = the repository's own choice. Raises ArchiveError."""
        ...


class Surroundings(Stores, Protocol):
    """The stores of an installation, and what reads the outside for them."""

    @property
    def pages(self) -> Web: ...
    @property
    def checkouts(self) -> Checkouts: ...

    def read_feed(self, page: Page, *, bodies: bool = False) -> ParsedFeed | None:
        """A fetched page as a feed, None if it is none. bodies: with each entry's HTML."""
        ...


class Progress(Protocol):
    """A progress bar, or nothing. Long work calls it; only a terminal shows it."""

    def start(self, what: str, total: int | None) -> None: ...
    def step(self, n: int = 1) -> None: ...
    def stop(self) -> None: ...
