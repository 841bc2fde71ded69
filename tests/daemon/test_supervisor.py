"""What a supervisor hears of the daemon, on real sockets: ready, alive, stopping; and that one who is not there stops nothing."""

from __future__ import annotations

import secrets
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from aggregator.daemon.supervisor import Supervisor


@contextmanager
def listener(address: str) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as made:
        made.bind(address)
        made.settimeout(5)
        yield made


def test_it_hears_that_the_daemon_is_ready_alive_and_stopping(tmp_path: Path) -> None:
    where = str(tmp_path / "notify")
    with listener(where) as heard:
        told = Supervisor.of({"NOTIFY_SOCKET": where, "WATCHDOG_USEC": "20000000", "WATCHDOG_PID": "7"}, 7)
        told.ready()
        told.alive()
        told.stopping()
        assert [heard.recv(100) for _ in range(3)] == [b"READY=1", b"WATCHDOG=1", b"STOPPING=1"]
        assert told.watchdog == 20


def test_an_abstract_socket_is_reached_too() -> None:
    name = f"aggregator-test-{secrets.token_hex(8)}"
    with listener(f"\0{name}") as heard:
        Supervisor(f"@{name}").ready()
        assert heard.recv(100) == b"READY=1"


@pytest.mark.parametrize(
    "environment",
    [{}, {"WATCHDOG_USEC": "20000000", "WATCHDOG_PID": "8"}, {"WATCHDOG_USEC": "soon"}, {"WATCHDOG_USEC": "0"}],
)
def test_without_a_watchdog_of_its_own_it_says_nothing_of_being_alive(environment: dict[str, str], tmp_path: Path) -> None:
    where = str(tmp_path / "notify")
    with listener(where) as heard:
        told = Supervisor.of({"NOTIFY_SOCKET": where, **environment}, 7)
        told.alive()
        told.stopping()
        assert heard.recv(100) == b"STOPPING=1"


@pytest.mark.parametrize("address", [None, "/nowhere/at/all", "x" * 200, "@"])
def test_a_supervisor_that_is_not_there_stops_nothing(address: str | None) -> None:
    Supervisor(address).ready()
