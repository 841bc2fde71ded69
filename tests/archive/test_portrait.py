"""The portrait's figures."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest

from aggregator.archive.portrait import paint
from aggregator.records.archive import ArchiveReading, PastEdition

START = date(2021, 1, 1)
TODAY = date(2021, 6, 1)


def reading(make: Callable[..., PastEdition]) -> ArchiveReading:
    """Twelve editions ten days apart but for one silence; a section that left, one that came, one that is thin."""
    editions = []
    for number in range(1, 13):
        sections: dict[str | None, list[str | list[str]]] = {
            "Pens": [f"http://pens.example/{number}a", [f"http://pens.example/{number}b", f"http://ink.example/{number}"]],
            "Paper": [] if number % 3 else [f"http://paper.example/{number}"],
        }
        if number < 3:
            sections["Chairs"] = [f"http://chairs.example/{number}"]
        if number > 8:
            sections["Desks"] = [f"http://desks.example/{number}", f"http://desks.example/x{number}"]
        if number == 12:
            sections["Just once"] = ["http://pens.example/1a"]
        day = START + timedelta(days=10 * (number - 1) + (30 if number > 6 else 0))
        editions.append(replace(make(number, sections, day), style="reference" if number > 4 else "inline"))
    return ArchiveReading(tuple(editions), (), "Desk Drawer #{number}", {"layout": "post"})


def test_cadence_is_median_nine_of_ten_longest_and_silence(make: Callable[..., PastEdition]) -> None:
    cadence = paint(reading(make), None, TODAY).cadence
    assert cadence is not None
    assert (cadence.usual, cadence.p90, cadence.longest) == (10, 10, 40)
    assert (cadence.last, cadence.silence) == (date(2021, 5, 21), 11)


def test_counts_shares_and_style(make: Callable[..., PastEdition]) -> None:
    painted = paint(reading(make), None, TODAY)
    assert (painted.name, len(painted.editions), painted.links) == ("Desk Drawer", 12, 12 * 3 + 4 + 2 + 8 + 1)
    assert painted.bullets == 12 * 2 + 4 + 2 + 8 + 1
    assert painted.several == pytest.approx(12 / 39)
    assert painted.usual_links == 4
    assert (painted.style, painted.front_matter) == ("reference", {"layout": "post"})
    assert [one.gap for one in painted.editions[:3]] == [None, 10, 10]
    assert [one.link.url for one in painted.relinked] == ["http://pens.example/1a"]


def test_sections_tell_their_history_and_which_are_thin_of_late(make: Callable[..., PastEdition]) -> None:
    sections = {one.name: one for one in paint(reading(make), None, TODAY).sections}
    assert list(sections)[:2] == ["Pens", "Desks"]
    assert (sections["Paper"].editions, sections["Paper"].empty, sections["Paper"].thin) == (12, 8, True)
    assert (sections["Chairs"].usual, sections["Chairs"].last, sections["Chairs"].thin) == (None, "#2", False)
    assert (sections["Desks"].usual, sections["Desks"].thin) == (2, False)
    assert not sections["Just once"].thin


def test_sites_and_suggestions(make: Callable[..., PastEdition]) -> None:
    painted = paint(reading(make), None, TODAY)
    assert painted.sites[0].host == "pens.example"
    assert painted.once == 0
    assert [one.host for one in painted.suggestions] == ["pens.example", "ink.example", "desks.example", "paper.example"]


def test_the_next_number_has_his_title_headings_and_words(make: Callable[..., PastEdition]) -> None:
    given = reading(make)
    newest = replace(given.editions[-1], intro="Welcome to #12, not 112.", outro="Bye [now](http://a.example/).")
    coming = paint(replace(given, editions=(*given.editions[:-1], newest)), None, TODAY).next
    assert (coming.number, coming.title) == (13, "Desk Drawer #13")
    assert coming.sections == ("Pens", "Paper", "Desks")
    assert (coming.intro, coming.outro) == ("Welcome to #13, not 112.", "")


def test_one_edition_without_date_number_or_sections_has_a_portrait_too(make: Callable[..., PastEdition]) -> None:
    one = make(None, {None: ["http://a.example/1"]}, title="Odds and ends")
    painted = paint(ArchiveReading((one,), ()), None, TODAY)
    assert (painted.name, painted.cadence, painted.sections) == ("Odds and ends", None, ())
    assert (painted.next.number, painted.next.title) == (None, "Odds and ends")


def test_a_portrait_needs_an_edition() -> None:
    with pytest.raises(ValueError, match="at least one edition"):
        paint(ArchiveReading((), ()), None, TODAY)


@pytest.mark.parametrize(
    ("pattern", "name"),
    [
        ("Desk Drawer #{number}", "Desk Drawer"),
        ("Desk Drawer, issue {number}", "Desk Drawer"),
        ("Drawer – No. {number}", "Drawer"),
    ],
)
def test_the_name_is_the_title_without_its_number(make: Callable[..., PastEdition], pattern: str, name: str) -> None:
    assert paint(replace(reading(make), title=pattern), None, TODAY).name == name
