"""A browser before the desk's door: what it keeps, sends and is told."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from httpx2 import Response
from starlette.testclient import TestClient

from aggregator.clock import ManualClock
from aggregator.desk.access import set_password
from aggregator.settings import parse_settings
from aggregator.web.app import make_app
from aggregator.wiring import Installation

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
PASSWORD = "three words and more"
HERE = "http://127.0.0.1"
OUTSIDE = "https://desk.example.org"
CONFIG = "roundups: [{{name: Links}}]\ndatabase: {database}\nweb: {{base_url: '{base}', {more}}}\n"


@dataclass(slots=True)
class Door:
    """A desk, and browsers that come to it. `client` keeps cookies as a browser does."""

    installation: Installation
    clock: ManualClock
    client: TestClient
    base: str

    def stranger(self, base: str | None = None, source: str = "192.0.2.7") -> TestClient:
        """Another browser, which has no cookies yet."""
        app = self.client.app
        return TestClient(app, base_url=base or self.base, follow_redirects=False, client=(source, 40000))

    def sign_in(self, password: str = PASSWORD, client: TestClient | None = None, **fields: str) -> Response:
        """What a browser is told that fills in the form."""
        client = client or self.client
        return client.post("/login", data={"csrf": csrf(client), "password": password, **fields})


def csrf(client: TestClient, path: str = "/login") -> str:
    """The token of the forms on a page."""
    found = re.search(r'name="csrf" content="([^"]*)"', client.get(path, follow_redirects=True).text)
    assert found
    return found[1]


@contextmanager
def door(folder: Path, database: str, *, base: str = OUTSIDE, password: str | None = PASSWORD, more: str = "") -> Iterator[Door]:
    """A desk of one empty roundup. base: its address, and the one that browsers use. more: further settings under `web`."""
    clock = ManualClock(NOW)
    settings = parse_settings(CONFIG.format(database=database, base=base, more=more), folder / "config.yaml", {})
    with Installation(settings, clock) as installation:
        if password is not None:
            set_password(installation, password)
        client = TestClient(make_app(installation, None), base_url=base, follow_redirects=False, client=("192.0.2.1", 40000))
        yield Door(installation, clock, client, base)
