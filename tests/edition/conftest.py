"""Builders for the edition's tests: a candidate, an entry, with what the test does not care about filled in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from aggregator.records.candidates import Candidate, Standing
from aggregator.records.entries import Entry

SEEN = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)


@pytest.fixture(scope="session")
def candidate() -> Callable[..., Candidate]:
    def build(id_: int, title: str, **said: Any) -> Candidate:
        url = said.pop("url", f"https://attic.example/{id_}")
        plain = Candidate(id_, url, url, title, "", None, (), SEEN, SEEN, Standing())
        return replace(plain, **said)

    return build


@pytest.fixture(scope="session")
def entry() -> Callable[..., Entry]:
    def build(id_: int, title: str = "A tale of two racks", text: str = "", **said: Any) -> Entry:
        url = said.pop("url", f"https://attic.example/{id_}")
        feed_url = said.pop("feed_url", f"https://feed{said.get('feed_id', 1)}.example/rss")
        feed_id = said.pop("feed_id", 1)
        plain = Entry(id_, feed_id, "A feed", feed_url, (), f"key-{id_}", url, url, title, None, (), text, SEEN, SEEN)
        return replace(plain, **said)

    return build
