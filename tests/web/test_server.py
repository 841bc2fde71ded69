"""The end of the web server: whoever asks for something slow is cut off, and that is no error."""

from __future__ import annotations

import logging
import socket
from threading import Event

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from aggregator.settings import WebSettings
from aggregator.web.server import listening


def test_a_request_that_the_end_cuts_off_is_no_error_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    begun, goes_on = Event(), Event()

    def slow(_: Request) -> PlainTextResponse:
        begun.set()
        goes_on.wait(30)
        return PlainTextResponse("late")

    with socket.create_server(("127.0.0.1", 0)) as found:
        port = found.getsockname()[1]
    app = Starlette(routes=[Route("/", slow)])
    with listening(app, WebSettings(port=port)), socket.create_connection(("127.0.0.1", port)) as line:
        line.sendall(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        assert begun.wait(30)
    goes_on.set()
    assert [one for one in caplog.records if one.levelno >= logging.ERROR] == []
