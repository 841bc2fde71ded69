"""Files every candidate that the current classifier has not seen, in batches."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

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
    """Fitted classifiers by roundup, kept between ticks of one process: refitting takes seconds, and predicts the same until
    an edition closes, which tells of his interest.
    reviewed: roundups whose older guesses were compared with this process's configuration."""

    fitted: dict[int, tuple[int, datetime | None, Filing]]
    reviewed: set[int]

    @classmethod
    def empty(cls) -> Files:
        """None fitted yet."""
        return cls({}, set())

    def filing(self, stores: Stores, roundup: Roundup, plan: RoundupSettings) -> tuple[Classifier | None, Filing]:
        """The adopted classifier, refitted on the labels up to its watermark, or the keyword rules before there is one; with
        the interest that is known today."""
        current, closed = stores.learning.current(roundup.id), _last_close(stores, roundup)
        known = self.fitted.get(roundup.id)
        if known is not None and current is not None and known[:2] == (current.id, closed):
            return current, known[2]
        filing = Filing.prepare(
            stores.learning.labels(roundup.id, current.watermark if current else None),
            current,
            plan.sections,
            stores.archive.editions(roundup.id),
            stores.ledger.past_offers(roundup.id),
            [example_of(candidate) for candidate in stores.ledger.candidates(roundup.id, carry=plan.carry)],
        )
        if current is not None:
            self.fitted[roundup.id] = (current.id, closed, filing)
        return current, filing


def run_once(stores: Stores, roundup: Roundup, plan: RoundupSettings, files: Files) -> int:
    """Appends a guess to every open candidate that has none by the current classifier since the last edition closed, which
    changes the interest of all, or one that config.yaml has made wrong: of a section that is no more or, where nothing was
    learnt yet, by other keywords. What is folded away, since editions have passed over it, keeps the guess that it has.
    Returns how many."""
    current = stores.learning.current(roundup.id)
    guessed, closed = 0, _last_close(stores, roundup)
    while waiting := stores.ledger.unguessed(roundup.id, current.id if current else None, BATCH, closed, plan.carry):
        current, filing = files.filing(stores, roundup, plan)
        now = stores.clock.now()
        # A clock that was set back must not leave them waiting for ever.
        at = now if closed is None else max(now, closed)
        stores.ledger.add_guesses(_guesses(filing, waiting), current.id if current else None, at)
        guessed += len(waiting)
    if roundup.id not in files.reviewed:
        guessed += _review(stores, roundup, plan, files)
        files.reviewed.add(roundup.id)
    return guessed


def _review(stores: Stores, roundup: Roundup, plan: RoundupSettings, files: Files) -> int:
    current = stores.learning.current(roundup.id)
    learnt = set(current.sections) if current is not None else set[str]()
    guessed = [one for one in stores.ledger.candidates(roundup.id, carry=plan.carry) if one.guess]
    if learnt and learnt <= set(plan.section_names):
        new = KeywordRules([section for section in plan.sections if section.name not in learnt])
        by_words = new.guess([example_of(one) for one in guessed])
        guessed = [one for one, ruled in zip(guessed, by_words, strict=True) if one.guess and not _named(ruled.first, one.guess)]
    doubted = {one.id: one for one in guessed}
    if not doubted:
        return 0  # fitting takes seconds
    current, filing = files.filing(stores, roundup, plan)
    fresh = {
        id_: guess
        for id_, guess in _guesses(filing, list(doubted.values())).items()
        if _but_for_interest(guess) != _but_for_interest(doubted[id_].guess)
    }
    stores.ledger.add_guesses(fresh, current.id if current else None, stores.clock.now())
    return len(fresh)


def _but_for_interest(guess: Guess | None) -> Guess | None:
    """Interest moves a little with every new entry; that alone is no other guess."""
    return guess and replace(guess, interest=0.0)


def _last_close(stores: Stores, roundup: Roundup) -> datetime | None:
    closed = [edition.closed_at for edition in stores.ledger.editions(roundup.id) if edition.closed_at is not None]
    return max(closed, default=None)


def _named(section: str | None, guess: Guess) -> bool:
    return section is None or section in (guess.first, guess.second)


def _guesses(filing: Filing, candidates: Sequence[Candidate]) -> dict[int, Guess]:
    examples = [example_of(candidate) for candidate in candidates]
    sources = [max(1, len(candidate.sources)) for candidate in candidates]
    guesses = filing.guess(examples, sources, [bool(candidate.linked_before) for candidate in candidates])
    return {candidate.id: guess for candidate, guess in zip(candidates, guesses, strict=True)}
