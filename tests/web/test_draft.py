"""The draft's page: preview, out and back, and what file and desk say differently."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from aggregator.desk import bullets as verbs
from aggregator.desk.decide import decide, undo
from aggregator.desk.draft import waiting_conflicts
from aggregator.desk.edition import open_edition
from aggregator.records.candidates import Action
from tests.desk.conftest import Office
from tests.web.visitor import Visitor

HOME = "/r/rack-notes/draft"


@pytest.fixture
def office(sqlite_url: str, tmp_path: Path) -> Iterator[Office]:
    made = Office(tmp_path, sqlite_url)
    (one, two) = made.offer("Alpha", "<script>alert(1)</script>")
    decide(*made.all, [one, two], Action.KEEP, section="Storage")
    verbs.write(*made.all, f"c{one}", "An [alpha][1], <b>mine</b> {{ own }}.")
    made.clock.advance(timedelta(minutes=20))
    yield made
    made.stores.close()


@pytest.fixture
def visitor(office: Office) -> Visitor:
    found = Visitor(office.stores)
    assert found.get(HOME).status_code == 200
    return found


def test_the_page_shows_the_post_and_what_is_not_ready(visitor: Visitor) -> None:
    page = visitor.get(HOME).text
    assert '/links">Links</a>: 2 not checked yet.' in page
    assert 'bullets">Write the missing words</a>' in page
    assert "2 bullets, 2 links, 1 without words" in page
    assert "<h2>Storage</h2>" in page
    assert ", <b>mine</b> {{ own }}." in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "<script>alert" not in page
    assert "a bullet without words" in page
    as_text = visitor.get(f"{HOME}?as=text").text
    assert "* An [alpha](https://blog.example/alpha), &lt;b&gt;mine&lt;/b&gt; {{ own }}." in as_text


def test_it_is_written_and_says_where(visitor: Visitor, office: Office) -> None:
    answer = visitor.post(f"{HOME}/export", {})
    assert (answer.status_code, answer.headers["location"]) == (303, HOME)
    path = office.settings.home / "drafts" / "rack-notes-7.md"
    assert path.read_text().startswith("# Rack Notes #7\n")
    assert str(path) in visitor.get(HOME).text


def test_it_is_taken_along_and_brought_back(visitor: Visitor, office: Office) -> None:
    answer = visitor.post(f"{HOME}/download", {"format": "markdown"})
    assert answer.headers["content-disposition"] == "attachment; filename*=UTF-8''rack-notes-7.md"
    changed = answer.text.replace("An [alpha]", "The [alpha]")
    office.clock.advance(timedelta(minutes=1))
    assert visitor.post(f"{HOME}/import", {"text": changed}).status_code == 303
    assert "The <a href=" in visitor.get(HOME).text
    assert "took 1 change" not in visitor.get(HOME).text, "said once"


def test_what_was_brought_back_is_undone_on_the_same_page(visitor: Visitor, office: Office) -> None:
    draft = visitor.post(f"{HOME}/download", {"format": "markdown"}).text
    office.clock.advance(timedelta(minutes=1))
    visitor.post(f"{HOME}/import", {"text": draft.replace("An [alpha]", "The [alpha]")})
    assert f'name="next" value="{HOME}"' in visitor.get(HOME).text
    answer = visitor.post("/r/rack-notes/undo", {"next": HOME})
    assert answer.headers["location"].partition("#")[0] == HOME
    assert "An <a href=" in visitor.get(HOME).text


def test_it_is_taken_along_as_html_to_paste(visitor: Visitor) -> None:
    answer = visitor.post(f"{HOME}/download", {"format": "html"})
    assert answer.headers["content-type"].startswith("text/html")
    assert "attachment" in answer.headers["content-disposition"]
    assert visitor.post(f"{HOME}/download", {"format": "word"}).status_code == 400


def test_what_is_no_draft_is_refused(visitor: Visitor) -> None:
    assert visitor.post(f"{HOME}/import", {"text": ""}).status_code == 400
    assert visitor.post(f"{HOME}/import", {"text": "# Rack Notes #6\n"}).status_code == 409


def test_a_conflict_shows_both_sides_and_is_settled_by_a_button(visitor: Visitor, office: Office) -> None:
    draft = visitor.post(f"{HOME}/download", {}).text
    (key,) = [one.key for one in verbs.shown(*office.all) if one.has_words]
    office.clock.advance(timedelta(minutes=20))
    verbs.write(*office.all, key, "Desk says [alpha][1].")
    office.clock.advance(timedelta(minutes=1))
    visitor.post(f"{HOME}/import", {"text": draft.replace("An [alpha]", "File says [alpha]")})
    page = visitor.get(HOME).text
    assert "<mark>Desk says [alpha].</mark>" in page
    assert "<mark>File says</mark> [alpha], &lt;b&gt;mine&lt;/b&gt;" in page
    assert '<span class="badge good">ready</span>' not in page
    assert "The draft that you brought here" in page
    (conflict,) = waiting_conflicts(office.stores, open_edition(*office.all))
    assert visitor.post(f"{HOME}/settle", {"conflict": str(conflict.id), "take": "both"}).status_code == 400
    assert visitor.post(f"{HOME}/settle", {"conflict": str(conflict.id), "take": "file"}).status_code == 303
    assert "File says <a href=" in visitor.get(HOME).text
    assert waiting_conflicts(office.stores, open_edition(*office.all)) == []
    assert visitor.post(f"{HOME}/settle", {"conflict": str(conflict.id), "take": "file"}).status_code == 404


def test_a_conflict_is_settled_in_other_words_without_script(visitor: Visitor, office: Office) -> None:
    draft = visitor.post(f"{HOME}/download", {}).text
    (key,) = [one.key for one in verbs.shown(*office.all) if one.has_words]
    office.clock.advance(timedelta(minutes=20))
    verbs.write(*office.all, key, "Desk says [alpha][1].")
    office.clock.advance(timedelta(minutes=1))
    visitor.post(f"{HOME}/import", {"text": draft.replace("An [alpha]", "File says [alpha]")})
    (conflict,) = waiting_conflicts(office.stores, open_edition(*office.all))
    settling: dict[str, str | list[str]] = {"conflict": str(conflict.id), "take": "own"}
    assert visitor.post(f"{HOME}/settle", settling).status_code == 400
    assert visitor.post(f"{HOME}/settle", {**settling, "words": " "}).status_code == 400
    assert visitor.post(f"{HOME}/settle", {**settling, "conflict": "x", "words": "y"}).status_code == 400
    words = "Third: [alpha](https://blog.example/alpha) & more."
    assert visitor.post(f"{HOME}/settle", {**settling, "words": words}).status_code == 303
    page = visitor.get(HOME).text
    assert "Third: <a href=" in page
    assert 'id="conflicts"' not in page


def test_a_file_that_he_changed_is_taken_over_or_written_over_from_the_page(visitor: Visitor, office: Office) -> None:
    visitor.post(f"{HOME}/export", {})
    path = office.settings.home / "drafts" / "rack-notes-7.md"
    assert "says what the desk does not" not in visitor.get(HOME).text
    path.write_text(path.read_text().replace("An [alpha]", "The [alpha]"))
    page = visitor.get(HOME).text
    assert "says what the desk does not" in page
    assert "Write the file" not in page, "it would be refused"
    assert visitor.post(f"{HOME}/export", {}).status_code == 409
    assert visitor.post(f"{HOME}/import", {"path": "/etc/hostname"}).status_code == 404
    assert visitor.post(f"{HOME}/export", {"path": "/etc/hostname", "over": "yes"}).status_code == 404
    office.clock.advance(timedelta(minutes=1))
    assert visitor.post(f"{HOME}/import", {"path": str(path)}).status_code == 303
    assert "The <a href=" in visitor.get(HOME).text
    office.clock.advance(timedelta(minutes=1))
    undo(*office.all)
    page = visitor.get(HOME).text
    assert "taken back" in page
    assert "An <a href=" in page
    assert visitor.post(f"{HOME}/export", {"path": str(path), "over": "yes"}).status_code == 303
    assert "An [alpha]" in path.read_text()
    page = visitor.get(HOME).text
    assert "says what the desk does not" not in page
    assert "Write the file" in page


def test_looking_changes_nothing(visitor: Visitor, office: Office) -> None:
    visitor.get(HOME)
    assert office.stores.drafts.files(open_edition(*office.all).id) == []
    assert not (office.settings.home / "drafts").exists()
