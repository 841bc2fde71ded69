"""Turns host names into addresses that the guard accepts; the only way from a name to a socket.

A name with a single refused answer is refused as a whole (R1), and what was checked is what gets connected to: the same
answer serves the pacing of requests and the connection itself.
"""

from __future__ import annotations

import asyncio
import ipaddress
import itertools
import socket
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress

from aiohttp.abc import AbstractResolver, ResolveResult

from aggregator.net.guard import Guard

Lookup = Callable[[str], Sequence[str]]

_KEEP_SECONDS = 60.0
_MAX_KEPT = 4096
_MAX_TRIED = 3  # H23: a name with 200 answers is not worth 200 attempts


class BlockedAddress(OSError):
    """The guard refused. Its message is the reason."""


def system_lookup(host: str) -> list[str]:
    """What the system's resolver says, in its order of preference. Blocks. Raises socket.gaierror."""
    infos = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM, flags=socket.AI_ADDRCONFIG)
    return list(dict.fromkeys(str(info[4][0]) for info in infos))


def literal_address(host: str) -> str | None:
    """The numeric address that a URL's host spells, None if it is a name.

    Raises BlockedAddress for spellings that only the C library understands (2130706433, 0x7f.1, 127.1): no honest feed
    uses them.
    """
    try:
        return str(ipaddress.ip_address(host))
    except ValueError:
        pass
    # A name cannot end in a number, so that most names need no second look.
    last = host.rstrip(".").rpartition(".")[2]
    if not last[:1].isdigit():
        return None
    try:
        socket.inet_aton(host.rstrip("."))
    except OSError:
        return None
    raise BlockedAddress(f"{host} is an address in an unusual spelling")


class GuardedResolver(AbstractResolver):
    """Looks names up in daemon threads (the system's resolver only knows how to block), at most `threads` at once."""

    def __init__(self, guard: Guard, lookup: Lookup = system_lookup, threads: int = 32) -> None:
        self._guard = guard
        self._lookup = lookup
        self._threads = asyncio.Semaphore(threads)
        self._kept: dict[str, tuple[float, tuple[str, ...]]] = {}
        self._running: dict[str, asyncio.Task[tuple[str, ...]]] = {}

    async def addresses(self, host: str, port: int) -> tuple[str, ...]:
        """Up to three addresses to try, families alternating. Raises BlockedAddress, OSError if the name has none."""
        at_hand = self.at_hand(host, port)
        return self._checked(await self._find(host), port) if at_hand is None else at_hand

    def at_hand(self, host: str, port: int) -> tuple[str, ...] | None:
        """As `addresses`, None if it would take a lookup."""
        if literal := literal_address(host):
            return self._checked((literal,), port)
        kept = self._kept.get(host)
        return self._checked(kept[1], port) if kept and kept[0] > time.monotonic() else None

    def _checked(self, found: tuple[str, ...], port: int) -> tuple[str, ...]:
        for address in found:
            if reason := self._guard.refusal(address, port):
                raise BlockedAddress(reason)
        return _alternating(found)[:_MAX_TRIED]

    def last_known(self, host: str) -> tuple[str, ...]:
        """What `addresses` last saw for this host, without a lookup; empty if that is forgotten."""
        with suppress(BlockedAddress):
            if literal := literal_address(host):
                return (literal,)
        return self._kept.get(host, (0.0, ()))[1]

    async def resolve(
        self,
        host: str,
        port: int = 0,
        family: socket.AddressFamily = socket.AF_UNSPEC,  # noqa: ARG002 - aiohttp's interface; we always want both
    ) -> list[ResolveResult]:
        """aiohttp's view of `addresses`."""
        return [
            ResolveResult(
                hostname=host,
                host=address,
                port=port,
                family=socket.AF_INET6 if ":" in address else socket.AF_INET,
                proto=socket.IPPROTO_TCP,
                flags=socket.AI_NUMERICHOST | socket.AI_NUMERICSERV,
            )
            for address in await self.addresses(host, port)
        ]

    async def close(self) -> None:
        """Forgets everything; threads still waiting for an answer end by themselves."""
        self._kept.clear()
        for task in self._running.values():
            task.cancel()

    async def _find(self, host: str) -> tuple[str, ...]:
        running = self._running.get(host)
        if running is None:
            running = self._running[host] = asyncio.create_task(self._look_up(host))
            running.add_done_callback(lambda done: self._keep(host, done))
        # One feed's deadline must not end the lookup that others of the same host wait for.
        return await asyncio.shield(running)

    async def _look_up(self, host: str) -> tuple[str, ...]:
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[tuple[str, ...]] = loop.create_future()

        def work() -> None:
            found: tuple[str, ...] = ()
            failure: OSError = socket.gaierror(socket.EAI_NONAME, "the name has no address")
            try:
                found = tuple(self._lookup(host))
            except OSError as error:
                failure = error
            except ValueError as error:  # what cannot be encoded as a host name
                failure = socket.gaierror(socket.EAI_NONAME, str(error))
            with suppress(RuntimeError):  # the loop is closed: nobody waits any more
                loop.call_soon_threadsafe(_settle, answer, found, failure)

        async with self._threads:
            # Daemon threads: a name server that does not answer must not hold up the end of the process.
            threading.Thread(target=work, daemon=True, name=f"lookup {host}").start()
            return await answer

    def _keep(self, host: str, done: asyncio.Task[tuple[str, ...]]) -> None:
        del self._running[host]
        if done.cancelled() or done.exception() is not None:
            return
        if len(self._kept) >= _MAX_KEPT:
            self._kept.clear()
        self._kept[host] = (time.monotonic() + _KEEP_SECONDS, done.result())


def _settle(answer: asyncio.Future[tuple[str, ...]], found: tuple[str, ...], failure: OSError) -> None:
    if answer.done():
        return
    if found:
        answer.set_result(found)
    else:
        answer.set_exception(failure)


def _alternating(addresses: tuple[str, ...]) -> tuple[str, ...]:
    """The first family stays first, but the other is among the first two: one of them may be broken (H105)."""
    if len(addresses) < 2:
        return addresses
    first = ":" in addresses[0]
    families = (
        [address for address in addresses if (":" in address) == first],
        [address for address in addresses if (":" in address) != first],
    )
    return tuple(address for pair in itertools.zip_longest(*families) for address in pair if address)
