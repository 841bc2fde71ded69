"""A thousand feeds on loopback addresses of their own, served by one process; the polling benchmark's other end.

`python -m benchmarks.feed_farm COUNT` prints a port, then obeys lines on stdin: `validators on|off`, `news SHARE` (that share of
the feeds gets one new entry), `quit`.
"""

from __future__ import annotations

import asyncio
import hashlib
import random
import sys
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from xml.sax.saxutils import escape

_WORDS = """
    switch router packet kernel disk cluster release patch tunnel latency volume container image node
    firewall policy upgrade snapshot queue driver cable socket thread cache page index query schema token
"""
WORDS = _WORDS.split()


def address(number: int) -> str:
    """The loopback address of a feed."""
    return f"127.4.{number // 250}.{number % 250 + 1}"


class Feed:
    """60 % RSS, 40 % Atom; 10 to 20 entries; about 42 KB."""

    def __init__(self, number: int, now: datetime) -> None:
        self.number = number
        self._random = random.Random(number)
        self._atom = number % 5 < 2
        size = self._random.randint(10, 20)
        self._entries = [(n, now - timedelta(hours=n * 20)) for n in range(size)]
        self._body_words = 42_000 // size // 7
        self._texts: dict[int, str] = {}
        self._make()

    def add(self, now: datetime) -> None:
        self._entries.insert(0, (len(self._entries) + 1000, now))
        self._make()

    def _make(self) -> None:
        render = self._as_atom if self._atom else self._as_rss
        self.body = render().encode()
        self.etag = f'"{hashlib.sha256(self.body).hexdigest()[:16]}"'

    def _text(self, n: int) -> str:
        """A post as blogs write them: paragraphs with links and emphasis, a list, a piece of code, an image."""
        if n not in self._texts:
            parts = []
            for paragraph in range(max(2, self._body_words // 60)):
                words = [self._random.choice(WORDS) for _ in range(40)]
                words[5] = f'<a href="https://blog{self._random.randrange(900)}.example/{n}" rel="nofollow">{words[5]}</a>'
                words[20] = f"<strong>{words[20]}</strong>"
                words[30] = f'<code class="x">{words[30]}</code>'
                parts.append(f'<p style="margin:0">{" ".join(words)}.</p>')
                if paragraph % 4 == 1:
                    parts.append("<ul>" + "".join(f"<li>{word}</li>" for word in words[8:14]) + "</ul>")
                if paragraph % 6 == 2:
                    parts.append(f'<p><img src="/images/{n}.png" alt="{words[0]}" width="640" height="480" /></p>')
            self._texts[n] = escape("".join(parts))
        return self._texts[n]

    def _as_rss(self) -> str:
        items = "".join(
            f"<item><title>Post {n} about {WORDS[n % len(WORDS)]}</title><link>http://blog{self.number}.example/{n}</link>"
            f"<guid>http://blog{self.number}.example/{n}</guid><pubDate>{format_datetime(when)}</pubDate>"
            f"<description>{self._text(n)}</description></item>"
            for n, when in self._entries
        )
        return f'<?xml version="1.0"?><rss version="2.0"><channel><title>Blog {self.number}</title>{items}</channel></rss>'

    def _as_atom(self) -> str:
        items = "".join(
            f"<entry><title>Post {n} about {WORDS[n % len(WORDS)]}</title><id>urn:{self.number}:{n}</id>"
            f'<link href="http://blog{self.number}.example/{n}"/><updated>{when.isoformat()}</updated>'
            f'<content type="html">{self._text(n)}</content></entry>'
            for n, when in self._entries
        )
        return (
            f'<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><title>Blog {self.number}</title>'
            f"<id>urn:{self.number}</id>{items}</feed>"
        )


class Farm:
    def __init__(self, count: int) -> None:
        now = datetime.now(UTC).replace(microsecond=0)
        self.feeds = [Feed(number, now) for number in range(count)]
        self.validators = True

    async def serve(self) -> None:
        first, *others = self.feeds
        servers = [await asyncio.start_server(self._handler(first), address(0), 0, backlog=16)]
        port = servers[0].sockets[0].getsockname()[1]
        servers += [await asyncio.start_server(self._handler(feed), address(feed.number), port, backlog=16) for feed in others]
        print(port, flush=True)
        await asyncio.to_thread(self._obey)
        for server in servers:
            server.close()

    def _obey(self) -> None:
        for line in sys.stdin:
            match line.split():
                case ["validators", state]:
                    self.validators = state == "on"
                case ["news", share]:
                    now = datetime.now(UTC).replace(microsecond=0)
                    for feed in self.feeds[: int(len(self.feeds) * float(share))]:
                        feed.add(now)
                case ["quit"]:
                    return
            print("done", flush=True)

    def _handler(self, feed: Feed):  # type: ignore[no-untyped-def]  # asyncio's callback
        async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            try:
                while True:
                    request = await reader.readuntil(b"\r\n\r\n")
                    if self.validators and feed.etag.encode() in request:
                        writer.write(f"HTTP/1.1 304 Not Modified\r\nETag: {feed.etag}\r\n\r\n".encode())
                    else:
                        tag = f"ETag: {feed.etag}\r\n" if self.validators else ""
                        head = (
                            f"HTTP/1.1 200 OK\r\nContent-Type: application/xml\r\n{tag}Content-Length: {len(feed.body)}\r\n\r\n"
                        )
                        writer.write(head.encode() + feed.body)
                    await writer.drain()
            except (asyncio.IncompleteReadError, ConnectionError):
                pass
            finally:
                writer.close()

        return handle


if __name__ == "__main__":
    asyncio.run(Farm(int(sys.argv[1])).serve())
