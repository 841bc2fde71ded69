"""Bounds the interim answers (1xx) that may precede an answer: the HTTP library would read them for ever (H14)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, Self

import aiohttp

if TYPE_CHECKING:
    from aiohttp.connector import Connection

_MAX_ANSWERS = 20


class BoundedResponse(aiohttp.ClientResponse):
    """A response that gives up on a server which never comes to the point."""

    async def start(self, connection: Connection) -> Self:
        """Reads the head. Raises aiohttp.ClientResponseError after too many interim answers."""
        protocol = connection.protocol
        if protocol is not None:
            # The library loops over `read` and offers no other place to stand between two answers.
            protocol.read = _counted(protocol.read)  # type: ignore[method-assign] # see above
        await super().start(connection)
        return self


def _counted(read: Callable[[], Awaitable[Any]]) -> Callable[[], Any]:
    left = _MAX_ANSWERS

    async def counted() -> Any:
        nonlocal left
        if left == 0:
            raise aiohttp.http_exceptions.BadHttpMessage("too many interim answers")
        left -= 1
        return await read()

    return counted
