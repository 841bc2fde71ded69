"""A scripted mail server on loopback, an outbox in memory, and mails to put into it."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import trustme

from aggregator.records.digests import Mail, MailState, NewMail, RenderedDigest

SLOT = datetime(2019, 1, 11, 14, 0, tzinfo=UTC)
PLAIN = {
    "connect": "220 ready",
    "EHLO": "250-mail.example\r\n250-SIZE 1000000\r\n250 AUTH PLAIN",
    "AUTH": "235 welcome",
    "MAIL": "250 ok",
    "RCPT": "250 ok",
    "DATA": "354 go on",
    "message": "250 queued",
    "QUIT": "221 bye",
    "RSET": "250 ok",
}


@dataclass
class SmtpServer:
    """Answers every command from `script`: a reply, "drop" (closes the line) or "hang" (never answers). A key may name the
    whole line ("RCPT TO:<a@b.example>"). seen: commands; accepted: messages taken, dots unstuffed."""

    script: dict[str, str] = field(default_factory=dict)
    tls: ssl.SSLContext | None = None
    implicit: bool = False
    seen: list[str] = field(default_factory=list)
    accepted: list[bytes] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._released = threading.Event()
        self._lines: list[threading.Thread] = []
        self._thread = threading.Thread(target=self._listen)
        self._thread.start()

    def close(self) -> None:
        self._released.set()
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for thread in (self._thread, *self._lines):
            thread.join(5)

    def _listen(self) -> None:
        while True:
            try:
                line, _ = self._listener.accept()
            except OSError:
                return
            thread = threading.Thread(target=self._serve, args=(line,))
            self._lines.append(thread)
            thread.start()

    def _serve(self, line: socket.socket) -> None:
        # Whatever a client does to the line ends this one conversation.
        with suppress(OSError, EOFError):
            try:
                if self.implicit and self.tls:
                    line = self.tls.wrap_socket(line, server_side=True)
                self._talk(line)
            finally:
                line.close()

    def _talk(self, line: socket.socket) -> None:
        self._answer(line, "connect")
        file = line.makefile("rb")
        try:
            while raw := file.readline():
                command = raw.decode("ascii", "replace").strip()
                self.seen.append(command)
                verb = command.partition(" ")[0].upper()
                reply = self._answer(line, command if command in self.script else verb)
                if verb == "STARTTLS" and reply.startswith("220") and self.tls:
                    file.close()
                    line = self.tls.wrap_socket(line, server_side=True)
                    file = line.makefile("rb")
                if verb == "DATA" and reply.startswith("354"):
                    self._take(line, file)
                if verb == "QUIT":
                    return
        finally:
            file.close()
            line.close()

    def _take(self, line: socket.socket, file: Any) -> None:
        if self.script.get("body") == "drop":
            raise EOFError
        body = b""
        while (raw := file.readline()) != b".\r\n":
            if not raw:
                raise EOFError
            body += raw[1:] if raw.startswith(b"..") else raw
        if self.script.get("message", "250")[0] not in "45":  # a refusal takes nothing; a drop or a hang may have taken it
            self.accepted.append(body)
        self._answer(line, "message")

    def _answer(self, line: socket.socket, what: str) -> str:
        reply = self.script.get(what, PLAIN.get(what, "502 what?"))
        if reply == "drop":
            raise EOFError
        if reply == "hang":
            self._released.wait(10)
            raise EOFError
        line.sendall(reply.encode() + b"\r\n")
        return reply


@pytest.fixture
def smtp_server() -> Iterator[Callable[..., SmtpServer]]:
    servers: list[SmtpServer] = []

    def start(**said: Any) -> SmtpServer:
        servers.append(SmtpServer(**said))
        return servers[-1]

    yield start
    for server in servers:
        server.close()


@pytest.fixture(scope="session")
def authority() -> trustme.CA:
    return trustme.CA()


class MemoryOutbox:
    """`ports.OutboxStore` in memory, as far as delivery needs it. events: what was committed, in order."""

    def __init__(self, *mails: Mail) -> None:
        self.mails = {mail.id: mail for mail in mails}
        self.events: list[tuple[int, MailState]] = []

    def claim(self, now: datetime, stale: float, only: int | None = None) -> Mail | None:
        for mail in self.mails.values():
            if mail.state is MailState.SENDING and mail.started_at and mail.started_at < now - timedelta(seconds=stale):
                self._write(replace(mail, state=MailState.UNKNOWN, next_attempt_at=now, error="crashed"))
        waiting = (MailState.RENDERED, MailState.FAILED_TEMP, MailState.UNKNOWN, *((MailState.FAILED_PERM,) if only else ()))
        for mail in self.mails.values():
            due = mail.id == only if only else mail.next_attempt_at is not None and mail.next_attempt_at <= now
            if due and mail.state in waiting:
                return self._write(replace(mail, state=MailState.SENDING, started_at=now, attempts=mail.attempts + 1))
        return None

    def settle(
        self, mail_id: int, state: MailState, at: datetime, error: str | None = None, next_attempt_at: datetime | None = None
    ) -> None:
        sent = at if state in (MailState.SENT, MailState.WRITTEN) else None
        self._write(replace(self.mails[mail_id], state=state, error=error, next_attempt_at=next_attempt_at, sent_at=sent))

    def recent(self, limit: int) -> list[Mail]:
        return sorted(self.mails.values(), key=lambda mail: -mail.id)[:limit]

    def _write(self, mail: Mail) -> Mail:
        self.mails[mail.id] = mail
        self.events.append((mail.id, mail.state))
        return mail

    def put(self, mail: NewMail) -> Mail:
        raise NotImplementedError

    def find(self, roundup_id: int, slot: datetime) -> list[Mail]:
        raise NotImplementedError

    def last_slot(self, roundup_id: int) -> datetime | None:
        raise NotImplementedError

    def last_sent(self, roundup_id: int) -> Mail | None:
        raise NotImplementedError

    def in_edition(self, edition_id: int) -> list[Mail]:
        raise NotImplementedError

    def told_feeds(self, roundup_id: int) -> dict[int, datetime]:
        raise NotImplementedError


@pytest.fixture(scope="session")
def memory_outbox() -> type[MemoryOutbox]:
    return MemoryOutbox


@pytest.fixture(scope="session")
def mail() -> Callable[..., Mail]:
    def build(id_: int = 1, **said: Any) -> Mail:
        plain = Mail(
            id=id_,
            roundup_id=1,
            edition_id=1,
            slot=SLOT,
            repeat=0,
            message_id="<tst.20190111T140000Z.0.digest@example.org>",
            sender="digest@example.org",
            recipients=("author@example.org",),
            message=b"Subject: x\r\n\r\nbody\r\n",
            html="<p>body</p>",
            text="body",
            state=MailState.RENDERED,
            attempts=0,
            made_at=SLOT,
            started_at=None,
            sent_at=None,
            next_attempt_at=SLOT,
            error=None,
        )
        return replace(plain, **said)

    return build


@pytest.fixture(scope="session")
def rendered() -> RenderedDigest:
    return RenderedDigest("TST #28, week 3: 31 new worth a look", "<p>Twö &lt; three</p>\n", "Twö < three\n.\n-- \nFrom me\n")
