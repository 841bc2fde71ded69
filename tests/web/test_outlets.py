"""The draft to take along, and the button that sends it."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from pathlib import Path

import pytest

from aggregator.desk.decide import decide
from aggregator.net.guard import Guard
from aggregator.records.candidates import Action
from aggregator.settings.outlets import Outlet
from aggregator.wiring import Installation
from tests.desk.conftest import Office
from tests.lab.blogs import PASSWORD, USER, WordPress, served
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
        draft = office.plan.draft.model_copy(update={"send": (Outlet(kind="wordpress", site=site, user=USER),)})
        plan = office.plan.model_copy(update={"draft": draft})
        office.stores.settings = office.settings.model_copy(update={"roundups": (plan,)})
        visitor = Visitor(office.stores)
        visitor.get("/r/rack-notes/links")
        assert visitor.post(f"{DRAFT}/send", {"place": "wordpress"}).status_code == 400
        monkeypatch.setenv("AGGREGATOR_WORDPRESS_PASSWORD", PASSWORD)
        answer = visitor.post(f"{DRAFT}/send", {"place": "wordpress"})
        assert (answer.status_code, answer.headers["location"]) == (303, DRAFT)
        fragment = visitor.post(f"{DRAFT}/send", {"place": "wordpress"}, fragment=True).text
    assert len(blog.posts) == 1
    assert fragment.lstrip().startswith('<section id="outlets"')
    assert "Send again" in fragment
