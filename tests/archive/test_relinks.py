"""Links used twice."""

from __future__ import annotations

from collections.abc import Callable

from aggregator.archive.relinks import relinks, slips
from aggregator.records.archive import PastEdition


def test_a_link_counts_when_an_earlier_edition_had_it_in_whatever_form(make: Callable[..., PastEdition]) -> None:
    editions = [
        make(1, {"Pens": ["http://a.example/1", "http://a.example/1"], "Ink": ["http://a.example/2"]}),
        make(2, {"Pens": ["https://www.a.example/1/?utm_source=x", "http://a.example/3"]}),
        make(3, {"Pens": ["http://a.example/1"]}),
    ]
    found = relinks(editions)
    assert [(one.edition.number, one.earlier.number) for one in found] == [(2, 1), (3, 1)]
    assert found[0].link.url == "https://www.a.example/1/?utm_source=x"


def test_what_comes_back_again_and_again_is_no_slip(make: Callable[..., PastEdition]) -> None:
    editions = [
        make(1, {"Pens": ["http://me.example/1", "http://a.example/2", "http://a.example/3"]}),
        make(2, {"Pens": ["http://me.example/1", "http://a.example/2"]}),
        make(3, {"Pens": ["http://me.example/1", "http://a.example/3"]}),
    ]
    assert [one.link.url for one in slips(relinks(editions))] == ["http://a.example/3", "http://a.example/2"]
