from __future__ import annotations

import asyncio
import ipaddress
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from aggregator.errors import PageError
from aggregator.net.guard import Guard
from aggregator.net.pages import GuardedPages
from aggregator.ports import Looker, PageFetcher
from aggregator.records.links import Looked
from tests.lab.server import Behaviour, Exchange, Lab, always, reply

LOOPBACK = Guard([ipaddress.ip_network("127.0.0.0/8")])


@contextmanager
def serving(behaviours: dict[str, Behaviour]) -> Iterator[str]:
    """A lab in a thread of its own: pages are fetched by code that blocks."""
    started, stop = threading.Event(), asyncio.Event()
    base = ""
    loop = asyncio.new_event_loop()

    async def run() -> None:
        nonlocal base
        async with Lab(behaviours) as lab:
            base = lab.base
            started.set()
            await stop.wait()

    def work() -> None:
        with asyncio.Runner(loop_factory=lambda: loop) as runner:
            runner.run(run())

    thread = threading.Thread(target=work)
    thread.start()
    started.wait()
    try:
        yield base
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join()


def test_a_page_comes_back_with_its_final_address() -> None:
    pages: PageFetcher = GuardedPages(LOOPBACK)
    moved = always(reply(b"", "302 Found", "Location: /page"))
    with serving({"/": moved, "/page": always(reply(b"<p>hi", "200 OK", "Content-Type: text/html"))}) as base:
        page = pages.get(base + "/")
    assert (page.url, page.status, page.body, page.content_type) == (base + "/page", 200, b"<p>hi", "text/html")


def test_a_missing_page_is_an_error_that_names_the_status() -> None:
    with serving({}) as base, pytest.raises(PageError, match="HTTP 404") as caught:
        GuardedPages(LOOPBACK).get(base + "/")
    assert caught.value.permanent


def test_the_private_network_is_closed_to_pages_too() -> None:
    with serving({"/": always(reply())}) as base, pytest.raises(PageError, match="may not be polled"):
        GuardedPages(Guard()).get(base + "/")


def test_what_is_no_address_is_a_page_error() -> None:
    with pytest.raises(PageError, match="only http and https"):
        GuardedPages(LOOPBACK).get("file:///etc/passwd")


def test_a_page_that_did_not_change_since_is_not_fetched_again() -> None:
    pages = GuardedPages(LOOPBACK)
    with serving({"/": always(reply(b"<p>hi", "200 OK", 'ETag: "1"')), "/same": always(reply(b"", "304 Not Modified"))}) as base:
        first = pages.ask(base + "/", None, None)
        assert first is not None
        assert first.etag == '"1"'
        assert pages.ask(base + "/same", '"1"', None) is None
        with pytest.raises(PageError, match="HTTP 304"):
            pages.ask(base + "/same", None, None)


def test_links_are_followed_to_their_end_and_those_that_do_not_answer_are_left_out() -> None:
    behaviours = {
        "/short": always(reply(b"", "302 Found", "Location: /page")),
        "/page": always(reply(b"x" * 100_000, "200 OK")),
        "/gone": always(reply(b"", "410 Gone")),
    }
    with serving(behaviours) as base:
        urls = [base + path for path in ("/short", "/page", "/gone")] + ["http://192.168.0.1/", "mailto:x"]
        assert GuardedPages(LOOPBACK).follow(urls) == {base + "/short": base + "/page", base + "/page": base + "/page"}


def test_every_look_at_a_link_comes_to_something() -> None:
    page = reply(b"<p>hi", "200 OK", "Content-Type: text/html")
    behaviours = {
        "/old": always(reply(b"", "301 Moved Permanently", "Location: /page")),
        "/page": always(page),
        "/paid": always(reply(b"<p>Subscribe", "403 Forbidden", "Content-Type: text/html")),
        "/gone": always(reply(b"", "410 Gone")),
    }
    found: dict[str, Looked] = {}
    with serving(behaviours) as base:
        looker: Looker = GuardedPages(LOOPBACK)
        urls = [base + path for path in ("/old", "/page", "/paid", "/gone")] + ["http://192.168.0.1/", "mailto:x"]
        looker.look(urls, lambda one: found.update({one.url: one}))
    assert list(map(found.__contains__, urls)) == [True] * 6
    assert found[base + "/old"] == Looked(base + "/old", 200, base + "/page", base + "/page", b"<p>hi", "text/html")
    assert (found[base + "/paid"].status, found[base + "/paid"].body) == (403, b"<p>Subscribe")
    assert found[base + "/gone"].status == 410
    assert (found["http://192.168.0.1/"].fault, found["mailto:x"].fault) == ("blocked", "unsupported")


def test_a_look_ends_when_its_time_is_over_and_a_slow_server_keeps_no_other_waiting() -> None:
    came: list[str] = []

    async def hang(exchange: Exchange) -> None:
        await asyncio.sleep(60)

    behaviours = {"/quick": always(reply(b"<p>Here", "200 OK", "Content-Type: text/html")), "/slow": hang}
    with serving(behaviours) as slow, serving(behaviours) as other:
        quick = other.replace("127.0.0.1", "localhost") + "/quick"
        urls = [*[f"{slow}/slow"] * 9, quick]
        GuardedPages(LOOPBACK).look(urls, lambda looked: came.append(looked.url), seconds=0.5)
    assert came == [quick]
