from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from aggregator.closing.judge import already_there, gone, next_post, published, skipped_number
from aggregator.records.archive import ArchiveReading, PastEdition, SkippedDocument, StoredDocument
from aggregator.records.editions import Edition

OPENED = datetime(2026, 3, 2, 9, tzinfo=UTC)
DAY = OPENED.date()
OPEN = Edition(2, 1, 7, OPENED)
NEW = StoredDocument("posts/7.md", "h", "Notes #7", 7, DAY, "posts", baseline=False)
POST = PastEdition("posts/7.md", "h", "Notes #7", 7, DAY, (), ())


@pytest.mark.parametrize(
    "said",
    [
        {"number": 6},
        {"number": 8},
        {"baseline": True},
        {"number": None, "published": date(2026, 3, 1)},
        {"number": None, "published": None},
    ],
)
def test_what_is_older_later_known_or_undated_closes_nothing(said: dict[str, Any]) -> None:
    assert next_post([replace(NEW, **said)], [OPEN], DAY) is None


def test_the_number_goes_before_the_date_and_the_first_before_the_later() -> None:
    nameless = [replace(NEW, path=f"posts/{n}.md", number=None, published=date(2026, 3, n)) for n in (5, 3, 4)]
    assert next_post(nameless, [OPEN], DAY) == nameless[1]
    assert next_post([*nameless, NEW], [OPEN], DAY) == NEW


def test_of_posts_without_numbers_the_next_is_the_one_after_the_last() -> None:
    closed = Edition(1, 1, 6, OPENED, OPENED, date(2026, 2, 20), "posts/a.md", "h")
    posts = [replace(NEW, path=f"posts/{n}.md", number=None, published=date(2026, 2, n)) for n in (20, 27)]
    assert next_post([*posts, replace(posts[0], path="posts/a.md")], [closed, OPEN], DAY) == posts[1]


def test_a_skipped_number_and_one_that_was_there_before_are_found() -> None:
    later = [replace(NEW, path=f"{n}.md", number=n) for n in (9, 8)]
    assert skipped_number([NEW, *later, replace(NEW, number=30, baseline=True)], OPEN) == later[1]
    assert already_there([NEW], OPEN) is None
    assert already_there([replace(NEW, baseline=True)], OPEN) is not None


def test_a_post_is_gone_when_it_is_not_there_or_a_draft_again_but_not_when_it_cannot_be_read() -> None:
    six, draft, broken = (replace(NEW, path=f"posts/{name}.md") for name in ("6", "draft", "broken"))
    skipped = (
        SkippedDocument(draft.path, "a draft: its front matter says so", unpublished=True),
        SkippedDocument(broken.path, "its front matter has no end"),
    )
    reading, unpublished = published(ArchiveReading((replace(POST, path=six.path),), skipped), DAY)
    documents = [six, draft, broken, NEW, replace(NEW, path="other.md", source="elsewhere")]
    assert gone(documents, "posts", reading, unpublished) == [draft, NEW]
    assert gone(documents, "posts", replace(reading, editions=()), unpublished) == []


def test_what_is_dated_tomorrow_is_no_edition_yet() -> None:
    coming = replace(POST, path="posts/8.md", published=date(2026, 3, 3))
    reading, unpublished = published(ArchiveReading((POST, coming, replace(POST, path="d.md", draft=True)), ()), DAY)
    assert [one.path for one in reading.editions] == ["posts/7.md"]
    assert [one.reason for one in reading.skipped] == [
        "a draft: its front matter says that it is not published",
        "dated 2026-03-03, which is still to come",
    ]
    assert unpublished == {"d.md", "posts/8.md"}
