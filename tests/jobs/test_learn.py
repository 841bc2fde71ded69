from __future__ import annotations

from datetime import timedelta

from aggregator.jobs import learn
from aggregator.settings import SectionSettings
from tests.jobs.conftest import Shop


def test_what_was_said_since_the_last_training_is_learnt_after_a_rest(shop: Shop) -> None:
    assert not learn.is_due(*shop.all)
    shop.teach(16)
    assert learn.is_due(*shop.all, rest=timedelta(days=1)), "the first training waits for nothing"
    assert learn.run_once(*shop.all).adopted
    assert not learn.is_due(*shop.all)
    shop.teach(2, start=16)
    assert learn.is_due(*shop.all)
    assert not learn.is_due(*shop.all, rest=timedelta(minutes=15))
    shop.clock.advance(timedelta(minutes=15))
    assert learn.is_due(*shop.all, rest=timedelta(minutes=15))


def test_a_section_that_is_gone_is_unlearnt_at_once(shop: Shop) -> None:
    shop.teach(16)
    learn.run_once(*shop.all)
    plan = shop.plan.model_copy(update={"sections": (SectionSettings(name="Wires"), *shop.plan.sections[1:])})
    assert learn.is_due(shop.stores, shop.roundup, plan, rest=timedelta(days=1))


def test_with_too_little_to_learn_the_report_says_what_is_missing(shop: Shop) -> None:
    shop.teach(2)
    report = learn.run_once(*shop.all)
    assert (report.trained, report.adopted, report.labels) == (False, False, 4)
    assert "16 more are needed" in report.reason
