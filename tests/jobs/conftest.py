"""An installation on a real database, and a poller that answers as each feed is told to, without a network."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from aggregator.clock import ManualClock
from aggregator.jobs.poll import Known
from aggregator.records.feeds import FeedToPoll, ListedFeed, NewEntry, PolledFeed
from aggregator.records.learning import Example, LabelSource, NewLabel
from aggregator.records.roundups import Roundup
from aggregator.settings import RoundupSettings, parse_settings
from aggregator.wiring import Installation
from tests.intake.test_poll import entry
from tests.jobs.postbox import Post
from tests.storage.world import NOW

CONFIG = """
database: '{database}'
roundups:
  - name: Rack Notes
    title: "Rack Notes #{{number}}"
    next_number: 7
    sections: [{{name: Networking, keywords: [switch]}}, {{name: Storage, keywords: [disk]}}]
    digest: {{day: friday, time: "07:00", timezone: UTC, to: [author@example.org]}}
mail: {{from: digest@example.org}}
"""
WORDS = {"Networking": ("switch", "router", "vxlan", "bgp"), "Storage": ("disk", "raid", "snapshot", "iscsi")}

Answer = Callable[[FeedToPoll], PolledFeed]


class Shop:
    """Stores, roundup and plan together, as every job takes them."""

    def __init__(self, folder: Path, database_url: str) -> None:
        self.folder = folder
        self.clock = ManualClock(NOW)
        self.settings = parse_settings(CONFIG.format(database=database_url), folder / "config.yaml")
        self.plan: RoundupSettings = self.settings.roundups[0]
        self.stores = Installation(self.settings, self.clock)
        self.roundup: Roundup = self.stores.roundup(self.plan)

    @property
    def all(self) -> tuple[Installation, Roundup, RoundupSettings]:
        return self.stores, self.roundup, self.plan

    def configure(self, **changes: Any) -> RoundupSettings:
        """The plan with these changes, as config.yaml has it after a restart."""
        self.plan = self.plan.model_copy(update=changes)
        self.settings = self.stores.settings = self.settings.model_copy(update={"roundups": (self.plan,)})
        return self.plan

    def follow(self, *hosts: str) -> None:
        """The list names these feeds, and the database knows it."""
        self.write_list(*hosts)
        listed = [ListedFeed(f"http://{host}/feed", f"https://{host}/feed", host) for host in hosts]
        self.stores.feeds.sync(self.roundup.id, listed, self.clock.now(), 30, 7)

    def write_list(self, *hosts: str) -> Path:
        rows = "".join(f'<outline type="rss" text="{host}" xmlUrl="http://{host}/feed"/>' for host in hosts)
        path = self.folder / "feeds.opml"
        path.write_text(f'<opml version="2.0"><head/><body>{rows}</body></opml>')
        return path

    def teach(self, each: int, start: int = 0) -> None:
        """`each` labels a section, whose words are its own."""
        labels = [
            NewLabel(
                Example(f"On the {words[n % 4]} and the {words[(n + 1) % 4]}", f"https://{name.lower()}.example/{n}", "", "", ""),
                name,
                LabelSource.ARCHIVE,
                self.clock.now(),
                f"past:{name}:{n}",
                n // 4,
            )
            for n in range(start, start + each)
            for name, words in WORDS.items()
        ]
        self.stores.learning.add_labels(self.roundup.id, labels)

    def claims(self) -> int:
        """How many feeds can be claimed now."""
        claimed = self.stores.feeds.claim(self.clock.now(), 1000, 60, everything=True)
        self.stores.feeds.release([one.id for one in claimed])
        return len(claimed)


class FakePoller:
    """`answer` says what each feed came to; `slow` feeds never answer. Asks for what is known where `asks`."""

    def __init__(self, answer: Answer, slow: frozenset[str] = frozenset(), asks: bool = False) -> None:
        self.answer, self.slow, self.asks = answer, slow, asks
        self.known: dict[str, Mapping[str, str]] = {}
        self.polled: list[str] = []

    @asynccontextmanager
    async def ready(self) -> AsyncIterator[FakePoller]:
        yield self

    async def poll(self, feed: FeedToPoll, known: Known) -> PolledFeed:
        self.polled.append(feed.url)
        if any(name in feed.url for name in self.slow):
            await asyncio.Event().wait()
        if self.asks:
            self.known[feed.url] = await known()
        await asyncio.sleep(0)
        return self.answer(feed)


def changed(feed: FeedToPoll) -> PolledFeed:
    """Each feed brings one entry named after it."""
    return PolledFeed(
        feed.id, "changed", NOW, NOW + timedelta(hours=1), status=200, new=(NewEntry(entry(f"of-{feed.id}"), offered=True),)
    )


def unreached(feed: FeedToPoll) -> PolledFeed:
    """No connection came about."""
    return PolledFeed(
        feed.id, "network", NOW, NOW + timedelta(hours=1), error="no route to host", error_kind="network",
        error_since=NOW, failures=feed.failures + 1,
    )  # fmt: skip


@pytest.fixture
def shop(sqlite_url: str, tmp_path: Path) -> Iterator[Shop]:
    made = Shop(tmp_path, sqlite_url)
    yield made
    made.stores.close()


@pytest.fixture
def post(tmp_path: Path) -> Iterator[Post]:
    made = Post(tmp_path)
    yield made
    made.stores.close()
