"""Adding at the desk: the form, the bookmarklet, the share menu of a phone."""

from __future__ import annotations

import json
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest

from aggregator.records.candidates import Candidate, State
from aggregator.web.statics import FOLDER
from aggregator.web.views.add import bookmarklet
from aggregator.wiring import Installation
from tests.desk.conftest import FakePage, FakePages, Office
from tests.web.visitor import Visitor

ADD = "/r/rack-notes/add"
PAGES: dict[str, str | FakePage] = {
    "https://ann.example/switch": '<title>A fine switch</title><meta name="author" content="Ann"><p>It switches.</p>',
    "https://bob.example/disk": "<title>A disk</title>",
    "https://eve.example/": FakePage("https://eve.example/", b"<rss version='2.0'/>", content_type="text/xml"),
}


@pytest.fixture
def office(sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    monkeypatch.setattr(Installation, "pages", FakePages(PAGES))
    made = Office(tmp_path, sqlite_url)
    yield made
    made.stores.close()


@pytest.fixture
def visitor(office: Office) -> Visitor:
    found = Visitor(office.stores)
    found.get(ADD)
    return found


def candidates(office: Office) -> list[Candidate]:
    return office.stores.ledger.candidates(office.roundup.id)


def test_an_address_becomes_a_kept_candidate_with_what_the_page_says(visitor: Visitor, office: Office) -> None:
    form: dict[str, str | list[str]] = {"url": "ann.example/switch", "section": "Networking", "note": "Fine.", "thanks": "Bob"}
    answer = visitor.post(ADD, form)
    assert answer.status_code == 200
    assert "<b>A fine switch</b>: kept under Networking" in answer.text
    (one,) = candidates(office)
    assert (one.title, one.author, one.standing.state, one.standing.comment) == ("A fine switch", "Ann", State.KEPT, "Fine.")
    assert (one.section, one.thanks) == ("Networking", "Bob")


def test_what_is_added_is_filed_after_the_answer(visitor: Visitor, office: Office) -> None:
    visitor.post(ADD, {"url": "ann.example/switch"})
    assert all(one.guess is not None for one in candidates(office))


def test_several_at_once_each_on_its_own(visitor: Visitor, office: Office) -> None:
    answer = visitor.post(ADD, {"url": "https://ann.example/switch\njavascript:alert(1)\nbob.example/disk\neve.example"})
    assert answer.status_code == 200
    assert [one.title for one in candidates(office)] == ["A fine switch", "A disk"]
    assert "this is no web address" in answer.text
    assert "this is a feed, not a page" in answer.text
    assert ">\njavascript:alert(1)\neve.example</textarea>" in answer.text


def test_a_page_that_does_not_answer_is_added_and_said_so(visitor: Visitor, office: Office) -> None:
    answer = visitor.post(ADD, {"url": "https://down.example/post", "title": "A post that I read"})
    assert "The page could not be read: the server answers with HTTP 404" in answer.text
    assert [one.title for one in candidates(office)] == ["A post that I read"]


def test_it_can_be_held_for_a_theme(visitor: Visitor, office: Office) -> None:
    visitor.post(ADD, {"url": "ann.example/switch", "until": "theme home labs"})
    (one,) = candidates(office)
    assert one.standing.hold is not None
    assert one.standing.hold.theme == "home labs"


@pytest.mark.parametrize(
    "form", [{"url": ""}, {"url": "a.example", "until": "3/4"}, {"url": "a.example", "section": "Gardening"}]
)
def test_what_cannot_be_done_is_said_with_what_was_typed_still_there(
    visitor: Visitor, office: Office, form: dict[str, str | list[str]]
) -> None:
    answer = visitor.post(ADD, {**form, "note": "Words of mine."})
    assert answer.status_code == 400
    assert "Words of mine." in answer.text
    assert candidates(office) == []


def test_the_form_comes_filled_in_and_adds_nothing_by_itself(visitor: Visitor, office: Office) -> None:
    answer = visitor.get(f"{ADD}?url=https://ann.example/switch&title=%3Cb%3EA%3C/b%3E&quote=%22Exactly%22+this")
    assert ">\nhttps://ann.example/switch</textarea>" in answer.text
    assert "&lt;b&gt;A&lt;/b&gt;" in answer.text
    assert ">\n&#34;Exactly&#34; this</textarea>" in answer.text
    assert candidates(office) == []


def test_the_selected_words_become_a_quote(visitor: Visitor, office: Office) -> None:
    visitor.post(ADD, {"url": "ann.example/switch", "quote": "It *switches*."})
    (one,) = candidates(office)
    assert [quote.text for quote in office.stores.drafts.quotes([one.id])] == ["It *switches*."]


@pytest.mark.parametrize(
    ("shared", "filled"),
    [
        ("url=https://ann.example/switch&title=A", {"url": "https://ann.example/switch", "title": "A"}),
        ("text=https://ann.example/switch&title=A", {"url": "https://ann.example/switch", "title": "A"}),
        (
            "title=A&text=%22It+switches.%22%0Ahttps://ann.example/switch",
            {"url": "https://ann.example/switch", "title": "A", "quote": "It switches."},
        ),
        ("title=A&text=A+https://ann.example/switch", {"url": "https://ann.example/switch", "title": "A"}),
    ],
)
def test_what_a_share_menu_gives_leads_to_the_form(visitor: Visitor, shared: str, filled: dict[str, str]) -> None:
    """Android puts the address into `text`, often behind the words that were selected."""
    answer = visitor.get(f"/add?{shared}")
    assert answer.status_code == 303
    page = unescape(visitor.get(answer.headers["location"]).text)
    for value in filled.values():
        assert value in page
    assert ("add-quote" in page) == ("quote" in filled)


def test_the_manifest_names_the_share_target_and_its_icons() -> None:
    manifest = json.loads((FOLDER / "manifest.webmanifest").read_text())
    assert manifest["share_target"]["action"] == "/add"
    assert all((FOLDER.parent / icon["src"].lstrip("/")).is_file() for icon in manifest["icons"])


def test_the_recipe_for_a_phone_without_a_share_target_leads_to_the_form(visitor: Visitor) -> None:
    """The shortcut of the page: `/add?url=` and the encoded address."""
    page = visitor.get(ADD).text
    assert "http://127.0.0.1/add?url=" in page
    answer = visitor.get("/add?url=https%3A%2F%2Fann.example%2Fswitch%3Fa%3D1%26b%3D2%23top")
    assert "https://ann.example/switch?a=1&b=2#top" in unescape(visitor.get(answer.headers["location"]).text)


def test_the_bookmarklet_carries_address_title_and_selection() -> None:
    link = bookmarklet("https://desk.example/r/rack-notes/add")
    assert link.startswith("javascript:void(")
    assert "https://desk.example/r/rack-notes/add?url='" in link


def test_our_script_gets_the_form_alone(visitor: Visitor) -> None:
    assert "<html" not in visitor.get(ADD, fragment=True).text
    answer = visitor.post(ADD, {"url": "ann.example/switch"}, fragment=True)
    assert "<html" not in answer.text
    assert "A fine switch" in answer.text
