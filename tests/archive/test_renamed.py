from __future__ import annotations

from dataclasses import replace
from datetime import date

from aggregator.archive.renamed import renamed
from aggregator.records.archive import PastEdition, StoredDocument

SIX = PastEdition("past/6.md", "hash six", "Desk Drawer #6", 6, date(2026, 1, 1), (), ())
SEVEN = PastEdition("past/7.md", "hash seven", "Desk Drawer #7", 7, date(2026, 2, 1), (), ())


def stored(edition: PastEdition) -> StoredDocument:
    one = edition
    return StoredDocument(one.path, one.content_hash, one.title, one.number, one.published, "past", baseline=True)


def test_the_same_content_under_another_path_is_the_same_edition() -> None:
    moved = replace(SIX, path="content/posts/6.md", title="Another title", number=None)
    assert renamed([stored(SIX), stored(SEVEN)], [moved]) == {"past/6.md": "content/posts/6.md"}


def test_the_same_title_and_number_are_the_same_edition() -> None:
    page = replace(SEVEN, path="https://drawer.example/7", content_hash="of the page")
    assert renamed([stored(SIX), stored(SEVEN)], [page]) == {"past/7.md": page.path}


def test_what_is_read_under_its_own_path_was_not_renamed() -> None:
    assert renamed([stored(SIX), stored(SEVEN)], [SIX, replace(SEVEN, content_hash="edited")]) == {}


def test_two_parts_of_one_number_are_two_editions() -> None:
    part = replace(SEVEN, path="past/7b.md", content_hash="b", title="Desk Drawer #7, part 2")
    assert renamed([stored(SIX), stored(SEVEN)], [part]) == {}


def test_editions_without_a_number_are_known_by_their_content_only() -> None:
    other = replace(SIX, path="past/x.md", content_hash="x", number=None)
    assert renamed([stored(replace(SIX, number=None))], [other]) == {}
