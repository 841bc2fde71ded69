"""Sites by links, and those worth following."""

from __future__ import annotations

from collections.abc import Callable

from aggregator.archive.sites import sites_of, worth_following
from aggregator.records.archive import PastEdition


def test_sites_count_links_and_editions_and_suggest_the_recent_ones(make: Callable[..., PastEdition]) -> None:
    editions = [
        make(
            number,
            {
                "Pens": [
                    f"https://www.often.example/{number}",
                    f"https://github.com/x/{number}",
                    *([f"http://old.example/{number}"] * 2 if number < 4 else []),
                    *([f"http://own.example/{number}"] if number > 1 else []),
                ]
            },
        )
        for number in range(1, 5)
    ]
    sites = sites_of(editions)
    assert [(one.host, one.links, one.editions, one.last, one.age) for one in sites] == [
        ("old.example", 6, 3, "#3", 1),
        ("github.com", 4, 4, "#4", 0),
        ("often.example", 4, 4, "#4", 0),
        ("own.example", 3, 3, "#4", 0),
    ]
    assert [one.host for one in worth_following(sites, own=["own.example"])] == ["often.example", "old.example"]
    assert [one.host for one in worth_following(sites, least=4)] == ["often.example"]
