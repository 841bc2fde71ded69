"""Signing in: the password, the cookie, slowing down, ends."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from sqlalchemy import select

from aggregator.desk.access import remove_password, set_password
from aggregator.storage.schema import sessions
from aggregator.web.security import FORWARDED
from aggregator.web.sessions import IDLE, LONGEST, RENEW
from tests.web.door import HERE, NOW, OUTSIDE, PASSWORD, Door, csrf, door


@pytest.fixture(autouse=True)
def _quick_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("aggregator.desk.access._hasher", lambda: PasswordHasher(1, 8, 1))


@pytest.fixture
def locked(tmp_path: Path, sqlite_url: str) -> Iterator[Door]:
    with door(tmp_path, sqlite_url) as found:
        yield found


def rows(found: Door) -> list[str]:
    with found.installation.database.read() as connection:
        return list(connection.execute(select(sessions.c.token_hash)).scalars())


def test_a_page_leads_to_the_sign_in_and_back_to_itself(locked: Door) -> None:
    answer = locked.client.get("/r/links/archive?q=a%20b")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/login?next=%2Fr%2Flinks%2Farchive%3Fq%3Da%2520b")
    page = locked.client.get(answer.headers["Location"])
    assert "Sign in" in page.text
    assert "Links" not in page.text  # the roundup's name is nobody else's business
    answer = locked.sign_in(next="/r/links/archive?q=a%20b")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/r/links/archive?q=a%20b")
    assert locked.client.get("/r/links/").status_code == 200
    assert locked.client.get("/login").headers["Location"] == "/"


def test_over_https_the_cookie_is_bound_to_the_host_and_out_of_reach(locked: Door) -> None:
    cookie = locked.sign_in().headers["Set-Cookie"]
    name, _, rest = cookie.partition("=")
    assert name == "__Host-desk"
    assert {one.strip().lower() for one in rest.split(";")[1:]} == {
        "httponly",
        "secure",
        "samesite=lax",
        "path=/",
        f"max-age={int(IDLE.total_seconds())}",
    }


def test_over_http_the_cookie_has_no_prefix_that_browsers_would_refuse(tmp_path: Path, sqlite_url: str) -> None:
    with door(tmp_path, sqlite_url, base=HERE) as found:
        cookie = found.sign_in().headers["Set-Cookie"]
        assert cookie.startswith("desk=")
        assert "secure" not in cookie.lower()
        assert found.client.get("/r/links/").status_code == 200


def test_a_cookie_that_plain_http_set_counts_for_nothing_over_https(locked: Door) -> None:
    token = locked.sign_in().headers["Set-Cookie"].partition("=")[2].partition(";")[0]
    other = locked.stranger()
    other.cookies.set("desk", token)
    assert other.get("/r/links/").status_code == 303


def test_the_database_does_not_hold_what_the_browser_keeps(locked: Door) -> None:
    token = locked.sign_in().headers["Set-Cookie"].partition("=")[2].partition(".")[0]
    assert len(rows(locked)) == 1
    assert token not in rows(locked)[0]


def test_signing_in_gives_a_new_token_and_ends_the_one_before(locked: Door) -> None:
    locked.sign_in()
    old = locked.client.cookies["__Host-desk"]
    first = rows(locked)
    token = csrf(locked.client, "/r/links/")
    locked.client.post("/login", data={"csrf": token, "password": PASSWORD})
    assert locked.client.cookies["__Host-desk"] != old
    assert len(rows(locked)) == 1
    assert rows(locked) != first
    thief = locked.stranger()
    thief.cookies.set("__Host-desk", old)
    assert thief.get("/r/links/").status_code == 303


def test_a_forged_cookie_is_worth_nothing(locked: Door) -> None:
    locked.sign_in()
    right = locked.client.cookies["__Host-desk"]
    token, stamp, seal = right.rsplit(".", 2)
    for forged in ("", ".", token, f"{token}.{stamp}.{seal[:-2]}xx", f"{token}x.{stamp}.{seal}", "ä" * 9, right + "."):
        other = locked.stranger()
        answer = other.get("/r/links/", headers={b"Cookie": f"__Host-desk={forged}".encode()})
        assert answer.status_code == 303, forged


def test_signing_out_ends_it_at_both_ends(locked: Door) -> None:
    locked.sign_in()
    kept = locked.client.cookies["__Host-desk"]
    answer = locked.client.post("/logout", data={"csrf": csrf(locked.client, "/r/links/")})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/login")
    assert rows(locked) == []
    other = locked.stranger()
    other.cookies.set("__Host-desk", kept)
    assert other.get("/r/links/").status_code == 303


def test_a_browser_that_is_used_stays_signed_in_and_an_idle_one_does_not(locked: Door) -> None:
    locked.sign_in()
    locked.clock.advance(RENEW / 2)
    assert "set-cookie" not in locked.client.get("/r/links/").headers
    locked.clock.advance(IDLE - timedelta(hours=7))
    assert "__Host-desk" in locked.client.get("/r/links/").headers["Set-Cookie"]
    locked.clock.advance(IDLE - timedelta(hours=1))
    assert locked.client.get("/r/links/").status_code == 200
    locked.clock.advance(IDLE + timedelta(seconds=2))
    assert locked.client.get("/r/links/").status_code == 303


def test_no_sign_in_outlives_its_absolute_end(locked: Door) -> None:
    locked.sign_in()
    while locked.clock.now() < NOW + LONGEST - timedelta(days=8):
        locked.clock.advance(timedelta(days=7))
        assert locked.client.get("/r/links/").status_code == 200
    locked.clock.set(NOW + LONGEST)
    assert locked.client.get("/r/links/").status_code == 303


def test_a_new_password_ends_every_sign_in(locked: Door) -> None:
    locked.sign_in()
    set_password(locked.installation, "quite another one")
    assert locked.client.get("/r/links/").status_code == 303
    assert locked.sign_in().status_code == 403
    assert locked.sign_in("quite another one").status_code == 303


def test_without_a_password_only_the_machine_itself_gets_in(locked: Door) -> None:
    """What stands in front of a loopback address sends everybody's requests from there: the name that they ask for tells."""
    remove_password(locked.installation)
    answer = locked.client.get("/r/links/")
    assert answer.status_code == 403
    assert "aggregator password" in answer.text
    assert locked.stranger(HERE).get("/r/links/").status_code == 200
    assert locked.stranger(HERE).get("/login").headers["Location"] == "/"


def test_failures_slow_the_next_attempts_down_and_time_lets_them_pass(locked: Door) -> None:
    for _ in range(5):
        assert locked.sign_in("wrong").status_code == 403
    answer = locked.sign_in()
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "30")
    assert "Wait 1 minute" in answer.text
    assert locked.sign_in(client=locked.stranger()).status_code == 303  # from elsewhere
    locked.clock.advance(timedelta(seconds=31))
    assert locked.sign_in("wrong").status_code == 403
    assert locked.sign_in().headers["Retry-After"] == "60"
    locked.clock.advance(timedelta(minutes=1))
    assert locked.sign_in().status_code == 303
    assert locked.installation.access.failures(NOW - timedelta(days=1)) == []


def test_what_a_browser_says_of_its_address_is_believed_from_configured_proxies_only(tmp_path: Path, sqlite_url: str) -> None:
    """CVE-2023-27591: a header is anybody's to send."""

    def sources(found: Door) -> set[str]:
        token = csrf(found.client)
        for n in range(3):
            forwarded = {"X-Forwarded-For": f"198.51.100.{n}", "X-Forwarded-Proto": "https"}
            found.client.post("/login", data={"csrf": token, "password": "wrong"}, headers=forwarded)
        return {source for source, _ in found.installation.access.failures(NOW - timedelta(days=1))}

    with door(tmp_path, sqlite_url) as found:
        assert sources(found) == {"192.0.2.1"}
        set_password(found.installation, PASSWORD)
    with door(tmp_path, sqlite_url, more="trusted_proxies: [192.0.2.0/24]") as found:
        assert sources(found) == {"198.51.100.0", "198.51.100.1", "198.51.100.2"}


@pytest.mark.parametrize(
    ("said", "counted"),
    [
        ("203.0.113.5, 198.51.100.7", "198.51.100.7"),  # what the browser claims stands first, what the proxy saw last
        ("203.0.113.5, 198.51.100.7, 192.0.2.9", "198.51.100.7"),  # through two of ours
        ("198.51.100.7:4711", "198.51.100.7"),
        ("[2001:db8:1:2::7]:4711", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::7", "2001:db8:1:2::/64"),
        ("192.0.2.9", "192.0.2.9"),
        ("", "192.0.2.1"),
        ("x" * 9000, "x" * 64),
    ],
)
def test_of_a_chain_of_addresses_the_last_that_is_no_proxy_counts(
    tmp_path: Path, sqlite_url: str, said: str, counted: str
) -> None:
    with door(tmp_path, sqlite_url, more="trusted_proxies: [192.0.2.0/24]") as found:
        # The way that only some proxies have of saying it is nobody's to spoof: it is not read at all.
        headers = {"X-Forwarded-For": said, "Forwarded": "for=203.0.113.77", "X-Real-IP": "203.0.113.78"}
        found.client.post("/login", data={"csrf": csrf(found.client), "password": "wrong"}, headers=headers)
        assert [source for source, _ in found.installation.access.failures(NOW - timedelta(days=1))] == [counted]


def test_a_household_of_ipv6_addresses_is_one_source(locked: Door) -> None:
    for n in range(5):
        assert locked.sign_in("wrong", locked.stranger(source=f"2001:db8:1:2::{n}")).status_code == 403
    assert locked.sign_in(client=locked.stranger(source="2001:db8:1:2:ffff::1")).status_code == 429
    assert locked.sign_in(client=locked.stranger(source="2001:db8:1:3::1")).status_code == 303


@pytest.mark.parametrize(
    "address",
    [
        *(
            "//evil.example",
            "/\\evil.example",
            "\\\\evil.example",
            "https://evil.example",
            "/%09/evil.example\t",
            "/\t/evil.example",
        ),
        *("javascript:alert(1)", "///evil.example", "evil.example", "", " /", "/\n/evil.example", "http:/evil.example"),
    ],
)
def test_no_address_of_another_site_is_led_to(locked: Door, address: str) -> None:
    """R30, GO-2025-4226."""
    assert locked.sign_in(next=address).headers["Location"] == "/"


def test_a_form_of_another_browser_signs_nobody_in(locked: Door) -> None:
    """Else a stranger could sign the author in to a desk of his own."""
    token = csrf(locked.stranger())
    answer = locked.client.post("/login", data={"csrf": token, "password": PASSWORD})
    assert (answer.status_code, rows(locked)) == (403, [])


def test_neither_password_nor_token_is_ever_logged(locked: Door, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    locked.sign_in("not it, but near")
    locked.sign_in()
    token = locked.client.cookies["__Host-desk"]
    locked.client.get("/r/links/")
    locked.client.post("/logout", data={"csrf": csrf(locked.client, "/r/links/")})
    for secret in (PASSWORD, "not it, but near", token, token.partition(".")[0]):
        assert secret not in caplog.text
        assert all(secret not in str(record.__dict__) for record in caplog.records if not record.name.startswith("httpx"))


def test_the_script_is_told_that_the_sign_in_is_over_and_nothing_is_lost(locked: Door) -> None:
    locked.sign_in()
    token = csrf(locked.client, "/r/links/")
    locked.client.cookies.clear()
    answer = locked.client.post("/r/links/decide", data={"csrf": token}, headers={"X-Fragment": "1"})
    assert answer.status_code == 401
    assert re.search(r'id="said"[^>]*role="alert"', answer.text)
    assert "Sign in" in answer.text


def test_a_desk_elsewhere_is_named_in_no_cookie_domain(locked: Door) -> None:
    assert "domain" not in locked.sign_in().headers["Set-Cookie"].lower()
    assert locked.base == OUTSIDE


def test_guesses_that_come_at_once_are_counted_one_after_the_other(locked: Door) -> None:
    """All of them passed the question of how many had failed before the first had."""
    token = csrf(locked.client)

    def guess(n: int) -> int:
        return locked.client.post("/login", data={"csrf": token, "password": f"wrong {n}"}).status_code

    with locked.client, ThreadPoolExecutor(12) as pool:
        answers = sorted(pool.map(guess, range(12)))
    assert answers == [403] * 5 + [429] * 7


@pytest.mark.parametrize("name", FORWARDED)
def test_without_a_password_what_another_server_passed_on_gets_nothing(locked: Door, name: str) -> None:
    """A server in front that asks for 127.0.0.1, as some do by themselves, made the whole network the machine itself."""
    remove_password(locked.installation)
    assert locked.stranger(HERE).get("/r/links/", headers={name: "198.51.100.9"}).status_code == 403


def test_a_password_removed_while_others_reach_the_desk_opens_it_to_nobody(tmp_path: Path, sqlite_url: str) -> None:
    """It refuses to start so; while it ran, whoever asked for 127.0.0.1 by name was taken for the machine itself."""
    with door(tmp_path, sqlite_url, base=HERE, more="host: 0.0.0.0") as found:
        remove_password(found.installation)
        answer = found.stranger(HERE).get("/r/links/")
        assert answer.status_code == 403
        assert "aggregator password" in answer.text
