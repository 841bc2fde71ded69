"""Decides which addresses and ports may be connected to: the public internet's web ports, and what the author allowed.

The rule is R1. It judges the numeric address that a socket is about to be opened to, never the text of a URL, so spellings,
redirects and rebinding name servers do not matter. It opens nothing and resolves nothing.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from functools import lru_cache

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

WEB_PORTS = frozenset({80, 443, 8080, 8443})

# `is_global` alone lets these pass on some supported Pythons (multicast, tunnels that lead to any IPv4 address, relics).
_DENIED: tuple[Network, ...] = tuple(
    ipaddress.ip_network(text)
    for text in (
        "0.0.0.0/8",
        "100.64.0.0/10",  # carrier-grade NAT
        "192.0.0.0/24",
        "192.88.99.0/24",  # 6to4 relays
        "224.0.0.0/4",
        "::/96",  # IPv4-compatible
        "64:ff9b::/96",  # NAT64: reaches any IPv4 address
        "64:ff9b:1::/48",
        "2001::/23",  # Teredo and other protocol assignments
        "2002::/16",  # 6to4: reaches any IPv4 address
        "fec0::/10",
        "ff00::/8",
    )
)


class Guard:
    """R1's deny list, opened only for the networks that the author lists in `poll.allow_networks` (there on any port)."""

    def __init__(self, allow_networks: Iterable[Network] = ()) -> None:
        self._allowed = tuple(allow_networks)
        self._judged = lru_cache(maxsize=8192)(self._judge)

    def refusal(self, address: str, port: int) -> str | None:
        """Why this numeric address and port may not be connected to; None if they may."""
        allowed, reason = self._judged(address)
        if allowed:
            return None
        if reason is None and port not in WEB_PORTS:
            return f"port {port} is not one of the web's ports ({', '.join(map(str, sorted(WEB_PORTS)))})"
        return reason

    def is_allowed(self, address: str) -> bool:
        """Whether the author listed a network that holds this numeric address."""
        return self._judged(address)[0]

    def _judge(self, text: str) -> tuple[bool, str | None]:
        try:
            address = _unwrapped(ipaddress.ip_address(text))
        except ValueError:
            return False, f"{text} is not a numeric address"
        if any(address in network for network in self._allowed):
            return True, None
        if not address.is_global or any(address in network for network in _DENIED):
            return False, f"{address} is not an address of the public internet"
        return False, None


def _unwrapped(address: Address) -> Address:
    """::ffff:127.0.0.1 is 127.0.0.1 to the kernel, so it is to the guard. A zone (fe80::1%eth0) names no other address."""
    if isinstance(address, ipaddress.IPv6Address):
        return address.ipv4_mapped or ipaddress.IPv6Address(int(address))
    return address
