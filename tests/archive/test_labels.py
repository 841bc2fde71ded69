"""Labels from past editions, and headings that are no section of today's."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from aggregator.archive.labels import UnknownSection, labels_of, nearest_section, unknown_sections
from aggregator.records.archive import PastEdition
from aggregator.records.learning import LabelSource

AT = datetime(2021, 3, 4, 12, tzinfo=UTC)
KNOWN = ("Pens/Nibs", "Paper", "Ink and Glue")


def section_of(heading: str) -> str | None:
    return {"pens": "Pens/Nibs", "paper": "Paper"}.get(heading.casefold())


def test_each_link_under_a_known_section_is_one_label(make: Callable[..., PastEdition]) -> None:
    edition = make(
        7,
        {
            None: ["http://a.example/0"],
            "Pens": [["http://a.example/1", "http://a.example/2"], "http://a.example/1?utm_source=x"],
            "Chairs": ["http://a.example/3"],
        },
    )
    labels = labels_of(edition, section_of, AT)
    assert [(one.example.url, one.section) for one in labels] == [
        ("http://a.example/1", "Pens/Nibs"),
        ("http://a.example/2", "Pens/Nibs"),
    ]
    first = labels[0]
    assert (first.example.title, first.example.comment) == ("on 1", "A word about on 1 and on 2")
    assert (first.source, first.at, first.origin, first.edition) == (LabelSource.ARCHIVE, AT, "archive:7.md", 7)


def test_unknown_headings_are_listed_with_the_section_they_may_mean(make: Callable[..., PastEdition]) -> None:
    editions = [
        make(
            1,
            {
                "Pens": ["http://a.example/1"],
                "Inks": ["http://a.example/2"],
                "Chairs": ["http://a.example/3", "http://a.example/4"],
            },
        ),
        make(2, {"paper ": ["http://a.example/5"], "Chairs": ["http://a.example/6"], "Old": ["http://a.example/7"]}),
    ]
    assert unknown_sections(editions, KNOWN, {"old": "Paper"}) == [
        UnknownSection("Chairs", 3, None),
        UnknownSection("Pens", 1, "Pens/Nibs"),
        UnknownSection("Inks", 1, None),
    ]


def test_shared_words_suggest_and_filler_words_do_not() -> None:
    assert nearest_section("Nibs/Pens and more", KNOWN) == "Pens/Nibs"
    assert nearest_section("Papers", KNOWN) == "Paper"
    assert nearest_section("Other and more", KNOWN) is None
    assert nearest_section("Pens", ()) is None
