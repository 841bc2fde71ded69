from __future__ import annotations

import smtplib
import socket
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from email.message import Message
from pathlib import Path

import pytest

from aggregator.demo import servers
from aggregator.demo.servers import FeedServer, MailSink
from aggregator.demo.world import SampleFeed

NOW = datetime(2026, 11, 20, 7, 0, 30, 999, tzinfo=UTC)
FEEDS = [
    SampleFeed("one", "One", "/feed.xml", "application/rss+xml; charset=utf-8", b"<rss/>"),
    SampleFeed("two", "Two", "/atom.xml", "application/atom+xml; charset=utf-8", b"<feed/>"),
    SampleFeed("gone", "Gone", "/feed.xml", "application/rss+xml; charset=utf-8", b"", 410),
    SampleFeed("broken", "Broken", "/feed.xml", "application/rss+xml; charset=utf-8", b"", 500),
]


@pytest.fixture(scope="module")
def server() -> Iterator[FeedServer]:
    with FeedServer(FEEDS, NOW) as running:
        yield running


def get(url: str, headers: Mapping[str, str] | None = None) -> tuple[int, Message, bytes]:
    try:
        with urllib.request.urlopen(urllib.request.Request(url, headers=dict(headers or {})), timeout=5) as answer:
            return answer.status, answer.headers, answer.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.headers, error.read()


def test_every_feed_is_served_with_its_type_and_validators(server: FeedServer) -> None:
    status, headers, body = get(server.addresses["two"])
    assert (status, body, headers["Content-Type"]) == (200, b"<feed/>", "application/atom+xml; charset=utf-8")
    assert headers["ETag"].startswith('"')
    assert headers["Last-Modified"] == "Fri, 20 Nov 2026 07:00:30 GMT"


@pytest.mark.parametrize(("validator", "echo"), [("ETag", "If-None-Match"), ("Last-Modified", "If-Modified-Since")])
def test_an_echoed_validator_gets_304_without_a_body(server: FeedServer, validator: str, echo: str) -> None:
    _, headers, _ = get(server.addresses["one"])
    status, _, body = get(server.addresses["one"], {echo: headers[validator]})
    assert (status, body) == (304, b"")


def test_a_foreign_etag_gets_the_body_whatever_the_date_says(server: FeedServer) -> None:
    _, headers, _ = get(server.addresses["one"])
    status, _, _ = get(server.addresses["one"], {"If-None-Match": '"other"', "If-Modified-Since": headers["Last-Modified"]})
    assert status == 200


@pytest.mark.parametrize(("name", "status"), [("gone", 410), ("broken", 500)])
def test_a_feed_in_trouble_says_so(server: FeedServer, name: str, status: int) -> None:
    assert get(server.addresses[name])[0] == status


def test_another_path_is_not_found(server: FeedServer) -> None:
    assert get(server.addresses["one"].replace("feed.xml", "other.xml"))[0] == 404


def test_each_feed_has_an_address_of_its_own(server: FeedServer) -> None:
    assert len({address.split("/")[2] for address in server.addresses.values()}) == len(FEEDS)


def test_without_further_loopback_addresses_each_feed_gets_a_port(monkeypatch: pytest.MonkeyPatch) -> None:
    bind = servers._FeedHttp.server_bind

    def refuse(self: servers._FeedHttp) -> None:
        if self.server_address[0] != "127.0.0.1":
            raise OSError(49, "Can't assign requested address")
        bind(self)

    monkeypatch.setattr(servers._FeedHttp, "server_bind", refuse)
    with FeedServer(FEEDS, NOW) as running:
        assert all(address.startswith("http://127.0.0.1:") for address in running.addresses.values())
        assert get(running.addresses["two"])[2] == b"<feed/>"


def test_a_stopped_server_leaves_its_ports() -> None:
    with FeedServer(FEEDS[:1], NOW) as running:
        host, port = running.addresses["one"].split("/")[2].split(":")
    with pytest.raises(OSError, match="refused"):
        socket.create_connection((host, int(port)), timeout=1)


def test_the_sink_keeps_each_mail_as_it_came(tmp_path: Path) -> None:
    with MailSink(tmp_path / "mail") as sink:
        for number in (1, 2):
            with smtplib.SMTP(sink.host, sink.port, timeout=5) as client:
                message = f"Subject: {number}\r\n\r\n.dot\r\nünï\r\n".encode()
                client.sendmail("digest@a.example", ["mara@b.example", "noor@b.example"], message, ["BODY=8BITMIME"])
    first, second = sink.mails
    assert (first.sender, first.recipients) == ("digest@a.example", ("mara@b.example", "noor@b.example"))
    assert first.message == "Subject: 1\r\n\r\n.dot\r\nünï\r\n".encode()
    assert [one.path.read_bytes() for one in (first, second)] == [first.message, second.message]
    assert second.path.name == "mail-2.eml"


def test_the_sink_stops_while_a_client_is_still_connected(tmp_path: Path) -> None:
    with MailSink(tmp_path) as sink, socket.create_connection((sink.host, sink.port), timeout=5) as client:
        assert client.recv(4).startswith(b"220")
    assert sink.mails == []
