"""How well would the classifier have sorted past editions, had it known only the earlier ones?"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from dataclasses import dataclass, field

import numpy as np
from sklearn.naive_bayes import MultinomialNB

from aggregator.classify.calibration import TARGET, likeliest
from aggregator.classify.features import Ints, Matrix, Space
from aggregator.classify.figures import largest_share, macro_f1, reliability, section_figures
from aggregator.classify.sections import Floats, LabelledTexts, Mask, Recipe
from aggregator.classify.text import words_of
from aggregator.classify.threads import one_thread
from aggregator.classify.training import Tuned, tune
from aggregator.errors import NotEnoughLabels
from aggregator.ports import Progress
from aggregator.records.archive import PastEdition
from aggregator.records.learning import Evaluation, Example, Score
from aggregator.text.canonical import address_words, host_of

LAST = 10
_KNOWN_IN = 2  # editions that must have had a section before it counts as known
_MOST_THREADS = 4  # each holds a copy of what it fits on
_GROWTH = 1.05  # temperature and thresholds are set afresh once so many more links are known


@dataclass(slots=True)
class _Tally:
    """Right answers at first and within two."""

    links: int = 0
    top1: int = 0
    top2: int = 0

    def add(self, truth: str, first: str | None, second: str | None) -> None:
        self.links += 1
        self.top1 += first == truth
        self.top2 += truth in (first, second)

    @property
    def score(self) -> Score:
        return Score(self.links, self.top1 / max(1, self.links), self.top2 / max(1, self.links))


@dataclass(slots=True)
class _Record:
    """What has been predicted so far."""

    ours: _Tally = field(default_factory=_Tally)
    baselines: dict[str, _Tally] = field(
        default_factory=lambda: {name: _Tally() for name in ("majority", "source", "naive_bayes")}
    )
    confusion: Counter[tuple[str, str]] = field(default_factory=Counter)
    certain: list[tuple[float, bool]] = field(default_factory=list)
    filed: list[bool] = field(default_factory=list)
    unseen: int = 0
    curve: list[tuple[str, int, float, float, int]] = field(default_factory=list)


def evaluate(
    editions: Sequence[PastEdition],
    *,
    start: int | None,
    section_of: Callable[[str], str | None] | None = None,
    progress: Progress | None = None,
    growth: bool = False,
) -> Evaluation:
    """For each edition from `start` on: train on earlier ones only, then predict each link from anchor text and address alone.

    editions: oldest first. start: an edition's own number, else its position in time from 1; None means the last ten. section_of:
    heading as written -> section, None leaves its links out; without it headings stand as written. The sections known at an
    edition are those of at least two earlier ones; links under any other count as wrong and as unseen. Thresholds for
    `operating` are set as training sets them, on links of still earlier editions. growth: whether to tell how the last ten
    would have fared with fewer editions known, which costs a fit for each doubling.

    Raises NotEnoughLabels if nothing can be predicted.
    """
    world = _World.of(editions, section_of)
    numbers = [edition.number if edition.number is not None else place for place, edition in enumerate(editions, 1)]
    chosen = (
        [place for place, number in enumerate(numbers) if number >= start]
        if start is not None
        else [*range(len(editions))][-LAST:]
    )
    chosen = [place for place in chosen if world.is_usable(place)]
    if not chosen:
        raise _nothing_to_predict([number for place, number in enumerate(numbers) if world.is_usable(place)], start)
    record = _Record()
    if progress:
        progress.start("Predicting past editions", len(chosen))
    try:
        # scipy lets go of the interpreter while it multiplies, which is where the time goes.
        with one_thread(), ThreadPoolExecutor(min(_MOST_THREADS, os.cpu_count() or 1)) as pool:
            for predicted in pool.map(lambda task: _predict(world, *task), _with_tuning(world, chosen, pool)):
                _note(predicted, str(numbers[predicted.place]), record)
                if progress:
                    progress.step()
    finally:
        if progress:
            progress.stop()
    return _summed_up(record, len(chosen), _growth(world, [*range(len(editions))][-LAST:]) if growth else ())


@dataclass(frozen=True, slots=True)
class _World:
    """Every link of the archive. edition: its position. bare: without the comment, as a feed would give it. words: counts of
    plain words and pairs, for naive Bayes."""

    texts: LabelledTexts
    edition: Ints
    bare: tuple[Example, ...]
    words: Matrix

    @classmethod
    def of(cls, editions: Sequence[PastEdition], section_of: Callable[[str], str | None] | None) -> _World:
        rows = [
            (place, section, Example(title=link.anchor, url=link.url, comment=bullet.text))
            for place, edition in enumerate(editions)
            for bullet in edition.bullets
            if bullet.section is not None
            and (section := section_of(bullet.section) if section_of else bullet.section) is not None
            for link in bullet.links
        ]
        places = [place for place, _, _ in rows]
        texts = LabelledTexts([example for *_, example in rows], [section for _, section, _ in rows], [float(p) for p in places])
        plain = [words_of(one.title) + address_words(one.url) + words_of(host_of(one.url).replace(".", " ")) for *_, one in rows]
        bare = tuple(Example(title=one.title, url=one.url) for *_, one in rows)
        return cls(texts, np.array(places), bare, Space(plain).count(plain).words)

    def is_usable(self, place: int) -> bool:
        """It has links to predict, and there are sections to choose from."""
        return len(self.known_at(place)) >= 2 and bool((self.edition == place).any())

    def known_at(self, place: int) -> list[str]:
        """Sections found in at least two earlier editions, most links first."""
        earlier = self.edition < place
        seen: dict[str, set[int]] = {}
        for section, edition in zip(self.texts.sections[earlier], self.edition[earlier], strict=True):
            seen.setdefault(section, set()).add(int(edition))
        counts = Counter(self.texts.sections[earlier])
        return sorted((name for name, where in seen.items() if len(where) >= _KNOWN_IN), key=lambda name: (-counts[name], name))


@dataclass(frozen=True, slots=True)
class _Predicted:
    """One edition. known: its sections. truth: of each link; sections, probabilities, confidence: what the model says."""

    place: int
    known: list[str]
    truth: list[str]
    sections: tuple[str, ...]
    probabilities: Floats
    confidence: Floats
    thresholds: Mapping[str, float]
    baselines: Mapping[str, Sequence[tuple[str, str]]]


def _with_tuning(world: _World, places: Sequence[int], pool: Executor) -> Iterator[tuple[int, list[str], Mask, Future[Tuned]]]:
    """Each edition with the sections known there, the links that teach them, and what training would set before it, or what it
    set a little earlier."""
    links = 0
    names: list[str] = []
    tuned: Future[Tuned] | None = None
    for place in places:
        known = world.known_at(place)
        earlier = np.asarray((world.edition < place) & np.isin(world.texts.sections, known))
        if tuned is None or names != sorted(known) or earlier.sum() > links * _GROWTH:
            links, names = int(earlier.sum()), sorted(known)
            tuned = pool.submit(tune, world.texts, earlier, known)
        yield place, known, earlier, tuned


def _predict(world: _World, place: int, known: list[str], earlier: Mask, tuning: Future[Tuned]) -> _Predicted:
    rows = np.flatnonzero(world.edition == place)
    # It was handed to the pool before this, so another thread is at it or has done it.
    tuned = tuning.result()
    model = world.texts.fit(tuned.recipe, earlier, known)
    probabilities = model.predict([world.bare[row] for row in rows])
    return _Predicted(
        place,
        known,
        [str(section) for section in world.texts.sections[rows]],
        model.sections,
        probabilities,
        likeliest(probabilities)[1],
        tuned.thresholds,
        _baselines(world, earlier, rows, known),
    )


def _note(predicted: _Predicted, name: str, record: _Record) -> None:
    """name: of the edition."""
    ordered = np.argsort(-predicted.probabilities, axis=1, kind="stable")
    hits = _Tally()
    for row, true in enumerate(predicted.truth):
        first, second = (predicted.sections[column] for column in ordered[row, :2])
        record.ours.add(true, first, second)
        hits.add(true, first, second)
        record.confusion[true, first] += 1
        record.certain.append((float(predicted.probabilities[row].max()), first == true))
        if predicted.confidence[row] >= predicted.thresholds.get(first, TARGET):
            record.filed.append(first == true)
    unseen = sum(true not in predicted.known for true in predicted.truth)
    record.unseen += unseen
    record.curve.append((name, hits.links, hits.score.top1, hits.score.top2, unseen))
    for baseline, guesses in predicted.baselines.items():
        for true, (first_guess, second_guess) in zip(predicted.truth, guesses, strict=True):
            record.baselines[baseline].add(true, first_guess, second_guess)


def _baselines(world: _World, earlier: Mask, rows: Ints, known: Sequence[str]) -> dict[str, list[tuple[str, str]]]:
    """What three simple rules say: the commonest section; the site's usual one, else the commonest; naive Bayes on words."""
    majority = known[0], known[1]
    sites: dict[str, Counter[str]] = {}
    for row in np.flatnonzero(earlier):
        sites.setdefault(world.texts.hosts[row], Counter())[str(world.texts.sections[row])] += 1
    source = []
    for row in rows:
        usual = [section for section, _ in sites.get(world.texts.hosts[row], Counter()).most_common(2)]
        ranked = [*usual, *(section for section in majority if section not in usual)]
        source.append((ranked[0], ranked[1]))
    trained = np.flatnonzero(earlier)
    bayes = MultinomialNB().fit(world.words[trained], world.texts.sections[trained].astype(str))
    ordered = np.argsort(-bayes.predict_log_proba(world.words[rows]), axis=1, kind="stable")
    return {
        "majority": [majority] * len(rows),
        "source": source,
        "naive_bayes": [(str(bayes.classes_[one]), str(bayes.classes_[two])) for one, two in ordered[:, :2]],
    }


def _growth(world: _World, last: Sequence[int]) -> tuple[tuple[int, float], ...]:
    """Right at first on the editions `last`, had only so many right before them been known: 2, 4, 8 and so on, then all."""
    rows = np.flatnonzero(np.isin(world.edition, last))
    sizes = [size for size in (2**power for power in range(1, 30)) if size < last[0]] + [last[0]]
    curve = []
    for size in sizes:
        near = np.asarray((world.edition < last[0]) & (world.edition >= last[0] - size))
        sections = sorted(set(world.texts.sections[near]))
        try:
            model = world.texts.fit(Recipe(), near, sections)
        except NotEnoughLabels:
            continue
        first = model.predict([world.bare[row] for row in rows]).argmax(axis=1)
        right = [model.sections[column] == world.texts.sections[row] for column, row in zip(first, rows, strict=True)]
        curve.append((size, sum(right) / len(right)))
    return tuple(curve)


def _nothing_to_predict(usable: Sequence[int], start: int | None) -> NotEnoughLabels:
    """usable: numbers of the editions that could be predicted, in time order."""
    if not usable:
        return NotEnoughLabels(
            "there is no edition to predict whose sections at least two earlier editions had", advice="Give more past editions."
        )
    if start is None:
        return NotEnoughLabels(
            f"none of the last {LAST} editions has links that can be predicted",
            advice=f"The newest edition that has is {usable[-1]}: start from there or before.",
        )
    return NotEnoughLabels(
        f"there is no edition to predict from {start} on", advice=f"The highest edition to start from is {max(usable)}."
    )


def _summed_up(record: _Record, editions: int, growth: tuple[tuple[int, float], ...]) -> Evaluation:
    figures = tuple(section_figures(record.confusion))
    score = record.ours.score
    return Evaluation(
        editions=editions,
        links=score.links,
        unseen=record.unseen,
        top1=score.top1,
        top2=score.top2,
        macro_f1=macro_f1(figures),
        auto_filed=largest_share(record.certain),
        operating=(len(record.filed) / score.links, sum(record.filed) / len(record.filed) if record.filed else 0.0),
        baselines={name: tally.score for name, tally in record.baselines.items()},
        sections=figures,
        confusion=dict(record.confusion),
        curve=tuple((name, top1) for name, _, top1, *_ in record.curve),
        calibration=reliability(record.certain),
        editions_curve=tuple(record.curve),
        growth=growth,
    )
