"""The demo's two servers on loopback: one gives the sample feeds, each on an address of its own; one takes mail and keeps it."""

from __future__ import annotations

import asyncio
import hashlib
import selectors
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from socketserver import TCPServer
from types import TracebackType
from typing import Self

from aiosmtpd.smtp import SMTP, Envelope, Session

from aggregator.demo.world.feeds import SampleFeed

LOOPBACK = "127.0.0.1"


class FeedServer:
    """Serves sample feeds with validators (a conditional GET gets 304), a gone one as 410, a broken one as 500.

    Blogs live on hosts of their own, so each feed gets an address of its own, 127.2.0.1 and on. Where those cannot be bound
    (macOS has 127.0.0.1 alone) each gets a port of its own instead. Use as a context manager.
    """

    def __init__(self, feeds: Sequence[SampleFeed], now: datetime) -> None:
        self._feeds = feeds
        self._now = now
        self._servers: list[_FeedHttp] = []
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._serve, name="sample-feeds", daemon=True)

    @property
    def addresses(self) -> dict[str, str]:
        """Name of each feed -> its URL."""
        return {server.feed.name: server.url for server in self._servers}

    def __enter__(self) -> Self:
        for number, feed in enumerate(self._feeds, start=1):
            self._servers.append(_bind(feed, self._now, f"127.2.0.{number}"))
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._stopping.set()
        self._thread.join()
        for server in self._servers:
            server.server_close()

    def _serve(self) -> None:
        """One thread accepts for all; each connection then has its own."""
        with selectors.DefaultSelector() as selector:
            for server in self._servers:
                selector.register(server, selectors.EVENT_READ, server)
            while not self._stopping.is_set():
                for key, _ in selector.select(timeout=0.1):
                    key.data.handle_request()


class MailSink:
    """An SMTP server that accepts every message and keeps it: in memory, and as it came, as numbered .eml files in a folder.

    Use as a context manager.
    """

    def __init__(self, folder: Path) -> None:
        self.mails: list[ReceivedMail] = []
        self.host = LOOPBACK
        self._folder = folder
        self._runner = asyncio.Runner()

    @property
    def port(self) -> int:
        """Chosen by the system."""
        port: int = self._server.sockets[0].getsockname()[1]
        return port

    def keep(self, sender: str, recipients: Sequence[str], message: bytes) -> None:
        """Adds one message."""
        path = self._folder / f"mail-{len(self.mails) + 1}.eml"
        path.write_bytes(message)
        self.mails.append(ReceivedMail(sender, tuple(recipients), message, path))

    def __enter__(self) -> Self:
        self._folder.mkdir(parents=True, exist_ok=True)
        self._server = self._runner.run(self._listen())
        self._thread = threading.Thread(target=self._runner.get_loop().run_forever, name="mail-sink", daemon=True)
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        loop = self._runner.get_loop()
        loop.call_soon_threadsafe(loop.stop)
        self._thread.join()
        self._server.close()
        self._runner.close()

    async def _listen(self) -> asyncio.Server:
        loop = asyncio.get_running_loop()
        # A name is given, since asking the system for its own can take seconds.
        return await loop.create_server(lambda: SMTP(_Keep(self), hostname="mail-sink.localhost", loop=loop), LOOPBACK, 0)


@dataclass(frozen=True, slots=True)
class ReceivedMail:
    """A message as it came, its envelope, and where it was written."""

    sender: str
    recipients: tuple[str, ...]
    message: bytes
    path: Path


class _Keep:
    """aiosmtpd's handler; the names are its own."""

    def __init__(self, sink: MailSink) -> None:
        self._sink = sink

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        self._sink.keep(envelope.mail_from or "", envelope.rcpt_tos, envelope.original_content or b"")
        return "250 kept"


class _FeedHttp(ThreadingHTTPServer):
    """One feed's server. Connections do not outlive it."""

    daemon_threads = True
    timeout = 0

    def __init__(self, address: tuple[str, int], feed: SampleFeed, now: datetime) -> None:
        self.feed = feed
        self.etag = f'"{hashlib.sha256(feed.body).hexdigest()[:16]}"'
        self.last_modified = format_datetime(now.replace(microsecond=0), usegmt=True)
        super().__init__(address, _FeedRequest)

    @property
    def url(self) -> str:
        host, port = self.server_address[:2]
        return f"http://{host!s}:{port}{self.feed.path}"

    def server_bind(self) -> None:
        # The inherited one looks up the host's name, which can take seconds where no resolver answers.
        TCPServer.server_bind(self)
        self.server_name, self.server_port = str(self.server_address[0]), self.server_address[1]


class _FeedRequest(BaseHTTPRequestHandler):
    """Answers for one feed."""

    server: _FeedHttp
    protocol_version = "HTTP/1.1"
    server_version = "SampleFeeds"
    sys_version = ""
    timeout = 5

    def do_GET(self) -> None:
        feed = self.server.feed
        status = feed.status if self.path == feed.path else 404
        if status != 200:
            self._send(status, b"This feed is not here.\n", {"Content-Type": "text/plain; charset=utf-8"})
            return
        validators = {"ETag": self.server.etag, "Last-Modified": self.server.last_modified}
        if self._is_known():
            self._send(304, b"", validators)
            return
        self._send(200, feed.body, {"Content-Type": feed.content_type, **validators})

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the inherited name
        """The demo tells of polls itself."""

    def _is_known(self) -> bool:
        """If-None-Match decides where it is given (RFC 9110, 13.1)."""
        tags = self.headers.get("If-None-Match")
        if tags is not None:
            return self.server.etag in (tag.strip().removeprefix("W/") for tag in tags.split(","))
        return self.headers.get("If-Modified-Since") == self.server.last_modified

    def _send(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if status != 304:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def _bind(feed: SampleFeed, now: datetime, address: str) -> _FeedHttp:
    try:
        return _FeedHttp((address, 0), feed, now)
    except OSError:
        return _FeedHttp((LOOPBACK, 0), feed, now)
