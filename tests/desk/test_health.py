"""Each cause of a feed's trouble has words of its own."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from aggregator.desk.health import Condition, health_of
from aggregator.records.feeds import FeedState, FeedStatus

NOW = datetime(2026, 3, 6, 7, 0, tzinfo=UTC)


def feed(**said: Any) -> FeedStatus:
    plain: dict[str, Any] = {
        "id": 1, "url": "https://a.example/feed", "title": "A", "site_url": None, "state": FeedState.OK, "folders": (),
        "last_attempt": NOW, "last_success": NOW, "last_new": NOW, "next_poll": NOW, "error": None, "error_kind": None,
        "error_since": None, "entries": 3, "picked": 0, "newest": NOW,
    }  # fmt: skip
    return FeedStatus(**plain | said)


@pytest.mark.parametrize(
    ("kind", "condition"),
    [
        ("dns", Condition.DEAD_HOST),
        ("network", Condition.DEAD_HOST),
        ("forbidden", Condition.BOT_WALL),
        ("challenge", Condition.BOT_WALL),
        ("not_found", Condition.NOT_FOUND),
        ("gone", Condition.GONE),
        ("tls", Condition.CERTIFICATE),
        ("not_a_feed", Condition.NOT_A_FEED),
        ("timeout", Condition.SLOW),
        ("rate_limited", Condition.ASKED_TO_WAIT),
        ("http_status", Condition.FAILING),
    ],
)
def test_a_failing_feed_has_a_condition_by_its_error(kind: str, condition: Condition) -> None:
    state = FeedState.GONE if kind == "gone" else FeedState.FAILING
    health = health_of(feed(state=state, error_kind=kind, error="HTTP 500"), NOW)
    assert health.condition is condition
    assert health.is_trouble
    assert health.cause


def test_a_wait_says_until_when() -> None:
    until = NOW + timedelta(hours=3)
    health = health_of(feed(state=FeedState.FAILING, error_kind="rate_limited", retry_after_until=until), NOW)
    assert health.cause is not None
    assert health.cause.endswith("6 Mar 10:00 UTC")


def test_moves_and_silence_are_no_trouble() -> None:
    moving = health_of(feed(moved_to="https://b.example/feed", moved_since=NOW), NOW)
    moved = health_of(feed(moved_from="https://b.example/feed", moved_at=NOW - timedelta(days=3)), NOW)
    silent = health_of(feed(newest=NOW - timedelta(days=400)), NOW)
    assert [one.condition for one in (moving, moved, silent)] == [Condition.MOVING, Condition.MOVED, Condition.SILENT]
    assert not any(one.is_trouble for one in (moving, moved, silent))
    assert silent.cause == "nothing new since January 2025"
    assert health_of(feed(), NOW).condition is Condition.WELL
    assert health_of(feed(state=FeedState.NEW), NOW).condition is Condition.NEW
