"""The way of an answer, over real SMTP and IMAP: a digest goes out, he answers it, it is done, and he is told. And a daemon whose
mailbox says nothing ends as soon as any other."""

from __future__ import annotations

import signal
import socket
import subprocess
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest

from aggregator.daemon.work import read_replies
from aggregator.jobs import digest, send
from aggregator.records.candidates import NewCandidate, State
from aggregator.settings import load_settings
from aggregator.wiring import Installation
from tests.journeys.test_kill import Gate, Mailbox, command, configure, listening
from tests.lab.imap import ImapServer, imap_server


def read_here(home: Path, server: ImapServer) -> None:
    """Answers are read from this server from now on."""
    with (home / "config.yaml").open("a") as config:
        config.write(f"web: {{port: {free_port()}}}\n")
    text = (home / "config.yaml").read_text()
    replies = f"replies: {{host: 127.0.0.1, port: {server.port}, security: none, username: u}}"
    (home / "config.yaml").write_text(text.replace("security: none}\n", f"security: none, {replies}}}\n"))


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        port: int = found.getsockname()[1]
    return port


def answer(sent: bytes, words: str) -> bytes:
    """As his mail program writes it, on top of the mail that he answers."""
    original = message_from_bytes(sent, policy=policy.default)
    body = original.get_body(("plain",))
    assert body is not None
    quoted = "\n".join(f"> {line}" for line in body.get_content().splitlines())
    mail = EmailMessage(policy=policy.SMTP)
    mail["From"], mail["To"] = "An Author <author@example.org>", original["Reply-To"]
    mail["Subject"], mail["In-Reply-To"] = f"Re: {original['Subject']}", original["Message-ID"]
    mail["Message-ID"] = f"<{hash(words)}@phone.example>"
    mail.set_content(f"{words}\n\nOn Friday, 6 March 2026 at 07:00, Rack Notes wrote:\n{quoted}\n")
    return mail.as_bytes()


def text_of(sent: bytes) -> str:
    body = message_from_bytes(sent, policy=policy.default).get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def test_a_digest_is_answered_done_told_and_taken_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AGGREGATOR_IMAP_PASSWORD", "secret")
    gate = Gate()
    gate.open()
    outgoing, now = Mailbox(gate, ""), datetime.now(UTC)
    with imap_server() as incoming, listening(outgoing) as port:
        configure(tmp_path, [], port)
        read_here(tmp_path, incoming)
        settings = load_settings(tmp_path / "config.yaml")
        with Installation(settings) as here:
            plan = settings.roundups[0]
            roundup = here.roundup(plan)
            here.ledger.open_edition(roundup.id, 1, now)
            urls = [f"https://blog.example/{n}" for n in range(3)]
            new = [NewCandidate(url, url, f"Piece {url[-1]}", "", None, (), now, now) for url in urls]
            first, second, third = here.ledger.offer(roundup.id, new, [])

            def states() -> list[State]:
                return [one.standing.state for one in here.ledger.candidates(roundup.id, [first, second, third])]

            def read() -> int:
                done = read_replies(here)
                assert not done.doubtful
                send.run_once(here, here.sender, files=here.outbox_folder, on_unknown="resend")
                return len(done.words)

            digest.put(here, roundup, plan, settings)
            assert read() == 0
            incoming.mails.append(answer(outgoing.kept[0], f"{first} keep\r\n{second} {third} drop\r\nsee you"))
            assert read() == 1
            assert states() == [State.KEPT, State.DROPPED, State.DROPPED]
            told = text_of(outgoing.kept[1])
            assert f"Kept: {first} “Piece 0”." in told
            assert "“see you” could not be read" in told
            assert read() == 0
            incoming.mails.append(answer(outgoing.kept[1], "undo"))
            assert read() == 1
            assert states() == [State.NEW] * 3
            assert len(outgoing.kept) == 3


def seconds_to_stop(home: Path, busy: Callable[[], None]) -> float:
    """How long a daemon takes to end once it is told to. busy: returns when it is in the middle of something."""
    with subprocess.Popen(command("run"), cwd=home, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as daemon:
        busy()
        began = time.monotonic()
        daemon.send_signal(signal.SIGTERM)
        assert daemon.wait(30) == 0
        return time.monotonic() - began


def test_told_to_stop_it_waits_for_no_mailbox(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AGGREGATOR_IMAP_PASSWORD", "secret")
    with imap_server(silent=True) as incoming:
        configure(tmp_path, [], 9)
        read_here(tmp_path, incoming)
        assert seconds_to_stop(tmp_path, lambda: assert_soon(incoming.asked)) < 8


def test_told_to_stop_it_waits_for_no_browser_that_is_slow_to_ask(tmp_path: Path) -> None:
    configure(tmp_path, [], 9)
    port = free_port()
    with (tmp_path / "config.yaml").open("a") as config:
        config.write(f"web: {{port: {port}}}\n")
    with socket.socket() as line:

        def ask_half() -> None:
            deadline = time.monotonic() + 30
            while line.connect_ex(("127.0.0.1", port)):
                assert time.monotonic() < deadline, "it never listened"
                time.sleep(0.05)
            line.sendall(b"POST /login HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 100\r\n\r\nhalf")

        assert seconds_to_stop(tmp_path, ask_half) < 8


def assert_soon(happened: threading.Event) -> None:
    assert happened.wait(30), "it never came to that"
