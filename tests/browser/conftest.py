"""A real browser at a real desk: Debian's Chromium (or any other Chrome), pages that tell on themselves, desks on free ports."""

from __future__ import annotations

import asyncio
import os
import shutil
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Protocol

import pytest
import uvicorn
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect, sync_playwright

from aggregator.web.app import make_app
from tests.browser.worlds import World, small

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
ARGUMENTS = (
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
)
WAIT = 30_000
"""Milliseconds for anything to appear; a machine that is busy with other tests is slow. Only a failure waits for it."""
expect.set_options(timeout=WAIT)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All tests of this folder are marked."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)


def find_browser() -> str | None:
    """The path of a Chromium: what $AGGREGATOR_BROWSER names, else the first of the usual names."""
    named = os.environ.get("AGGREGATOR_BROWSER")
    return next((found for one in ([named] if named else BROWSERS) if (found := shutil.which(one))), None)


@pytest.fixture(scope="session")
def _launched() -> Iterator[tuple[Browser, asyncio.AbstractEventLoop]]:
    path = find_browser()
    if path is None:
        reason = "no Chromium found: install chromium, or name one in AGGREGATOR_BROWSER"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        loop = asyncio.get_running_loop()
        # Playwright leaves its loop running between calls; asyncio.run() of any other test in this process would refuse to.
        browser = playwright.chromium.launch(executable_path=path, args=[*ARGUMENTS, *sandbox])
        asyncio._set_running_loop(None)
        yield browser, loop
        asyncio._set_running_loop(loop)
        browser.close()


@pytest.fixture
def browser(_launched: tuple[Browser, asyncio.AbstractEventLoop]) -> Iterator[Browser]:
    """One browser a process, launched once."""
    launched, loop = _launched
    asyncio._set_running_loop(loop)
    yield launched
    asyncio._set_running_loop(None)


@pytest.fixture
def troubles() -> Iterator[list[str]]:
    """What pages of this test complained of: script errors, refused styles, failed requests. Who provokes one clears it."""
    found: list[str] = []
    yield found
    assert not found, "the page complained:\n" + "\n".join(found)


class OpenPage(Protocol):
    """Opens a page in a context of its own. width: in CSS pixels; below 600 it is a phone with a touch screen."""

    def __call__(self, *, width: int = 1280, dark: bool = False, script: bool = True) -> Page: ...


@pytest.fixture
def open_page(browser: Browser, troubles: list[str], desk_server: ServeDesk) -> Iterator[OpenPage]:
    """Makes pages; all of them are closed after the test, and before the desk is, of which they may still ask something."""
    with ExitStack() as opened:

        def make(*, width: int = 1280, dark: bool = False, script: bool = True) -> Page:
            context = browser.new_context(
                viewport={"width": width, "height": 900 if width >= 600 else 800},
                has_touch=width < 600,
                color_scheme="dark" if dark else "light",
                java_script_enabled=script,
                reduced_motion="reduce",
                locale="en-GB",
            )
            opened.callback(context.close)
            page = context.new_page()
            page.set_default_timeout(WAIT)
            _watch(page, troubles, script=script)
            return page

        yield make


@pytest.fixture
def page(open_page: OpenPage) -> Page:
    """A wide, light page with script."""
    return open_page()


def _watch(page: Page, troubles: list[str], *, script: bool) -> None:
    """Collects what goes wrong. Chromium tells of a breach of the Content-Security-Policy as an error on the console; a browser
    without script fails to ask for scripts ahead of time, and says `csp` for a reason."""
    harmless = ("ERR_ABORTED",) if script else ("ERR_ABORTED", "csp")
    page.on("console", lambda said: troubles.append(f"console: {said.text}") if said.type == "error" else None)
    page.on("pageerror", lambda error: troubles.append(f"script: {error}"))
    page.on("response", lambda answer: troubles.append(f"{answer.status} {answer.url}") if answer.status >= 500 else None)
    page.on(
        "requestfailed",
        # A page that is left aborts what it was still asking for.
        lambda asked: (
            None if any(one in (asked.failure or "") for one in harmless) else troubles.append(f"{asked.failure} {asked.url}")
        ),
    )


POST = b"""<!doctype html><html lang="en"><head><title>On patch panels | A blog</title>
<meta property="og:title" content="On patch panels"><meta name="author" content="Vera Lind"></head>
<body><p>Label both ends, <b>always</b>.</p><p>And nothing else.</p></body></html>"""


@pytest.fixture(scope="session")
def elsewhere() -> Iterator[str]:
    """A post on another site; its address."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(POST)))
            self.end_headers()
            self.wfile.write(POST)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}/panels"
    server.shutdown()
    server.server_close()


@dataclass(frozen=True, slots=True)
class Served:
    """A desk that listens."""

    world: World
    base: str

    @property
    def home(self) -> str:
        """Address of the roundup's pages, with the slash."""
        return f"{self.base}/r/{self.world.roundup.slug}/"

    def url(self, path: str) -> str:
        """`/status` -> the whole address; `add` -> that page of the roundup."""
        return self.base + path if path.startswith("/") else self.home + path


Seed = Callable[[Path, str, int], World]
"""Makes a world: its folder, the address of an empty database, the port of its desk."""


class ServeDesk(Protocol):
    """Makes a world and serves its desk until the test ends."""

    def __call__(self, seed: Seed = small) -> Served: ...


@pytest.fixture
def desk_server(sqlite_url: str, tmp_path: Path) -> Iterator[ServeDesk]:
    """One desk a test."""
    with ExitStack() as opened:

        def serve(seed: Seed = small) -> Served:
            listener = opened.enter_context(socket.socket())
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(("127.0.0.1", 0))
            listener.listen()
            port = int(listener.getsockname()[1])
            world = seed(tmp_path, sqlite_url, port)
            opened.callback(world.installation.close)
            opened.enter_context(_serving(world, listener))
            return Served(world, f"http://127.0.0.1:{port}")

        yield serve


@contextmanager
def _serving(world: World, listener: socket.socket) -> Iterator[None]:
    config = uvicorn.Config(make_app(world.installation, None), log_config=None, access_log=False, lifespan="off")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.should_exit = True
        thread.join(10)


@pytest.fixture
def desk(desk_server: ServeDesk) -> Served:
    """The small world's desk."""
    return desk_server()


def until(page: Page, holds: Callable[[], bool]) -> None:
    """Waits for what can be seen at the desk alone, or in what a page has asked for, while the page goes on."""
    latest = time.monotonic() + WAIT / 1000
    while not holds():
        assert time.monotonic() < latest, "it never came to that"
        page.evaluate("() => fetch(location.href).then(() => null, () => null)")


def axe(page: Page) -> None:
    """Fails on what hinders people seriously (axe-core: serious and critical)."""
    found = Axe().run(page).response["violations"]
    grave = [one for one in found if one["impact"] in ("serious", "critical")]
    lines = [f"{one['id']}: {one['help']}\n    {node['html'][:200]}" for one in grave for node in one["nodes"][:4]]
    assert not grave, f"{page.url}\n" + "\n".join(lines)
