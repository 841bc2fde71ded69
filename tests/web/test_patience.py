"""Connections of people with bad intentions, over real sockets."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from aggregator.settings import parse_settings
from aggregator.web import patience, security
from aggregator.web.app import make_app
from aggregator.web.server import listening
from aggregator.wiring import Installation
from tests.web.test_app import free_port

BEGUN = b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n"


@pytest.fixture
def port(tmp_path: Path) -> Iterator[int]:
    port = free_port()
    settings = parse_settings(f"roundups: [{{name: Links}}]\nweb: {{port: {port}}}\n", tmp_path / "config.yaml", {})
    with Installation(settings) as installation, listening(make_app(installation, None), settings.web):
        yield port


def asking(opened: ExitStack, port: int, *said: bytes) -> socket.socket:
    connection = opened.enter_context(socket.create_connection(("127.0.0.1", port), timeout=10))
    for one in said:
        connection.sendall(one)
    return connection


def told(connection: socket.socket) -> bytes:
    """Everything until the other end closes."""
    found = b""
    try:
        while more := connection.recv(65536):
            found += more
    except ConnectionResetError:
        pass
    return found


def test_who_asks_nothing_and_who_never_ends_asking_is_let_go(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Three hundred such connections stayed for as long as they liked; a thousand are all that the daemon can open."""
    monkeypatch.setattr(patience, "TO_ASK", 0.3)
    with ExitStack() as opened:
        since = time.monotonic()
        silent, slow = asking(opened, port), asking(opened, port, b"GET / HTTP/1.1\r\nHo")
        after = asking(opened, port, BEGUN, b"\r\n")
        assert after.recv(65536).startswith(b"HTTP/1.1 503")
        after.sendall(b"GET /slow HT")  # and one that asked something before
        for one in (silent, slow, after):
            assert told(one) in (b"", b'{"ok":false,"tick_age":null,"mail_age":null}')
        assert time.monotonic() - since < 5


def test_a_request_that_is_complete_is_answered_however_often_on_one_connection(
    port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(patience, "TO_ASK", 0.3)
    with ExitStack() as opened:
        connection = asking(opened, port, (BEGUN + b"\r\n") * 5 + BEGUN + b"Connection: close\r\n\r\n")
        assert told(connection).count(b"HTTP/1.1 503") == 6


def test_when_too_many_wait_the_one_that_waited_longest_goes(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "MOST", 3)
    with ExitStack() as opened:
        waiting = [asking(opened, port) for _ in range(3)]
        assert b"503" in told(asking(opened, port, BEGUN, b"Connection: close\r\n\r\n"))
        assert told(waiting[0]) == b""


def test_a_body_that_drips_in_has_an_end(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(security, "LONGEST", 0.3)
    with ExitStack() as opened:
        begun = b"POST /login HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\nContent-Length: 900\r\n"
        kind = b"Content-Type: application/x-www-form-urlencoded\r\n\r\na="
        assert told(asking(opened, port, begun, kind)).startswith(b"HTTP/1.1 408")


@pytest.mark.parametrize(
    "said",
    [
        b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nHost: evil.example\r\n\r\n",
        b"GET /healthz HTTP/1.1\r\n\r\n",
        b"POST /login HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 4\r\nContent-Length: 5\r\n\r\nabcde",
        b"POST /login HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: xchunked\r\n\r\n",
        b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nX: " + b"a" * 200_000 + b"\r\n\r\n",
        b"G\0T / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    ],
)
def test_what_can_be_read_in_two_ways_is_not_read_at_all(port: int, said: bytes) -> None:
    with ExitStack() as opened:
        assert told(asking(opened, port, said))[:12] in (b"HTTP/1.1 400", b"")


@pytest.mark.parametrize("address", ["http://evil.example/healthz", "http://127.0.0.1/healthz", "//evil.example/healthz", "*"])
def test_an_address_with_a_name_in_it_leads_nowhere(port: int, address: str) -> None:
    with ExitStack() as opened:
        asked = f"GET {address} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n".encode()
        answer = told(asking(opened, port, asked))
        assert answer.startswith(b"HTTP/1.1 404")
        assert b"ocation:" not in answer


def test_a_socket_of_the_web_is_none_of_ours(port: int) -> None:
    with ExitStack() as opened:
        upgrade = b"Connection: upgrade, close\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
        upgrade += b"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
        assert told(asking(opened, port, BEGUN, upgrade)).startswith(
            b"HTTP/1.1 503"
        )  # answered as if nothing had been said of it
