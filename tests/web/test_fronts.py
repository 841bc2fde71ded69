"""What a server in front of the desk forgets is said where the author looks, and opens nothing."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from aggregator.settings import parse_settings
from aggregator.web.app import make_app
from aggregator.web.server import listening
from aggregator.wiring import Installation
from tests.web.door import HERE, OUTSIDE, csrf, door
from tests.web.test_app import free_port

ALL = {"X-Forwarded-For": "198.51.100.9", "X-Forwarded-Proto": "https"}
TRUSTED = "trusted_proxies: [192.0.2.0/24]"


def told(
    folder: Path, database: str, headers: dict[str, str], *, asks: str = OUTSIDE, base: str = OUTSIDE, more: str = TRUSTED
) -> str:
    """The checks on the page of the settings, as asked for through a server that sends these headers."""
    with door(folder, database, base=base, more=more) as found:
        client = found.client if asks == base else found.stranger(asks, source="192.0.2.1")
        client.headers.update(headers)
        assert found.sign_in(client=client).status_code == 303
        page = client.post("/settings/check", data={"csrf": csrf(client, "/settings")})
        assert page.status_code == 200
        return page.text


def test_one_that_says_everything_is_fine(tmp_path: Path, sqlite_url: str) -> None:
    assert "it keeps the desk&#39;s name, and says who asks" in told(tmp_path, sqlite_url, ALL)


def test_without_one_there_is_nothing_to_say(tmp_path: Path, sqlite_url: str) -> None:
    assert "server in front" not in told(tmp_path, sqlite_url, {})


@pytest.mark.parametrize(
    ("headers", "asks", "more", "words"),
    [
        ({"X-Forwarded-For": "198.51.100.9"}, HERE, TRUSTED, "it asks for 127.0.0.1, not for desk.example.org"),
        ({"X-Forwarded-Proto": "https"}, OUTSIDE, TRUSTED, "does not say who asks"),
        (ALL, OUTSIDE, "", "192.0.2.1 is not among"),
        (ALL | {"X-Forwarded-Prefix": "/desk"}, OUTSIDE, TRUSTED, "below /desk"),
    ],
)
def test_what_one_leaves_out_is_told(
    tmp_path: Path, sqlite_url: str, headers: dict[str, str], asks: str, more: str, words: str
) -> None:
    assert words in told(tmp_path, sqlite_url, headers, asks=asks, more=more)


def test_an_address_that_begins_with_http_is_told_to_who_came_by_https(tmp_path: Path, sqlite_url: str) -> None:
    page = told(tmp_path, sqlite_url, ALL, base="http://desk.example.org", asks=OUTSIDE)
    assert "links in your mails begin with http" in page


def test_a_form_of_the_desk_s_own_address_is_its_own_whatever_name_the_server_in_front_asks_for(
    tmp_path: Path, sqlite_url: str
) -> None:
    """nginx without a word on Host asks for 127.0.0.1: the author was told that he came from another site."""
    with door(tmp_path, sqlite_url) as found:
        client = found.stranger(HERE)
        client.headers["Origin"] = OUTSIDE
        assert found.sign_in(client=client).status_code == 303
        client.headers["Origin"] = "https://evil.example"
        assert found.sign_in(client=client).status_code == 403


def test_without_a_password_a_server_in_front_that_says_nothing_at_all_opens_nothing(tmp_path: Path) -> None:
    """nginx as it comes: HTTP/1.0, and the Host that it was told to ask. It made the whole network the machine itself."""
    port = free_port()
    settings = parse_settings(f"roundups: [{{name: Links}}]\nweb: {{port: {port}}}\n", tmp_path / "config.yaml", {})
    with Installation(settings) as installation, listening(make_app(installation, None), settings.web):
        for version, status in (("1.0", b"403"), ("1.1", b"200")):
            with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
                asked = f"GET /r/links/ HTTP/{version}\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n"
                connection.sendall(asked.encode())
                assert connection.recv(12) == b"HTTP/1.1 " + status
