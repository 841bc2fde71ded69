"""The draft to take along, and the button that sends it."""

from __future__ import annotations

import ipaddress
import time
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from aggregator.desk.decide import decide
from aggregator.net.guard import Guard
from aggregator.records.candidates import Action
from aggregator.settings import Settings
from aggregator.settings.outlets import Outlet
from aggregator.wiring import Installation
from tests.desk.conftest import Office
from tests.lab.blogs import PASSWORD, USER, Answer, WordPress, served
from tests.web.visitor import Visitor

DRAFT = "/r/rack-notes/draft"


@pytest.fixture
def office(sqlite_url: str, tmp_path: Path) -> Iterator[Office]:
    made = Office(tmp_path, sqlite_url)
    decide(*made.all, made.offer("On racks"), Action.KEEP, section="Storage")
    yield made
    made.stores.close()


def test_the_draft_is_one_download_under_our_own_name(office: Office) -> None:
    answer = Visitor(office.stores).get(f"{DRAFT}/file")
    assert answer.headers["content-disposition"] == "attachment; filename*=UTF-8''rack-notes-7.md"
    assert "On racks" in answer.text
    assert Visitor(office.stores).get(f"{DRAFT}/file?format=pdf").status_code == 400


def test_the_button_sends_it_and_a_place_without_a_password_says_so(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Installation, "guard", Guard([ipaddress.ip_network("127.0.0.0/8")]))
    blog = WordPress()
    with served(blog) as site:
        office.stores.settings = sending_to(office, site)
        visitor = Visitor(office.stores)
        visitor.get("/r/rack-notes/links")
        assert visitor.post(f"{DRAFT}/send", {"place": "wordpress"}).status_code == 400
        monkeypatch.setenv("AGGREGATOR_WORDPRESS_PASSWORD", PASSWORD)
        answer = visitor.post(f"{DRAFT}/send", {"place": "wordpress"})
        assert (answer.status_code, answer.headers["location"]) == (303, f"{DRAFT}#outlets")
        told = ended(visitor)
        assert "It is there, as a draft." in told
        assert "Send again" in told
        visitor.post(f"{DRAFT}/send", {"place": "wordpress"})
        assert "brought up to date" in ended(visitor)
        (number,) = blog.posts
        blog.edit(number, content="his own")
        visitor.post(f"{DRAFT}/send", {"place": "wordpress"})
        assert "was edited there" in ended(visitor)
    assert len(blog.posts) == 1


def test_while_a_site_takes_its_time_the_desk_tells_and_sends_nothing_else(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Installation, "guard", Guard([ipaddress.ip_network("127.0.0.0/8")]))
    monkeypatch.setenv("AGGREGATOR_WORDPRESS_PASSWORD", PASSWORD)
    blog, goes_on = WordPress(), Event()

    def slow(method: str, path: str, query: dict[str, str], headers: dict[str, str], body: Any) -> Answer:
        assert goes_on.wait(30)
        return blog(method, path, query, headers, body)

    with served(slow) as site:
        office.stores.settings = sending_to(office, site)
        visitor = Visitor(office.stores)
        visitor.get(DRAFT)
        assert visitor.post(f"{DRAFT}/send", {"place": "wordpress"}).status_code == 303
        page = visitor.get(DRAFT).text
        assert "waiting for its answers" in page
        assert "again" in page
        assert visitor.post(f"{DRAFT}/send", {"place": "wordpress"}).status_code == 409
        goes_on.set()
        assert "It is there, as a draft." in ended(visitor)
    assert len(blog.posts) == 1


def sending_to(office: Office, site: str) -> Settings:
    draft = office.plan.draft.model_copy(update={"send": (Outlet(kind="wordpress", site=site, user=USER),)})
    return office.settings.model_copy(update={"roundups": (office.plan.model_copy(update={"draft": draft}),)})


def ended(visitor: Visitor) -> str:
    """The draft's page once nothing is being sent any more."""
    deadline = time.monotonic() + 30
    while 'data-again="' in (page := visitor.get(DRAFT).text):
        assert time.monotonic() < deadline, "it is sending still"
        time.sleep(0.02)
    return unescape(page)
