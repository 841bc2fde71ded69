from __future__ import annotations

import errno
import socket
import ssl

import aiohttp
import pytest

from aggregator.net.faults import as_feed_error
from aggregator.net.resolver import BlockedAddress


def caused(error: Exception, cause: Exception) -> Exception:
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("error", "kind", "words"),
    [
        (caused(OSError(), BlockedAddress("10.0.0.1 is private")), "blocked", "10.0.0.1 is private"),
        (ssl.SSLError(1, "alert", "x"), "tls", "no secure connection"),
        (socket.gaierror(socket.EAI_AGAIN, "Temporary failure"), "dns", "Temporary failure"),
        (aiohttp.InvalidURL("http://"), "unsupported", "no address"),
        (OSError(errno.EHOSTUNREACH, "Connect call failed"), "network", "No route to host"),
        (ConnectionResetError(), "network", "ConnectionResetError"),
        (aiohttp.ServerDisconnectedError(), "network", "Server disconnected"),
        (aiohttp.ClientPayloadError("not completed"), "truncated", "closed in the middle"),
        (aiohttp.http_exceptions.BadHttpMessage("Bad status line: b'\\x00'\n  ^"), "protocol", "(Bad status line)"),
    ],
)
def test_each_exception_has_its_kind_and_its_words(error: Exception, kind: str, words: str) -> None:
    found = as_feed_error(error, "http://blog.example/")
    assert (found.kind, found.resource) == (kind, "http://blog.example/")
    assert words in found.message


def test_a_peer_that_leaves_during_the_handshake_is_a_tls_error() -> None:
    assert as_feed_error(ConnectionResetError(), "https://blog.example/").kind == "tls"


def test_exceptions_that_cause_each_other_end_somewhere() -> None:
    one, other = OSError(), OSError()
    one.__cause__, other.__cause__ = other, one
    assert as_feed_error(one, "http://blog.example/").kind == "network"
