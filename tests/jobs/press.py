"""A shop whose author publishes into a folder."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from pathlib import Path

from aggregator.jobs import publish
from aggregator.records.candidates import NewCandidate
from aggregator.records.digests import MailState, NewMail
from aggregator.records.editions import Edition, Outcome
from aggregator.records.reports import PublishReport
from aggregator.settings.sources import ArchiveSource
from aggregator.text.canonical import canonical_url
from tests.jobs.conftest import Shop

WORDS = {"Networking": "switch", "Storage": "disk"}


class Press:
    """A shop whose author publishes into a folder."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop
        self.stores, self.roundup = shop.stores, shop.roundup
        self.folder = shop.folder / "posts"
        self.folder.mkdir()
        self.plan = shop.plan.model_copy(update={"archive": (ArchiveSource(path=Path("posts")),)})

    def write(self, number: int | None, links: dict[str, list[str]], **said: str) -> Path:
        """A post. links: heading -> addresses."""
        title = "Rack Notes" if number is None else f"Rack Notes #{number}"
        front = {"title": f"'{title}'", "date": f"{self.shop.clock.now():%Y-%m-%d}", **said}
        lines = ["---", *(f"{key}: {value}" for key, value in front.items()), "---", ""]
        for heading, urls in links.items():
            lines += [f"## {heading}", "", *(f"* Read [this one]({url})." for url in urls), ""]
        path = self.folder / f"{said.get('slug', number)}.md"
        path.write_text("\n".join(lines))
        return path

    def old(self, *numbers: int) -> None:
        for number in numbers:
            day = f"{date(2026, 1, 1) + timedelta(days=number)}"
            self.write(number, {h: [f"https://{w}.example/{number}"] for h, w in WORDS.items()}, date=day)

    def offer(self, *names: str) -> list[int]:
        self.edition()
        new = [
            NewCandidate(self.at(name), canonical_url(self.at(name)), name, "", None, (), None, self.shop.clock.now())
            for name in names
        ]
        return self.stores.ledger.offer(self.roundup.id, new, [])

    @staticmethod
    def at(name: str) -> str:
        return f"https://blog.example/{name}"

    def edition(self) -> Edition:
        return self.stores.ledger.open_edition(self.roundup.id, self.plan.next_number, self.shop.clock.now())

    def run(self, *, due_only: bool = True) -> PublishReport:
        self.shop.clock.advance(timedelta(minutes=1))
        return publish.run_once(self.stores, self.shop.settings, self.roundup, self.plan, due_only=due_only)

    def mail(self, *ids: int, counted: tuple[int, ...] = ()) -> None:
        """A digest that was sent, and listed these; some more it only counted."""
        now = self.shop.clock.now()
        new = NewMail(
            roundup_id=self.roundup.id,
            edition_id=self.edition().id,
            slot=now,
            repeat=0,
            message_id=f"<{now.isoformat()}>",
            sender="d@example.org",
            recipients=("a@example.org",),
            message=b"x",
            html="x",
            text="x",
            made_at=now,
            shown=(*ids, *counted),
            listed=ids,
        )
        self.stores.outbox.put(new)
        mail = self.stores.outbox.claim(now, 60)
        assert mail is not None
        self.stores.outbox.settle(mail.id, MailState.SENT, now)

    def outcomes(self, edition: Edition) -> dict[int, Outcome]:
        return {one.candidate_id: one.outcome for one in self.stores.ledger.outcomes(edition.id)}

    def labels(self) -> Counter[tuple[str, str, str, str]]:
        labels = self.stores.learning.labels(self.roundup.id)
        return Counter((one.source.value, one.section, one.example.url, one.origin) for one in labels)

    def everything(self) -> tuple[object, ...]:
        """What the stores know that a close changes."""
        ledger, roundup = self.stores.ledger, self.roundup.id
        held = [(one.id, one.standing.state, one.standing.section, one.carried) for one in ledger.candidates(roundup)]
        editions = [(one.number, one.closed_at is None, one.published, one.post) for one in ledger.editions(roundup)]
        outcomes = [ledger.outcomes(one.id) for one in ledger.editions(roundup)]
        added = [one.added for one in ledger.closings(roundup)]
        paths = [one.path for one in self.stores.archive.documents(roundup)]
        return held, editions, outcomes, added, paths, self.labels()
