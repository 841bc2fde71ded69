"""One full round: lists read, due feeds polled, the classifier refitted if labels are newer, new entries offered and filed."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import AbstractAsyncContextManager, contextmanager
from dataclasses import replace

from aggregator.errors import OpmlError
from aggregator.jobs import classify, learn, lists, offer, poll, relate
from aggregator.ports import Progress, Stores
from aggregator.records.feeds import FeedSync
from aggregator.records.reports import PollReport
from aggregator.settings import Settings
from aggregator.text.slug import slug

log = logging.getLogger(__name__)


def run_once(
    stores: Stores,
    settings: Settings,
    poller: AbstractAsyncContextManager[poll.FeedPoller],
    *,
    everything: bool = False,
    progress: Progress | None = None,
    stop: poll.Stop | None = None,
    files: classify.Files | None = None,
    memories: relate.Memories | None = None,
    train: bool = True,
    on_bad_list: Callable[[OpmlError], None] | None = None,
) -> PollReport:
    """Polls once for all roundups, then files for each.

    files, memories: keep fitted classifiers and the index of the archive between rounds of one process. train: refit first if
    labels are newer. on_bad_list: is told of a feed list that cannot be read, and the feeds known so far are polled; without it
    OpmlError is raised.
    """
    files = files or classify.Files.empty()
    pairs = [(stores.ledger.roundup(plan.name, slug(plan.name), stores.clock.now()), plan) for plan in settings.roundups]
    poll_ = settings.poll
    stores.feeds.follow_only([roundup.id for roundup, _ in pairs], stores.clock.now())
    for roundup, plan in pairs:
        with _telling(on_bad_list):
            path = settings.feeds_of(plan)
            _tell(plan.name, lists.run_once(stores, roundup, path, first_days=poll_.first_days, later_days=poll_.later_days))
    report = poll.run_once(stores, poller, concurrency=poll_.concurrency, everything=everything, progress=progress, stop=stop)
    offered = 0
    for roundup, plan in pairs:
        stores.ledger.open_edition(roundup.id, plan.next_number, stores.clock.now())
        offered += offer.run_once(stores, roundup)
        relate.run_once(stores, roundup, memories)
        if train and learn.is_due(stores, roundup, plan):
            learn.run_once(stores, roundup, plan)
        classify.run_once(stores, roundup, plan, files)
    with _telling(on_bad_list):
        lists.write_moves(stores, [(roundup, settings.feeds_of(plan)) for roundup, plan in pairs])
    return replace(report, candidates=offered)


def _tell(name: str, changed: FeedSync) -> None:
    for what, addresses in (("now follows", (*changed.added, *changed.returned)), ("no longer follows", changed.removed)):
        if addresses:
            few = ", ".join(addresses[:3]) + (f" and {len(addresses) - 3} more" if len(addresses) > 3 else "")
            log.info("%s %s %s", name, what, few)


@contextmanager
def _telling(on_bad_list: Callable[[OpmlError], None] | None) -> Iterator[None]:
    try:
        yield
    except OpmlError as error:
        if on_bad_list is None:
            raise
        on_bad_list(error)
