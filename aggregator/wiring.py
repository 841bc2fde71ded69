"""The only place that names concrete classes: settings in, an installation out. Everything is made when first asked for."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractContextManager, asynccontextmanager
from datetime import datetime
from functools import cached_property
from pathlib import Path
from threading import RLock
from types import TracebackType
from typing import TYPE_CHECKING, Self, TypeVar, cast

from aggregator.clock import SystemClock
from aggregator.errors import ConfigError, FeedError
from aggregator.ports import Clock, Mailbox, MailSender, Page
from aggregator.records.feeds import ParsedFeed
from aggregator.records.roundups import Roundup
from aggregator.settings import RoundupSettings, Settings
from aggregator.settings.following import FollowedConfig
from aggregator.text.slug import slug

if TYPE_CHECKING:
    from aggregator.intake.poll import Poller
    from aggregator.intake.pool import ParsePool
    from aggregator.net.branch import GitBranches
    from aggregator.net.git import GitCheckouts
    from aggregator.net.guard import Guard
    from aggregator.net.pages import GuardedPages
    from aggregator.net.posting import GuardedCaller
    from aggregator.storage.access import SqlAccess
    from aggregator.storage.archive import SqlArchive
    from aggregator.storage.database import Database
    from aggregator.storage.drafts import SqlDrafts
    from aggregator.storage.feeds import SqlFeeds
    from aggregator.storage.heartbeats import SqlHeartbeats
    from aggregator.storage.learning import SqlLearning
    from aggregator.storage.ledger import SqlLedger
    from aggregator.storage.links import SqlLinks
    from aggregator.storage.migrate import Upgrade
    from aggregator.storage.outbox import SqlOutbox
    from aggregator.storage.outlets import SqlOutlets
    from aggregator.storage.received import SqlReceived


log = logging.getLogger("aggregator")

_Made = TypeVar("_Made")


class Installation:
    """One author's installation. Implements `ports.Stores`. Close it, or use it as a context manager.

    source: the file that `settings` were read from; `refresh` then follows its changes. Without one they hold for good.
    """

    def __init__(self, settings: Settings, clock: Clock | None = None, *, source: Path | None = None) -> None:
        self.settings = settings
        self.clock: Clock = clock or SystemClock()
        self.config = None if source is None else FollowedConfig(source)
        self._lock = RLock()
        self._made: dict[str, object] = {}
        self._waiting_hosts: dict[str, datetime] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Ends what was started: parse workers and database connections."""
        with self._lock:
            if pool := self._made.pop("parsers", None):
                cast("ParsePool", pool).close()
        if "database" in self.__dict__:
            self.__dict__.pop("database").close()

    def refresh(self) -> None:
        """Takes up config.yaml where it was changed: what was made from the settings is made anew when next asked for, and who
        holds a thing keeps it. A broken file changes nothing; `config.trouble` then says what is wrong, and the log once."""
        if self.config is None:
            return
        with self._lock:
            before = self.config.trouble, self.config.at_restart
            fresh = self.config.changed(self.settings)
            if fresh is not None:
                pool = self._made.get("parsers")
                self._made.clear()
                if pool is not None and fresh.poll.parse_workers == self.settings.poll.parse_workers:
                    self._made["parsers"] = pool
                elif pool is not None:
                    cast("ParsePool", pool).retire()
                self.settings = fresh
                log.info("%s was changed and is in force", self.config.path)
            self._tell(self.config, *before)

    @staticmethod
    def _tell(config: FollowedConfig, trouble: ConfigError | None, at_restart: tuple[str, ...]) -> None:
        """In the log, once, what of the file does not hold."""
        if config.trouble is not None and str(config.trouble) != str(trouble):
            log.error("%s The settings that were read before hold on.", " ".join(str(config.trouble).split()))
        if config.at_restart and config.at_restart != at_restart:
            log.warning("%s: what changed in `%s` holds once I am started anew", config.path, "`, `".join(config.at_restart))

    def _of_settings(self, name: str, make: Callable[[], _Made]) -> _Made:
        """What is made from the settings, once for as long as they hold."""
        with self._lock:
            if name not in self._made:
                self._made[name] = make()
            return cast("_Made", self._made[name])

    @cached_property
    def database(self) -> Database:
        """Opened, and brought to this version's schema."""
        from aggregator.storage.database import open_database

        return open_database(self.settings.database_url)

    def run_lock(self) -> AbstractContextManager[None]:
        """Held by the one daemon of this database (R8). Raises BusyError."""
        from aggregator.storage.lock import hold_run_lock

        return hold_run_lock(self.settings.database_url)

    def is_running(self) -> bool:
        """Whether a daemon holds the database at this moment."""
        from aggregator.storage.lock import is_run_lock_held

        return is_run_lock_held(self.settings.database_url)

    def examine_database(self) -> str:
        """Opens the database and checks it through; says what it holds. Raises StorageError."""
        return self.database.examine()

    def backup(self, path: Path) -> int:
        """A verified copy of the database; its size in bytes."""
        from aggregator.storage.backup import backup

        return backup(self.database, path)

    def rehearse_upgrade(self) -> Upgrade:
        """What an upgrade of the database's tables would come to, tried without changing anything."""
        from aggregator.storage.migrate import rehearse

        return rehearse(self.settings.database_url)

    def restore(self, path: Path) -> tuple[int, Path | None]:
        """Puts a backup in the database's place. Returns its size in bytes and where the old database is kept, None if there
        was none. Raises BusyError beside a running daemon."""
        from aggregator.storage.backup import restore

        return restore(self.settings.database_url, path)

    @cached_property
    def feeds(self) -> SqlFeeds:
        """Feeds, subscriptions, entries."""
        from aggregator.storage.feeds import SqlFeeds

        return SqlFeeds(self.database)

    @cached_property
    def ledger(self) -> SqlLedger:
        """Editions, candidates, guesses, verdicts."""
        from aggregator.edition.ledger import standing
        from aggregator.storage.ledger import SqlLedger

        return SqlLedger(self.database, standing, self._sections_today)

    def _sections_today(self, roundup: str) -> Callable[[str], str | None]:
        # One that was taken out of the configuration keeps its names.
        known = (plan.canonical_section for plan in self.settings.roundups if plan.name == roundup)
        return next(known, lambda name: name)

    @cached_property
    def archive(self) -> SqlArchive:
        """Past editions."""
        from aggregator.storage.archive import SqlArchive

        return SqlArchive(self.database)

    @cached_property
    def learning(self) -> SqlLearning:
        """Labels and classifiers."""
        from aggregator.storage.learning import SqlLearning

        return SqlLearning(self.database)

    @cached_property
    def drafts(self) -> SqlDrafts:
        """Quotations, and what the draft needs beside its pieces."""
        from aggregator.storage.drafts import SqlDrafts

        return SqlDrafts(self.database)

    @cached_property
    def links(self) -> SqlLinks:
        """Linked pages: what was kept of them, and how they stand."""
        from aggregator.storage.links import SqlLinks

        return SqlLinks(self.database)

    @cached_property
    def outlets(self) -> SqlOutlets:
        """What the draft is known by at other places."""
        from aggregator.storage.outlets import SqlOutlets

        return SqlOutlets(self.database)

    @cached_property
    def outbox(self) -> SqlOutbox:
        """Digests and their delivery."""
        from aggregator.storage.outbox import SqlOutbox

        return SqlOutbox(self.database)

    @cached_property
    def received(self) -> SqlReceived:
        """What comes back from mails."""
        from aggregator.storage.received import SqlReceived

        return SqlReceived(self.database)

    @cached_property
    def heartbeats(self) -> SqlHeartbeats:
        """When jobs last ran."""
        from aggregator.storage.heartbeats import SqlHeartbeats

        return SqlHeartbeats(self.database)

    @cached_property
    def access(self) -> SqlAccess:
        """Who may use the desk."""
        from aggregator.storage.access import SqlAccess

        return SqlAccess(self.database)

    def roundup(self, plan: RoundupSettings) -> Roundup:
        """The stored roundup of a configured one."""
        return self.ledger.roundup(plan.name, slug(plan.name), self.clock.now())

    @property
    def guard(self) -> Guard:
        """Refuses private addresses except the configured networks."""
        from aggregator.net.guard import Guard

        return self._of_settings("guard", lambda: Guard(self.settings.poll.allow_networks))

    @property
    def caller(self) -> GuardedCaller:
        """Speaks to the interfaces of sites that take drafts."""
        from aggregator.net.posting import GuardedCaller

        return GuardedCaller(self.guard, user_agent=self.settings.poll.user_agent)

    @property
    def branches(self) -> GitBranches:
        """Writes drafts to branches, from a folder beside the database."""
        from aggregator.net.branch import GitBranches

        beside = self.database.path
        return GitBranches((beside.parent if beside else self.settings.home) / ".aggregator" / "git")

    @property
    def pages(self) -> GuardedPages:
        """Fetches pages that the author asks for."""
        from aggregator.net.pages import GuardedPages

        def make() -> GuardedPages:
            poll = self.settings.poll
            return GuardedPages(self.guard, timeout=poll.timeout.total_seconds(), user_agent=poll.user_agent)

        return self._of_settings("pages", make)

    @property
    def parsers(self) -> ParsePool:
        """Killable parse workers, started by the first document."""
        from aggregator.intake.pool import ParsePool

        return self._of_settings("parsers", lambda: ParsePool(self.settings.poll.parse_workers))

    @cached_property
    def checkouts(self) -> GitCheckouts:
        """Copies of git repositories, beside the database."""
        from aggregator.net.git import GitCheckouts

        beside = self.database.path
        return GitCheckouts((beside.parent if beside else self.settings.home) / ".aggregator" / "git")

    @property
    def key_file(self) -> Path:
        """Where the signing keys are kept: beside the database, or beside config.yaml if that is a server."""
        beside = self.database.path
        return (beside.parent if beside else self.settings.home) / "desk.key"

    def signing_keys(self) -> list[bytes]:
        """What signs cookies and links in mails, newest first: sign with the first, accept each. Raises ConfigError."""
        from aggregator.storage.keys import read_keys

        return read_keys(self.key_file)

    def renew_signing_keys(self) -> None:
        """Signs with a new key from the next start on; what the key before it signed goes on being good. Raises ConfigError."""
        from aggregator.storage.keys import renew_keys

        renew_keys(self.key_file)

    def read_feed(self, page: Page, *, bodies: bool = False) -> ParsedFeed | None:
        """A fetched page as a feed, None if it is none. bodies: with each entry's HTML."""
        from aggregator.intake.pool import ParseTask

        try:
            return self.parsers.parse_now(ParseTask(page.body, page.url, page.content_type, bodies=bodies))
        except FeedError:
            return None

    @asynccontextmanager
    async def poller(self) -> AsyncIterator[Poller]:
        """A poller with its own connections, for one cycle."""
        from aggregator.intake.poll import Poller
        from aggregator.net.client import HttpClient

        poll = self.settings.poll
        async with HttpClient(
            self.guard,
            timeout=poll.timeout.total_seconds(),
            concurrency=poll.concurrency,
            user_agent=poll.user_agent,
        ) as client:
            yield Poller(client, self.parsers, every=poll.every, clock=self.clock, waiting=self._waiting_hosts)

    @property
    def sender(self) -> MailSender | None:
        """None without a mail server: digests are written to files then."""
        from aggregator.delivery.smtp import SmtpSender

        def make() -> MailSender | None:
            mail = self.settings.mail
            return SmtpSender(mail, self.settings.mail_password()) if mail.host else None

        return self._of_settings("sender", make)

    @property
    def mailbox(self) -> Mailbox | None:
        """Where the author's answers are found; None where none is configured."""

        def make() -> Mailbox | None:
            from aggregator.delivery.imap import ImapMailbox

            replies = self.settings.mail.replies
            return ImapMailbox(replies, self.settings.replies_password()) if replies else None

        return self._of_settings("mailbox", make)

    @property
    def outbox_folder(self) -> Path:
        """Where digests go without a mail server."""
        return self.settings.path(self.settings.mail.outbox)
