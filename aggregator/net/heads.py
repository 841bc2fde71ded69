"""Reads the head of an answer with less patience than the HTTP library for floods, and with more for a 304 that says too much.

The library offers no place to stand between the socket and its parser, so both stand on the connection's own methods.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, Self

import aiohttp

if TYPE_CHECKING:
    from aiohttp.client_proto import ResponseHandler
    from aiohttp.connector import Connection

_MAX_ANSWERS = 20
_NOT_MODIFIED = (b"HTTP/1.1 304", b"HTTP/1.0 304")
_END_OF_HEAD = b"\r\n\r\n"


class FeedResponse(aiohttp.ClientResponse):
    """A response that gives up on a server which never comes to the point (H14), and takes a 304 for one, body or not (H52)."""

    async def start(self, connection: Connection) -> Self:
        """Reads the head. Raises aiohttp.ClientResponseError after too many interim answers (1xx)."""
        protocol = connection.protocol
        if protocol is not None:
            protocol.read = _counted(protocol.read)  # type: ignore[method-assign] # see the module's docstring
            _ignore_body_of_304(protocol)
        await super().start(connection)
        return self


def _counted(read: Callable[[], Awaitable[Any]]) -> Callable[[], Any]:
    """The library would read interim answers for ever."""
    left = _MAX_ANSWERS

    async def counted() -> Any:
        nonlocal left
        if left == 0:
            raise aiohttp.http_exceptions.BadHttpMessage("too many interim answers")
        left -= 1
        return await read()

    return counted


def _ignore_body_of_304(protocol: ResponseHandler) -> None:
    """The library takes what follows such a head for a second, broken answer, and throws both away."""
    receive = protocol.data_received

    def first(data: bytes) -> None:
        protocol.data_received = receive  # type: ignore[method-assign] # see the module's docstring
        if data.startswith(_NOT_MODIFIED):
            head, end, _ = data.partition(_END_OF_HEAD)
            data = head + end
        receive(data)

    protocol.data_received = first  # type: ignore[method-assign] # see the module's docstring
