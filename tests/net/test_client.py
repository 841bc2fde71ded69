from __future__ import annotations

import asyncio
import gzip
import ipaddress
import itertools
import socket
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aggregator.errors import FeedError
from aggregator.net.client import HttpClient
from aggregator.net.guard import Guard
from aggregator.net.resolver import Lookup
from tests.lab.server import GOOD, Behaviour, Exchange, Lab, always, reply

T = TypeVar("T")
LOOPBACK = Guard([ipaddress.ip_network("127.0.0.0/8"), ipaddress.ip_network("::1/128")])


def client_of(guard: Guard = LOOPBACK, *, timeout: float = 5.0, lookup: Lookup | None = None, gap: float = 0.0) -> HttpClient:
    return HttpClient(guard, timeout=timeout, gap=gap, lookup=lookup or (lambda _: ["127.0.0.1"]))


def serve(
    behaviours: dict[str, Behaviour], use: Callable[[Lab, HttpClient], Awaitable[T]], client: HttpClient | None = None
) -> T:
    async def run() -> T:
        async with Lab(behaviours) as lab, client or client_of() as opened:
            return await use(lab, opened)

    return asyncio.run(run())


def test_a_request_says_who_asks_and_nothing_that_it_need_not() -> None:
    lab_requests = []

    async def use(lab: Lab, client: HttpClient) -> None:
        await client.get(f"{lab.base}/feed", headers={"If-None-Match": '"x"'})
        lab_requests.extend(lab.requests)

    serve({"/feed": always(reply())}, use)
    headers = lab_requests[0].headers
    assert sorted(headers) == ["accept", "accept-encoding", "connection", "host", "if-none-match", "user-agent"]
    assert headers["accept-encoding"] == "gzip"
    assert headers["user-agent"].startswith("aggregator/")
    assert headers["if-none-match"] == '"x"'


def test_the_fields_that_matter_come_back() -> None:
    answer = reply(
        gzip.compress(GOOD),
        "200 OK",
        "Content-Encoding: gzip",
        'ETag: W/"tag"',
        "Last-Modified: whenever",
        "Content-Type: application/rss+xml",
        "Content-Location: /real",
        "Cache-Control: max-age=600",
        "Expires: 0",
        "Date: Wed, 21 Oct 2015 07:28:00 GMT",
    )
    response = serve({"/feed": always(answer)}, lambda lab, client: client.get(f"{lab.base}/feed"))
    assert response.body == GOOD
    assert (response.etag, response.last_modified) == ('W/"tag"', "whenever")
    assert (response.content_type, response.content_location) == ("application/rss+xml", "/real")
    assert (response.cache_control, response.expires) == ("max-age=600", "0")
    assert response.date is not None
    assert response.permanent_url is None
    assert response.url.endswith("/feed")


@pytest.mark.parametrize("tag", ['W/"x"', "unquoted", '"x-gzip"', '"é"'])
def test_validators_go_back_byte_for_byte(tag: str) -> None:
    async def use(lab: Lab, client: HttpClient) -> bytes:
        first = await client.get(f"{lab.base}/")
        await client.get(f"{lab.base}/", headers={"If-None-Match": first.etag or ""})
        return lab.requests[1].raw

    answer = b"HTTP/1.1 200 OK\r\nETag: " + tag.encode() + b"\r\nContent-Length: 1\r\n\r\nx"
    assert b"\r\nIf-None-Match: " + tag.encode() + b"\r\n" in serve({"/": always(answer)}, use)


def test_bodies_of_errors_are_not_read() -> None:
    response = serve({"/": always(reply(b"secret", "500 Oops"))}, lambda lab, client: client.get(lab.base + "/"))
    assert (response.status, response.body) == (500, b"")


def test_cookies_are_neither_kept_nor_sent() -> None:
    async def use(lab: Lab, client: HttpClient) -> list[bool]:
        for _ in range(2):
            await client.get(lab.base + "/")
        return ["cookie" in request.headers for request in lab.requests]

    assert serve({"/": always(reply(GOOD, "200 OK", "Set-Cookie: a=b; Path=/"))}, use) == [False, False]


def test_proxies_and_netrc_of_the_environment_are_ignored(monkeypatch: pytest.MonkeyPatch) -> None:
    async def use() -> int:
        async with Lab({}) as trap, Lab({"/": always(reply())}) as lab, client_of() as client:
            for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "ALL_PROXY"):
                monkeypatch.setenv(name, trap.base)
            assert (await client.get(lab.base + "/")).status == 200
            return trap.connections

    assert asyncio.run(use()) == 0


def redirect(location: str, status: str = "302 Found") -> Behaviour:
    return always(reply(b"", status, f"Location: {location}"))


def test_five_redirects_are_followed_and_a_sixth_is_not() -> None:
    chain = {f"/{n}": redirect(f"/{n + 1}", "301 Moved") for n in range(6)} | {"/6": always(reply())}

    async def use(lab: Lab, client: HttpClient) -> str | None:
        with pytest.raises(FeedError, match="more than 5 times"):
            await client.get(f"{lab.base}/0")
        response = await client.get(f"{lab.base}/1")
        assert response.url == f"{lab.base}/6"
        return response.permanent_url and response.permanent_url.removeprefix(lab.base)

    assert serve(chain, use) == "/6"


def test_a_temporary_redirect_has_no_permanent_address() -> None:
    response = serve({"/a": redirect("b"), "/b": always(reply())}, lambda lab, client: client.get(f"{lab.base}/a"))
    assert response.url.endswith("/b")
    assert response.permanent_url is None


def test_credentials_reach_their_own_server_and_no_other() -> None:
    async def use() -> tuple[str | None, str | None]:
        async with Lab({"/": always(reply())}) as other, Lab({"/": redirect(other.base + "/")}) as own, client_of() as client:
            await client.get(own.base.replace("//", "//me:secret@") + "/")
            return own.requests[0].headers.get("authorization"), other.requests[0].headers.get("authorization")

    assert asyncio.run(use()) == ("Basic bWU6c2VjcmV0", None)


class CountingGuard(Guard):
    """Lets loopback through and remembers which addresses sockets were opened to."""

    def __init__(self) -> None:
        super().__init__([ipaddress.ip_network("127.0.0.1/32")])
        self.refused: list[str] = []

    def refusal(self, address: str, port: int) -> str | None:
        reason = super().refusal(address, port)
        if reason is not None:
            self.refused.append(address)
        return reason


def test_a_redirect_into_the_private_network_opens_no_connection() -> None:
    async def use() -> tuple[int, list[str]]:
        guard = CountingGuard()
        async with Lab({}, host="127.0.0.9") as trap, Lab({"/": redirect(trap.base + "/")}) as lab, client_of(guard) as client:
            with pytest.raises(FeedError) as caught:
                await client.get(lab.base + "/")
            assert caught.value.kind == "blocked"
            assert "poll.allow_networks" in str(caught.value)
            return trap.connections, guard.refused

    assert asyncio.run(use()) == (0, ["127.0.0.9"])


def test_the_socket_itself_is_guarded_even_if_the_resolver_were_not(monkeypatch: pytest.MonkeyPatch) -> None:
    async def use() -> int:
        async with (
            Lab({"/": always(reply())}, host="127.0.0.9") as trap,
            client_of(CountingGuard(), lookup=lambda _: ["127.0.0.9"]) as client,
        ):
            monkeypatch.setattr(client._resolver, "_checked", lambda found, port: found)
            for host in ("127.0.0.9", "name.test"):
                with pytest.raises(FeedError) as caught:
                    await client.get(f"http://{host}:{trap.port}/")
                assert caught.value.kind == "blocked"
            return trap.connections

    assert asyncio.run(use()) == 0


def test_a_rebinding_name_is_connected_where_it_was_checked() -> None:
    answers = iter([["127.0.0.1"], ["127.0.0.9"]])

    async def use(lab: Lab, client: HttpClient) -> int:
        for _ in range(2):
            assert (await client.get(f"http://rebind.test:{lab.port}/")).status == 200
        return len(lab.requests)

    assert serve({"/": always(reply())}, use, client_of(CountingGuard(), lookup=lambda _: next(answers))) == 2


def test_a_broken_address_beside_a_working_one_does_no_harm() -> None:
    def lookup(_: str) -> Sequence[str]:
        return ["::1", "127.0.0.1"]

    response = serve(
        {"/": always(reply())}, lambda lab, client: client.get(f"http://both.test:{lab.port}/"), client_of(lookup=lookup)
    )
    assert response.status == 200


@pytest.mark.skipif(not socket.has_ipv6, reason="this Python has no IPv6")
def test_a_feed_on_ipv6_alone_is_reached() -> None:
    async def use() -> int:
        async with Lab({"/": always(reply())}, host="::1") as lab, client_of() as client:
            return (await client.get(lab.base + "/")).status

    try:
        assert asyncio.run(use()) == 200
    except OSError:
        pytest.skip("this machine has no IPv6 loopback")


def test_requests_to_one_server_keep_apart_and_those_to_others_do_not_wait() -> None:
    spans: list[float] = []

    async def noting(exchange: Exchange) -> None:
        spans.append(time.monotonic())
        await exchange.send(reply())

    class Public(Guard):
        """Treats loopback as the public internet is treated."""

        def refusal(self, address: str, port: int) -> str | None:
            return None

        def is_allowed(self, address: str) -> bool:
            return False

    async def use(lab: Lab, client: HttpClient) -> None:
        # Three names, one address: a shared host is one server.
        await asyncio.gather(*(client.get(f"http://{name}.test:{lab.port}/") for name in "abc"))

    serve({"/": noting}, use, client_of(Public(), gap=0.05))
    assert all(later - earlier >= 0.05 for earlier, later in itertools.pairwise(spans))


def test_waiting_for_ones_turn_does_not_use_up_the_deadline() -> None:
    async def slow(exchange: Exchange) -> None:
        await asyncio.sleep(0.15)
        await exchange.send(reply())

    async def use(lab: Lab, client: HttpClient) -> list[int]:
        return [response.status for response in await asyncio.gather(*(client.get(lab.base + "/") for _ in range(4)))]

    assert serve({"/": slow}, use, client_of(timeout=0.5)) == [200] * 4


def test_the_deadline_spans_redirects() -> None:
    async def slow(exchange: Exchange) -> None:
        await asyncio.sleep(0.08)
        await exchange.send(reply(b"", "302 Found", f"Location: {exchange.request.path}x"))

    async def use(lab: Lab, client: HttpClient) -> str:
        with pytest.raises(FeedError) as caught:
            await client.get(lab.base + "/")
        return caught.value.kind

    assert serve({"/" + "x" * n: slow for n in range(6)}, use, client_of(timeout=0.2)) == "timeout"


def test_a_cancelled_request_frees_its_place() -> None:
    arrived = asyncio.Event()

    async def never(exchange: Exchange) -> None:
        arrived.set()
        await asyncio.sleep(60)

    async def use(lab: Lab, client: HttpClient) -> int:
        task = asyncio.create_task(client.get(lab.base + "/never"))
        await arrived.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        return (await client.get(lab.base + "/")).status

    assert serve({"/never": never, "/": always(reply())}, use) == 200


def test_what_is_inside_the_allowed_networks_is_known_to_be_local() -> None:
    async def use(lab: Lab, client: HttpClient) -> list[bool]:
        await client.get(f"http://rsshub.lan:{lab.port}/")
        return [client.is_local(f"http://rsshub.lan:{lab.port}/"), client.is_local("http://93.184.216.34/")]

    assert serve({"/": always(reply())}, use) == [True, False]


def test_a_client_outside_its_context_is_a_mistake_of_the_program() -> None:
    with pytest.raises(RuntimeError, match="outside its context"):
        asyncio.run(client_of().get("http://127.0.0.1/"))


MENTIONED = (
    b"200",
    b"304",
    b"301",
    b"gzip",
    b"chunked",
    b"Content-Length: 9",
    b"Location: //",
    b"\r\n",
    b"\r\n\r\n",
    b"\x00",
    b"\xff",
)


@st.composite
def mangled_replies(draw: st.DrawFn) -> bytes:
    data = reply(gzip.compress(GOOD), "200 OK", "Content-Encoding: gzip", 'ETag: "x"', "Location: /b", "Date: x")
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, 160))
        data = data[:at] + draw(st.sampled_from(MENTIONED) | st.binary(max_size=4)) + data[at + draw(st.integers(0, 9)) :]
    return data


@given(st.lists(mangled_replies(), min_size=20, max_size=20))
@settings(max_examples=10, deadline=None)
def test_whatever_a_server_sends_is_an_answer_or_a_feed_error(answers: list[bytes]) -> None:
    async def use(lab: Lab, client: HttpClient) -> None:
        for n in range(len(answers)):
            try:
                response = await client.get(f"{lab.base}/{n}")
            except FeedError as error:
                assert error.message  # noqa: PT017 - either way out is right
            else:
                assert 200 <= response.status <= 599

    serve({f"/{n}": always(answer) for n, answer in enumerate(answers)}, use)
