"""Requests to a site's interface."""

from __future__ import annotations

import json

import pytest

from aggregator.errors import OutletError
from aggregator.net.guard import Guard
from aggregator.net.posting import GuardedCaller
from aggregator.ports import Caller
from aggregator.records.outlets import Ask, Told
from tests.lab.server import Exchange, always, reply
from tests.net.test_pages import LOOPBACK, serving


def test_what_is_sent_arrives_as_json_and_every_answer_comes_back() -> None:
    caller: Caller = GuardedCaller(LOOPBACK)
    heads: list[bytes] = []

    async def refuse(exchange: Exchange) -> None:
        heads.append(exchange.request.raw)
        await exchange.send(reply(b'{"code": "no"}', "403 Forbidden", "Content-Type: application/json"))

    with serving({"/api": refuse}) as base:
        told = caller.call(Ask("POST", f"{base}/api", (("Authorization", "Basic x"),), {"title": "Öl"}))
    assert told == Told(403, b'{"code": "no"}', "application/json", None)
    assert heads[0].startswith(b"POST /api ")
    assert b"Authorization: Basic x" in heads[0]
    assert b"Content-Type: application/json" in heads[0]
    assert f"Content-Length: {len(json.dumps({'title': 'Öl'}, ensure_ascii=False).encode())}".encode() in heads[0]


def test_a_redirect_is_told_and_not_followed() -> None:
    behaviours = {"/api": always(reply(b"", "301 Moved Permanently", "Location: /elsewhere"))}
    with serving(behaviours) as base:
        told = GuardedCaller(LOOPBACK).call(Ask("POST", f"{base}/api", (), {}))
    assert (told.status, told.location) == (301, "/elsewhere")


def test_the_private_network_is_closed_to_drafts_too() -> None:
    with serving({}) as base, pytest.raises(OutletError, match="may not be polled"):
        GuardedCaller(Guard()).call(Ask("GET", f"{base}/api"))


def test_after_a_broken_connection_he_is_told_to_look_first() -> None:
    async def hang_up(exchange: Exchange) -> None:
        exchange.reset()

    with serving({"/api": hang_up}) as base:
        with pytest.raises(OutletError, match="it may have arrived"):
            GuardedCaller(LOOPBACK).call(Ask("POST", f"{base}/api", (), {}))
        with pytest.raises(OutletError) as caught:
            GuardedCaller(LOOPBACK).call(Ask("GET", f"{base}/api"))
    assert caught.value.advice is None
