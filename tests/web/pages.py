"""A browser without script, over an installation with a configuration file of its own."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from starlette.testclient import TestClient

from aggregator.clock import ManualClock
from aggregator.records.archive import PastBullet, PastEdition, PastLink
from aggregator.records.candidates import NewCandidate
from aggregator.records.entries import ParsedEntry
from aggregator.records.feeds import NewEntry, PolledFeed
from aggregator.records.roundups import Roundup
from aggregator.settings import RoundupSettings, load_settings
from aggregator.web.app import make_app
from aggregator.wiring import Installation

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
HOSTILE = "<script>alert('x')</script>\"'&"
CONFIG = """\
# Mine.
database: {database}
roundups:
  - name: Rack Notes
    title: "Rack Notes #{{number}}"
    next_number: 7
    sections:
      - name: Networking   # wires
        keywords: [bgp]
      - name: Storage
      - name: Servers/Hardware
    aliases:
      Wires: Networking
    digest: {{timezone: Europe/Berlin, to: [author@example.org]}}
mail: {{from: digest@example.org, host: 127.0.0.1, port: 1, username: me, password_file: password}}
"""


class Browser:
    """Answers are what a person would read; a form carries the page's own token."""

    def __init__(self, client: TestClient, installation: Installation, folder: Path) -> None:
        self.client = client
        self.installation = installation
        self.folder = folder
        self._csrf = ""

    @property
    def config(self) -> str:
        """config.yaml as it is."""
        return (self.folder / "config.yaml").read_text()

    @property
    def plan(self) -> RoundupSettings:
        """The roundup's settings in force."""
        return self.installation.settings.roundups[0]

    @property
    def roundup(self) -> Roundup:
        """The roundup."""
        return self.installation.roundup(self.plan)

    def see(self, path: str, status: int = 200) -> str:
        """A page's HTML."""
        answer = self.client.get(path)
        assert answer.status_code == status, answer.text
        if found := re.search(r'<meta name="csrf" content="([^"]*)"', answer.text):
            self._csrf = found[1]
        return answer.text

    def settled(self, path: str) -> str:
        """A page once nothing that it tells of is under way any more."""
        latest = time.monotonic() + 60
        while "data-again" in (page := self.see(path)):
            assert time.monotonic() < latest, "it never ended"
            time.sleep(0.05)
        return page

    def send(
        self,
        path: str,
        form: Mapping[str, str] | None = None,
        *,
        status: int = 200,
        files: dict[str, bytes] | None = None,
        **fields: str | list[str],
    ) -> str:
        """What a form leads to, redirects followed."""
        if not self._csrf:
            self.see("/status")
        given = {name: (name, content) for name, content in (files or {}).items()}
        answer = self.client.post(path, data={**(form or {}), **fields, "csrf": self._csrf}, files=given or None)
        assert answer.status_code == status, answer.text
        return answer.text

    def publish(self, number: int, *bullets: tuple[str | None, str]) -> None:
        """A past edition; bullets: section and text, whose first word is its link's host."""
        first = date(2025, 1, 1) + timedelta(days=14 * number)
        past = tuple(
            PastBullet(section, text, (link(f"https://{text.split()[0].lower()}.example/{number}", text),))
            for section, text in bullets
        )
        headings = tuple(dict.fromkeys(section for section, _ in bullets if section))
        edition = PastEdition(f"{number}.md", f"hash {number}", f"Rack Notes #{number}", number, first, headings, past)
        self.installation.archive.save(self.roundup.id, [edition], NOW)

    def follow(self, *titles: str) -> list[int]:
        """Feeds with an entry each, in the list and polled once. Returns their ids."""
        from aggregator.jobs import lists

        outlines = "".join(f'<outline type="rss" xmlUrl="https://{n}.example/feed" text="t{n}"/>' for n in range(len(titles)))
        (self.folder / "feeds.opml").write_text(f'<opml version="2.0"><body>{outlines}</body></opml>')
        lists.run_once(self.installation, self.roundup, self.folder / "feeds.opml", first_days=30, later_days=7)
        known = {one.url: one.id for one in self.installation.feeds.statuses(self.roundup.id)}
        ids = [known[f"https://{n}.example/feed"] for n in range(len(titles))]
        self.installation.feeds.save([polled(feed, title) for feed, title in zip(ids, titles, strict=True)])
        return ids

    def offer(self) -> list[int]:
        """What was polled becomes candidates. Returns their ids."""
        from aggregator.jobs import offer

        offer.run_once(self.installation, self.roundup)
        return [one.id for one in self.installation.ledger.candidates(self.roundup.id)]

    def add(self, title: str) -> int:
        """A candidate without a feed."""
        ledger = self.installation.ledger
        ledger.open_edition(self.roundup.id, 7, NOW)
        url = f"https://blog.example/{title.replace(' ', '-')}"
        new = NewCandidate(
            url=url, canonical_url=url, title=title, text="", author=None, tags=(), published_at=None, first_seen=NOW
        )
        return ledger.offer(self.roundup.id, [new], [])[0]


def link(url: str, anchor: str) -> PastLink:
    """A link of a past edition."""
    return PastLink(url, url, anchor)


def polled(feed: int, title: str) -> PolledFeed:
    """A poll that brought one entry."""
    url = f"https://{feed}.example/post"
    entry = ParsedEntry(f"key {feed}", url, url, f"Post of {title}", "Nadia", (), "Text.", NOW, None, f"hash {feed}")
    return PolledFeed(
        feed, "changed", NOW, NOW + timedelta(hours=1), status=200, title=title, new=(NewEntry(entry, offered=True),)
    )


@contextmanager
def browsing(folder: Path, database: str, config: str = CONFIG) -> Iterator[Browser]:
    """A browser on a desk of its own."""
    path = folder / "config.yaml"
    path.write_text(config.format(database=database))
    with (
        Installation(load_settings(path, {}), ManualClock(NOW), source=path) as installation,
        TestClient(make_app(installation, None), base_url="http://127.0.0.1") as client,
    ):
        yield Browser(client, installation, folder)
