"""An author with a digest in his mailbox, and the mailbox that his answers come to."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email import policy
from email.message import EmailMessage
from pathlib import Path

from aggregator.clock import ManualClock
from aggregator.desk.replies import act
from aggregator.errors import PageError
from aggregator.jobs import digest, replies
from aggregator.ports import Page
from aggregator.records.candidates import Candidate, NewCandidate, State
from aggregator.records.digests import Mail, MailKind
from aggregator.settings import parse_settings
from aggregator.wiring import Installation

NOW = datetime(2026, 3, 6, 8, 0, tzinfo=UTC)
ME = "author@example.org"
CONFIG = f"""
roundups:
  - name: Rack Notes
    sections: [{{name: Networking}}, {{name: Security}}]
    digest: {{to: [{ME}]}}
mail:
  from: digest@example.org
  host: smtp.example.org
  replies: {{host: imap.example.org, username: digest}}
"""


class Box:
    """A mailbox that hands out what lies in it."""

    def __init__(self) -> None:
        self.lies: list[bytes] = []

    def check(self) -> str:
        return "it opens"

    @contextmanager
    def mails(self, since: datetime, senders: Collection[str]) -> Iterator[Iterator[bytes]]:
        yield iter(list(self.lies))


class NoPages:
    """A network on which nothing answers."""

    def get(self, url: str) -> Page:
        raise PageError("the server did not answer", resource=url)


class Post:
    """An author with two candidates, a digest in his mailbox, and ours."""

    def __init__(self, folder: Path) -> None:
        self.clock = ManualClock(NOW)
        self.settings = parse_settings(CONFIG, folder / "config.yaml", {})
        self.stores = Installation(self.settings, self.clock)
        self.plan = self.settings.roundup()
        self.roundup = self.stores.roundup(self.plan)
        self.box = Box()
        self.edition = self.stores.ledger.open_edition(self.roundup.id, 1, NOW)
        new = [
            NewCandidate(f"https://blog.example/{n}", f"https://blog.example/{n}", f"Piece {n}", "", None, (), NOW, NOW)
            for n in (1, 2, 3)
        ]
        self.ids = self.stores.ledger.offer(self.roundup.id, new, [])
        self.mail = self.put()

    def put(self) -> Mail:
        made = digest.put(self.stores, self.roundup, self.plan, self.settings, again=True).mail
        assert made is not None
        return made

    def candidate(self, place: int) -> Candidate:
        return self.stores.ledger.candidates(self.roundup.id, [self.ids[place]])[0]

    @property
    def states(self) -> list[State]:
        return [self.candidate(place).standing.state for place in range(3)]

    def write(self, text: str, *, to: str = "digest@example.org", answers: str | None = "", **headers: str) -> bytes:
        """answers: a Message-ID, "" for the digest's, None for none."""
        mail = EmailMessage(policy=policy.SMTP)
        said = {"From": f"Somebody <{ME}>", "To": to, "Subject": "Re: whatever", "Message-ID": f"<{len(self.box.lies)}@here>"}
        if answers is not None:
            said["In-Reply-To"] = answers or self.mail.message_id
        for name, value in (said | {name.replace("_", "-"): value for name, value in headers.items()}).items():
            mail[name] = value
        mail.set_content(text)
        return mail.as_bytes()

    def read(self, *mails: bytes) -> replies.Read:
        self.box.lies += mails
        self.clock.advance(timedelta(minutes=5))
        return replies.run_once(
            self.stores,
            self.settings,
            [(self.roundup, self.plan)],
            self.box,
            lambda roundup, plan, said: act(self.stores, roundup, plan, NoPages(), said),
        )

    @property
    def answers(self) -> list[Mail]:
        """Ours, oldest first."""
        return [one for one in reversed(self.stores.outbox.recent(100)) if one.kind is MailKind.ANSWER]
