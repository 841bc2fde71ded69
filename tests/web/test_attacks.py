"""Every address and every form there is, as who means no good would use them; both are read from the route table and from the
pages themselves, so that a new one cannot be forgotten (R9, R16)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import timedelta
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import quote

import pytest
from argon2 import PasswordHasher
from starlette.routing import Route
from starlette.testclient import TestClient

from aggregator.desk.access import set_password
from aggregator.desk.token import new_token
from aggregator.web.app import make_app
from tests.browser.worlds import World, small
from tests.web.door import HERE, PASSWORD, csrf
from tests.web.test_gate import SAMPLES, contents

ODD = ("\0", "9" * 30, "9" * 5000, "\udcff", "http://[", "x" * 70_000)
"""For a place in a path, a query or a field."""
BEGINS_WORK = ("/start/poll", "/status/test-mail", "/status/retry")
"""Forms without fields that ask the network."""


@pytest.fixture(autouse=True)
def _quick_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("aggregator.desk.access._hasher", lambda: PasswordHasher(1, 8, 1))


@pytest.fixture(params=["sqlite", "postgres"])
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    if request.param == "postgres":
        request.getfixturevalue("postgres_database")
    found = small(tmp_path, request.getfixturevalue(f"{request.param}_url"), 8765)
    yield found
    found.installation.close()


class _Forms(HTMLParser):
    """The forms of a page: where each is sent, and the names of its fields. Fields that belong to a form elsewhere name it."""

    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, set[str]] = {}
        self._ids: dict[str, str] = {}
        self._open: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "form":
            self._open = given.get("action") if (given.get("method") or "").lower() == "post" else None
            if self._open is not None:
                self.found.setdefault(self._open, set())
                self._ids[given.get("id") or ""] = self._open
        elif tag in ("input", "button", "select", "textarea") and (name := given.get("name")):
            where = self._ids.get(given.get("form") or "", self._open) if given.get("form") else self._open
            if where is not None:
                self.found[where].add(name)
            if (action := given.get("formaction")) is not None:
                self.found.setdefault(action, set()).add(name)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = None


def client_of(world: World) -> TestClient:
    app = make_app(world.installation, "secret")
    return TestClient(app, base_url=HERE, follow_redirects=False, raise_server_exceptions=False)


def routes(world: World, method: str) -> list[str]:
    """Paths as they are written in the table."""
    table = make_app(world.installation, "secret").routes
    return [one.path for one in table if isinstance(one, Route) and method in (one.methods or ())]


def filled(path: str, **other: str) -> str:
    return re.sub(r"{(\w+)(?::\w+)?}", lambda match: {**SAMPLES, **other}.get(match[1], "1"), path)


def forms(client: TestClient, world: World) -> Mapping[str, set[str]]:
    """Every form that any page shows."""
    reader = _Forms()
    for path in routes(world, "GET"):
        for query in ("", "?name=Networking", f"?url={world.installation.feeds.statuses(world.roundup.id)[0].url}"):
            answer = client.get(filled(path, key=f"c{world.candidate('Comparing two')}", id="1") + query)
            if "text/html" in answer.headers.get("content-type", ""):
                reader.feed(answer.text)
    return reader.found


QUERIES = ("q", "url", "section", "name", "list", "by", "as", "format", "next", "title", "note", "only")


def test_no_address_breaks_the_desk(world: World) -> None:
    """A number of thirty digits in a path was a fault of ours; so is whatever a database cannot hold."""
    client, broken = client_of(world), []
    for path in routes(world, "GET"):
        for odd in ODD:
            said = quote(odd[:5000], safe="", errors="surrogatepass")
            asked = [f"{filled(path)}?" + "&".join(f"{one}={said}" for one in QUERIES)]
            asked += [filled(path, **{place: said}) for place in re.findall(r"{(\w+)", path)]
            broken += [one[:90] for one in asked if client.get(one).status_code >= 500 and path != "/healthz"]
    assert not broken


def test_no_form_breaks_the_desk(world: World) -> None:
    client = client_of(world)
    known = forms(client, world)
    assert len(known) >= 20
    token, broken = csrf(client, "/status"), []
    for action, names in sorted(known.items()):
        if action.partition("?")[0] in BEGINS_WORK:
            continue
        for odd in ODD:
            said = dict.fromkeys(names - {"csrf", "next"}, odd.encode("utf-8", "surrogatepass"))
            answers = [client.post(action, data={**said, "csrf": token.encode()})]
            if verbs := names & {"action", "do", "what"}:  # a form that says what to do gets further
                answers.append(client.post(action, data={**said, **dict.fromkeys(verbs, b"keep"), "csrf": token.encode()}))
            broken += [(action, odd[:9], one.status_code) for one in answers if one.status_code >= 500]
    assert not broken


def test_no_form_works_without_its_token_nor_with_another_s(world: World) -> None:
    """Every route that is no GET: nothing, a wrong one, another browser's, one from before the sign-in, all of another site."""
    set_password(world.installation, PASSWORD)
    client, other = client_of(world), client_of(world)
    early = csrf(client)
    for one in (client, other):
        assert one.post("/login", data={"csrf": csrf(one), "password": PASSWORD}).status_code == 303
    right, theirs = csrf(client, "/status"), csrf(other, "/status")
    before = contents(world.installation.database)
    asked = 0
    for path in routes(world, "POST"):
        if path.startswith(("/api/", "/hooks/", "/a/")):
            continue
        for token in (None, "", "x", right[:-1], right + "0", theirs, early):
            answer = client.post(filled(path), data={"id": "1", "action": "keep"} | ({} if token is None else {"csrf": token}))
            assert answer.status_code == 403, (path, token)
        for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Origin": "https://evil.example"}):
            answer = client.post(filled(path), data={"csrf": right, "id": "1", "action": "keep"}, headers=headers)
            assert answer.status_code == 403, (path, headers)
        for method in ("PUT", "PATCH", "DELETE"):
            assert client.request(method, filled(path)).status_code == 405, path
        asked += 1
    assert asked >= 30
    assert contents(world.installation.database) == before


def test_reading_changes_nothing_for_who_is_signed_in_either_nor_for_a_program(world: World) -> None:
    """R9, as above for strangers: with a cookie that is due to be renewed, and with a token."""
    set_password(world.installation, PASSWORD)
    client, token = client_of(world), new_token(world.installation)
    assert client.post("/login", data={"csrf": csrf(client), "password": PASSWORD}).status_code == 303
    world.clock.set(world.clock.now() + timedelta(days=1))
    before = contents(world.installation.database)
    for path in routes(world, "GET"):
        for method in ("GET", "HEAD", "OPTIONS"):
            client.request(method, filled(path), headers={"Authorization": f"Bearer {token}"} if "/api/" in path else {})
    assert contents(world.installation.database) == before
