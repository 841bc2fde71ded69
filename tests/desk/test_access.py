"""The password: kept as a hash, compared in equal time, and attempts that fail slowed down."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from hypothesis import given
from hypothesis import strategies as st

from aggregator.clock import ManualClock
from aggregator.desk.access import (
    CROWD,
    CROWD_DELAY,
    WINDOW,
    asks_who,
    delay,
    has_password,
    is_right,
    remove_password,
    set_password,
    wait,
)
from aggregator.errors import UsageError
from aggregator.settings import WebSettings, parse_settings
from aggregator.settings.signon import OidcSettings
from aggregator.wiring import Installation

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@pytest.fixture
def installation(tmp_path: Path, sqlite_url: str) -> Iterator[Installation]:
    settings = parse_settings(f"roundups: [{{name: Links}}]\ndatabase: {sqlite_url}\n", tmp_path / "config.yaml", {})
    with Installation(settings, ManualClock(NOW)) as found:
        yield found


def test_a_password_is_kept_as_an_argon2id_hash_and_known_again(installation: Installation) -> None:
    assert not has_password(installation)
    set_password(installation, "drei Wörter und mehr")
    kept = installation.access.secret("password")
    assert kept is not None
    assert kept.startswith("$argon2id$")
    assert is_right(installation, "drei Wörter und mehr")
    assert not is_right(installation, "drei Woerter und mehr")
    assert not is_right(installation, "")
    remove_password(installation)
    assert not is_right(installation, "drei Wörter und mehr")


@pytest.mark.parametrize("password", ["", "short", "123456789", "x" * 1001])
def test_a_password_too_short_or_too_long_is_refused(installation: Installation, password: str) -> None:
    with pytest.raises(UsageError, match="a password has at"):
        set_password(installation, password)
    assert not has_password(installation)


def test_asking_takes_one_hash_whether_there_is_a_password_or_not(
    installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    """R29: the time that an answer takes tells nothing."""
    asked: list[str] = []

    class Counted(PasswordHasher):
        def verify(self, hash: str | bytes, password: str | bytes) -> bool:  # type: ignore[override] # noqa: A002 - the library's name
            asked.append(str(hash)[:25])
            return super().verify(hash, password)

    monkeypatch.setattr("aggregator.desk.access._hasher", lambda: Counted(1, 8, 1))
    monkeypatch.setattr("aggregator.desk.access._of_nothing", lambda: Counted(1, 8, 1).hash("nothing"))
    is_right(installation, "anything at all")
    set_password(installation, "three words and more")
    is_right(installation, "anything at all")
    is_right(installation, "three words and more")
    assert len(asked) == 3
    assert len(set(asked)) == 1


def test_a_damaged_hash_lets_nobody_in(installation: Installation) -> None:
    installation.access.set_secret("password", "not a hash", NOW)
    assert not is_right(installation, "not a hash")


def test_a_sign_on_service_asks_as_well_as_a_password(installation: Installation) -> None:
    service = OidcSettings(issuer="https://id.example.org", client_id="desk", allow=("me@example.org",))
    assert not asks_who(installation, WebSettings())
    assert asks_who(installation, WebSettings(oidc=service))


def test_four_failures_are_free_and_then_each_costs_twice_as_much() -> None:
    def after(n: int) -> float:
        return wait([("a", NOW)] * n, "a", NOW).total_seconds()

    assert [after(n) for n in range(12)] == [0, 0, 0, 0, 0, 30, 60, 120, 240, 480, 900, 900]


def test_failures_elsewhere_or_long_ago_cost_nothing() -> None:
    assert wait([("b", NOW)] * 50, "a", NOW) == timedelta()
    assert wait([("a", NOW - WINDOW)] * 50, "a", NOW) == timedelta()


def test_a_crowd_of_sources_slows_every_attempt_a_little() -> None:
    crowd = [(str(n), NOW) for n in range(CROWD)]
    assert delay(crowd[1:], NOW) == timedelta()
    assert delay(crowd, NOW) == CROWD_DELAY
    assert delay(crowd, NOW + WINDOW) == timedelta()


@given(st.lists(st.integers(0, 5000), max_size=40), st.integers(0, 9000))
def test_a_wait_always_ends_within_the_window(ages: list[int], after: int) -> None:
    failures = [("a", NOW + timedelta(seconds=age)) for age in sorted(ages)]
    now = NOW + timedelta(seconds=5000 + after)
    left = wait(failures, "a", now)
    assert timedelta() <= left <= WINDOW
    assert wait(failures, "a", now + left) == timedelta()
