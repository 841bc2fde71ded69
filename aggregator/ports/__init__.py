"""What the stages need from outside, as Protocols. Storage, net and delivery implement them; tests use fakes of these only.

Stores take and give records, open one short transaction a call (unless they say otherwise), and never call back into a stage.
"""

from __future__ import annotations

from typing import Protocol

from aggregator.ports.access import AccessStore
from aggregator.ports.drafts import DraftStore
from aggregator.ports.feeds import FeedStore
from aggregator.ports.ledger import LedgerStore
from aggregator.ports.links import LinkPages, LinkStore, Looker
from aggregator.ports.mails import HeartbeatStore, MailSender, OutboxStore
from aggregator.ports.memory import ArchiveStore, LearningStore
from aggregator.ports.outlets import Branches, Caller, OutletStore
from aggregator.ports.outside import Answer, Checkouts, Clock, Follower, Page, PageFetcher, Progress, Web
from aggregator.ports.received import Mailbox, ReceivedStore
from aggregator.records.feeds import ParsedFeed

__all__ = [
    "AccessStore",
    "Answer",
    "ArchiveStore",
    "Branches",
    "Caller",
    "Checkouts",
    "Clock",
    "DraftStore",
    "FeedStore",
    "Follower",
    "HeartbeatStore",
    "LearningStore",
    "LedgerStore",
    "LinkPages",
    "LinkStore",
    "Looker",
    "MailSender",
    "Mailbox",
    "OutboxStore",
    "OutletStore",
    "Page",
    "PageFetcher",
    "Progress",
    "ReceivedStore",
    "Stores",
    "Surroundings",
    "Web",
]


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
    def drafts(self) -> DraftStore: ...
    @property
    def links(self) -> LinkStore: ...
    @property
    def outlets(self) -> OutletStore: ...
    @property
    def outbox(self) -> OutboxStore: ...
    @property
    def received(self) -> ReceivedStore: ...
    @property
    def heartbeats(self) -> HeartbeatStore: ...
    @property
    def access(self) -> AccessStore: ...
    @property
    def clock(self) -> Clock: ...

    def signing_keys(self) -> list[bytes]:
        """What links in mails are signed with, newest first. Raises ConfigError."""
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
