"""What systemd, or another supervisor with its protocol, is told of the daemon's life (sd_notify): a datagram of a few words.

No library: the packages for it are these lines again.
"""

from __future__ import annotations

import logging
import socket
from collections.abc import Mapping

log = logging.getLogger("aggregator")


class Supervisor:
    """Nobody listens where `NOTIFY_SOCKET` names nothing; then every call does nothing.

    address: of a Unix datagram socket, `@` first for an abstract one. watchdog: seconds without a sign of life after which
    the supervisor starts the daemon anew, None if it does not watch.
    """

    def __init__(self, address: str | None = None, watchdog: float | None = None) -> None:
        self._address, self.watchdog = address, watchdog

    @classmethod
    def of(cls, environment: Mapping[str, str], pid: int) -> Supervisor:
        """As the environment names it. pid: of this process; a watchdog for another one is none of ours."""
        pause = environment.get("WATCHDOG_USEC", "")
        is_ours = environment.get("WATCHDOG_PID") in (None, str(pid)) and pause.isdecimal() and int(pause) > 0
        return cls(environment.get("NOTIFY_SOCKET") or None, int(pause) / 1e6 if is_ours else None)

    def ready(self) -> None:
        """It listens, and its ticks have begun."""
        self._tell("READY=1")

    def alive(self) -> None:
        """Its ticks go on."""
        if self.watchdog is not None:
            self._tell("WATCHDOG=1")

    def stopping(self) -> None:
        """It finishes what is under way."""
        self._tell("STOPPING=1")

    def _tell(self, words: str) -> None:
        if self._address is None:
            return
        where = "\0" + self._address[1:] if self._address.startswith("@") else self._address
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as line:
                line.settimeout(1)
                line.sendto(words.encode(), where)
        except OSError as error:
            # A supervisor that cannot be told must not end what it supervises.
            log.debug("the supervisor could not be told %s: %s", words, error)
