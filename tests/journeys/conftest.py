"""A small author's world for whole journeys: past editions, a feed server and a mail server on loopback, a clock that obeys."""

from __future__ import annotations

import email
import email.policy
import socket
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from xml.sax.saxutils import escape

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from aggregator.clock import ManualClock
from aggregator.jobs import archive, classify, cycle, digest, learn, send
from aggregator.records.digests import Mail
from aggregator.records.feeds import FeedStatus
from aggregator.records.reports import DigestReport, PollReport
from aggregator.records.roundups import Roundup
from aggregator.settings import RoundupSettings, parse_settings
from aggregator.wiring import Installation

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
"""A Monday."""

SUBJECTS = {
    "Networking": ("vxlan", "bgp", "switch", "router", "subnet", "multicast"),
    "Storage": ("disk", "raid", "snapshot", "filesystem", "iscsi", "backup"),
    "Security": ("exploit", "patch", "firewall", "cipher", "malware", "audit"),
}


def edition_text(number: int, day: datetime) -> str:
    """A past edition: in each section three links whose words are its own."""
    lines = ["---", f"title: 'Rack Notes #{number}'", f"date: {day:%Y-%m-%d}", "---", "", "Welcome.", ""]
    for section, words in SUBJECTS.items():
        lines += [f"## {section}", ""]
        for n in range(3):
            one, two = words[(number + n) % 6], words[(number + n + 1) % 6]
            host = f"{section.lower()}.example"
            lines.append(f"* Worth a look: [the {one} and the {two}](https://{host}/{number}/{one}-{two}-{n}).")
        lines.append("")
    return "\n".join(lines)


class Blog:
    """One feed on the server. Posts are (title, link, body, age in days)."""

    def __init__(self, path: str, title: str) -> None:
        self.path, self.title = path, title
        self.posts: list[tuple[str, str, str, datetime]] = []
        self.status = 200
        self.headers: dict[str, str] = {}

    def post(self, title: str, link: str, body: str, at: datetime) -> None:
        self.posts.insert(0, (title, link, body, at))

    def body(self) -> bytes:
        items = "".join(
            f"<item><title>{escape(title)}</title><link>{escape(link)}</link><guid>{escape(link)}</guid>"
            f"<description>{escape(body)}</description><pubDate>{format_datetime(at)}</pubDate></item>"
            for title, link, body, at in self.posts
        )
        return (
            f'<?xml version="1.0"?><rss version="2.0"><channel><title>{escape(self.title)}</title>'
            f"<link>http://blog.example/</link><description/>{items}</channel></rss>"
        ).encode()


class World:
    """Everything a journey needs; moves its clock by hand."""

    def __init__(self, home: Path, database_url: str) -> None:
        self.home = home
        home.mkdir()
        self.clock = ManualClock(START)
        self.blogs: dict[str, Blog] = {}
        self.pages: dict[str, str] = {}
        self.redirects: dict[str, str] = {}
        self.mails: list[EmailMessage] = []
        self.mail_works = True
        self._server = self._serve()
        self._sink = self._take_mail()
        (home / "past").mkdir()
        for number in range(1, 7):
            day = START - timedelta(days=21 * (7 - number))
            (home / "past" / f"rack-notes-{number}.md").write_text(edition_text(number, day))
        self.config = self._config(database_url)
        self.settings = parse_settings(self.config, home / "config.yaml")
        self.plan: RoundupSettings = self.settings.roundups[0]
        self.installation = Installation(self.settings, self.clock)
        self.files = classify.Files.empty()

    @property
    def roundup(self) -> Roundup:
        return self.installation.roundup(self.plan)

    def blog(self, name: str) -> Blog:
        """The blog of this name; a new one is put into the author's list."""
        if name not in self.blogs:
            self.blogs[name] = Blog(f"/{name}.xml", f"The {name} blog")
            rows = "".join(f'<outline type="rss" text="{blog.title}" xmlUrl="{self.url(blog)}"/>' for blog in self.blogs.values())
            (self.home / "feeds.opml").write_text(f'<opml version="2.0"><head/><body>{rows}</body></opml>')
        return self.blogs[name]

    def page(self, path: str, html: str) -> str:
        """Serves a web page; its address."""
        self.pages[path] = html
        return self.at(path)

    def at(self, path: str) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}{path}"

    def url(self, blog: Blog) -> str:
        return self.at(blog.path)

    def learn(self) -> None:
        archive.run_once(self.installation, self.roundup, self.plan, [self.home / "past"], home=self.home)
        learn.run_once(self.installation, self.roundup, self.plan)

    def poll(self) -> PollReport:
        return cycle.run_once(self.installation, self.settings, self.installation.poller(), everything=True, files=self.files)

    def digest(self) -> DigestReport | None:
        """What a tick of the daemon does: the due digest, if one is due, and its sending."""
        report = digest.run_once(self.installation, self.roundup, self.plan, self.settings)
        self.send()
        return report

    def send(self) -> list[Mail]:
        return send.run_once(self.installation, self.installation.sender, files=self.home / "outbox", on_unknown="resend")

    def until(self, moment: datetime) -> None:
        self.clock.set(moment)

    def feed(self, name: str) -> FeedStatus:
        return next(one for one in self.installation.feeds.statuses() if one.url.endswith(f"/{name}.xml"))

    @property
    def last_text(self) -> str:
        """The text part of the newest mail."""
        part = self.mails[-1].get_body(("plain",))
        assert part is not None
        return str(part.get_content())

    def close(self) -> None:
        self.installation.close()
        self._sink.stop()
        self._server.shutdown()
        self._server.server_close()

    def _config(self, database_url: str) -> str:
        sections = "".join(f"      - name: {name}\n" for name in SUBJECTS)
        return (
            f"database: '{database_url}'\n"
            "roundups:\n"
            "  - name: Rack Notes\n"
            '    title: "Rack Notes #{number}"\n'
            "    next_number: 7\n"
            "    archive: [past/]\n"
            f"    sections:\n{sections}"
            '    digest: {day: friday, time: "07:00", timezone: Europe/Berlin, to: [author@example.org]}\n'
            "poll: {allow_networks: [127.0.0.0/8], parse_workers: 1}\n"
            "links: {check: off, archive: off}\n"  # invented addresses: nothing leaves this machine
            f"mail: {{from: digest@example.org, host: 127.0.0.1, port: {self._sink.port}, security: none}}\n"
        )

    def _serve(self) -> ThreadingHTTPServer:
        world = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                if self.path in world.redirects:
                    self.send_response(302)
                    self.send_header("Location", world.redirects[self.path])
                    self.send_header("Content-Length", "0")
                    self.end_headers()
                    return
                blog = next((one for one in world.blogs.values() if one.path == self.path), None)
                page = world.pages.get(self.path)
                status = blog.status if blog else 404 if page is None else 200
                body = blog.body() if blog and status == 200 else (page or "").encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/rss+xml" if blog else "text/html; charset=utf-8")
                for name, value in (blog.headers if blog else {}).items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        return server

    def _take_mail(self) -> Controller:
        world = self

        class Handler:
            async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - its name
                if not world.mail_works:
                    return "451 4.3.0 come back later"
                content = envelope.original_content or b""
                message = email.message_from_bytes(content, policy=email.policy.default)
                assert isinstance(message, EmailMessage)
                world.mails.append(message)
                return "250 kept"

        controller = Controller(Handler(), hostname="127.0.0.1", port=_free_port())
        controller.start()
        return controller


def _free_port() -> int:
    # The controller connects to the port it was given, so 0 will not do.
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(params=["sqlite", "postgres"])
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    """A fresh world, on SQLite and on PostgreSQL."""
    if request.param == "postgres":
        request.getfixturevalue("postgres_database")
    made = World(tmp_path / "home", request.getfixturevalue(f"{request.param}_url"))
    yield made
    made.close()
