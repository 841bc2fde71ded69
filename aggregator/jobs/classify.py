"""Files every candidate that the current classifier has not seen, in batches."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from aggregator.classify.coldstart import KeywordRules
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
    """Fitted classifiers by roundup, kept between ticks of one process: refitting takes seconds, and predicts the same.
    reviewed: roundups whose older guesses were compared with this process's configuration."""

    fitted: dict[int, tuple[int | None, Filing]]
    reviewed: set[int]

    @classmethod
    def empty(cls) -> Files:
        """None fitted yet."""
        return cls({}, set())

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
    """Appends a guess to every open candidate that has none by the current classifier, or one that config.yaml has made
    wrong: of a section that is no more or, where nothing was learnt yet, by other keywords. Returns how many."""
    current = stores.learning.current(roundup.id)
    guessed = 0
    while waiting := stores.ledger.unguessed(roundup.id, current.id if current else None, BATCH):
        current, filing = files.filing(stores, roundup, plan)
        stores.ledger.add_guesses(_guesses(filing, waiting), current.id if current else None, stores.clock.now())
        guessed += len(waiting)
    if roundup.id not in files.reviewed:
        guessed += _review(stores, roundup, plan, files)
        files.reviewed.add(roundup.id)
    return guessed


def _review(stores: Stores, roundup: Roundup, plan: RoundupSettings, files: Files) -> int:
    current = stores.learning.current(roundup.id)
    learnt = set(current.sections) if current is not None else set[str]()
    guessed = [one for one in stores.ledger.candidates(roundup.id) if one.guess]
    if learnt and learnt <= set(plan.section_names):
        new = KeywordRules([section for section in plan.sections if section.name not in learnt])
        by_words = new.guess([example_of(one) for one in guessed])
        guessed = [one for one, ruled in zip(guessed, by_words, strict=True) if one.guess and not _named(ruled.first, one.guess)]
    doubted = {one.id: one for one in guessed}
    if not doubted:
        return 0  # fitting takes seconds
    current, filing = files.filing(stores, roundup, plan)
    fresh = {id_: guess for id_, guess in _guesses(filing, list(doubted.values())).items() if guess != doubted[id_].guess}
    stores.ledger.add_guesses(fresh, current.id if current else None, stores.clock.now())
    return len(fresh)


def _named(section: str | None, guess: Guess) -> bool:
    return section is None or section in (guess.first, guess.second)


def _guesses(filing: Filing, candidates: Sequence[Candidate]) -> dict[int, Guess]:
    examples = [example_of(candidate) for candidate in candidates]
    sources = [max(1, len(candidate.sources)) for candidate in candidates]
    guesses = filing.guess(examples, sources)
    return {candidate.id: guess for candidate, guess in zip(candidates, guesses, strict=True)}
