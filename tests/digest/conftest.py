"""Builders for the digest's tests: an edition, its candidates and feeds, with what a test does not care about filled in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from aggregator.digest.assemble import assemble
from aggregator.records.candidates import Candidate, Hold, HoldKind, Source, Standing, State
from aggregator.records.digests import Digest
from aggregator.records.editions import Edition
from aggregator.records.feeds import FeedState, FeedStatus
from aggregator.records.learning import Guess, GuessMethod
from aggregator.settings import DigestSettings, RoundupSettings, SectionSettings

NOW = datetime(2019, 1, 11, 14, 0, 30, tzinfo=UTC)
SLOT = datetime(2019, 1, 11, 14, 0, tzinfo=UTC)
SECTIONS = ("Networking", "Servers/Hardware", "Security", "Storage")


@pytest.fixture(scope="session")
def now() -> datetime:
    return NOW


@pytest.fixture(scope="session")
def source() -> Callable[..., Source]:
    def build(feed_id: int, feed: str = "A blog", **said: Any) -> Source:
        plain = Source(feed_id * 100, feed_id, feed, f"https://feeds{feed_id}.example.org/rss", (), None, None, NOW, NOW)
        return replace(plain, **said)

    return build


@pytest.fixture(scope="session")
def candidate(source: Callable[..., Source]) -> Callable[..., Candidate]:
    """section: filed there; likely: only likely there; second, why, interest: of the guess; feeds: ids of its sources."""

    def build(id_: int, title: str = "A tale of two racks", section: str | None = None, **said: Any) -> Candidate:
        likely = said.pop("likely", section)
        second, why, interest = said.pop("second", None), said.pop("why", ()), said.pop("interest", 0.5)
        guess = Guess(section, likely, second, 0.7, why, interest, GuessMethod.LEARNT) if likely else None
        state = said.pop("state", State.NEW)
        hold = Hold(HoldKind.NEXT) if state is State.HELD else None
        plain = Candidate(
            id=id_,
            url=f"https://blog{id_}.example.net/posts/{id_}",
            canonical_url=None,
            title=title,
            text="",
            author=None,
            tags=(),
            published_at=NOW - timedelta(days=2),
            first_seen=NOW - timedelta(days=1),
            standing=Standing(state, hold=hold),
            sources=tuple(source(feed_id) for feed_id in said.pop("feeds", (1,))),
            guess=guess,
        )
        return replace(plain, **said)

    return build


@pytest.fixture(scope="session")
def feed() -> Callable[..., FeedStatus]:
    def build(id_: int, state: FeedState = FeedState.OK, **said: Any) -> FeedStatus:
        plain = FeedStatus(
            id=id_,
            url=f"https://feeds{id_}.example.org/rss",
            title=f"Blog {id_}",
            site_url=None,
            state=state,
            folders=(),
            last_attempt=NOW,
            last_success=NOW,
            last_new=NOW,
            next_poll=NOW,
            error=None,
            error_kind=None,
            error_since=None,
            entries=10,
            picked=1,
        )
        return replace(plain, **said)

    return build


@pytest.fixture(scope="session")
def roundup() -> RoundupSettings:
    return RoundupSettings(
        name="Technology Short Take",
        sections=tuple(SectionSettings(name=name) for name in SECTIONS),
        aliases={"Disks": "Storage"},
        digest=DigestSettings(timezone="America/Denver"),
    )


@pytest.fixture(scope="session")
def digest(roundup: RoundupSettings, feed: Callable[..., FeedStatus]) -> Callable[..., Digest]:
    """`assemble` with an edition of 19 days, its third digest, one feed, and nothing in it."""

    def build(*candidates: Candidate, **said: Any) -> Digest:
        plain: dict[str, Any] = {
            "settings": roundup,
            "edition": Edition(2, 1, 28, NOW - timedelta(days=19)),
            "candidates": candidates,
            "due": lambda _: None,
            "feeds": [feed(1)],
            "told": {},
            "history": {},
            "classifier": "Filed from 1,840 past links.",
            "usual_days": 26,
            "sent_in_edition": 2,
            "previous_slot": SLOT - timedelta(days=7),
            "slot": SLOT,
            "now": NOW,
            "next_slot": SLOT + timedelta(days=7),
        }
        return assemble(**plain | said)

    return build
