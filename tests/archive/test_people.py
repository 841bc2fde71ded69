"""Names in bullets: only those that recur beside one site and are said to have written."""

from __future__ import annotations

from aggregator.archive.people import Person, people
from aggregator.records.archive import PastBullet, PastEdition, PastLink


def edition(number: int, *bullets: tuple[str, str, str]) -> PastEdition:
    """bullets: text, anchor, address."""
    return PastEdition(
        f"{number}.md",
        "",
        f"Drawer {number}",
        number,
        None,
        (),
        tuple(PastBullet("Pens", text, (PastLink(url, url, anchor),)) for text, anchor, url in bullets),
    )


EDITIONS = [
    edition(
        1,
        ("Mara O'Neil-Kay has a look at nibs.", "a look", "http://mara.example/1"),
        ("The Blue Heron wrote about ink.", "ink", "http://x.example/1"),
        ("Try Royal Ink for once.", "once", "http://shop.example/1"),
    ),
    edition(
        2,
        ("A note by Mara O'Neil-Kay on cases.", "cases", "http://mara.example/2"),
        ("More Royal Ink arrived.", "arrived", "http://shop.example/2"),
        ("Tom Reed wrote this.", "this", "http://one.example/"),
    ),
    edition(
        3,
        ("Mara O'Neil-Kay’s drawer, seen by Tom Reed.", "drawer", "http://mara.example/3"),
        ("Royal Ink again.", "again", "http://shop.example/3"),
        ("This is by Tom Reed too.", "too", "http://two.example/"),
        ("Nib Master shares Nib Master.", "Nib Master", "http://nib.example/"),
    ),
]


def test_a_name_that_recurs_beside_its_site_as_an_author_is_a_person() -> None:
    assert people(EDITIONS) == (Person("Mara O'Neil-Kay", "mara.example", 3),)


def test_nobody_is_named_without_evidence() -> None:
    assert people(EDITIONS[:2]) == ()
    assert people([]) == ()
