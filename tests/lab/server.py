"""A feed server without manners: raw sockets, one behaviour a path. `python -m tests.lab` runs it on its own."""

from __future__ import annotations

import asyncio
import socket
import ssl
import struct
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass

GOOD = (
    b'<?xml version="1.0"?><rss version="2.0"><channel><title>Good</title><link>http://blog.example/</link>'
    b"<item><title>One</title><link>http://blog.example/1</link><guid>1</guid></item></channel></rss>"
)


@dataclass(frozen=True, slots=True)
class Request:
    """What a client asked. headers: names in lower case. raw: every byte of its head."""

    path: str
    headers: Mapping[str, str]
    raw: bytes


@dataclass(frozen=True, slots=True)
class Exchange:
    """One connection with its request, and the lab's ways to misbehave on it."""

    request: Request
    writer: asyncio.StreamWriter
    base: str

    async def send(self, data: bytes) -> None:
        self.writer.write(data)
        await self.writer.drain()

    async def drip(self, data: bytes, pause: float) -> None:
        for byte in data:
            await self.send(bytes([byte]))
            await asyncio.sleep(pause)

    def reset(self) -> None:
        """Ends the connection with RST."""
        sock = self.writer.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.writer.transport.abort()


Behaviour = Callable[[Exchange], Awaitable[None]]


def reply(body: bytes = GOOD, status: str = "200 OK", *headers: str, length: bool = True) -> bytes:
    """A well-formed answer, as a base to deform."""
    lines = [f"HTTP/1.1 {status}", *headers]
    if length:
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body


def always(data: bytes) -> Behaviour:
    """The same bytes to everybody."""

    async def behaviour(exchange: Exchange) -> None:
        await exchange.send(data)

    return behaviour


class Lab:
    """Serves behaviours by path on loopback and remembers what was asked."""

    def __init__(self, behaviours: Mapping[str, Behaviour], host: str = "127.0.0.1", tls: ssl.SSLContext | None = None) -> None:
        self._behaviours = behaviours
        self._host = host
        self._tls = tls
        self._server: asyncio.Server | None = None
        self._connections: set[asyncio.Task[None]] = set()
        self.port = 0
        self.connections = 0
        self.requests: list[Request] = []

    @property
    def base(self) -> str:
        """Its address, without a path."""
        host = f"[{self._host}]" if ":" in self._host else self._host
        return f"{'https' if self._tls else 'http'}://{host}:{self.port}"

    async def __aenter__(self) -> Lab:
        self._server = await asyncio.start_server(self._accept, self._host, 0, ssl=self._tls)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None
        self._server.close()
        for task in list(self._connections):
            task.cancel()
        await asyncio.gather(*self._connections, return_exceptions=True)
        await self._server.wait_closed()

    def asked(self, path: str) -> list[Request]:
        """Requests for one path, in order."""
        return [request for request in self.requests if request.path == path]

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        task = asyncio.current_task()
        assert task is not None
        self._connections.add(task)
        try:
            with suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
                raw = await reader.readuntil(b"\r\n\r\n")
                first, *rest = raw.decode("latin-1").split("\r\n")
                pairs = (line.partition(": ") for line in rest if line)
                request = Request(first.split(" ")[1], {name.lower(): value for name, _, value in pairs}, raw)
                self.requests.append(request)
                behaviour = self._behaviours.get(request.path, always(reply(b"", "404 Not Found")))
                await behaviour(Exchange(request, writer, self.base))
        finally:
            self._connections.discard(task)
            writer.close()
            with suppress(ConnectionError, asyncio.CancelledError):
                await writer.wait_closed()
