"""The web application over real sockets."""

from __future__ import annotations

import hashlib
import hmac
import http.client
import json
import socket
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from aggregator.errors import ConfigError
from aggregator.records.roundups import Heartbeat
from aggregator.settings import Settings, WebSettings, parse_settings
from aggregator.storage.schema import archive_sources, roundups
from aggregator.web.app import make_app
from aggregator.web.security import MOST_BYTES
from aggregator.web.server import check_address, listening
from aggregator.wiring import Installation

SECRET = "correct horse"
LATER = datetime(2999, 1, 1, tzinfo=UTC)


def free_port() -> int:
    with closing(socket.socket()) as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@dataclass(slots=True)
class Web:
    installation: Installation
    port: int

    def source(self) -> None:
        """A source of past editions that is not due for long."""
        with self.installation.database.write() as connection:
            roundup = connection.execute(select(roundups.c.id)).scalar_one()
            row = {"roundup_id": roundup, "address": "https://blog.example/feed", "next_read_at": LATER}
            connection.execute(archive_sources.insert().values(row))

    @property
    def is_due(self) -> bool:
        """That source is read at the next tick."""
        with self.installation.database.read() as connection:
            due = connection.execute(select(archive_sources.c.next_read_at)).scalar_one()
        return bool(due <= self.installation.clock.now())

    def ask(
        self, method: str, path: str, body: bytes | None = None, headers: dict[str, str] | None = None
    ) -> tuple[int, str, http.client.HTTPMessage]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        with closing(connection):
            connection.request(method, path, body, headers or {})
            answer = connection.getresponse()
            return answer.status, answer.read().decode(), answer.headers


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    text = f"roundups: [{{name: Links}}]\nweb: {{port: {free_port()}, base_url: 'https://desk.example.org'}}\n"
    return parse_settings(text, tmp_path / "config.yaml", {})


@pytest.fixture
def web(settings: Settings) -> Iterator[Web]:
    with Installation(settings) as installation, listening(make_app(installation, SECRET), settings.web):
        yield Web(installation, settings.web.port)


def signed(body: bytes) -> dict[str, str]:
    return {"X-Hub-Signature-256": "sha256=" + hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()}


def test_health_is_bad_news_until_the_daemon_ticks(web: Web) -> None:
    status, body, _ = web.ask("GET", "/healthz")
    assert (status, json.loads(body)) == (503, {"ok": False, "tick_age": None, "mail_age": None})
    web.installation.heartbeats.beat(Heartbeat("tick", web.installation.clock.now(), "alive", ok=True))
    status, body, _ = web.ask("GET", "/healthz")
    assert (status, json.loads(body)["ok"]) == (200, True)


def test_a_signed_call_has_the_archive_read(web: Web) -> None:
    web.source()
    body = b'{"ref": "refs/heads/main"}'
    assert web.ask("POST", "/hooks/archive", body, signed(body))[0] == 202
    assert web.is_due


def test_an_unsigned_call_changes_nothing(web: Web) -> None:
    web.source()
    for method, headers, status in (("POST", {}, 403), ("POST", signed(b"other"), 403), ("GET", signed(b""), 405)):
        assert web.ask(method, "/hooks/archive", b"" if method == "POST" else None, headers)[0] == status
    assert not web.is_due


def test_a_call_without_end_is_cut_off(web: Web) -> None:
    web.source()
    body = b"x" * (MOST_BYTES + 1)
    assert web.ask("POST", "/hooks/archive", body, signed(body))[0] == 413
    assert not web.is_due


def test_without_a_secret_there_is_no_hook(settings: Settings) -> None:
    with Installation(settings) as installation, listening(make_app(installation, None), settings.web):
        assert Web(installation, settings.web.port).ask("POST", "/hooks/archive", b"", signed(b""))[0] == 404


@pytest.mark.parametrize("host", ["evil.example", "evil.example:8765", "127.0.0.1.evil.example", "0.0.0.0", ""])
def test_another_name_for_this_machine_gets_nothing(web: Web, host: str) -> None:
    """R16: a page elsewhere whose name is pointed at 127.0.0.1 sends its own name as Host."""
    assert web.ask("GET", "/healthz", headers={"Host": host})[0] == 400


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost:8765", "desk.example.org"])
def test_its_own_names_are_answered(web: Web, host: str) -> None:
    assert web.ask("GET", "/healthz", headers={"Host": host})[0] == 503


def test_every_answer_forbids_what_pages_could_do(web: Web) -> None:
    for path in ("/healthz", "/nothing", "/hooks/archive"):
        headers = web.ask("GET", path)[2]
        assert "default-src 'none'" in headers["Content-Security-Policy"]
        assert (headers["X-Content-Type-Options"], headers["Cache-Control"]) == ("nosniff", "no-store")
        assert headers["Server"] is None


def test_a_taken_port_does_not_stop_the_daemon(settings: Settings, caplog: pytest.LogCaptureFixture) -> None:
    with closing(socket.socket()) as taken, Installation(settings) as installation:
        taken.bind(("127.0.0.1", settings.web.port))
        taken.listen()
        with listening(make_app(installation, None), settings.web):
            pass
    assert "cannot listen" in caplog.text


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.5", "::", "desk.example.org"])
def test_an_address_that_others_reach_is_refused(host: str) -> None:
    with pytest.raises(ConfigError, match="other machines reach"):
        check_address(WebSettings(host=host), asks_who=False)


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.9", "localhost", "::1", "[::1]"])
def test_an_address_of_this_machine_alone_will_do(host: str) -> None:
    check_address(WebSettings(host=host), asks_who=False)
    check_address(WebSettings(host="0.0.0.0"), asks_who=True)
