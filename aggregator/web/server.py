"""Listens, in a thread of its own, as long as what it stands beside runs."""

from __future__ import annotations

import logging
import queue
import signal
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from starlette.applications import Starlette

from aggregator.desk.door import is_loopback
from aggregator.errors import ConfigError, Refused
from aggregator.settings import WebSettings
from aggregator.web.patience import Patient

log = logging.getLogger("aggregator")

_LEAVE_SECONDS = 2


def check_address(web: WebSettings, *, asks_who: bool) -> None:
    """Raises ConfigError for an address that others reach while nobody has to sign in (R16). asks_who: there is a password, or a
    sign-on service."""
    if not asks_who and not is_loopback(web.host):
        raise ConfigError(
            f"web.host is {web.host!r}, which other machines reach, and the desk has no password",
            resource="web.host",
            advice="Set one with `aggregator password`, or listen on 127.0.0.1.",
        )


@contextmanager
def listening(app: Starlette, web: WebSettings) -> Iterator[None]:
    """Serves `app` inside. A port that is taken is said in the log, and the daemon runs on without: mails matter more."""
    try:
        listener = _bound(web)
    except Refused as error:
        log.warning("%s. %s", error.message, error.advice)
        yield
        return
    with _serving(app, listener):
        log.info("listening on http://%s:%d", web.host, web.port)
        yield


def serve(app: Starlette, web: WebSettings) -> None:
    """Serves `app` until SIGTERM or SIGINT, and lets what is under way end. Raises Refused if it cannot listen."""
    # Not an Event: a signal that arrives while one is being waited for would wait for itself.
    told: queue.SimpleQueue[int] = queue.SimpleQueue()
    with _serving(app, _bound(web)):
        before = {number: signal.signal(number, lambda number, _: told.put(number)) for number in (signal.SIGTERM, signal.SIGINT)}
        try:
            log.info("the desk is at http://%s:%d", web.host, web.port)
            told.get()
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)


def _bound(web: WebSettings) -> socket.socket:
    family = socket.AF_INET6 if ":" in web.host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((web.host.strip("[]"), web.port))
        listener.listen()
    except OSError as error:
        listener.close()
        raise Refused(
            f"cannot listen on {web.host}:{web.port}: {error.strerror}", permanent=False, advice="Set another `web: port:`."
        ) from None
    return listener


@contextmanager
def _serving(app: Starlette, listener: socket.socket) -> Iterator[None]:
    config = uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,  # the application does it, for the proxies that are configured
        http=Patient,
        ws="none",
        lifespan="off",
        timeout_graceful_shutdown=_LEAVE_SECONDS,
    )
    server = uvicorn.Server(config)
    # Not the main thread: uvicorn leaves the signals to us then.
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, name="web", daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.should_exit = True
        with _no_news(logging.getLogger("uvicorn.error")):
            thread.join(_LEAVE_SECONDS + 1)
        listener.close()


@contextmanager
def _no_news(of: logging.Logger) -> Iterator[None]:
    """Requests that are cut off because the process ends are no errors, as which they would stand in the log."""
    before = of.level
    of.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        of.setLevel(before)
