"""Every route there is, asked by strangers and by the author: what none of them may ever do (R9, R16, R28)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from httpx2 import Response
from starlette.routing import Mount, Route
from starlette.testclient import TestClient

from aggregator.desk.access import set_password
from aggregator.storage.database import Database
from aggregator.storage.schema import metadata
from aggregator.web.app import make_app
from aggregator.web.gate import OPEN, UNWATCHED
from aggregator.web.security import HEADERS, MOST_BYTES
from tests.browser.worlds import World, small
from tests.web.door import HERE, PASSWORD, Door, csrf, door

SAMPLES = {
    "roundup": "rack-notes",
    "key": "c1",
    "section": "Networking",
    "token": "x",
    "id": "1",
    "number": "28",
    "edition": "28",
}
FORMS = "application/x-www-form-urlencoded"


@pytest.fixture(autouse=True)
def _quick_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("aggregator.desk.access._hasher", lambda: PasswordHasher(1, 8, 1))


@pytest.fixture
def world(tmp_path: Path, sqlite_url: str) -> Iterator[World]:
    found = small(tmp_path, sqlite_url, 8765)
    yield found
    found.installation.close()


@pytest.fixture
def locked(tmp_path: Path, sqlite_url: str) -> Iterator[Door]:
    with door(tmp_path, sqlite_url) as found:
        yield found


def client_of(world: World) -> TestClient:
    return TestClient(make_app(world.installation, "secret"), base_url=HERE, follow_redirects=False)


def addresses(world: World) -> list[tuple[str, str]]:
    """(method, path) of every route, its parameters filled in."""
    app = make_app(world.installation, "secret")
    found = []
    for route in app.routes:
        if isinstance(route, Route):
            path = re.sub(r"{(\w+)(?::\w+)?}", lambda match: SAMPLES.get(match[1], "1"), route.path)
            found += [(method, path) for method in sorted(route.methods or ())]
        else:
            assert isinstance(route, Mount)
    return found


def contents(database: Database) -> dict[str, list[str]]:
    """Every row of every table."""
    with database.read() as connection:
        return {table.name: [str(row) for row in connection.execute(table.select())] for table in metadata.sorted_tables}


def ask(client: TestClient, method: str, path: str, **headers: str) -> Response:
    body = {"content": b"id=1&action=keep", "headers": {"Content-Type": FORMS, **headers}}
    return client.request(method, path, **(body if method == "POST" else {"headers": headers}))


def test_showing_changes_nothing_whatever_is_shown(world: World) -> None:
    """R9: not a byte of any row, by GET, HEAD or OPTIONS, however often."""
    client = client_of(world)
    before = contents(world.installation.database)
    for method, path in addresses(world):
        if method == "POST":
            ask(client, "OPTIONS", path)
            continue
        for _ in range(2):
            answer = ask(client, method, path)
            assert answer.status_code < 500 or path == "/healthz", f"{method} {path}: {answer.status_code}"
    world.clock.set(world.clock.now() + timedelta(days=1))
    for method, path in addresses(world):
        if method == "GET":
            ask(client, method, path, **{"X-Fragment": "1"})
    assert contents(world.installation.database) == before


def test_nothing_is_done_without_the_token_of_the_form(world: World) -> None:
    client = client_of(world)
    csrf(client, "/r/rack-notes/")
    before = contents(world.installation.database)
    tokenless = [(method, path) for method, path in addresses(world) if method not in ("GET", "HEAD")]
    assert tokenless
    for method, path in tokenless:
        if path.startswith("/a/"):  # carries a proof of its own; one that is none gets its page
            ask(client, method, path)
            continue
        answer = ask(client, method, path)
        assert answer.status_code == (401 if path.startswith("/api/") else 403), f"{method} {path}: {answer.status_code}"
    assert contents(world.installation.database) == before


def test_nothing_is_done_for_another_site_even_with_the_token(world: World) -> None:
    client = client_of(world)
    token = csrf(client, "/r/rack-notes/")
    before = contents(world.installation.database)
    form = {"csrf": token, "id": "1", "action": "keep"}
    for headers in (
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://evil.example"},
        {"Origin": "http://127.0.0.1:3000"},
        {"Origin": "null"},
    ):
        assert client.post("/r/rack-notes/decide", data=form, headers=headers).status_code == 403, headers
    assert contents(world.installation.database) == before
    for headers in ({"Sec-Fetch-Site": "same-origin", "Origin": "null"}, {"Origin": HERE}, {}):
        assert client.post("/r/rack-notes/decide", data=form, headers=headers).status_code == 303, headers


def test_the_token_of_another_browser_is_none(world: World) -> None:
    client, other = client_of(world), client_of(world)
    csrf(client, "/r/rack-notes/")
    token = csrf(other, "/r/rack-notes/")
    answer = client.post("/r/rack-notes/decide", data={"csrf": token, "id": "1", "action": "keep"})
    assert answer.status_code == 403
    assert "Load it anew" in answer.text


def test_a_page_that_was_open_while_the_key_changed_still_works(world: World) -> None:
    client = client_of(world)
    token = csrf(client, "/r/rack-notes/")
    world.installation.renew_signing_keys()
    later = TestClient(make_app(world.installation, None), base_url=HERE, cookies=client.cookies, follow_redirects=False)
    one = world.candidate("")
    assert later.post("/r/rack-notes/decide", data={"csrf": token, "id": str(one), "action": "keep"}).status_code == 303


def test_every_answer_has_every_header(world: World) -> None:
    client = client_of(world)
    for method, path in [
        *addresses(world),
        ("GET", "/nothing"),
        ("DELETE", "/"),
        ("GET", "/static/desk.css"),
        ("GET", "/static/no"),
    ]:
        answer = ask(client, method, path)
        missing = [name for name in HEADERS if name not in answer.headers]
        assert not missing, f"{method} {path}: {missing}"
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy, path
        assert "script-src" not in policy or "'unsafe" not in policy, path


def test_the_headers_are_these() -> None:
    assert HEADERS == {
        "Content-Security-Policy": (
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
            "manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
        ),
        "Cache-Control": "no-store",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
        "Referrer-Policy": "same-origin",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "X-Robots-Tag": "noindex, nofollow",
    }


def test_no_page_holds_script_or_style_of_its_own(world: World) -> None:
    client = client_of(world)
    for method, path in addresses(world):
        answer = ask(client, method, path) if method == "GET" else None
        if answer is None or "sandbox" in answer.headers["Content-Security-Policy"]:
            continue
        tags = " ".join(re.findall(r"<[^>]*>", answer.text))
        found = re.findall(r"<style|<script(?![^>]* src=)|\sstyle=|\son\w+=|javascript:|src=\"data:", tags)
        if path.endswith("/add"):  # the bookmarklet, to be dragged to the browser's bar
            found = [one for one in found if one != "javascript:"]
        assert not found, f"{path}: {found}"


def test_who_is_not_signed_in_sees_nothing_and_does_nothing(world: World) -> None:
    set_password(world.installation, PASSWORD)
    client = client_of(world)
    before = contents(world.installation.database)
    for method, path in addresses(world):
        answer = ask(client, method, path)
        if path.startswith((*UNWATCHED, *OPEN)):
            assert "Rack Notes" not in answer.text, path
            continue
        assert answer.status_code in (303, 401), f"{method} {path}: {answer.status_code}"
        assert answer.headers.get("Location", "/login").startswith("/login"), path
        assert "Rack Notes" not in answer.text, path
    assert contents(world.installation.database) == before


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1.evil.example", "127.0.0.1@evil.example", "desk.example.org.evil.example"]
)
@pytest.mark.parametrize("path", ["/", "/login", "/static/desk.css", "/a/x", "/nothing"])
def test_a_name_that_is_not_ours_gets_nothing(locked: Door, host: str, path: str) -> None:
    """R16: DNS rebinding. Nor is any name of a request ever in an answer's links."""
    answer = locked.client.get(path, headers={"Host": host})
    assert answer.status_code == 400
    assert "evil" not in answer.text + str(answer.headers)


def test_a_forwarded_host_is_no_name_of_ours(locked: Door) -> None:
    answer = locked.client.get("/login", headers={"X-Forwarded-Host": "evil.example", "Forwarded": "host=evil.example"})
    assert answer.status_code == 200
    assert "evil" not in answer.text


@pytest.mark.parametrize("announced", [True, False])
def test_a_form_without_end_is_cut_off(locked: Door, announced: bool) -> None:
    def body() -> Iterator[bytes]:
        yield b"csrf=x&words="
        for _ in range(MOST_BYTES // 100_000 + 1):
            yield b"x" * 100_000

    content = b"".join(body()) if announced else body()
    answer = locked.client.post("/login", content=content, headers={"Content-Type": FORMS})
    assert answer.status_code == 413
    assert "too large" in answer.text


@pytest.mark.parametrize("length", ["none", "-1", "9" * 500])
def test_a_length_that_is_none_breaks_nothing(locked: Door, length: str) -> None:
    answer = locked.client.post("/login", content=b"", headers={"Content-Type": FORMS, "Content-Length": length})
    assert answer.status_code in (403, 413)


def test_too_many_fields_are_refused(locked: Door) -> None:
    answer = locked.client.post("/login", content=b"a=1&" * 50, headers={"Content-Type": FORMS})
    assert answer.status_code == 400


@pytest.mark.parametrize(
    ("method", "path", "status"), [("GET", "/nothing", 404), ("PUT", "/r/rack-notes/", 405), ("GET", "/r/no-such-roundup/", 404)]
)
def test_what_is_not_there_is_said_in_the_desk_s_own_way(world: World, method: str, path: str, status: int) -> None:
    client = client_of(world)
    headers = {"Sec-Fetch-Site": "same-origin"}
    answer = client.request(method, path, headers=headers)
    assert answer.status_code == status
    assert "To the desk" in answer.text
    fragment = client.request(method, path, headers={**headers, "X-Fragment": "1"})
    assert fragment.status_code == status
    assert fragment.text.strip().startswith('<div id="said"')


def test_a_fault_of_ours_is_a_page_too_and_tells_no_secrets(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("the secret of the house")

    monkeypatch.setattr("aggregator.web.views.login._form", broken)
    client = TestClient(make_app(world.installation, None), base_url=HERE, raise_server_exceptions=False)
    set_password(world.installation, PASSWORD)
    answer = client.get("/login")
    assert answer.status_code == 500
    assert "Something broke" in answer.text
    assert "secret" not in answer.text
    assert all(name in answer.headers for name in HEADERS)


@pytest.mark.parametrize("charset", ["undefined", "punycode", "unicode_escape", "utf-7", "x" * 5000])
def test_a_form_in_an_encoding_of_the_sender_s_choice_is_refused(locked: Door, charset: str) -> None:
    """Two of Python's codecs broke the desk, another made half a character, with which no header can be written."""
    fields = {"csrf": csrf(locked.client), "password": PASSWORD, "next": "/\\ud800"}
    body = "".join(f'--X\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{one}\r\n' for name, one in fields.items())
    answers = [
        locked.client.post(
            "/login", content=f"{body}--X--\r\n", headers={"Content-Type": f"multipart/form-data; boundary=X{more}"}
        )
        for more in (f"; charset={charset}", f'; CharSet="{charset}"', "; charset=UTF-8")
    ]
    assert [one.status_code for one in answers] == [400, 400, 303]


@pytest.mark.parametrize("name", ["Origin", "Referer"])
def test_an_address_that_is_none_is_not_ours_and_breaks_nothing(locked: Door, name: str) -> None:
    assert locked.client.post("/login", headers={name: "http://["}).status_code == 403
    assert locked.client.post("/logout", headers={name: "http://["}).status_code in (401, 403)
