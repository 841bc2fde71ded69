"""One cycle of polling over a real store: everybody's outcome is saved once, or the claim is given back."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from aggregator.errors import DiskFull
from aggregator.jobs import poll
from aggregator.records.feeds import FeedState, FeedToPoll, PolledFeed
from tests.jobs.conftest import FakePoller, Shop, changed, unreached

HOSTS = tuple(f"blog{n}.example" for n in range(5))


class Steps:
    """A progress bar that counts."""

    def __init__(self) -> None:
        self.said: list[object] = []

    def start(self, what: str, total: int | None) -> None:
        self.said.append((what, total))

    def step(self, n: int = 1) -> None:
        self.said.append(n)

    def stop(self) -> None:
        self.said.append("stop")


def fails_after(shop: Shop, saves: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """The disk is full once so many batches were saved."""
    left = [saves]
    real = shop.stores.feeds.save

    def save(polled: Sequence[PolledFeed]) -> int:
        if not left[0]:
            time.sleep(0.05)  # the polling ends meanwhile
            raise DiskFull("the disk is full")
        left[0] -= 1
        return real(polled)

    monkeypatch.setattr(shop.stores.feeds, "save", save)


def test_every_feed_gets_its_outcome_and_the_bar_its_steps(shop: Shop) -> None:
    shop.follow(*HOSTS)
    steps = Steps()
    report = poll.run_once(shop.stores, FakePoller(changed).ready(), concurrency=2, progress=steps)
    assert (report.counts["changed"], report.new_entries, report.offline) == (5, 5, False)
    assert {one.url for one in report.outcomes} == {f"http://{host}/feed" for host in HOSTS}
    assert steps.said[0] == ("polling", 5)
    assert sum(one for one in steps.said if isinstance(one, int)) == 5
    assert steps.said[-1] == "stop"


def test_nothing_is_due_again_until_its_time(shop: Shop) -> None:
    shop.follow(*HOSTS)
    poll.run_once(shop.stores, FakePoller(changed).ready(), concurrency=9)
    poller = FakePoller(changed)
    assert poll.run_once(shop.stores, poller.ready(), concurrency=9).outcomes == ()
    assert poller.polled == []
    assert len(poll.run_once(shop.stores, poller.ready(), concurrency=9, everything=True).outcomes) == 5


def test_what_is_known_is_read_only_of_a_feed_that_was_heard_before(shop: Shop) -> None:
    shop.follow("one.example")
    poller = FakePoller(changed, asks=True)
    poll.run_once(shop.stores, poller.ready(), concurrency=1)
    assert poller.known == {"http://one.example/feed": {}}
    poll.run_once(shop.stores, poller.ready(), concurrency=1, everything=True)
    assert list(poller.known["http://one.example/feed"].values()) == ["h"]


def test_more_feeds_than_a_batch_are_all_saved(shop: Shop) -> None:
    shop.follow(*(f"b{n}.example" for n in range(2 * poll.BATCH + 30)))
    report = poll.run_once(shop.stores, FakePoller(changed).ready(), concurrency=64)
    assert report.counts["changed"] == report.new_entries == 2 * poll.BATCH + 30


def test_stopped_in_mid_cycle_the_slow_feeds_are_given_back_and_the_others_saved(shop: Shop) -> None:
    shop.follow(*HOSTS)
    stop = poll.Stop()
    timer = threading.Timer(0.3, stop.request)
    timer.start()
    began = time.monotonic()
    report = poll.run_once(shop.stores, FakePoller(changed, slow=frozenset({"blog3", "blog4"})).ready(), concurrency=9, stop=stop)
    assert time.monotonic() - began < 2
    assert sorted(one.url for one in report.outcomes) == [f"http://blog{n}.example/feed" for n in range(3)]
    again = FakePoller(changed)
    poll.run_once(shop.stores, again.ready(), concurrency=9)
    assert sorted(again.polled) == ["http://blog3.example/feed", "http://blog4.example/feed"], "due as before"


def test_a_stop_before_the_start_polls_nothing(shop: Shop) -> None:
    shop.follow(*HOSTS)
    stop = poll.Stop()
    stop.request()
    poller = FakePoller(changed)
    assert poll.run_once(shop.stores, poller.ready(), concurrency=9, stop=stop).outcomes == ()
    assert shop.claims() == 5


@pytest.mark.timeout(20)
@pytest.mark.parametrize(("feeds", "saves"), [(5, 0), (poll.BATCH + 30, 0), (3 * poll.BATCH, 1)])
def test_a_store_that_fails_raises_and_leaves_no_claims(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, feeds: int, saves: int
) -> None:
    """The last batch's failure was swallowed, and one before it with more behind it hung the cycle."""
    shop.follow(*(f"b{n}.example" for n in range(feeds)))
    fails_after(shop, saves, monkeypatch)
    steps = Steps()
    with pytest.raises(DiskFull):
        poll.run_once(shop.stores, FakePoller(changed).ready(), concurrency=64, progress=steps)
    assert steps.said[-1] == "stop"
    assert shop.claims() == feeds


def test_a_fault_of_ours_in_a_worker_is_not_lost(shop: Shop) -> None:
    """Workers that raised ended the cycle in silence."""

    def broken(feed: FeedToPoll) -> PolledFeed:
        raise RuntimeError("a fault")

    shop.follow(*HOSTS)
    with pytest.raises(ExceptionGroup) as caught:
        poll.run_once(shop.stores, FakePoller(broken).ready(), concurrency=2)
    assert caught.group_contains(RuntimeError, match="a fault")
    assert shop.claims() == 5


def test_with_no_network_nobody_is_blamed(shop: Shop) -> None:
    shop.follow(*HOSTS)
    report = poll.run_once(shop.stores, FakePoller(unreached).ready(), concurrency=9)
    assert report.offline
    assert report.counts["skipped"] == 5
    assert {one.state for one in shop.stores.feeds.statuses()} == {FeedState.NEW}


def test_if_one_feed_answers_the_unreached_ones_failed(shop: Shop) -> None:
    shop.follow(*HOSTS)
    report = poll.run_once(
        shop.stores, FakePoller(lambda feed: changed(feed) if "blog0" in feed.url else unreached(feed)).ready(), concurrency=9
    )
    assert not report.offline
    assert (report.counts["changed"], report.counts["failed"]) == (1, 4)


def test_gone_and_told_to_wait_are_counted_as_skipped_with_the_reason(shop: Shop) -> None:
    def answer(feed: FeedToPoll) -> PolledFeed:
        later = shop.clock.now() + timedelta(hours=9)
        if "blog0" in feed.url:
            return replace(unreached(feed), outcome="gone", error_kind="gone", error="gone for good", next_poll_at=None)
        if "blog1" in feed.url:
            return replace(changed(feed), retry_after_until=later, next_poll_at=later)
        return changed(feed)

    shop.follow(*HOSTS)
    poll.run_once(shop.stores, FakePoller(answer).ready(), concurrency=9)
    report = poll.run_once(shop.stores, FakePoller(changed).ready(), concurrency=9, everything=True)
    counts = report.counts
    assert counts == {"changed": 3, "skipped": 2}
    assert {one.error for one in report.outcomes if one.outcome == "skipped"} == {
        "gone for good",
        "its server asked us to wait",
    }
