"""The store of linked pages, and who looks at links."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import Protocol

from aggregator.ports.outside import PageFetcher
from aggregator.records.links import KeptPage, LinkCheck, Looked


class LinkStore(Protocol):
    """Pages that were kept, and the last word on every address that was looked at."""

    def spoken_of(self, roundup_id: int) -> list[int]:
        """Candidates of the open edition that he kept or held at some time, by id."""
        ...

    def page(self, candidate_id: int) -> KeptPage | None:
        """The page as it was when the candidate was kept, None if it was not saved."""
        ...

    def saved(self, candidate_ids: Collection[int]) -> frozenset[int]:
        """Those of these candidates whose page was saved."""
        ...

    def save_page(self, page: KeptPage) -> None:
        """In the place of what was saved before."""
        ...

    def forget_dropped(self) -> int:
        """Deletes the pages of candidates that an edition closed with dropped; returns how many."""
        ...

    def checks(self, addresses: Collection[str]) -> dict[str, LinkCheck]:
        """Canonical address -> the last word on it, for those that were looked at."""
        ...

    def save_check(self, check: LinkCheck) -> None:
        """In the place of what was known of the address."""
        ...

    def readdress(self, roundup_id: int, candidate_id: int, url: str, canonical_url: str) -> None:
        """The candidate is at this address from now on; number and history stay. Raises NotFound, and Refused where another
        candidate of the open edition is that page."""
        ...


class Looker(Protocol):
    """Looks whether links are there."""

    def look(self, urls: Sequence[str], each: Callable[[Looked], None], *, seconds: float | None = None) -> None:
        """Asks for every address, a few at a time and each server politely, and calls `each` as answers come, in this thread.
        seconds: then it ends, and `each` is not called for what has not answered yet; None = when all is through."""
        ...


class LinkPages(Looker, PageFetcher, Protocol):
    """Looks at links, and asks an archive for copies of those that are dead."""
