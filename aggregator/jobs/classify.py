"""Files every candidate that the current classifier has not seen, in batches."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from aggregator.classify.filing import Filing
from aggregator.edition.examples import example_of
from aggregator.ports import Stores
from aggregator.records.candidates import Candidate
from aggregator.records.learning import Classifier, Guess
from aggregator.records.roundups import Roundup
from aggregator.settings import RoundupSettings

BATCH = 2000


@dataclass(slots=True)
class Files:
    """Fitted classifiers by roundup, kept between ticks of one process: refitting takes seconds, and predicts the same."""

    fitted: dict[int, tuple[int | None, Filing]]

    @classmethod
    def empty(cls) -> Files:
        """None fitted yet."""
        return cls({})

    def filing(self, stores: Stores, roundup: Roundup, plan: RoundupSettings) -> tuple[Classifier | None, Filing]:
        """The adopted classifier, refitted on the labels up to its watermark, or the keyword rules before there is one."""
        current = stores.learning.current(roundup.id)
        key = current.id if current else None
        known = self.fitted.get(roundup.id)
        if known is not None and known[0] == key and key is not None:
            return current, known[1]
        labels = stores.learning.labels(roundup.id, current.watermark if current else None)
        filing = Filing.prepare(labels, current, plan.sections, stores.archive.editions(roundup.id))
        self.fitted[roundup.id] = (key, filing)
        return current, filing


def run_once(stores: Stores, roundup: Roundup, plan: RoundupSettings, files: Files) -> int:
    """Appends a guess to every open candidate that has none by the current classifier. Returns how many."""
    current = stores.learning.current(roundup.id)
    guessed = 0
    while waiting := stores.ledger.unguessed(roundup.id, current.id if current else None, BATCH):
        current, filing = files.filing(stores, roundup, plan)
        examples = [example_of(candidate) for candidate in waiting]
        sources = [max(1, len(candidate.sources)) for candidate in waiting]
        guesses = filing.guess(examples, sources)
        stores.ledger.add_guesses(_by_id(waiting, guesses), current.id if current else None, stores.clock.now())
        guessed += len(waiting)
    return guessed


def _by_id(candidates: Iterable[Candidate], guesses: Iterable[Guess]) -> Mapping[int, Guess]:
    return {candidate.id: guess for candidate, guess in zip(candidates, guesses, strict=True)}
