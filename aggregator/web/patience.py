"""Connections that ask nothing, or never come to the end of it, are let go: the daemon's open files are not theirs to hold."""

from __future__ import annotations

import asyncio

from uvicorn.protocols.http.h11_impl import H11Protocol, RequestResponseCycle

TO_ASK = 20.0
"""Seconds within which a request's headers have come, from the beginning of a connection or the end of the answer before."""
MOST = 200
"""Connections at once; a browser opens six. When one more comes, the one that has waited longest goes."""


class Patient(H11Protocol):
    """HTTP/1.1 as uvicorn speaks it on h11, which bounds a request's headers to 64 kB but waits for them for ever."""

    _waits: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as in uvicorn
        """As `asyncio.Protocol`."""
        super().connection_made(transport)
        if len(self.connections) > MOST:
            waiting = [(one._waits.when(), one) for one in self.connections if isinstance(one, Patient) and one._waits]  # noqa: SLF001 - of its own kind
            min(waiting, key=lambda one: one[0], default=(0.0, self))[1]._let_go()  # noqa: SLF001
        self._watch()

    def connection_lost(self, exc: Exception | None) -> None:
        """As `asyncio.Protocol`."""
        super().connection_lost(exc)
        self._stop()

    def data_received(self, data: bytes) -> None:
        """As `asyncio.Protocol`."""
        super().data_received(data)
        self._watch()

    def on_response_complete(self) -> None:
        """Called by uvicorn."""
        super().on_response_complete()
        self._watch()

    def _watch(self) -> None:
        """Waits for a request, unless one is being answered; more bytes of one give no more time."""
        cycle: RequestResponseCycle | None = self.cycle  # uvicorn says that there always is one
        if self.transport.is_closing() or (cycle is not None and not cycle.response_complete):
            self._stop()
        elif self._waits is None:
            self._waits = self.loop.call_later(TO_ASK, self._let_go)

    def _stop(self) -> None:
        if self._waits is not None:
            self._waits.cancel()
            self._waits = None

    def _let_go(self) -> None:
        self._stop()
        self.transport.abort()
