"""One round: polled, offered, learnt, filed; then offering, filing and training on their own."""

from __future__ import annotations

from dataclasses import replace

import pytest

from aggregator.errors import DiskFull
from aggregator.jobs import classify, cycle, learn, offer
from aggregator.records.candidates import Candidate
from aggregator.records.feeds import FeedToPoll, NewEntry, PolledFeed
from aggregator.records.learning import GuessMethod
from tests.intake.test_poll import entry
from tests.jobs.conftest import FakePoller, Shop, changed


def bring(shop: Shop, *titles: str, host: str = "one.example") -> None:
    """The feed's entries, stored and not yet offered."""
    shop.follow(host)
    (feed,) = shop.stores.feeds.claim(shop.clock.now(), 1, 60, everything=True)
    new = tuple(
        NewEntry(
            replace(
                entry(title),
                title=title,
                url=f"http://{host}/{n}",
                canonical_url=f"https://{host}/{n}",
                text=f"All about {title}",
            ),
            offered=True,
        )
        for n, title in enumerate(titles)
    )
    shop.stores.feeds.save([replace(changed(feed), new=new)])


def candidates(shop: Shop) -> list[Candidate]:
    shop.stores.ledger.open_edition(shop.roundup.id, 7, shop.clock.now())
    return shop.stores.ledger.candidates(shop.roundup.id)


def file_all(shop: Shop, files: classify.Files | None = None) -> int:
    return classify.run_once(*shop.all, files or classify.Files.empty())


def test_a_round_ends_with_filed_candidates_of_the_open_edition(shop: Shop) -> None:
    def answer(feed: FeedToPoll) -> PolledFeed:
        return replace(changed(feed), new=(NewEntry(replace(entry("a"), title="A disk"), offered=True),))

    shop.write_list("one.example")
    report = cycle.run_once(shop.stores, shop.settings, FakePoller(answer).ready())
    assert report.new_entries == 1
    (one,) = candidates(shop)
    assert one.guess is not None
    assert (one.guess.first, one.guess.method) == ("Storage", GuessMethod.KEYWORDS)


def test_a_round_trains_first_if_labels_are_newer_unless_told_not_to(shop: Shop) -> None:
    shop.write_list("one.example")
    shop.teach(30)
    cycle.run_once(shop.stores, shop.settings, FakePoller(changed).ready(), train=False)
    assert shop.stores.learning.current(shop.roundup.id) is None
    cycle.run_once(shop.stores, shop.settings, FakePoller(changed).ready())
    current = shop.stores.learning.current(shop.roundup.id)
    assert current is not None
    (one,) = candidates(shop)
    assert one.guess is not None
    assert one.guess.method is not GuessMethod.KEYWORDS, "filed anew by what was learnt"


def test_copies_merge_and_offering_again_changes_nothing(shop: Shop) -> None:
    bring(shop, "A disk", "A switch")
    assert offer.run_once(shop.stores, shop.roundup) == 2
    assert offer.run_once(shop.stores, shop.roundup) == 0
    shop.follow("one.example", "planet.example")
    (feed,) = [one for one in shop.stores.feeds.claim(shop.clock.now(), 9, 60, everything=True) if "planet" in one.url]
    copy = replace(entry("copy"), title="A disk", url="http://www.one.example/0", canonical_url="https://one.example/0")
    shop.stores.feeds.save([replace(changed(feed), new=(NewEntry(copy, offered=True),))])
    assert offer.run_once(shop.stores, shop.roundup) == 0
    assert sorted(len(one.sources) for one in candidates(shop)) == [1, 2]


def test_copies_are_found_across_batches(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(offer, "BATCH", 2)
    bring(shop, *(f"Number {n}" for n in range(5)))
    assert offer.run_once(shop.stores, shop.roundup) == 5
    assert len(candidates(shop)) == 5


def test_an_offer_that_was_cut_off_is_taken_up(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(offer, "BATCH", 2)
    bring(shop, *(f"Number {n}" for n in range(5)))
    real, calls = shop.stores.ledger.offer, [1]

    def full(*given: object) -> list[int]:
        if not calls:
            raise DiskFull("the disk is full")
        calls.pop()
        return real(*given)  # type: ignore[arg-type]  # handed through as they are

    monkeypatch.setattr(shop.stores.ledger, "offer", full)
    with pytest.raises(DiskFull):
        offer.run_once(shop.stores, shop.roundup)
    monkeypatch.undo()
    assert offer.run_once(shop.stores, shop.roundup) == 3


def test_every_open_candidate_is_filed_once_for_each_classifier_in_batches(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(classify, "BATCH", 2)
    bring(shop, *(f"The disk {n}" for n in range(5)))
    offer.run_once(shop.stores, shop.roundup)
    candidates(shop)
    assert (file_all(shop), file_all(shop)) == (5, 0)
    shop.teach(30)
    learn.run_once(*shop.all)
    assert (file_all(shop), file_all(shop)) == (5, 0)
    assert {one.guess.first for one in candidates(shop) if one.guess} == {"Storage"}


def test_a_fitted_classifier_is_kept_between_rounds_until_another_is_adopted(shop: Shop) -> None:
    shop.teach(30)
    learn.run_once(*shop.all)
    files = classify.Files.empty()
    _, first = files.filing(*shop.all)
    assert files.filing(*shop.all)[1] is first
    shop.teach(10, start=30)
    assert files.filing(*shop.all)[1] is first, "labels alone change nothing"
    learn.run_once(*shop.all)
    if shop.stores.learning.classifiers(shop.roundup.id)[0].adopted_at is not None:
        assert files.filing(*shop.all)[1] is not first


def test_keyword_rules_are_made_anew_since_labels_teach_them_sites(shop: Shop) -> None:
    files = classify.Files.empty()
    assert files.filing(*shop.all)[1] is not files.filing(*shop.all)[1]


def test_training_is_due_once_there_are_newer_labels(shop: Shop) -> None:
    assert not learn.is_due(*shop.all)
    shop.teach(30)
    assert learn.is_due(*shop.all)
    report = learn.run_once(*shop.all)
    assert (report.trained, report.adopted, report.labels) == (True, True, 60)
    assert not learn.is_due(*shop.all)
    shop.teach(2, start=30)
    assert learn.is_due(*shop.all)
    learn.run_once(*shop.all)
    assert not learn.is_due(*shop.all), "adopted or not, nothing is newer"


def test_too_few_labels_are_a_report_and_no_classifier(shop: Shop) -> None:
    shop.teach(1)
    report = learn.run_once(*shop.all)
    assert (report.trained, report.adopted, report.labels, report.top1) == (False, False, 2, None)
    assert report.reason
    assert shop.stores.learning.classifiers(shop.roundup.id) == []


def test_sections_that_were_renamed_are_learnt_anew(shop: Shop) -> None:
    shop.teach(30)
    learn.run_once(*shop.all)
    sections = tuple(one.model_copy(update={"name": one.name.replace("Storage", "Disks")}) for one in shop.plan.sections)
    renamed = shop.configure(sections=sections)
    assert learn.is_due(shop.stores, shop.roundup, renamed)
    bring(shop, "A disk")
    offer.run_once(shop.stores, shop.roundup)
    candidates(shop)
    classify.run_once(shop.stores, shop.roundup, renamed, classify.Files.empty())
    (one,) = candidates(shop)
    assert one.guess is None or one.guess.first != "Storage", "a guess names a configured section only"
