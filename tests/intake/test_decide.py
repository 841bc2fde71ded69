"""Which entries are news, which are history, which were edited."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from aggregator.intake.decide import Decided, decide_entries
from aggregator.records.entries import ParsedEntry
from aggregator.records.feeds import ParsedFeed

NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)


def entry(key: str, published: datetime | None = None, source: str = "s") -> ParsedEntry:
    return ParsedEntry(key, None, None, key, None, (), "", published, published, source)


def decide(*entries: ParsedEntry, first: bool = False, known: dict[str, str] | None = None, days: int = 30) -> Decided:
    feed = ParsedFeed("rss20", None, None, entries, tuple(one.key for one in entries), len(entries))
    return decide_entries(feed, first=first, now=NOW, first_days=days, known=known or {})


def test_at_the_first_success_recent_entries_are_offered() -> None:
    (new,) = decide(entry("a", NOW - timedelta(days=29)), first=True).new
    assert (new.offered, new.reason) == (True, None)


def test_at_the_first_success_old_entries_are_history() -> None:
    (new,) = decide(entry("a", NOW - timedelta(days=31)), first=True).new
    assert (new.offered, new.reason) == (False, "older than 30 days when you subscribed")


def test_at_the_first_success_undated_entries_are_history() -> None:
    (new,) = decide(entry("a"), first=True).new
    assert (new.offered, new.reason) == (False, "undated when you subscribed")


def test_a_feed_added_later_has_its_own_number_of_days() -> None:
    (new,) = decide(entry("a", NOW - timedelta(days=8)), first=True, days=7).new
    assert new.reason == "older than 7 days when you subscribed"


def test_later_an_undated_entry_is_new() -> None:
    assert [new.offered for new in decide(entry("a")).new] == [True]


def test_later_an_entry_of_long_ago_is_new_unless_its_key_is_known() -> None:
    old = entry("a", NOW - timedelta(days=4000))
    assert [new.offered for new in decide(old).new] == [True]
    assert decide(old, known={"a": "s"}) == Decided((), ())


def test_an_edited_entry_is_changed_and_not_new() -> None:
    decided = decide(entry("a", source="new"), known={"a": "old"})
    assert ([one.key for one in decided.changed], decided.new) == (["a"], ())


def test_a_date_of_the_far_future_is_not_believed() -> None:
    tomorrow, later = NOW + timedelta(hours=23), NOW + timedelta(hours=25)
    decided = decide(entry("a", tomorrow), entry("b", later), replace(entry("c", NOW), updated_at=later))
    assert [new.parsed.published_at for new in decided.new] == [tomorrow, None, NOW]
    assert [new.parsed.updated_at for new in decided.new] == [tomorrow, None, None]


def test_a_far_future_date_does_not_make_history_news_at_the_first_success() -> None:
    (new,) = decide(entry("a", datetime(2099, 1, 1, tzinfo=UTC)), first=True).new
    assert new.reason == "undated when you subscribed"


dates = st.one_of(st.none(), st.integers(-13_000, 60_000).map(lambda days: NOW + timedelta(days=days)))
feeds = st.lists(st.builds(entry, st.text(min_size=1, max_size=3), dates, st.sampled_from("xyz")), unique_by=lambda one: one.key)
knowns = st.dictionaries(st.text(min_size=1, max_size=3), st.sampled_from("xyz"))


@given(feeds, knowns, st.booleans())
def test_no_entry_is_lost_and_none_comes_twice(entries: list[ParsedEntry], known: dict[str, str], first: bool) -> None:
    decided = decide(*entries, first=first, known=known)
    out = [new.parsed.key for new in decided.new] + [one.key for one in decided.changed]
    assert sorted(out) == sorted(one.key for one in entries if known.get(one.key) != one.source_hash)
    assert all((new.reason is None) == new.offered for new in decided.new)
    assert first or all(new.offered for new in decided.new)


@given(feeds, knowns, st.booleans())
def test_what_was_decided_once_is_decided(entries: list[ParsedEntry], known: dict[str, str], first: bool) -> None:
    decide(*entries, first=first, known=known)
    stored = {**known, **{one.key: one.source_hash for one in entries}}
    assert decide(*entries, known=stored) == Decided((), ())


@given(feeds)
def test_the_order_of_a_document_says_nothing(entries: list[ParsedEntry]) -> None:
    assert set(decide(*entries, first=True).new) == set(decide(*entries[::-1], first=True).new)
