"""kill -9 from outside, while a server keeps the program waiting: nothing is lost, at most one mail comes twice.

`KILLS=10 pytest tests/journeys/test_kill.py` kills ten times each; the suite does it less often.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path

import pytest

KILLS = int(os.environ.get("KILLS", "2"))
FEEDS = 6
ENTRIES = 4
STAGES = ("CONNECT", "EHLO", "MAIL", "RCPT", "DATA", "BODY", "STORED")
"""Where the mail server falls silent; at STORED it has kept the mail and owes the answer."""
MAY_HAVE_LEFT = ("BODY", "STORED")
"""By then all bytes may be on their way: only the server knows."""


def feed(number: int) -> bytes:
    when = format_datetime(datetime.now(UTC))
    items = "".join(
        f"<item><title>Entry {number}.{n}</title><link>https://blog{number}.example/{n}</link>"
        f"<guid>{number}-{n}</guid><pubDate>{when}</pubDate></item>"
        for n in range(ENTRIES)
    )
    return f'<rss version="2.0"><channel><title>Blog {number}</title>{items}</channel></rss>'.encode()


class Gate:
    """Closed, it keeps whoever comes to it waiting, and says that somebody came."""

    def __init__(self) -> None:
        self.closed = True
        self.reached = threading.Event()
        self._open = threading.Event()

    def pass_(self) -> None:
        if self.closed:
            self.reached.set()
            self._open.wait(60)

    def open(self) -> None:
        self.closed = False
        self._open.set()


@contextmanager
def listening(handle: object) -> Iterator[int]:
    """A server on loopback that gives each connection to `handle` in a thread of its own."""
    server = socket.create_server(("127.0.0.1", 0))

    def accept() -> None:
        while True:
            try:
                connection, _ = server.accept()
            except OSError:
                return
            threading.Thread(target=serve, args=(connection,), daemon=True).start()

    def serve(connection: socket.socket) -> None:
        with connection:
            try:
                handle(connection)  # type: ignore[operator]  # any callable of one connection
            except OSError:
                return  # the other end was killed

    threading.Thread(target=accept, daemon=True).start()
    try:
        yield int(server.getsockname()[1])
    finally:
        server.close()


@contextmanager
def feed_servers(gate: Gate, silent: int) -> Iterator[list[int]]:
    """A port for each feed; number `silent` sends half of its body and waits at the gate."""

    def serve(number: int, connection: socket.socket) -> None:
        request = b""
        while b"\r\n\r\n" not in request:
            request += connection.recv(4096) or b"\r\n\r\n"
        body = feed(number)
        etag = f'"{number}"'
        if f"If-None-Match: {etag}".encode() in request:
            connection.sendall(b"HTTP/1.1 304 Not Modified\r\nConnection: close\r\n\r\n")
            return
        head = f"HTTP/1.1 200 OK\r\nETag: {etag}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
        connection.sendall(head.encode() + body[:50])
        if number == silent:
            gate.pass_()
        connection.sendall(body[50:])

    ports: list[int] = []

    def nested(number: int) -> Iterator[list[int]]:
        if number == FEEDS:
            yield ports
            return
        with listening(lambda connection: serve(number, connection)) as port:
            ports.append(port)
            yield from nested(number + 1)

    yield from nested(0)


class Mailbox:
    """An SMTP server that falls silent at one stage, and keeps what it accepts."""

    def __init__(self, gate: Gate, stage: str) -> None:
        self.gate, self.stage = gate, stage
        self.kept: list[bytes] = []

    def __call__(self, connection: socket.socket) -> None:
        reader = connection.makefile("rb")
        self._wait("CONNECT")
        connection.sendall(b"220 mailbox ESMTP\r\n")
        while line := reader.readline():
            verb = line[:4].upper().decode()
            self._wait(verb)
            if verb == "DATA":
                connection.sendall(b"354 go on\r\n")
                body = b""
                while (row := reader.readline()) not in (b".\r\n", b""):
                    body += row
                    self._wait("BODY")
                if not row:
                    return
                self.kept.append(body)
                self._wait("STORED")
                connection.sendall(b"250 kept\r\n")
            else:
                connection.sendall(b"221 bye\r\n" if verb == "QUIT" else b"250 ok\r\n")

    def _wait(self, stage: str) -> None:
        if stage == self.stage:
            self.gate.pass_()


def configure(home: Path, ports: list[int], mail_port: int) -> None:
    rows = "".join(f'<outline type="rss" text="{n}" xmlUrl="http://127.0.0.1:{port}/feed"/>' for n, port in enumerate(ports))
    (home / "feeds.opml").write_text(f'<opml version="2.0"><head/><body>{rows}</body></opml>')
    (home / "config.yaml").write_text(
        "roundups:\n"
        "  - name: Rack Notes\n"
        "    sections: [{name: Networking}]\n"
        "    digest: {to: [author@example.org]}\n"
        "poll: {allow_networks: [127.0.0.0/8], parse_workers: 1}\n"
        f"mail: {{from: digest@example.org, host: 127.0.0.1, port: {mail_port}, security: none}}\n"
    )


def command(*words: str) -> list[str]:
    return [sys.executable, "-c", "from aggregator.cli import main; main()", *words]


def run(home: Path, *words: str) -> dict[str, object]:
    done = subprocess.run(command(*words), cwd=home, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    document: dict[str, object] = json.loads(done.stdout)
    return document


def killed_at(gate: Gate, home: Path, *words: str) -> None:
    """Starts a command and kills it, workers included, once somebody waits at the gate."""
    process = subprocess.Popen(
        command(*words), cwd=home, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )
    try:
        assert gate.reached.wait(30), "nobody came to the gate"
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


@pytest.mark.parametrize("silent", range(KILLS))
def test_killed_during_a_poll_no_entry_is_lost_or_doubled(tmp_path: Path, silent: int) -> None:
    gate = Gate()
    with feed_servers(gate, silent % FEEDS) as ports:
        configure(tmp_path, ports, 9)
        killed_at(gate, tmp_path, "poll", "--all", "--json")
        gate.open()
        polled = run(tmp_path, "poll", "--all", "--json")
        assert (polled["feeds"], polled["failed"]) == (FEEDS, 0)
        again = run(tmp_path, "poll", "--all", "--json")
        assert (again["unchanged"], again["new_entries"]) == (FEEDS, 0)
        candidates = run(tmp_path, "candidates", "--json")
        assert sorted(str(one["title"]) for one in candidates) == [  # type: ignore[index]  # a list of objects
            f"Entry {number}.{n}" for number in range(FEEDS) for n in range(ENTRIES)
        ]


@pytest.mark.parametrize("stage", [STAGES[-1 - n % len(STAGES)] for n in range(KILLS)])
def test_killed_during_a_send_the_digest_arrives_once_or_as_the_same_message_twice(tmp_path: Path, stage: str) -> None:
    gate = Gate()
    mailbox = Mailbox(gate, stage)
    with listening(mailbox) as port:
        configure(tmp_path, [], port)
        killed_at(gate, tmp_path, "digest", "--send", "--json")
        gate.open()
        sent = run(tmp_path, "digest", "--send", "--json")
        assert sent["state"] == "sent"
        copies = len(mailbox.kept)
        assert copies == 1 or (copies == 2 and stage in MAY_HAVE_LEFT)
        assert len(set(mailbox.kept)) == 1, "a resend has the very same bytes"
        assert f"Message-ID: {sent['message_id']}".encode() in mailbox.kept[0]
        run(tmp_path, "digest", "--send", "--json")
        assert len(mailbox.kept) == copies
