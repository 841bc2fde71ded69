"""Programs of the author's own: a token and nothing else lets them in."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from aggregator.desk.decide import decide
from aggregator.desk.token import has_token, new_token, remove_token
from aggregator.records.candidates import Action
from aggregator.web.app import make_app
from aggregator.wiring import Installation
from tests.desk.conftest import FakePages, Office

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
