"""The world outside: the clock, pages and repositories that the author named, and who is shown the progress."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Protocol

from aggregator.records.archive import Checkout


class Clock(Protocol):
    """See `clock.SystemClock`."""

    def now(self) -> datetime: ...
    def monotonic(self) -> float: ...
    def random(self) -> float: ...


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


class Answer(Page, Protocol):
    """A page with what to ask for it next time by."""

    @property
    def etag(self) -> str | None: ...
    @property
    def last_modified(self) -> str | None: ...


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


class Web(PageFetcher, Follower, Protocol):
    """Everything that is fetched beside polling."""

    def ask(self, url: str, etag: str | None, last_modified: str | None) -> Answer | None:
        """Fetches a page unless it is what these validators name; None then. Raises PageError."""
        ...


class Checkouts(Protocol):
    """Copies of git repositories, for reading."""

    def fetch(self, address: str, branch: str | None) -> AbstractContextManager[Checkout]:
        """The newest state of a branch, None = the repository's own choice; it stays that until the block ends. Raises
        ArchiveError."""
        ...


class Progress(Protocol):
    """A progress bar, or nothing. Long work calls it; only a terminal shows it."""

    def start(self, what: str, total: int | None) -> None: ...
    def step(self, n: int = 1) -> None: ...
    def stop(self) -> None: ...
