"""The catalogue: what each hostile path does and what a poll of it must come to."""

from __future__ import annotations

import asyncio
import gzip
import re
import zlib
from collections.abc import Callable
from dataclasses import dataclass

from tests.lab.server import GOOD, Behaviour, Exchange, always, reply

FOREVER = 3600.0


@dataclass(frozen=True, slots=True)
class Case:
    """id: the catalogue's number and what is special. expected: the poll's outcome."""

    id: str
    expected: str
    behaviour: Behaviour

    @property
    def path(self) -> str:
        return "/" + re.sub(r"[^\w.]+", "-", self.id)


CASES: list[Case] = []


def case(name: str, expected: str, data: bytes) -> None:
    CASES.append(Case(name, expected, always(data)))


def acts(name: str, expected: str) -> Callable[[Behaviour], Behaviour]:
    """Registers a behaviour that takes more than one write."""

    def register(behaviour: Behaviour) -> Behaviour:
        CASES.append(Case(name, expected, behaviour))
        return behaviour

    return register


def chunked(*parts: bytes) -> bytes:
    return b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts)


CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
GZIPPED = gzip.compress(GOOD, mtime=0)


def bomb(megabytes: int) -> bytes:
    squeeze = zlib.compressobj(9, zlib.DEFLATED, 31)
    piece = bytes(1 << 20)
    return b"".join([*(squeeze.compress(piece) for _ in range(megabytes)), squeeze.flush()])


@acts("H01 never answers", "timeout")
async def _(exchange: Exchange) -> None:
    await asyncio.sleep(FOREVER)


@acts("H02 drips the body", "timeout")
async def _(exchange: Exchange) -> None:
    await exchange.send(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
    await exchange.drip(bytes(100_000), 0.05)


@acts("H03 drips the head", "timeout")
async def _(exchange: Exchange) -> None:
    await exchange.drip(b"HTTP/1.1 200 OK\r\nX: " + b"a" * 10_000, 0.05)


@acts("H04 endless chunks", "too_large")
async def _(exchange: Exchange) -> None:
    await exchange.send(CHUNKED)
    while True:
        await exchange.send(chunked(bytes(1 << 16)))


case("H05 ten gigabytes announced", "too_large", b"HTTP/1.1 200 OK\r\nContent-Length: 10000000000\r\n\r\n<rss")
case("H06 longer than announced", "protocol", b"HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n" + GOOD)
case("H06 two lengths", "protocol", reply(GOOD, "200 OK", "Content-Length: 7"))
case("H06 negative length", "protocol", b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n" + GOOD)
case("H06 broken chunk size", "protocol", CHUNKED + b"zz\r\n" + GOOD)
case("H07 shorter than announced", "truncated", b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n" + GOOD)
case("H07 last chunk missing", "truncated", CHUNKED + chunked(GOOD))
case("H08 gzip bomb", "too_large", reply(bomb(16), "200 OK", "Content-Encoding: gzip"))
case("H09 gzip twice", "encoding", reply(gzip.compress(bomb(16)), "200 OK", "Content-Encoding: gzip, gzip"))
case("H09 gzip in two headers", "encoding", reply(GZIPPED, "200 OK", "Content-Encoding: gzip", "Content-Encoding: gzip"))
case("H10 brotli unasked", "encoding", reply(b"\x0b\x02\x80abc\x03", "200 OK", "Content-Encoding: br"))
case("H10 zstd unasked", "encoding", reply(b"\x28\xb5\x2f\xfd", "200 OK", "Content-Encoding: zstd"))
case("H10 deflate unasked", "encoding", reply(zlib.compress(GOOD), "200 OK", "Content-Encoding: deflate"))
case("H11 gzip label on plain body", "encoding", reply(GOOD, "200 OK", "Content-Encoding: gzip"))
case("H11 gzip body without label", "changed", reply(GZIPPED))
case("H11 x-gzip", "changed", reply(GZIPPED, "200 OK", "Content-Encoding: x-gzip"))
case("H12 gzip cut", "encoding", reply(GZIPPED[:-12], "200 OK", "Content-Encoding: gzip"))
case("H12 gzip bad checksum", "encoding", reply(GZIPPED[:-8] + bytes(8), "200 OK", "Content-Encoding: gzip"))
case("H12 gzip with trailing garbage", "changed", reply(GZIPPED + b"garbage", "200 OK", "Content-Encoding: gzip"))
case("H12 a thousand empty members", "encoding", reply(gzip.compress(b"") * 1000, "200 OK", "Content-Encoding: gzip"))
case("H13 long header line", "protocol", reply(GOOD, "200 OK", "X-Long: " + "a" * 2_000_000))
case("H13 many headers", "protocol", reply(GOOD, "200 OK", *(f"X-{n}: a" for n in range(3000))))
case("H14 no status line", "protocol", GOOD)
case("H14 status 999", "protocol", reply(GOOD, "999 Beyond"))


@acts("H14 flood of 1xx", "protocol")
async def _(exchange: Exchange) -> None:
    while True:
        await exchange.send(b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" * 100)


case("H14 some 1xx before the answer", "changed", b"HTTP/1.1 100 Continue\r\n\r\n" * 2 + reply())


@acts("H16 reset in the body", "network")
async def _(exchange: Exchange) -> None:
    await exchange.send(b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n" + GOOD)
    await asyncio.sleep(0.05)
    exchange.reset()


@acts("H16 closed without a word", "network")
async def _(exchange: Exchange) -> None:
    exchange.writer.close()


@acts("H17 loop", "redirect")
async def _(exchange: Exchange) -> None:
    await exchange.send(reply(b"", "302 Found", f"Location: {exchange.request.path}"))


case("H17 no location", "redirect", reply(b"", "302 Found"))
case("H17 empty location", "redirect", reply(b"", "301 Moved Permanently", "Location: "))
case("H17 location is no address", "redirect", reply(b"", "302 Found", "Location: http://[::1/"))
case("H17 location with a bad port", "redirect", reply(b"", "302 Found", "Location: http://127.0.0.1:99999/"))
for address in ("127.0.0.9", "[::1]", "169.254.169.254", "10.1.2.3", "100.64.0.1", "192.168.0.1", "0.0.0.0"):
    case(f"H18 to {address}", "blocked", reply(b"", "302 Found", f"Location: http://{address}/feed"))
for address in ("2130706433", "0x7f.1", "127.1", "[::ffff:127.0.0.9]", "[64:ff9b::7f00:9]", "[2002:7f00:9::]", "0177.0.0.1"):
    case(f"H19 to {address}", "blocked", reply(b"", "302 Found", f"Location: http://{address}/feed"))
for target in ("file:///etc/passwd", "gopher://a/", "ftp://a/", "data:text/xml,<rss/>", "javascript:alert(1)", "mailto:a@b"):
    scheme = target.partition(":")[0]
    case(f"H20 to {scheme}", "redirect_scheme", reply(b"", "301 Moved Permanently", f"Location: {target}"))
for name, expected in (
    ("private.test", "blocked"),
    ("mixed.test", "blocked"),
    ("nowhere.test", "dns"),
    ("silent.test", "dns"),
    ("refused.test", "network"),
):
    case(f"H21 to {name}", expected, reply(b"", "302 Found", f"Location: http://{name}/"))

case("H46 empty", "empty", reply(b""))
case("H46 white space", "empty", reply(b" \r\n\t " * 100))
case("H46 204", "empty", b"HTTP/1.1 204 No Content\r\n\r\n")
case("H46 206", "empty", reply(GOOD, "206 Partial Content"))
case("H47 wrong content type", "changed", reply(GOOD, "200 OK", "Content-Type: image/png"))
case("H48 parked domain", "not_a_feed", reply(b"<!doctype html><title>For sale</title>", "200 OK", "Content-Type: text/html"))
case("H48 challenge", "challenge", reply(b"<html>", "403 Forbidden", "Server: cloudflare", "Content-Type: text/html"))
case("H48 declared challenge", "challenge", reply(b"<html>", "503 Service Unavailable", "cf-mitigated: challenge"))
case("H52 304 with a body to an open question", "protocol", reply(GOOD, "304 Not Modified"))
case("H51 304 to an open question", "protocol", reply(b"", "304 Not Modified", 'ETag: "x"'))
case("H60 429", "rate_limited", reply(b"", "429 Too Many Requests", "Retry-After: 600"))
case("H61 503", "unavailable", reply(b"", "503 Service Unavailable"))
case("H62 410", "gone", reply(b"", "410 Gone"))
case("H63 404", "not_found", reply(b"", "404 Not Found"))
case("H63 401", "forbidden", reply(b"", "401 Unauthorized"))
case("H64 500", "http_status", reply(b"", "500 Internal Server Error"))
case("H107 zip", "not_a_feed", reply(b"PK\x03\x04" + GOOD))
case("H107 pdf", "not_a_feed", reply(b"%PDF-1.7\n" + GOOD))
case("H108 403", "forbidden", reply(b"", "403 Forbidden"))


@acts("H50 body in many small pieces", "changed")
async def _(exchange: Exchange) -> None:
    await exchange.send(CHUNKED)
    for start in range(0, len(GOOD), 20):
        await exchange.send(chunked(GOOD[start : start + 20]))
    await exchange.send(b"0\r\n\r\n")
