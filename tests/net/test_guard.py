from __future__ import annotations

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.net.guard import WEB_PORTS, Guard

PRIVATE = [
    "0.0.0.0/8",
    "10.0.0.0/8",
    "100.64.0.0/10",
    "127.0.0.0/8",
    "169.254.0.0/16",
    "172.16.0.0/12",
    "192.0.0.0/24",
    "192.88.99.0/24",
    "192.168.0.0/16",
    "198.18.0.0/15",
    "224.0.0.0/4",
    "240.0.0.0/4",
    "::/96",
    "::1/128",
    "64:ff9b::/96",
    "64:ff9b:1::/48",
    "2001::/23",
    "2001:db8::/32",
    "2002::/16",
    "fc00::/7",
    "fe80::/10",
    "fec0::/10",
    "ff00::/8",
]


@st.composite
def private_addresses(draw: st.DrawFn) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    network = ipaddress.ip_network(draw(st.sampled_from(PRIVATE)))
    return network[draw(st.integers(0, network.num_addresses - 1))]


@st.composite
def spellings(draw: st.DrawFn) -> str:
    """A private address as it can come out of a resolver or a socket."""
    address = draw(private_addresses())
    if isinstance(address, ipaddress.IPv4Address):
        return draw(st.sampled_from([str(address), f"::ffff:{address}", f"64:ff9b::{address}", f"::{address}"]))
    return draw(st.sampled_from([str(address), address.exploded, str(address).upper()]))


@given(spellings(), st.sampled_from(sorted(WEB_PORTS)))
def test_no_spelling_of_a_private_address_passes(address: str, port: int) -> None:
    assert Guard().refusal(address, port) is not None


@pytest.mark.parametrize("address", ["93.184.216.34", "1.1.1.1", "2606:4700::1111", "::ffff:93.184.216.34"])
def test_the_public_internet_passes_on_the_webs_ports_only(address: str) -> None:
    guard = Guard()
    assert all(guard.refusal(address, port) is None for port in (80, 443, 8080, 8443))
    assert "port 25 is not one of the web's ports" in str(guard.refusal(address, 25))


@pytest.mark.parametrize("address", ["fe80::1%eth0", "::1%lo"])
def test_a_zone_changes_nothing(address: str) -> None:
    assert Guard().refusal(address, 80) is not None


@pytest.mark.parametrize("text", ["localhost", "", "127.1", "2130706433", "0x7f000001", "1.2.3.4.5"])
def test_what_is_no_numeric_address_is_refused(text: str) -> None:
    assert "not a numeric address" in str(Guard().refusal(text, 80))


def test_an_allowed_network_is_open_on_any_port_and_opens_nothing_else() -> None:
    guard = Guard([ipaddress.ip_network("192.168.7.0/24"), ipaddress.ip_network("fd00::/8")])
    assert guard.refusal("192.168.7.20", 1200) is None
    assert guard.refusal("::ffff:192.168.7.20", 1200) is None
    assert guard.refusal("fd00::5", 3000) is None
    assert guard.is_allowed("192.168.7.20")
    assert guard.refusal("192.168.8.20", 80) is not None
    assert guard.refusal("127.0.0.1", 80) is not None
    assert not guard.is_allowed("93.184.216.34")


def test_the_reason_names_the_address() -> None:
    assert Guard().refusal("::ffff:10.1.2.3", 80) == "10.1.2.3 is not an address of the public internet"
