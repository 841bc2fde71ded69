"""Was this linked before? The page of past editions."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from aggregator.records.links import LinkCheck, LinkState
from tests.desk.conftest import NOW, Office
from tests.storage.world import bullet, past
from tests.web.visitor import Visitor

HOME = "/r/rack-notes/archive"


@pytest.fixture
def office(sqlite_url: str, tmp_path: Path) -> Iterator[Office]:
    made = Office(tmp_path, sqlite_url)
    yield made
    made.stores.close()


@pytest.fixture
def visitor(office: Office) -> Visitor:
    editions = [
        past(1, bullet("On <i>Tapes</i> & tape robots", "https://blog.example/tapes")),
        past(2, bullet("Nothing of interest", "https://blog.example/other"), bullet("A disk", "https://loft.example/tape-free")),
    ]
    office.stores.archive.save(office.roundup.id, editions, NOW)
    return Visitor(office.stores)


def test_words_are_found_in_bullets_and_addresses_and_marked(visitor: Visitor) -> None:
    page = visitor.get(f"{HOME}?q=TAPE").text
    assert "2 bullets." in page
    assert "On &lt;i&gt;<mark>Tape</mark>s&lt;/i&gt; &amp; <mark>tape</mark> robots" in page
    assert "https://loft.example/<mark>tape</mark>-free" in page
    assert page.index("A disk") < page.index("</mark> robots"), "the newest first"


@pytest.mark.parametrize("asked", ["%3Cscript%3E", "%00", "%25_%5C", "%27%22", "x" * 5000])
def test_whatever_is_asked_for_is_shown_as_text(visitor: Visitor, asked: str) -> None:
    answer = visitor.get(f"{HOME}?q={asked}")
    assert answer.status_code == 200
    assert "<script>" not in answer.text.replace('<script type="module"', "")
    assert "Not linked before, in 2 editions." in answer.text


def test_an_address_finds_its_other_spellings_and_the_rest_of_its_host(visitor: Visitor) -> None:
    page = visitor.get(f"{HOME}?q=http://www.blog.example/tapes/%3Futm_source=x").text
    assert "1 bullet." in page
    assert "Also linked at blog.example" in page
    assert "Nothing of interest" in page
    assert "<mark>" not in page


def test_an_address_that_was_never_linked_can_be_added_from_here(visitor: Visitor) -> None:
    page = visitor.get(f"{HOME}?q=https://new.example/page%3Fa=1%26b=2").text
    assert "Not linked before" in page
    assert 'href="/r/rack-notes/add?url=https%3A//new.example/page%3Fa%3D1%26b%3D2"' in page


def test_what_is_dead_or_moved_is_said_where_it_is_found(visitor: Visitor, office: Office) -> None:
    url = "https://blog.example/tapes"
    office.stores.links.save_check(LinkCheck(url, url, LinkState.DEAD, "gone", 404, None, None, "it is gone", NOW, NOW))
    assert '<span class="badge bad">dead</span>' in visitor.get(f"{HOME}?q=robots").text
    assert "badge" not in visitor.get(f"{HOME}?q=disk").text


def test_without_an_archive_it_says_where_to_begin(office: Office) -> None:
    assert "No past edition was read yet." in Visitor(office.stores).get(HOME).text
