"""The author's list -> subscriptions, and adopted moves -> the author's list."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from aggregator.errors import OpmlError
from aggregator.jobs import lists
from aggregator.jobs.cycle import run_once as cycle
from aggregator.records.feeds import FeedSync
from aggregator.records.roundups import Roundup
from tests.jobs.conftest import FakePoller, Shop, changed

FOLDERS = """<opml version="2.0"><head><title>Mine</title></head><body>
  <!-- the good ones -->
  <outline text="Racks" mood="fond"><outline type="rss" text="One" xmlUrl="http://one.example/feed" stars="5"/></outline>
</body></opml>"""


def sync(shop: Shop, path: Path) -> FeedSync:
    return lists.run_once(shop.stores, shop.roundup, path, first_days=30, later_days=7)


def move(shop: Shop, roundup: Roundup | None = None) -> None:
    """The one feed has moved for good."""
    (feed,) = shop.stores.feeds.claim(shop.clock.now(), 1, 60, everything=True)
    shop.stores.feeds.save([replace(changed(feed), moved=True, moved_to="https://one.example/new?a=1&b=2")])


def test_the_list_is_what_is_followed(shop: Shop) -> None:
    assert set(sync(shop, shop.write_list("one.example", "two.example")).added) == {
        "http://one.example/feed",
        "http://two.example/feed",
    }
    said = sync(shop, shop.write_list("two.example"))
    assert (said.removed, said.kept) == (("http://one.example/feed",), 1)


def test_a_list_that_is_gone_or_broken_unsubscribes_nobody(shop: Shop) -> None:
    path = shop.write_list("one.example")
    sync(shop, path)
    path.write_text("<opml><body><outline")
    with pytest.raises(OpmlError):
        sync(shop, path)
    path.unlink()
    with pytest.raises(OpmlError):
        sync(shop, path)
    assert len(shop.stores.feeds.statuses()) == 1


def test_a_move_is_written_once_and_nothing_else_changes(shop: Shop) -> None:
    path = shop.folder / "feeds.opml"
    path.write_text(FOLDERS)
    sync(shop, path)
    move(shop)
    lists.write_moves(shop.stores, [(shop.roundup, path)])
    assert path.read_text() == FOLDERS.replace("http://one.example/feed", "https://one.example/new?a=1&amp;b=2")
    assert sync(shop, path) == FeedSync(kept=1)
    before = path.stat().st_mtime_ns
    lists.write_moves(shop.stores, [(shop.roundup, path)])
    assert path.stat().st_mtime_ns == before


def test_every_list_that_has_the_feed_gets_its_new_address(shop: Shop) -> None:
    """The first list's rewriting marked the move as done for all."""
    other = shop.stores.ledger.roundup("Other Notes", "other-notes", shop.clock.now())
    mine, theirs = shop.folder / "feeds.opml", shop.folder / "theirs.opml"
    for roundup, path in ((shop.roundup, mine), (other, theirs)):
        path.write_text(FOLDERS)
        lists.run_once(shop.stores, roundup, path, first_days=30, later_days=7)
    move(shop)
    lists.write_moves(shop.stores, [(shop.roundup, mine), (other, theirs)])
    assert mine.read_text() == theirs.read_text()
    assert "one.example/new" in theirs.read_text()


def test_a_list_that_cannot_be_rewritten_is_told_and_tried_again(shop: Shop) -> None:
    path = shop.write_list("one.example")
    sync(shop, path)
    move(shop)
    path.rename(shop.folder / "aside.opml")
    with pytest.raises(OpmlError, match="cannot be rewritten"):
        lists.write_moves(shop.stores, [(shop.roundup, path)])
    (shop.folder / "aside.opml").rename(path)
    assert sync(shop, path) == FeedSync(kept=1), "the old address means the feed that moved"
    lists.write_moves(shop.stores, [(shop.roundup, path)])
    assert "one.example/new" in path.read_text()


def test_a_cycle_with_a_broken_list_polls_and_files_what_is_known(shop: Shop) -> None:
    """An adopted move with a broken list kept everything new from being filed."""
    path = shop.write_list("one.example")
    told: list[OpmlError] = []
    cycle(shop.stores, shop.settings, FakePoller(changed).ready(), on_bad_list=told.append)
    assert told == []
    move(shop)
    path.write_text("<opml><body><outline")
    shop.clock.advance(timedelta(hours=2))
    poller = FakePoller(lambda feed: replace(changed(feed), new=()))
    report = cycle(shop.stores, shop.settings, poller.ready(), on_bad_list=told.append)
    assert len(report.outcomes) == 1
    assert {str(one.resource) for one in told} <= {str(path), "the list of feeds"}
    assert shop.stores.ledger.unguessed(shop.roundup.id, None, 10) == []
    with pytest.raises(OpmlError):
        cycle(shop.stores, shop.settings, FakePoller(changed).ready())
