"""The store of what the draft needs beside its pieces: quotations."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Protocol

from aggregator.records.drafts import Quote


class DraftStore(Protocol):
    """Quotations of pages. The pieces themselves are the ledger's."""

    def quotes(self, candidate_ids: Collection[int]) -> list[Quote]:
        """Exact words that he took from these candidates' pages, oldest first."""
        ...

    def add_quote(self, candidate_id: int, text: str, url: str | None, at: datetime) -> Quote:
        """Keeps exact words; the same words of the same page are kept once. url: where they stand, None for the candidate's own
        address. Raises NotFound."""
        ...
