"""Programs of the author's own: a token and nothing else lets them in."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier, Event

import pytest
from starlette.routing import Route
from starlette.testclient import TestClient

from aggregator.desk.decide import decide
from aggregator.desk.token import has_token, new_token, remove_token
from aggregator.records.candidates import Action
from aggregator.web.app import make_app
from aggregator.web.views.api import AT_ONCE, MOST_BYTES
from aggregator.wiring import Installation
from tests.desk.conftest import NOW, FakePage, FakePages, Office
from tests.storage.world import bullet, past

API = "/api/v1"


@pytest.fixture
def office(sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    made = Office(tmp_path, sqlite_url)
    monkeypatch.setattr(Installation, "pages", FakePages({"https://find.example/x": "<title>A find</title><p>Words"}))
    decide(*made.all, made.offer("On racks"), Action.KEEP, section="Storage")
    yield made
    made.stores.close()


@pytest.fixture
def client(office: Office) -> TestClient:
    return TestClient(make_app(office.stores, None), base_url="http://127.0.0.1", follow_redirects=False)


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def test_the_draft_and_the_candidates_come_to_who_has_the_token(office: Office, client: TestClient) -> None:
    sent = bearer(new_token(office.stores))
    draft = client.get(f"{API}/draft/rack-notes", headers=sent)
    assert (draft.status_code, draft.headers["content-type"]) == (200, "text/markdown; charset=utf-8")
    assert draft.headers["content-disposition"] == "attachment; filename*=UTF-8''rack-notes-7.md"
    assert "On racks" in draft.text
    assert client.get(f"{API}/draft/rack-notes?format=html", headers=sent).headers["content-type"].startswith("text/html")
    assert client.get(f"{API}/draft/rack-notes?format=pdf", headers=sent).status_code == 400
    assert client.get(f"{API}/draft/other", headers=sent).status_code == 404
    (one,) = client.get(f"{API}/candidates/rack-notes", headers=sent).json()
    assert (one["id"], one["title"], one["section"], one["state"]) == (1, "On racks", "Storage", "kept")


def test_a_page_is_added_kept_and_known_the_second_time(office: Office, client: TestClient) -> None:
    sent = bearer(new_token(office.stores))
    said = {"url": "https://find.example/x", "section": "Security", "note": "Why."}
    first = client.post(f"{API}/add/rack-notes", json=said, headers=sent)
    assert first.status_code == 201
    assert {"title": "A find", "section": "Security", "state": "kept", "known": False}.items() <= first.json().items()
    second = client.post(f"{API}/add/rack-notes", json=said, headers=sent)
    assert (second.status_code, second.json()["id"], second.json()["known"]) == (200, first.json()["id"], True)


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"{}", b'{"url": 7}', b'{"url": "https://find.example/x", "keep": "no"}', b'{"url": "ftp://x"}',
             b'{"url": "https://find.example/x", "colour": "red"}', b'{"url": "https://find.example/x", "section": "Gardens"}']
)  # fmt: skip
def test_what_cannot_be_added_is_refused_in_words(office: Office, client: TestClient, body: bytes) -> None:
    answer = client.post(f"{API}/add/rack-notes", content=body, headers=bearer(new_token(office.stores)))
    assert answer.status_code == 400
    assert answer.json()["error"]
    assert len(office.stores.ledger.candidates(office.roundup.id)) == 1


def test_without_the_token_nobody_gets_anything(office: Office, client: TestClient) -> None:
    old = new_token(office.stores)
    new = new_token(office.stores)
    for headers in ({}, bearer(old), bearer(""), {"Authorization": f"Basic {new}"}, {"Cookie": f"token={new}"}):
        answer = client.get(f"{API}/candidates/rack-notes", headers=headers)
        assert (answer.status_code, "set-cookie" in answer.headers) == (401, False)
        assert "On racks" not in answer.text
    assert client.get(f"{API}/candidates/rack-notes", headers=bearer(new)).status_code == 200
    remove_token(office.stores)
    assert not has_token(office.stores)
    assert client.get(f"{API}/candidates/rack-notes", headers=bearer(new)).status_code == 401


def test_who_guesses_has_to_wait(office: Office, client: TestClient) -> None:
    token = new_token(office.stores)
    for _ in range(5):
        client.get(f"{API}/candidates/rack-notes", headers=bearer("guess"))
    answer = client.get(f"{API}/candidates/rack-notes", headers=bearer(token))
    assert answer.status_code == 429
    assert int(answer.headers["retry-after"]) > 0


def test_only_a_hash_of_the_token_is_kept(office: Office) -> None:
    token = new_token(office.stores)
    assert office.stores.access.secret("api") == hashlib.sha256(token.encode()).hexdigest()


def test_a_phone_s_shortcut_is_told_in_one_sentence_what_was_done(office: Office, client: TestClient) -> None:
    """The recipe of the page "Add": the address as JSON, the token in a header, `said` of the answer shown as a notice."""
    sent = bearer(new_token(office.stores))
    path = f"{API}/add/rack-notes"
    assert f"http://127.0.0.1{path}" in client.get("/r/rack-notes/add").text
    assert client.post(path, json={"url": "https://find.example/x"}, headers=sent).json()["said"].startswith("2: A find, kept")
    assert office.stores.ledger.candidates(office.roundup.id, [2])[0].guess is not None, "filed at once"
    gone = client.post(path, json={"url": "https://gone.example/x", "title": "As shared"}, headers=sent).json()["said"]
    assert gone == "3: As shared, kept. The page could not be read: the server answers with HTTP 404."


def test_past_editions_are_searched_as_at_the_command_line(office: Office, client: TestClient) -> None:
    office.stores.archive.save(office.roundup.id, [past(1, bullet("On <b>tapes</b>", "https://blog.example/tapes"))], NOW)
    sent = bearer(new_token(office.stores))
    (one,) = client.get(f"{API}/archive/rack-notes?q=TAPES", headers=sent).json()
    assert (one["number"], one["url"], one["bullet"]) == (1, "https://blog.example/tapes?utm_source=x", "On <b>tapes</b>")
    assert client.get(f"{API}/archive/rack-notes?q=http://www.blog.example/tapes/", headers=sent).json() == [one]
    assert client.get(f"{API}/archive/rack-notes?q=discs", headers=sent).json() == []
    assert client.get(f"{API}/archive/rack-notes", headers=sent).status_code == 400


@pytest.mark.parametrize(
    ("method", "path", "status"), [("GET", "/nothing", 404), ("GET", "/add/rack-notes", 405), ("POST", "/draft/rack-notes", 405)]
)
def test_every_error_comes_as_json(client: TestClient, method: str, path: str, status: int) -> None:
    answer = client.request(method, API + path)
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/json")
    assert answer.json()["error"]


def test_what_is_too_large_is_refused_and_without_a_token_not_even_read(office: Office, client: TestClient) -> None:
    large = b'{"url": "https://find.example/x", "note": "' + b"x" * MOST_BYTES + b'"}'
    assert client.post(f"{API}/add/rack-notes", content=large).status_code == 401
    answer = client.post(f"{API}/add/rack-notes", content=large, headers=bearer(new_token(office.stores)))
    assert (answer.status_code, answer.headers["content-type"]) == (413, "application/json")


def test_no_more_than_a_few_pages_are_added_at_once(office: Office, client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    sent, waits, let_go = bearer(new_token(office.stores)), Barrier(AT_ONCE + 1), Event()

    class Slow(FakePages):
        def get(self, url: str) -> FakePage:
            waits.wait(5)
            let_go.wait(5)
            return super().get(url)

    monkeypatch.setattr(Installation, "pages", Slow({}))
    path = f"{API}/add/rack-notes"
    with ThreadPoolExecutor(AT_ONCE) as threads:
        asked = [threads.submit(client.post, path, json={"url": f"https://a.example/{n}"}, headers=sent) for n in range(AT_ONCE)]
        waits.wait(5)
        answer = client.post(path, json={"url": "https://a.example/more"}, headers=sent)
        let_go.set()
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "5")
    assert [one.result().status_code for one in asked] == [201] * AT_ONCE


def test_every_address_for_programs_is_documented(office: Office) -> None:
    documented = (Path(__file__).parents[2] / "docs" / "api.md").read_text()
    paths = [route.path for route in make_app(office.stores, None).routes if isinstance(route, Route)]
    ours = [path.replace("{roundup}", "ROUNDUP") for path in paths if path.startswith("/api/")]
    assert len(ours) == 4
    assert [path for path in ours if path not in documented] == []
