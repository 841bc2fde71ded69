"""Boilerplate: headings whose links are nobody's picks."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from aggregator.archive.boilerplate import Names, by_shape, is_sponsored
from aggregator.archive.rules import ReadingRules
from aggregator.records.archive import PastEdition

NAMES = Names(roundup=frozenset({"this", "week", "in", "ink"}))


@pytest.mark.parametrize(
    "heading",
    [
        "💸 Sponsor {#sponsor1}",
        "Our Sponsors",
        "Jobs",
        "Ink Jobs",
        "Upcoming Events",
        "Events & Meetups",
        "Call for Participation; projects and speakers",
        "New Contributors",
        "Quote of the Week",
        "Tweet of the Week:",
        "About this newsletter",
        "Stellenangebote",
        "Événements",
        "Über uns",
        "Ofertas de empleo",
    ],
)
def test_headings_that_hold_no_picks_are_known_by_name(heading: str) -> None:
    assert (NAMES.why(heading) or "").startswith("by its name")


@pytest.mark.parametrize(
    "heading",
    [
        "Pens",
        "News & Events",
        "Conference Talks",
        "Newsletters",
        "Career/Soft Skills",
        "Book of the Week",
        "Event Sourcing",
        "Ink",
    ],
)
def test_headings_that_only_sound_like_it_hold_picks(heading: str) -> None:
    assert NAMES.why(heading) is None


def test_the_author_has_the_last_word() -> None:
    names = Names(ReadingRules(boilerplate=frozenset({"pens"}), content=frozenset({"jobs"})))
    assert names.why("🖋 Pens") == "you said so"
    assert names.why("Jobs") is None


def test_the_same_links_in_every_edition_and_a_projects_own_tracker_are_known_by_shape(make: Callable[..., PastEdition]) -> None:
    editions = [
        make(
            n,
            {
                "Pens": [f"https://a.example/{n}", f"https://b.example/{n}", f"https://c.example/{n}"],
                "Places": [f"https://place.example/{m}" for m in "abc"],
                "Merged": [f"https://github.com/ink/nib/pull/{n}{m}" for m in range(3)],
                "Tools": [f"https://github.com/maker{n}{m}/tool" for m in range(3)],
            },
        )
        for n in range(1, 6)
    ]
    assert by_shape(editions, ReadingRules()) == {
        "places": "the same links in most editions",
        "merged": "nearly all are issues and pull requests of ink",
    }
    assert by_shape(editions, ReadingRules(content=frozenset({"places", "merged"}))) == {}
    assert by_shape(editions[:3], ReadingRules()) == {}


@pytest.mark.parametrize(
    ("text", "paid"),
    [
        ("SPONSORED A pen that writes by itself", True),
        ("[Sponsored] A pen", True),
        ("A pen that writes by itself (sponsored)", True),
        ("Sponsor: a pen", True),
        ("They sponsored a pen show", False),
        ("A word on advertisement in pen shows", False),
    ],
)
def test_a_paragraph_may_say_that_it_is_paid_for(text: str, paid: bool) -> None:
    assert is_sponsored(text) is paid
