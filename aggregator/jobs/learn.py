"""Refits the classifier when labels are newer than the adopted one, or the sections are not its own; adopts what is not worse."""

from __future__ import annotations

from datetime import timedelta

from aggregator.classify.training import SEED, train
from aggregator.errors import NotEnoughLabels
from aggregator.jobs import relabel
from aggregator.ports import Stores
from aggregator.records.learning import Classifier
from aggregator.records.reports import LearnReport
from aggregator.records.roundups import Roundup
from aggregator.settings import RoundupSettings


def is_due(stores: Stores, roundup: Roundup, plan: RoundupSettings, rest: timedelta = timedelta(0)) -> bool:
    """Something was said since the last training, adopted or not, and that is at least `rest` ago; or the sections or their
    aliases changed."""
    if relabel.is_due(stores, roundup, plan):
        return True
    latest = next(iter(stores.learning.classifiers(roundup.id)), None)
    if latest is None:
        return stores.learning.watermark(roundup.id) > 0
    if not _fits(stores.learning.current(roundup.id), plan):
        return True
    return stores.learning.watermark(roundup.id) > latest.watermark and stores.clock.now() - latest.made_at >= rest


def run_once(stores: Stores, roundup: Roundup, plan: RoundupSettings) -> LearnReport:
    """Trains now, on labels as today's sections and aliases have them. Too few is a report that says how many are missing, not an
    error."""
    if relabel.is_due(stores, roundup, plan):
        relabel.run_once(stores, roundup, plan)
    watermark = stores.learning.watermark(roundup.id)
    labels = stores.learning.labels(roundup.id, watermark)
    current = stores.learning.current(roundup.id)
    try:
        trained = train(labels, plan.section_names, current, seed=SEED)
    except NotEnoughLabels as error:
        return LearnReport(False, False, len(labels), None, None, error.message)
    adopted = trained.adopted or not _fits(current, plan)
    stores.learning.add_classifier(
        roundup.id,
        recipe=trained.recipe,
        seed=SEED,
        watermark=watermark,
        labels=trained.labels,
        sections=trained.sections,
        score=trained.score,
        thresholds=trained.thresholds,
        adopted=adopted,
        reason=trained.reason,
        at=stores.clock.now(),
    )
    score = trained.score
    return LearnReport(
        True, adopted, trained.labels, score.top1 if score else None, score.top2 if score else None, trained.reason
    )


def _fits(current: Classifier | None, plan: RoundupSettings) -> bool:
    return current is not None and set(current.sections) <= set(plan.section_names)
