from __future__ import annotations

import asyncio
import ipaddress
import socket
import threading
from collections.abc import Callable, Coroutine, Sequence
from typing import TypeVar

import pytest

from aggregator.net.guard import Guard
from aggregator.net.resolver import BlockedAddress, GuardedResolver, literal_address, system_lookup

T = TypeVar("T")


class Names:
    """A name server: each answer in turn, the last one for ever. Remembers what it was asked."""

    def __init__(self, *answers: Sequence[str]) -> None:
        self._answers = list(answers)
        self.asked: list[str] = []

    def __call__(self, host: str) -> Sequence[str]:
        self.asked.append(host)
        return self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]


def resolving(lookup: Callable[[str], Sequence[str]], use: Callable[[GuardedResolver], Coroutine[None, None, T]]) -> T:
    async def run() -> T:
        resolver = GuardedResolver(Guard(), lookup)
        try:
            return await use(resolver)
        finally:
            await resolver.close()

    return asyncio.run(run())


def test_a_name_leads_to_its_public_address() -> None:
    assert resolving(Names(["93.184.216.34"]), lambda r: r.addresses("blog.example", 443)) == ("93.184.216.34",)


@pytest.mark.parametrize("answer", [["10.0.0.1"], ["93.184.216.34", "10.0.0.1"], ["::1"], ["fe80::1%eth0"]])
def test_one_private_answer_refuses_the_whole_name(answer: list[str]) -> None:
    with pytest.raises(BlockedAddress):
        resolving(Names(answer), lambda r: r.addresses("blog.example", 443))


def test_a_rebinding_name_is_asked_once_and_stays_what_was_checked() -> None:
    names = Names(["93.184.216.34"], ["127.0.0.1"])

    async def twice(resolver: GuardedResolver) -> list[str]:
        await resolver.addresses("rebind.example", 80)
        return [result["host"] for result in await resolver.resolve("rebind.example", 80)]

    assert resolving(names, twice) == ["93.184.216.34"]
    assert names.asked == ["rebind.example"]


def test_at_most_three_addresses_are_tried_and_both_families_are_among_them() -> None:
    sixes = [f"2606:4700::{n:x}" for n in range(1, 200)]
    found = resolving(Names([*sixes, "93.184.216.34"]), lambda r: r.addresses("many.example", 80))
    assert found == ("2606:4700::1", "93.184.216.34", "2606:4700::2")


def test_feeds_of_one_host_share_a_lookup() -> None:
    names = Names(["93.184.216.34"])

    async def many(resolver: GuardedResolver) -> None:
        await asyncio.gather(*(resolver.addresses("blog.example", 80) for _ in range(50)))

    resolving(names, many)
    assert names.asked == ["blog.example"]


def test_one_who_gives_up_does_not_end_the_lookup_for_the_others() -> None:
    answered = threading.Event()

    def lookup(host: str) -> list[str]:
        answered.wait(5)
        return ["93.184.216.34"]

    async def race(resolver: GuardedResolver) -> tuple[str, ...]:
        patient = asyncio.create_task(resolver.addresses("slow.example", 80))
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.01):
                await resolver.addresses("slow.example", 80)
        answered.set()
        return await patient

    assert resolving(lookup, race) == ("93.184.216.34",)


def test_a_name_without_an_address_is_an_error_that_is_not_remembered() -> None:
    names = Names([], ["93.184.216.34"])

    async def twice(resolver: GuardedResolver) -> tuple[str, ...]:
        with pytest.raises(socket.gaierror):
            await resolver.addresses("new.example", 80)
        return await resolver.addresses("new.example", 80)

    assert resolving(names, twice) == ("93.184.216.34",)


def test_a_name_that_cannot_be_encoded_does_not_exist() -> None:
    def lookup(host: str) -> list[str]:
        return [host.encode("idna").decode()]

    with pytest.raises(socket.gaierror):
        resolving(lookup, lambda r: r.addresses("a" * 70 + ".example", 80))


@pytest.mark.parametrize("host", ["2130706433", "0x7f000001", "127.1", "0x7f.1", "0177.0.0.1", "127.1."])
def test_unusual_spellings_of_addresses_are_refused_without_a_lookup(host: str) -> None:
    names = Names(["93.184.216.34"])
    with pytest.raises(BlockedAddress, match="unusual spelling"):
        resolving(names, lambda r: r.addresses(host, 80))
    assert names.asked == []


def test_literal_addresses_are_checked_without_a_lookup() -> None:
    names = Names(["10.0.0.1"])
    assert resolving(names, lambda r: r.addresses("93.184.216.34", 80)) == ("93.184.216.34",)
    with pytest.raises(BlockedAddress):
        resolving(names, lambda r: r.addresses("127.0.0.1", 80))
    assert names.asked == []


def test_what_is_a_name_is_no_literal_address() -> None:
    assert [literal_address(name) for name in ("blog.example", "3com.example", "x1", "4chan")] == [None] * 4
    assert literal_address("2606:4700::1111") == "2606:4700::1111"


def test_the_last_answer_is_known_without_asking() -> None:
    async def look(resolver: GuardedResolver) -> list[tuple[str, ...]]:
        before = resolver.last_known("blog.example")
        await resolver.addresses("blog.example", 80)
        return [before, resolver.last_known("blog.example"), resolver.last_known("127.0.0.1"), resolver.last_known("127.1")]

    assert resolving(Names(["93.184.216.34"]), look) == [(), ("93.184.216.34",), ("127.0.0.1",), ()]


def test_the_systems_resolver_knows_this_machine() -> None:
    assert all(ipaddress.ip_address(address).is_loopback for address in system_lookup("localhost"))
