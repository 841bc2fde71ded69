"""The stores of what the author published and of what it taught."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from aggregator.records.archive import PastEdition, PastPlace, PastUse, SourceState, StoredDocument
from aggregator.records.learning import Classifier, Label, NewLabel, Score


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
