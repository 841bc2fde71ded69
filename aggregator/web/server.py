"""Listens while the daemon runs, in a thread of its own; ends with it."""

from __future__ import annotations

import ipaddress
import logging
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from starlette.applications import Starlette

from aggregator.errors import ConfigError
from aggregator.settings import WebSettings

log = logging.getLogger("aggregator")

_LEAVE_SECONDS = 3


def check_address(web: WebSettings) -> None:
    """Raises ConfigError for an address that others reach: nothing here asks for a password (R16)."""
    try:
        loopback = web.host == "localhost" or ipaddress.ip_address(web.host.strip("[]")).is_loopback
    except ValueError:
        loopback = False
    if not loopback:
        raise ConfigError(
            f"web.host is {web.host!r}, which other machines reach",
            resource="web.host",
            advice="Listen on 127.0.0.1, and let a web server with a certificate stand in front of it.",
        )


@contextmanager
def listening(app: Starlette, web: WebSettings) -> Iterator[None]:
    """Serves `app` inside. A port that is taken is said in the log, and the daemon runs on without: mails matter more."""
    family = socket.AF_INET6 if ":" in web.host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((web.host.strip("[]"), web.port))
        listener.listen()
    except OSError as error:
        listener.close()
        log.warning("cannot listen on %s:%d: %s. Set another `web: port:`.", web.host, web.port, error.strerror)
        yield
        return
    config = uvicorn.Config(
        app, log_config=None, access_log=False, server_header=False, lifespan="off", timeout_graceful_shutdown=_LEAVE_SECONDS
    )
    server = uvicorn.Server(config)
    # Not the main thread: uvicorn leaves the signals to the daemon then.
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, name="web", daemon=True)
    thread.start()
    log.info("listening on http://%s:%d", web.host, web.port)
    try:
        yield
    finally:
        server.should_exit = True
        thread.join(_LEAVE_SECONDS + 1)
        listener.close()
