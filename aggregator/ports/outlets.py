"""The store of drafts at other places, and who brings them there."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from aggregator.records.outlets import Ask, Remote, SentDraft, Told


class OutletStore(Protocol):
    """What the draft of an edition is known by at other places."""

    def sent(self, edition_id: int) -> list[SentDraft]:
        """Every place that has the edition's draft, by name."""
        ...

    def save_sent(self, sent: SentDraft) -> None:
        """In the place of what was known of the outlet."""
        ...


class Caller(Protocol):
    """Speaks to the interface of a site that the author named, through the guard."""

    def call(self, ask: Ask) -> Told:
        """Follows no redirect. Raises OutletError where no answer came."""
        ...


class Branches(Protocol):
    """Writes to branches of git repositories, never to the one that publishes."""

    def put(
        self,
        address: str,
        branch: str,
        path: str,
        data: bytes,
        *,
        message: str,
        at: datetime,
        publishing: frozenset[str],
        ours: frozenset[str],
        over: bool,
    ) -> Remote:
        """Commits one file to a branch, made from the repository's own choice at the first time, and pushes it. publishing:
        branches that are never written to, besides the repository's own choice. ours: the file's versions that we sent; another
        one on that branch is the author's, and stays unless `over`. Raises OutletError, Refused."""
        ...
