from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.errors import FeedError
from aggregator.intake.pacing import (
    CEILING,
    FLOOR,
    after_failure,
    after_success,
    fair_order,
    local_network_down,
    offline,
    retry_after_seconds,
    skipped,
)
from aggregator.records.entries import ParsedEntry
from aggregator.records.feeds import FeedToPoll, FetchedFeed, NewEntry, ParsedFeed, PolledFeed

NOW = datetime(2026, 5, 4, 12, 30, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
FEED = FeedToPoll(
    id=7,
    url="http://blog.example/feed",
    canonical_url="https://blog.example/feed",
    etag='"old"',
    last_modified="old",
    validators_at=NOW - DAY,
    body_hash="old",
    first_polled_at=NOW - 400 * DAY,
    last_new_at=NOW,
    interval=3600.0,
)
ENTRY = ParsedEntry("k", None, None, "t", None, (), "", None, None, "h")
NEWS = (NewEntry(ENTRY, offered=True),)


def fetched(status: int = 200, **fields: Any) -> FetchedFeed:
    return FetchedFeed(status=status, final_url=FEED.url, body_hash="new" if status == 200 else None, **fields)


def document(**fields: Any) -> ParsedFeed:
    return ParsedFeed("rss20", "Blog", "http://blog.example/", (), ("k",), 1, **fields)


def succeed(
    feed: FeedToPoll = FEED,
    answer: FetchedFeed | None = None,
    parsed: ParsedFeed | None = None,
    *,
    every: timedelta = HOUR,
    jitter: float = 0.0,
    now: datetime = NOW,
    new: tuple[NewEntry, ...] = (),
    same_feed: bool = True,
) -> PolledFeed:
    return after_success(feed, answer or fetched(), parsed, now=now, every=every, jitter=jitter, new=new, same_feed=same_feed)


def fail(kind: str, feed: FeedToPoll = FEED, *, every: timedelta = HOUR, jitter: float = 0.0, **fields: Any) -> PolledFeed:
    return after_failure(feed, FeedError(kind, "it failed", **fields), now=NOW, every=every, jitter=jitter)


def wait(polled: PolledFeed) -> timedelta:
    assert polled.next_poll_at is not None
    return polled.next_poll_at - NOW


def test_a_304_keeps_the_old_validators_unless_it_brings_new_ones() -> None:
    polled = succeed(answer=fetched(304))
    assert (polled.outcome, polled.etag, polled.last_modified, polled.body_hash) == ("not_modified", '"old"', "old", "old")
    assert polled.validators_at == NOW - DAY
    polled = succeed(answer=fetched(304, etag='"new"'))
    assert (polled.etag, polled.last_modified) == ('"new"', "old")
    assert polled.validators_at == NOW - DAY


def test_a_200_with_the_same_body_stores_its_new_validators() -> None:
    polled = succeed(answer=fetched(etag='"new"'))
    assert (polled.outcome, polled.etag, polled.last_modified) == ("same_body", '"new"', None)
    assert (polled.validators_at, polled.body_hash) == (NOW, "new")


def test_a_new_document_stores_everything_and_clears_the_trouble() -> None:
    troubled = replace(FEED, failures=3, error_kind="dns", error_since=NOW - DAY, retry_after_until=NOW)
    polled = succeed(troubled, fetched(etag='"new"', notes=("a",)), document(notes=("b",)), new=NEWS)
    assert (polled.outcome, polled.title, polled.site_url) == ("changed", "Blog", "http://blog.example/")
    assert (polled.failures, polled.error, polled.error_kind, polled.error_since, polled.retry_after_until) == (
        0,
        None,
        None,
        None,
        None,
    )
    assert (polled.new, polled.notes) == (NEWS, ("a", "b"))


def test_a_failure_keeps_what_was_known() -> None:
    polled = fail("parse", replace(FEED, moved_to="x", moved_since=NOW, moved_polls=2))
    assert (polled.etag, polled.last_modified, polled.validators_at, polled.body_hash) == ('"old"', "old", NOW - DAY, "old")
    assert (polled.moved_to, polled.moved_since, polled.moved_polls) == ("x", NOW, 2)
    assert (polled.outcome, polled.error_kind, polled.failures, polled.error_since) == ("parse", "parse", 1, NOW)


def test_a_lively_feed_is_polled_at_the_authors_interval() -> None:
    assert wait(succeed(parsed=document(), new=NEWS)) == HOUR
    assert wait(succeed(parsed=document(), new=NEWS, every=timedelta(hours=3))) == 3 * HOUR


def test_jitter_only_adds_and_at_most_a_tenth() -> None:
    assert wait(succeed(parsed=document(), new=NEWS, jitter=0.5)) == 1.05 * HOUR


@pytest.mark.parametrize(("silent", "expected"), [(DAY, HOUR), (7 * DAY, 7 * HOUR), (24 * DAY, DAY), (700 * DAY, DAY)])
def test_the_longer_a_feed_is_silent_the_rarer_it_is_polled_down_to_daily(silent: timedelta, expected: timedelta) -> None:
    assert wait(succeed(replace(FEED, last_new_at=NOW - silent), fetched(304))) == expected


def test_news_ends_the_quiet() -> None:
    quiet = replace(FEED, last_new_at=NOW - 90 * DAY, interval=86400.0)
    assert wait(succeed(quiet, parsed=document(), new=NEWS)) == HOUR


@pytest.mark.parametrize(
    ("headers", "ttl", "expected"),
    [
        ({"cache_control": "public, max-age=7200"}, None, 2 * HOUR),
        ({"cache_control": 'max-age="7200"'}, None, 2 * HOUR),
        ({"cache_control": "max-age=31536000"}, None, CEILING),
        ({"cache_control": "max-age=" + "9" * 18}, None, CEILING),
        ({"cache_control": "no-cache, max-age=7200"}, None, HOUR),
        ({"cache_control": "no-store"}, None, HOUR),
        ({"cache_control": "max-age=-5, ="}, None, HOUR),
        ({"expires": "0"}, None, HOUR),
        ({"expires": "Mon, 04 May 2026 14:30:00 GMT"}, None, 2 * HOUR),
        ({"expires": "Thu, 07 May 2026 14:30:00 GMT", "server_date": NOW + 3 * DAY}, None, 2 * HOUR),
        ({"expires": "Mon, 04 May 2020 14:30:00 GMT"}, None, HOUR),
        ({"expires": "Mon, 04 May 2026 16:30:00 GMT", "cache_control": "max-age=7200"}, None, 2 * HOUR),
        ({}, 0.0, HOUR),
        ({}, -5.0, HOUR),
        ({}, 3 * 3600.0, 3 * HOUR),
        ({}, 9e9, CEILING),
        ({}, float("inf"), CEILING),
    ],
)
def test_publishers_wishes_are_heard_within_bounds(headers: dict[str, Any], ttl: float | None, expected: timedelta) -> None:
    assert wait(succeed(answer=fetched(**headers), parsed=document(ttl=ttl), new=NEWS)) == expected


def test_a_wish_in_the_document_holds_until_the_document_changes() -> None:
    asked = succeed(parsed=document(ttl=4 * 3600.0), new=NEWS)
    assert wait(succeed(replace(FEED, interval=asked.interval), fetched(304))) == 4 * HOUR
    assert wait(succeed(replace(FEED, interval=asked.interval), parsed=document(), new=NEWS)) == HOUR


def test_the_author_may_lower_his_interval_at_any_time() -> None:
    slow = succeed(parsed=document(), new=NEWS, every=DAY)
    assert wait(slow) == DAY
    assert wait(succeed(replace(FEED, interval=slow.interval), fetched(304))) == HOUR


def test_no_setting_goes_below_the_floor() -> None:
    assert wait(succeed(parsed=document(), new=NEWS, every=timedelta(minutes=1))) == FLOOR
    assert wait(fail("timeout", every=timedelta(minutes=1))) == FLOOR


@pytest.mark.parametrize(
    ("skip", "expected"),
    [
        ((13,), datetime(2026, 5, 4, 14, tzinfo=UTC)),
        ((13, 14, 15), datetime(2026, 5, 4, 16, tzinfo=UTC)),
        ((1, 2), NOW + HOUR),
        (tuple(range(25)), NOW + HOUR),
        ((13, 99, -3), datetime(2026, 5, 4, 14, tzinfo=UTC)),
        (tuple(range(13, 24)), datetime(2026, 5, 5, 0, tzinfo=UTC)),
        ((*range(13, 24), 24), datetime(2026, 5, 5, 1, tzinfo=UTC)),
    ],
)
def test_hours_that_a_publisher_skips_are_left_out(skip: tuple[int, ...], expected: datetime) -> None:
    assert succeed(parsed=document(skip_hours=skip), new=NEWS).next_poll_at == expected


@given(
    every=st.timedeltas(timedelta(0), timedelta(days=40)),
    jitter=st.floats(0, 1, exclude_max=True),
    ttl=st.none() | st.floats(allow_nan=False),
    cache=st.none() | st.text(max_size=40) | st.integers().map(lambda n: f"max-age={n}"),
    expires=st.none() | st.text(max_size=40) | st.datetimes().map(lambda d: d.strftime("%a, %d %b %Y %H:%M:%S GMT")),
    skip=st.lists(st.integers(-1, 30), max_size=24).map(tuple),
    silent=st.none() | st.timedeltas(timedelta(days=-400), timedelta(days=4000)),
    status=st.sampled_from([200, 304]),
)
def test_the_next_poll_is_never_too_soon_and_never_never(
    every: timedelta,
    jitter: float,
    ttl: float | None,
    cache: str | None,
    expires: str | None,
    skip: tuple[int, ...],
    silent: timedelta | None,
    status: int,
) -> None:
    feed = replace(FEED, last_new_at=None if silent is None else NOW - silent)
    answer = fetched(status, cache_control=cache, expires=expires)
    parsed = document(ttl=ttl, skip_hours=skip) if status == 200 else None
    polled = succeed(feed, answer, parsed, every=every, jitter=jitter)
    assert FLOOR <= wait(polled) <= CEILING * 1.1 + DAY


def test_failures_double_the_wait_up_to_a_day() -> None:
    waits = [wait(fail("timeout", replace(FEED, failures=n))) for n in (0, 1, 2, 4, 5, 400)]
    assert waits == [HOUR, 2 * HOUR, 4 * HOUR, 16 * HOUR, DAY, DAY]


def test_trouble_is_dated_from_its_first_poll() -> None:
    polled = fail("dns", replace(FEED, failures=3, error_kind="timeout", error_since=NOW - 9 * DAY))
    assert (polled.failures, polled.error_since, polled.error_kind) == (4, NOW - 9 * DAY, "dns")


def test_an_interval_longer_than_a_day_is_not_shortened_by_failing() -> None:
    assert wait(fail("timeout", every=3 * DAY)) == 3 * DAY


def test_a_feed_that_is_gone_is_not_polled_again() -> None:
    polled = fail("gone", status=410)
    assert (polled.outcome, polled.next_poll_at, polled.status) == ("gone", None, 410)


def test_the_outcome_says_what_the_author_can_do() -> None:
    assert fail("not_found", advice="Look for it.").error == "it failed. Look for it."


@pytest.mark.parametrize(
    ("seconds", "until", "next_poll"),
    [
        (600.0, timedelta(minutes=10), FLOOR),
        (7200.0, 2 * HOUR, 2 * HOUR),
        (0.0, timedelta(minutes=1), FLOOR),
        (1e12, CEILING, CEILING),
    ],
)
def test_retry_after_is_kept_within_bounds(seconds: float, until: timedelta, next_poll: timedelta) -> None:
    polled = fail("rate_limited", status=429, retry_after=seconds)
    assert polled.retry_after_until == NOW + until
    assert wait(polled) == next_poll


@pytest.mark.parametrize("kind", ["rate_limited", "unavailable"])
def test_without_retry_after_the_wait_is_an_hour_and_doubles(kind: str) -> None:
    short = timedelta(minutes=30)
    waits = [wait(fail(kind, replace(FEED, failures=n), every=short)) for n in (0, 1, 2, 9)]
    assert waits == [HOUR, 2 * HOUR, 4 * HOUR, DAY]
    assert fail(kind).retry_after_until is None


@pytest.mark.parametrize(
    ("value", "server_date", "expected"),
    [
        ("120", None, 120.0),
        (" 120 ", None, 120.0),
        ("0", None, 0.0),
        ("-5", None, None),
        ("1.5", None, None),
        ("soon", None, None),
        ("", None, None),
        (None, None, None),
        ("٣", None, None),
        ("9" * 30, None, None),
        ("315360000", None, 315360000.0),
        ("Mon, 04 May 2026 13:30:00 GMT", None, 3600.0),
        ("Mon, 04 May 2020 13:30:00 GMT", None, 0.0),
        ("Thu, 07 May 2026 13:30:00 GMT", NOW + 3 * DAY, 3600.0),
    ],
)
def test_retry_after_in_both_forms_by_the_servers_own_clock(
    value: str | None, server_date: datetime | None, expected: float | None
) -> None:
    assert retry_after_seconds(value, server_date, NOW) == expected


def test_a_skipped_feed_keeps_its_state() -> None:
    troubled = replace(FEED, failures=2, error_kind="dns", error_since=NOW - DAY, moved_to="x", moved_polls=1)
    polled = skipped(troubled, NOW + HOUR, now=NOW)
    assert (polled.outcome, polled.next_poll_at, polled.failures, polled.error_kind) == ("skipped", NOW + HOUR, 2, "dns")
    assert (polled.etag, polled.moved_to, polled.moved_polls, polled.interval) == ('"old"', "x", 1, 3600.0)


def test_being_offline_is_no_failure_of_the_feed_and_soon_tried_again() -> None:
    polled = offline(replace(FEED, failures=2), now=NOW)
    assert (polled.outcome, polled.failures, wait(polled)) == ("offline", 2, timedelta(minutes=5))
    assert polled.error


@pytest.mark.parametrize(
    ("outcomes", "down"),
    [
        ({}, False),
        ({"https://a.example/": "dns"}, False),
        ({"https://a.example/1": "dns", "https://a.example/2": "dns"}, False),
        ({"https://a.example/": "dns", "https://b.example/": "network"}, True),
        ({"https://a.example/": "dns", "https://b.example/": "dns", "https://c.example/": "skipped"}, True),
        ({"https://a.example/": "dns", "https://b.example/": "dns", "http://127.0.0.1:8000/": "changed"}, True),
        ({"https://a.example/": "dns", "https://b.example/": "timeout"}, False),
        ({"https://a.example/": "dns", "http://[::1": "unsupported"}, False),
        ({"https://a.example/": "dns", "https://b.example/": "not_modified"}, False),
        ({"http://127.0.0.1:1/": "network", "http://localhost:2/": "network", "http://[::1]:3/": "network"}, False),
    ],
)
def test_when_nobody_can_be_reached_the_fault_is_at_home(outcomes: dict[str, str], down: bool) -> None:
    assert local_network_down(outcomes) is down


TARGET = "https://new.example/feed"


def follow(days: list[float], feed: FeedToPoll = FEED, target: str | None = TARGET) -> list[PolledFeed]:
    polls = []
    for day in days:
        now = NOW + timedelta(days=day)
        polled = succeed(feed, fetched(permanent_url=target), now=now)
        polls.append(polled)
        feed = replace(feed, moved_to=polled.moved_to, moved_since=polled.moved_since, moved_polls=polled.moved_polls)
    return polls


def test_an_address_moves_after_five_polls_over_a_week_of_the_same_answer() -> None:
    polls = follow([0, 2, 4, 6, 6.5, 7, 8])
    assert [polled.moved for polled in polls] == [False] * 5 + [True, True]
    assert polls[5].moved_to == TARGET
    assert (polls[5].etag, polls[5].last_modified, polls[5].validators_at) == (None, None, None)


def test_a_week_with_too_few_polls_is_not_enough() -> None:
    assert [polled.moved for polled in follow([0, 3, 6, 9])] == [False] * 4


def test_another_answer_starts_the_count_again() -> None:
    feed = replace(FEED, moved_to="https://other.example/", moved_since=NOW - 30 * DAY, moved_polls=30)
    polled = follow([0], feed)[0]
    assert (polled.moved_to, polled.moved_since, polled.moved_polls, polled.moved) == (TARGET, NOW, 1, False)


def test_no_redirect_any_more_forgets_the_target() -> None:
    polled = succeed(replace(FEED, moved_to=TARGET, moved_since=NOW - 30 * DAY, moved_polls=30))
    assert (polled.moved_to, polled.moved_since, polled.moved_polls, polled.moved) == (None, None, 0, False)


def test_a_document_that_shares_nothing_with_the_feed_is_no_ground_to_move() -> None:
    feed = replace(FEED, moved_to=TARGET, moved_since=NOW - 30 * DAY, moved_polls=30)
    polled = succeed(feed, fetched(permanent_url=TARGET), document(), same_feed=False)
    assert not polled.moved


@pytest.mark.parametrize(
    ("old", "new", "at_once"),
    [
        ("http://blog.example/feed", "https://blog.example/feed", True),
        ("http://blog.example", "https://blog.example/", True),
        ("http://blog.example/feed?a=1", "https://blog.example/feed?a=1", True),
        ("http://blog.example/feed", "https://www.blog.example/feed", False),
        ("http://blog.example/feed", "https://blog.example/feed/", False),
        ("http://blog.example:8080/feed", "https://blog.example/feed", False),
        ("https://blog.example/feed", "http://blog.example/feed", False),
    ],
)
def test_only_the_same_address_on_https_is_followed_at_once(old: str, new: str, at_once: bool) -> None:
    assert follow([0], replace(FEED, url=old), new)[0].moved is at_once


def test_feeds_of_one_host_are_spread_out_and_the_others_keep_their_order() -> None:
    urls = [
        "http://a.example/1",
        "http://a.example/2",
        "http://a.example/3",
        "http://b.example/1",
        "http://[::1",
        "http://b.example/2",
    ]
    ordered = fair_order([replace(FEED, url=url) for url in urls])
    assert [feed.url for feed in ordered] == [urls[n] for n in (0, 3, 4, 1, 5, 2)]
