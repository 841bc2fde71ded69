"""Signing in through a service, against a small one of our own that really signs, checks and refuses."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from argon2 import PasswordHasher
from httpx2 import Response
from joserfc import jwt
from joserfc.jwk import KeySet, OctKey, RSAKey
from sqlalchemy import select

from aggregator.desk.access import set_password
from aggregator.storage.schema import sessions
from tests.web.door import PASSWORD, Door, door

SECRET = "of the client"
CLIENT = "desk"
KEY, OTHER_KEY = (RSAKey.generate_key(2048, {"kid": name, "use": "sig", "alg": "RS256"}) for name in ("one", "two"))


def rightly(claims: dict[str, Any], key: RSAKey) -> str:
    return jwt.encode({"alg": "RS256", "kid": key.kid}, claims, key)


def unsigned(claims: dict[str, Any], _: RSAKey) -> str:
    parts = ({"alg": "none", "typ": "JWT"}, claims)
    return ".".join(base64.urlsafe_b64encode(json.dumps(one).encode()).rstrip(b"=").decode() for one in parts) + "."


def by_the_public_key(claims: dict[str, Any], key: RSAKey) -> str:
    """As if what everybody may know were a secret shared with us."""
    return jwt.encode({"alg": "HS256", "kid": key.kid}, claims, OctKey.import_key(key.as_pem(private=False)))


def by_the_client_s_secret(claims: dict[str, Any], _: RSAKey) -> str:
    return jwt.encode({"alg": "HS256"}, claims, OctKey.import_key(SECRET))


@dataclass
class Service:
    """An OpenID provider on loopback, as wrong as a test wants it to be."""

    port: int = 0
    claims: dict[str, Any] = field(default_factory=lambda: {"sub": "u-17", "email": "me@example.org", "email_verified": True})
    key: RSAKey = field(default_factory=lambda: KEY)
    shown: RSAKey = field(default_factory=lambda: KEY)
    sign: Callable[[dict[str, Any], RSAKey], str] = rightly
    issuer: str = ""
    says: dict[str, Any] = field(default_factory=dict)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def metadata(self) -> dict[str, Any]:
        own = {
            "issuer": self.issuer or self.base,
            "authorization_endpoint": f"{self.base}/authorize",
            "token_endpoint": f"{self.base}/token",
            "jwks_uri": f"{self.base}/keys",
            "id_token_signing_alg_values_supported": ["RS256"],
        }
        return {**own, **self.says}

    def authorize(self, address: str) -> str:
        """What its user, who is known already, is sent back with."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        assert (asked["client_id"], asked["response_type"], asked["code_challenge_method"]) == (CLIENT, "code", "S256")
        code = secrets.token_urlsafe(8)
        self.codes[code] = asked
        return asked["redirect_uri"] + "?" + urlencode({"code": code, "state": asked["state"]})

    def token(self, form: dict[str, str], authorization: str) -> tuple[int, dict[str, Any]]:
        asked = self.codes.pop(form.get("code", ""), None)
        known = base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        challenge = (
            base64.urlsafe_b64encode(hashlib.sha256(form.get("code_verifier", "").encode()).digest()).rstrip(b"=").decode()
        )
        if asked is None or authorization != f"Basic {known}" or challenge != asked["code_challenge"]:
            return 400, {"error": "invalid_grant"}
        now = int(time.time())
        claims = {"iss": self.base, "aud": CLIENT, "iat": now, "exp": now + 60, "nonce": asked["nonce"], **self.claims}
        signed = self.sign(claims, self.key)
        return 200, {"access_token": "x", "token_type": "Bearer", "id_token": signed}


@pytest.fixture
def service() -> Iterator[Service]:
    found = Service()

    class Answers(BaseHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            pass

        def do_GET(self) -> None:
            found.asked.append(self.path)
            keys = KeySet([found.shown]).as_dict(private=False)
            self.answer(200, dict(keys) if self.path == "/keys" else found.metadata())

        def do_POST(self) -> None:
            found.asked.append(self.path)
            body = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
            self.answer(*found.token({name: values[0] for name, values in body.items()}, self.headers.get("Authorization", "")))

        def answer(self, status: int, document: dict[str, Any]) -> None:
            body = json.dumps(document).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    found.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield found
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def signed_on(service: Service, tmp_path: Path, sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Door]:
    """A desk that knows the service. The traps for proxies are set (R34)."""
    monkeypatch.setenv("AGGREGATOR_OIDC_SECRET", SECRET)
    for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    more = f"oidc: {{issuer: '{service.base}', client_id: {CLIENT}, allow: [Me@example.org, u-99]}}"
    with door(tmp_path, sqlite_url, password=None, more=more) as found:
        yield found


def sign_on(found: Door, service: Service, wanted: str = "/r/links/") -> Response:
    """The whole way: to the service, and back."""
    asked = found.client.get("/login/service?" + urlencode({"next": wanted}))
    assert asked.status_code in (302, 303, 307), asked.text
    return come_back(found, service.authorize(asked.headers["Location"]))


def come_back(found: Door, address: str) -> Response:
    parts = urlsplit(address)
    return found.client.get(f"{parts.path}?{parts.query}")


def who(found: Door) -> list[str]:
    with found.installation.database.read() as connection:
        return list(connection.execute(select(sessions.c.who)).scalars())


def test_who_is_allowed_comes_in_and_to_the_page_that_he_wanted(signed_on: Door, service: Service) -> None:
    assert signed_on.client.get("/r/links/").headers["Location"].startswith("/login")
    page = signed_on.client.get("/login?next=%2Fr%2Flinks%2F").text
    assert 'href="/login/service?next=/r/links/"' in page or 'href="/login/service?next=%2Fr%2Flinks%2F"' in page
    assert 'type="password"' not in page
    answer = sign_on(signed_on, service)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/r/links/")
    assert signed_on.client.get("/r/links/").status_code == 200
    assert who(signed_on) == ["me@example.org"]


def test_the_way_back_is_the_configured_address_whatever_the_request_says(signed_on: Door) -> None:
    asked = signed_on.stranger("http://localhost").get("/login/service", headers={"X-Forwarded-Host": "evil.example"})
    back = parse_qs(urlsplit(asked.headers["Location"]).query)["redirect_uri"]
    assert back == ["https://desk.example.org/login/service/back"]


@pytest.mark.parametrize(
    ("claims", "why"),
    [
        ({"sub": "u-18", "email": "you@example.org", "email_verified": True}, "not allowed in here"),
        ({"sub": "u-18"}, "not allowed in here"),
        ({"sub": "me@example.org"}, "not allowed in here"),
        ({"sub": "U-99"}, "not allowed in here"),
        ({"sub": "u-18", "email": "me@example.org", "email_verified": False}, "verified"),
        ({"sub": "u-18", "email": "me@example.org"}, "verified"),
        ({"sub": "u-99", "nonce": "another"}, "cannot be trusted"),
        ({"sub": "u-99", "aud": "another client"}, "cannot be trusted"),
        ({"sub": "u-99", "iss": "https://another.example"}, "cannot be trusted"),
        ({"sub": "u-99", "exp": 1_000_000_000}, "cannot be trusted"),
    ],
)
def test_whoever_else_it_names_stays_outside(signed_on: Door, service: Service, claims: dict[str, Any], why: str) -> None:
    service.claims = claims
    answer = sign_on(signed_on, service)
    assert answer.status_code == 403
    assert why in answer.text
    assert who(signed_on) == []


def test_who_is_taken_off_the_list_is_outside_again(signed_on: Door, service: Service, tmp_path: Path, sqlite_url: str) -> None:
    sign_on(signed_on, service)
    kept = signed_on.client.cookies["__Host-desk"]
    more = f"oidc: {{issuer: '{service.base}', client_id: {CLIENT}, allow: [u-99]}}"
    with door(tmp_path, sqlite_url, password=None, more=more) as later:
        later.client.cookies.set("__Host-desk", kept)
        assert later.client.get("/r/links/").headers["Location"].startswith("/login")


def test_a_subject_needs_no_address(signed_on: Door, service: Service) -> None:
    service.claims = {"sub": "u-99"}
    assert sign_on(signed_on, service).status_code == 303
    assert who(signed_on) == ["u-99"]


def test_a_signature_of_another_key_is_worth_nothing(signed_on: Door, service: Service) -> None:
    service.key = OTHER_KEY
    assert sign_on(signed_on, service).status_code == 403
    assert who(signed_on) == []


@pytest.mark.parametrize("sign", [unsigned, by_the_public_key, by_the_client_s_secret])
@pytest.mark.parametrize("known", [["RS256"], ["RS256", "HS256", "none"], None])
def test_a_token_counts_by_the_service_s_own_key_alone(
    signed_on: Door, service: Service, sign: Callable[[dict[str, Any], RSAKey], str], known: list[str] | None
) -> None:
    """Whatever it says of itself that it may do."""
    service.sign, service.claims = sign, {"sub": "u-99"}
    service.says = {"id_token_signing_alg_values_supported": known} if known else {"id_token_signing_alg_values_supported": []}
    answer = sign_on(signed_on, service)
    assert (answer.status_code, who(signed_on)) == (403, [])


def test_a_service_that_changes_its_key_lets_him_in_with_the_new_one_and_not_with_the_old(
    signed_on: Door, service: Service
) -> None:
    service.claims = {"sub": "u-99"}
    assert sign_on(signed_on, service).status_code == 303
    service.key = service.shown = OTHER_KEY
    assert sign_on(signed_on, service).status_code == 303
    service.key = KEY
    assert sign_on(signed_on, service).status_code == 403


def test_what_is_sent_back_without_the_first_half_of_its_proof_is_refused(signed_on: Door, service: Service) -> None:
    """A code that somebody else overheard is worth nothing without the verifier, which never left this browser's cookie."""
    address = service.authorize(signed_on.client.get("/login/service").headers["Location"])
    code = parse_qs(urlsplit(address).query)["code"][0]
    service.codes[code]["code_challenge"] = "of another"
    assert come_back(signed_on, address).status_code == 403
    assert who(signed_on) == []


def test_what_is_wrong_with_the_service_is_not_said_of_the_password(
    signed_on: Door, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("aggregator.desk.access._hasher", lambda: PasswordHasher(1, 8, 1))
    set_password(signed_on.installation, PASSWORD)
    service.claims = {"sub": "u-18"}
    page = sign_on(signed_on, service).text
    assert "The service knows you, but you are not allowed in here." in page
    assert 'type="password"' in page
    assert "aria-invalid" not in page


def test_who_signs_out_is_outside(signed_on: Door, service: Service) -> None:
    assert sign_on(signed_on, service).status_code == 303
    page = signed_on.client.get("/r/links/").text
    found = re.search(r'name="csrf" content="([^"]*)"', page)
    assert found
    assert signed_on.client.post("/logout", data={"csrf": found[1]}).headers["Location"] == "/login"
    assert who(signed_on) == []
    assert signed_on.client.get("/r/links/").headers["Location"].startswith("/login")


def test_an_answer_that_this_browser_did_not_ask_for_is_refused(signed_on: Door, service: Service) -> None:
    """Else a stranger could have the author sign in as him, or bring a code of his own."""
    asked = signed_on.client.get("/login/service").headers["Location"]
    address = service.authorize(asked)
    other = signed_on.stranger()
    parts = urlsplit(address)
    answer = other.get(f"{parts.path}?{parts.query}")
    assert (answer.status_code, "not begun in this browser" in answer.text) == (403, True)
    forged = come_back(signed_on, address.partition("state=")[0] + "state=forged")
    assert (forged.status_code, "mismatching_state" in forged.text) == (403, True)
    assert who(signed_on) == []


def test_an_answer_counts_once(signed_on: Door, service: Service) -> None:
    address = service.authorize(signed_on.client.get("/login/service").headers["Location"])
    assert come_back(signed_on, address).status_code == 303
    signed_on.client.cookies.clear()
    assert come_back(signed_on, address).status_code == 403


def test_a_refusal_of_the_service_is_told_without_its_words(signed_on: Door) -> None:
    signed_on.client.get("/login/service")
    answer = signed_on.client.get("/login/service/back?error=access_denied&error_description=Call+evil.example")
    assert answer.status_code == 403
    assert "evil" not in answer.text


@pytest.mark.parametrize(
    "says",
    [{"issuer": "https://another.example"}, {"authorization_endpoint": None}, {"token_endpoint": None}, {"jwks_uri": None}],
)
def test_a_service_that_says_nonsense_of_itself_is_told(signed_on: Door, service: Service, says: dict[str, Any]) -> None:
    service.says = says
    asked = signed_on.client.get("/login/service")
    answer = asked if asked.status_code >= 400 else come_back(signed_on, service.authorize(asked.headers["Location"]))
    assert answer.status_code in (403, 502)
    assert who(signed_on) == []


def test_a_service_cannot_set_up_our_client(signed_on: Door, service: Service) -> None:
    service.says = {"proxy": "http://127.0.0.1:9", "verify": False, "trust_env": True}
    assert sign_on(signed_on, service).status_code == 303


def test_a_service_that_is_away_is_told(signed_on: Door, service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("aggregator.web.oidc.TIMEOUT", 1.0)
    service.says = {"token_endpoint": "http://127.0.0.1:9/token"}
    answer = sign_on(signed_on, service)
    assert answer.status_code == 403
    assert "cannot be reached" in answer.text
