"""An installation with a roundup of three sections and a few candidates, and pages that come from a dictionary."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from aggregator.clock import ManualClock
from aggregator.errors import PageError
from aggregator.records.candidates import NewCandidate
from aggregator.records.roundups import Roundup
from aggregator.settings import RoundupSettings, parse_settings
from aggregator.text.canonical import canonical_url
from aggregator.wiring import Installation

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)

CONFIG = """
database: {database}
roundups:
  - name: Rack Notes
    title: "Rack Notes #{{number}}"
    next_number: 7
    aliases: {{Wires: Networking}}
    sections: [{{name: Networking}}, {{name: Storage}}, {{name: Security}}]
    digest: {{timezone: Europe/Berlin, to: [author@example.org]}}
links: {{check: off}}  # by itself: the addresses are invented
"""


@dataclass(frozen=True, slots=True)
class FakePage:
    url: str
    body: bytes
    status: int = 200
    content_type: str | None = "text/html; charset=utf-8"


class FakePages:
    """`ports.PageFetcher` over a dictionary: address -> HTML, or the address it leads to."""

    def __init__(self, pages: Mapping[str, str | FakePage]) -> None:
        self.pages = pages

    def get(self, url: str) -> FakePage:
        page = self.pages.get(url) or self.pages.get(url + "/")
        if page is None:
            raise PageError("the server answers with HTTP 404", resource=url)
        return page if isinstance(page, FakePage) else FakePage(url, page.encode())


class Office:
    """Stores, roundup and plan together, as every verb takes them."""

    def __init__(self, folder: Path, database_url: str) -> None:
        self.clock = ManualClock(NOW)
        self.settings = parse_settings(CONFIG.format(database=f"'{database_url}'"), folder / "config.yaml")
        self.plan: RoundupSettings = self.settings.roundups[0]
        self.stores = Installation(self.settings, self.clock)
        self.roundup: Roundup = self.stores.roundup(self.plan)

    @property
    def all(self) -> tuple[Installation, Roundup, RoundupSettings]:
        return self.stores, self.roundup, self.plan

    def offer(self, *titles: str) -> list[int]:
        """Candidates of these titles, each at an address of its own."""
        self.stores.ledger.open_edition(self.roundup.id, self.plan.next_number, self.clock.now())
        new = []
        for title in titles:
            url = f"https://blog.example/{title.lower().replace(' ', '-')}"
            new.append(NewCandidate(url, canonical_url(url), title, "", None, (), None, self.clock.now()))
        return self.stores.ledger.offer(self.roundup.id, new, [])


@pytest.fixture
def office(sqlite_url: str, tmp_path: Path) -> Iterator[Office]:
    made = Office(tmp_path, sqlite_url)
    yield made
    made.stores.close()
