"""The store of what the draft needs beside its pieces: quotations, the files that it went out to, what they contradict."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Protocol

from aggregator.records.drafts import Conflict, DraftFile, NewConflict, Quote


class DraftStore(Protocol):
    """Quotations, files, conflicts. The pieces themselves are the ledger's."""

    def quotes(self, candidate_ids: Collection[int]) -> list[Quote]:
        """Exact words that he took from these candidates' pages, oldest first."""
        ...

    def add_quote(self, candidate_id: int, text: str, url: str | None, at: datetime) -> Quote:
        """Keeps exact words; the same words of the same page are kept once. url: where they stand, None for the candidate's own
        address. Raises NotFound."""
        ...

    def files(self, edition_id: int) -> list[DraftFile]:
        """What the edition's draft went out to or came in from, the newest first, each path once."""
        ...

    def save_file(self, file: DraftFile, conflicts: Sequence[NewConflict] = ()) -> None:
        """Writes the state of a file (by edition and path), and makes these all of its conflicts that wait for the author: one
        transaction. Settled ones stay."""
        ...

    def conflicts(self, edition_id: int) -> list[Conflict]:
        """All that the edition ever had, oldest first, settled ones included."""
        ...

    def settle(self, conflict_id: int, taken: str, at: datetime, own: str | None = None) -> None:
        """He took "desk" or "file", or said something else ("own"). Raises NotFound for one that does not wait."""
        ...
