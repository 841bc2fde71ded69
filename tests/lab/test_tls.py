"""H15: a certificate that does not prove who answers is as good as none."""

from __future__ import annotations

import asyncio
import ipaddress
import ssl
import warnings
from datetime import UTC, datetime

import pytest
import trustme

from aggregator.errors import FeedError
from aggregator.net.client import HttpClient
from aggregator.net.guard import Guard
from aggregator.net.response import Response
from tests.lab.server import Lab, always, reply

GUARD = Guard([ipaddress.ip_network("127.0.0.0/8")])


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


def serving(certificate: trustme.LeafCert) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(context)
    return context


def fetch(authority: trustme.CA, server: ssl.SSLContext, host: str = "blog.test") -> Response:
    trusting = ssl.create_default_context()
    authority.configure_trust(trusting)

    async def run() -> Response:
        async with (
            Lab({"/": always(reply())}, tls=server) as lab,
            HttpClient(GUARD, timeout=5, ssl_context=trusting, lookup=lambda _: ["127.0.0.1"]) as client,
        ):
            return await client.get(f"https://{host}:{lab.port}/")

    return asyncio.run(run())


def test_a_trusted_certificate_for_the_name_is_accepted_though_the_guard_chose_the_address(authority: trustme.CA) -> None:
    assert fetch(authority, serving(authority.issue_cert("blog.test"))).status == 200


def test_a_certificate_for_another_name_is_refused(authority: trustme.CA) -> None:
    with pytest.raises(FeedError) as caught:
        fetch(authority, serving(authority.issue_cert("other.test")))
    assert caught.value.kind == "tls"
    assert "not valid" in caught.value.message


def test_an_expired_certificate_is_refused(authority: trustme.CA) -> None:
    expired = authority.issue_cert(
        "blog.test", not_before=datetime(2000, 1, 1, tzinfo=UTC), not_after=datetime(2001, 1, 1, tzinfo=UTC)
    )
    with pytest.raises(FeedError, match="expired") as caught:
        fetch(authority, serving(expired))
    assert caught.value.kind == "tls"


def test_an_unknown_authority_is_refused(authority: trustme.CA) -> None:
    with pytest.raises(FeedError) as caught:
        fetch(authority, serving(trustme.CA().issue_cert("blog.test")))
    assert caught.value.kind == "tls"


def test_an_outdated_protocol_is_refused(authority: trustme.CA) -> None:
    old = serving(authority.issue_cert("blog.test"))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # that is what makes it hostile
        old.minimum_version = ssl.TLSVersion.TLSv1
        old.maximum_version = ssl.TLSVersion.TLSv1_1
    old.set_ciphers("ALL:@SECLEVEL=0")  # without it our own library would not even speak it as a server
    with pytest.raises(FeedError) as caught:
        fetch(authority, old)
    assert caught.value.kind == "tls"
