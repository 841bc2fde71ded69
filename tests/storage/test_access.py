"""Hashes of secrets, browsers that are signed in, attempts that failed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from aggregator.records.access import SignIn
from aggregator.storage.access import SqlAccess
from aggregator.storage.database import Database

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
ONE = SignIn("a" * 64, "c1", NOW, NOW + timedelta(days=30), "password", "Firefox")


def test_a_secret_is_replaced_and_removed(database: Database) -> None:
    access = SqlAccess(database)
    assert access.secret("api") is None
    access.set_secret("api", "one", NOW)
    access.set_secret("api", "two", NOW)
    assert (access.secret("api"), access.secret("password")) == ("two", None)
    access.set_secret("api", None, NOW)
    assert access.secret("api") is None


def test_a_sign_in_lasts_until_its_end_or_until_signed_out(database: Database) -> None:
    access = SqlAccess(database)
    access.sign_in(ONE)
    assert access.signed_in(ONE.token_hash, NOW) == ONE
    assert access.signed_in("b" * 64, NOW) is None
    assert access.signed_in(ONE.token_hash, ONE.ends_at) is None
    access.sign_out(ONE.token_hash)
    assert access.signed_in(ONE.token_hash, NOW) is None


def test_a_new_sign_in_ends_the_one_that_it_replaces_and_those_that_are_over(database: Database) -> None:
    access = SqlAccess(database)
    old = replace(ONE, token_hash="0" * 64, ends_at=NOW + timedelta(days=1))
    other = replace(ONE, token_hash="1" * 64)
    for one in (old, other, ONE):
        access.sign_in(one)
    later = NOW + timedelta(days=2)
    access.sign_in(replace(ONE, token_hash="2" * 64, made_at=later), ends=ONE.token_hash)
    assert [access.signed_in(one * 64, NOW) is not None for one in "0a12"] == [False, False, True, True]


def test_a_new_password_ends_every_sign_in_and_another_secret_none(database: Database) -> None:
    access = SqlAccess(database)
    access.sign_in(ONE)
    access.failed("192.0.2.1", NOW)
    access.set_secret("api", "x", NOW)
    assert access.signed_in(ONE.token_hash, NOW)
    access.set_secret("password", "x", NOW)
    assert access.signed_in(ONE.token_hash, NOW) is None
    assert access.failures(NOW - timedelta(days=1)) == []


def test_failures_are_listed_oldest_first_and_forgotten_by_source_and_after_a_day(database: Database) -> None:
    access = SqlAccess(database)
    access.failed("a", NOW - timedelta(days=2))
    access.failed("a", NOW)
    access.failed("b", NOW + timedelta(minutes=1))
    assert access.failures(NOW - timedelta(days=9)) == [("a", NOW), ("b", NOW + timedelta(minutes=1))]
    assert access.failures(NOW) == [("b", NOW + timedelta(minutes=1))]
    access.forget_failures("b")
    assert access.failures(NOW - timedelta(days=9)) == [("a", NOW)]
