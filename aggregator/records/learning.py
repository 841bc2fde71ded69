"""What the classifier reads and says: examples, labels, guesses, and the row that is a classifier."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Example:
    """Everything that may tell a section. Only title and url are always there (url may be empty). folders: OPML folders of
    the feed, innermost last. comment: the author's own words around a past link, for training only."""

    title: str
    url: str = ""
    text: str = ""
    feed: str = ""
    author: str = ""
    tags: tuple[str, ...] = ()
    folders: tuple[str, ...] = ()
    comment: str = ""


class LabelSource(StrEnum):
    """Who said so: a past edition, the author's verdict, or his published post."""

    ARCHIVE = "archive"
    VERDICT = "verdict"
    PUBLISHED = "published"


@dataclass(frozen=True, slots=True)
class NewLabel:
    """`example` belongs under `section`. at: when the author said so. origin: what a later correction retracts it by,
    such as "archive:past/27.md" or "candidate:203". edition: orders labels in time for honest measuring, None if unknown."""

    example: Example
    section: str
    source: LabelSource
    at: datetime
    origin: str
    edition: int | None = None


@dataclass(frozen=True, slots=True)
class Label:
    """A stored label. Ids grow: the labels up to a watermark are what a classifier was fitted on."""

    id: int
    example: Example
    section: str
    source: LabelSource
    at: datetime
    origin: str
    edition: int | None = None


@dataclass(frozen=True, slots=True)
class Score:
    """How well a classifier did on links it had not seen: shares of `links` right at first and within the first two."""

    links: int
    top1: float
    top2: float


@dataclass(frozen=True, slots=True)
class Classifier:
    """A classifier is a row, never a file (R14): refit `recipe` with `seed` on the labels up to `watermark` and it predicts
    the same. sections: those it was fitted for. thresholds: confidence a section must reach to be filed without asking."""

    id: int
    recipe: str
    seed: int
    watermark: int
    labels: int
    sections: tuple[str, ...]
    score: Score | None
    thresholds: Mapping[str, float]
    adopted_at: datetime | None
    made_at: datetime
    reason: str


class GuessMethod(StrEnum):
    """learnt: a fitted classifier. keywords: words, folders and sources only, before enough labels. none: no evidence."""

    LEARNT = "learnt"
    KEYWORDS = "keywords"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Guess:
    """What the classifier says of one candidate.

    section: where it files it, None if it abstains. first: the likeliest section, None only without any usable evidence.
    second: the next. confidence: calibrated probability of `first`. why: short phrases a person understands, most
    telling first. interest: 0..1, orders within a section, never hides.
    """

    section: str | None
    first: str | None
    second: str | None
    confidence: float
    why: tuple[str, ...] = ()
    interest: float = 0.0
    method: GuessMethod = GuessMethod.NONE


@dataclass(frozen=True, slots=True)
class PastOffer:
    """A candidate that he was offered, and what he made of it so far.

    sources: feeds that carried it. edition: number of the edition that said so; the open one's for a verdict that may change.
    used: in the post, or kept. noticed: he decided something in or after a digest that listed it. dropped: a firm no.
    linked_before: an edition before that one had linked it. Unused and not noticed says nothing of his taste.
    """

    example: Example
    sources: int
    edition: int
    used: bool
    noticed: bool
    dropped: bool
    linked_before: bool


@dataclass(frozen=True, slots=True)
class SectionFigures:
    """One section's precision, recall and number of links."""

    name: str
    precision: float
    recall: float
    links: int


@dataclass(frozen=True, slots=True)
class Evaluation:
    """How well the recipe would have sorted past editions, trained on earlier ones only. See CONTRACT of `evaluate`.

    unseen: links under sections not known then, counted as wrong. auto_filed: (share, accuracy), the largest confident
    share that is at least .80 right, found afterwards. operating: the same at thresholds fixed beforehand. baselines:
    majority, source, naive_bayes. confusion: (true, predicted) -> links. curve: (edition, top1) in time order.
    calibration: (mean confidence, share right, links) of links alike in confidence, least first. editions_curve: (edition,
    links, right at first, within two, unseen) in time order. growth: (past editions known, top1) on the same last editions.
    """

    editions: int
    links: int
    unseen: int
    top1: float
    top2: float
    macro_f1: float
    auto_filed: tuple[float, float]
    operating: tuple[float, float]
    baselines: Mapping[str, Score]
    sections: tuple[SectionFigures, ...]
    confusion: Mapping[tuple[str, str], int] = field(default_factory=dict)
    curve: tuple[tuple[str, float], ...] = ()
    calibration: tuple[tuple[float, float, int], ...] = ()
    editions_curve: tuple[tuple[str, int, float, float, int], ...] = ()
    growth: tuple[tuple[int, float], ...] = ()
