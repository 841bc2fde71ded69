"""The page of links in trouble, and its buttons."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from threading import Event

import pytest

from aggregator.desk.decide import decide
from aggregator.errors import Refused
from aggregator.jobs.links import LinksReport
from aggregator.ports import Progress
from aggregator.records.candidates import Action
from aggregator.records.links import LinkCheck, LinkState, Looked
from aggregator.settings.links import LinkSettings
from aggregator.wiring import Installation
from tests.desk.conftest import NOW, FakePage, FakePages, Office
from tests.storage.world import bullet, past
from tests.web.visitor import Visitor

LINKS = "/r/rack-notes/links"
COPY = b'{"archived_snapshots": {"closest": {"available": true, "status": "200", "url": "https://copies.example/1"}}}'


class Web(FakePages):
    """Everything that is looked at is gone."""

    def look(self, urls: Sequence[str], each: Callable[[Looked], None], *, seconds: float | None = None) -> None:
        for url in urls:
            each(Looked(url, 404, url))


@pytest.fixture
def office(sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    made = Office(tmp_path, sqlite_url)
    archive = "https://archive.org/wayback/available?url=https%3A%2F%2Fblog.example%2Ftwo"
    monkeypatch.setattr(Installation, "pages", Web({archive: FakePage(archive, COPY)}))
    decide(*made.all, made.offer("one <b>", "two"), Action.KEEP)
    yield made
    made.stores.close()


def found(office: Office, title: str, state: LinkState, **said: str) -> None:
    url = f"https://blog.example/{title.replace(' ', '-')}"
    plain = LinkCheck(url, url, state, "gone", 404, None, None, "there is no such page any more", NOW, NOW)
    office.stores.links.save_check(replace(plain, **said))  # type: ignore[arg-type]  # fields by name


def until(visitor: Visitor, path: str, words: str) -> str:
    """The page once it says so."""
    deadline = time.monotonic() + 30
    while words not in (page := visitor.get(path).text) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert words in page
    return page


def test_nothing_looked_at_and_nothing_in_trouble_both_say_so(office: Office) -> None:
    visitor = Visitor(office.stores)
    assert "No link was looked at yet" in visitor.get(LINKS).text
    found(office, "two", LinkState.SOUND)
    page = visitor.get(LINKS).text
    assert "The one link that was looked at is there." in page
    assert "1 not checked yet." in page


def test_a_new_address_is_taken_with_one_button(office: Office) -> None:
    visitor = Visitor(office.stores)
    found(office, "two", LinkState.MOVED, target="https://loft.example/2")
    page = visitor.get(LINKS).text
    assert "Use the new address" in page
    answer = visitor.post(f"{LINKS}/take", {"what": "target", "id": "2"})
    assert (answer.status_code, answer.headers["location"]) == (303, LINKS)
    assert office.stores.ledger.candidates(office.roundup.id, [2])[0].url == "https://loft.example/2"
    page = visitor.get(LINKS).text
    assert "Use the new address" not in page


def test_a_copy_is_looked_for_and_linked(office: Office) -> None:
    visitor = Visitor(office.stores)
    found(office, "two", LinkState.DEAD)
    assert "Look for a copy" in visitor.get(LINKS).text
    visitor.post(f"{LINKS}/take", {"what": "copy-of", "address": "https://blog.example/two"})
    assert "Link the copy" in visitor.get(LINKS).text
    visitor.post(f"{LINKS}/take", {"what": "copy", "id": "2"})
    assert office.stores.ledger.candidates(office.roundup.id, [2])[0].url == "https://copies.example/1"


def test_an_address_of_his_own_is_taken(office: Office) -> None:
    visitor = Visitor(office.stores)
    found(office, "two", LinkState.DEAD)
    assert "Where it is now" in visitor.get(LINKS).text
    assert visitor.post(f"{LINKS}/take", {"what": "address", "id": "2", "address": "nowhere"}).status_code == 400
    visitor.post(f"{LINKS}/take", {"what": "address", "id": "2", "address": "loft.example/2"})
    assert office.stores.ledger.candidates(office.roundup.id, [2])[0].url == "https://loft.example/2"


def test_a_dead_link_is_dropped(office: Office) -> None:
    visitor = Visitor(office.stores)
    found(office, "two", LinkState.DEAD)
    visitor.get(LINKS)
    visitor.post(f"{LINKS}/take", {"what": "drop", "id": "2"})
    assert "two" not in visitor.get(LINKS).text.partition("<main")[2].partition('role="list"')[2]


@pytest.mark.parametrize("form", [{}, {"what": "target"}, {"what": "target", "id": "x"}, {"what": "burn", "id": "2"}])
def test_a_form_that_says_nothing_changes_nothing(office: Office, form: dict[str, str | list[str]]) -> None:
    visitor = Visitor(office.stores)
    visitor.get(LINKS)
    assert visitor.post(f"{LINKS}/take", form).status_code == 400


def test_a_look_under_way_is_told_without_loading_the_page_anew(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every few seconds what he was typing was gone, and what a menu showed."""
    over = Event()

    def look(*_: object, progress: Progress, **__: object) -> LinksReport:
        progress.start("page.example", 9)
        over.wait(10)
        raise Refused("enough")

    monkeypatch.setattr("aggregator.web.views.links.run_once", look)
    visitor = Visitor(office.stores)
    visitor.get(LINKS)
    visitor.post(f"{LINKS}/look", {})
    page = until(visitor, LINKS, "page.example, 0 of 9")
    assert "http-equiv" not in page
    assert f'data-again="{LINKS}"' in page
    assert "/again.js" in page
    over.set()
    assert "data-again" not in until(visitor, LINKS, "enough")


def test_links_are_looked_at_while_he_waits(office: Office) -> None:
    visitor = Visitor(office.stores)
    visitor.get(LINKS)
    assert visitor.post(f"{LINKS}/look", {}).status_code == 303
    page = until(visitor, LINKS, "2 dead")
    assert "Looked at 2 links: 2 dead; saved 2 pages." in page
    assert "one &lt;b&gt;" in page


def test_links_of_past_editions_are_listed_with_their_edition(office: Office) -> None:
    editions = [past(1, bullet("On it", "https://blog.example/past"))]
    office.stores.archive.save(office.roundup.id, editions, NOW)
    visitor = Visitor(office.stores)
    assert "None of the links that were looked at is dead" in visitor.get(LINKS).text
    visitor.post(f"{LINKS}/look", {"past": "1"})
    page = until(visitor, LINKS, "1 dead")
    assert '<th scope="row">#1</th>' in page


def test_a_draft_leaves_at_once_and_its_links_are_looked_at_meanwhile(office: Office) -> None:
    office.stores.settings = office.settings.model_copy(update={"links": LinkSettings(archive=None)})
    visitor = Visitor(office.stores)
    assert "Links</a>: 2 not checked yet. They are looked at when the draft leaves" in visitor.get("/r/rack-notes/draft").text
    assert visitor.post("/r/rack-notes/draft/download", {"format": "markdown"}).status_code == 200
    until(visitor, "/r/rack-notes/draft", "2 dead.")
    assert "Looked at 2 links: 2 dead" in visitor.get(LINKS).text
