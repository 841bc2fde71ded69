"""What storage tests build on: one roundup, its stores, and records with whatever a test does not care about filled in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from aggregator.records.archive import PastBullet, PastEdition, PastLink
from aggregator.records.candidates import Action, NewCandidate, NewVerdict, Standing, State, Verdict
from aggregator.records.digests import NewMail
from aggregator.records.editions import Edition
from aggregator.records.entries import Entry, ParsedEntry
from aggregator.records.feeds import FeedToPoll, ListedFeed, NewEntry, PolledFeed
from aggregator.storage.archive import SqlArchive
from aggregator.storage.database import Database
from aggregator.storage.feeds import SqlFeeds
from aggregator.storage.learning import SqlLearning
from aggregator.storage.ledger import SqlLedger
from aggregator.storage.outbox import SqlOutbox

NOW = datetime(2026, 3, 6, 7, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def last_word(verdicts: Sequence[Verdict]) -> Standing:
    """A fold simple enough to see through: what was said last counts."""
    if not verdicts:
        return Standing()
    said = verdicts[-1]
    state = {Action.KEEP: State.KEPT, Action.DROP: State.DROPPED, Action.HOLD: State.HELD}.get(said.action, State.NEW)
    return Standing(state, said.section, said.hold, said.edition_id, said.comment, said.at)


def listed(host: str, **said: Any) -> ListedFeed:
    return ListedFeed(**{"url": f"http://{host}/feed", "canonical_url": f"https://{host}/feed", "title": host, **said})


def parsed(key: str, **said: Any) -> ParsedEntry:
    plain = ParsedEntry(
        key=key,
        url=f"https://attic.example/{key}?utm_source=feed",
        canonical_url=f"https://attic.example/{key}",
        title=f"On {key}",
        author="Nadia",
        tags=("racks", "cables"),
        text=f"All about {key}.",
        published_at=NOW - DAY,
        updated_at=None,
        source_hash=f"hash of {key}",
    )
    return replace(plain, **said)


def polled(feed_id: int, *entries: ParsedEntry, **said: Any) -> PolledFeed:
    """A successful poll that brought these entries, all offered."""
    plain = PolledFeed(
        feed_id, "changed", NOW, NOW + HOUR, status=200, etag='"1"', new=tuple(NewEntry(one, offered=True) for one in entries)
    )
    return replace(plain, **said)


def past(nth: int, *bullets: PastBullet, **said: Any) -> PastEdition:
    plain = PastEdition(
        path=f"past/{nth}.md",
        content_hash=f"hash {nth}",
        title=f"Rack Notes #{nth}",
        number=nth,
        published=date(2025, 1, 1) + timedelta(days=7 * nth),
        sections=("Networking", "Storage"),
        bullets=bullets,
        tags=("notes",),
        intro="Hello.",
        outro="Bye.",
    )
    return replace(plain, **said)


def bullet(text: str, *addresses: str, section: str | None = "Networking") -> PastBullet:
    return PastBullet(section, text, tuple(PastLink(f"{one}?utm_source=x", one, f"about {one}") for one in addresses))


@dataclass
class World:
    """One roundup with every store on it."""

    database: Database
    feeds: SqlFeeds = field(init=False)
    ledger: SqlLedger = field(init=False)
    archive: SqlArchive = field(init=False)
    learning: SqlLearning = field(init=False)
    outbox: SqlOutbox = field(init=False)
    roundup: int = field(init=False)

    def __post_init__(self) -> None:
        self.feeds = SqlFeeds(self.database)
        self.ledger = SqlLedger(self.database, last_word)
        self.archive = SqlArchive(self.database)
        self.learning = SqlLearning(self.database)
        self.outbox = SqlOutbox(self.database)
        self.roundup = self.ledger.roundup("Rack Notes", "rack-notes", NOW).id

    def follow(self, *hosts: str, **said: Any) -> list[FeedToPoll]:
        """Lists the feeds of these hosts and claims them, in their order."""
        self.feeds.sync(self.roundup, [listed(host, **said) for host in hosts], NOW, 30, 7)
        claimed = {feed.canonical_url: feed for feed in self.feeds.claim(NOW, 100, 600)}
        return [claimed[f"https://{host}/feed"] for host in hosts]

    def entries(self, *keys: str, host: str = "attic.example") -> list[Entry]:
        """New entries of one feed, stored and ready to be offered."""
        feed = self.follow(host)[0]
        self.feeds.save([polled(feed.id, *(parsed(key) for key in keys))])
        return self.feeds.entries_to_offer(self.roundup, 100)

    def offer(self, *keys: str) -> list[int]:
        """Candidates of as many new entries of one feed."""
        return self.ledger.offer(self.roundup, [from_entry(one) for one in self.entries(*keys)], [])

    def edition(self) -> Edition:
        """The open edition, number 28."""
        return self.ledger.open_edition(self.roundup, 28, NOW)

    def mail(self, **said: Any) -> NewMail:
        edition = said.pop("edition_id", None) or self.edition().id
        plain = NewMail(
            roundup_id=self.roundup,
            edition_id=edition,
            slot=NOW,
            repeat=0,
            message_id="<rack-notes.1@example.org>",
            sender="digest@example.org",
            recipients=("author@example.org",),
            message=b"Subject: Rack Notes\r\n\r\n\xff\x00bytes",
            html="<p>Hello</p>",
            text="Hello",
            made_at=NOW,
            shown=(),
        )
        return replace(plain, **said)


def from_entry(entry: Entry, **said: Any) -> NewCandidate:
    plain = NewCandidate(
        url=entry.url,
        canonical_url=entry.canonical_url,
        title=entry.title,
        text=entry.text,
        author=entry.author,
        tags=entry.tags,
        published_at=entry.published_at,
        first_seen=entry.first_seen,
        entry_ids=(entry.id,),
    )
    return replace(plain, **said)


def verdict(candidate_id: int, action: Action = Action.KEEP, batch: str = "one", **said: Any) -> NewVerdict:
    return NewVerdict(**{"candidate_id": candidate_id, "action": action, "at": NOW, "batch": batch, **said})
