"""Was this linked before? By address for certain, by title and address words with care."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.archive.memory import Memory, Sign
from aggregator.records.archive import PastPlace
from aggregator.text.canonical import canonical_url


def place(url: str, anchor: str = "here", edition: str = "#1", target: str | None = None) -> PastPlace:
    return PastPlace(edition, url, canonical_url(url) or "", anchor, target)


def signs(memory: Memory, title: str, *urls: str) -> list[Sign]:
    return [match.sign for match in memory.find(title, [canonical_url(url) or "" for url in urls])]


SLOW = place("http://old.example/2012/03/why-your-storage-array-lies-about-latency.html")
OTHERS = [place(f"https://filler{n}.example/{n}/some-words-about-topic-{n}", f"filler number {n}") for n in range(50)]


@pytest.mark.parametrize(
    "url", ["https://www.old.example/2012/03/why-your-storage-array-lies-about-latency.html?utm_source=x", SLOW.url]
)
def test_an_address_is_found_in_any_spelling(url: str) -> None:
    assert signs(Memory.of([SLOW, *OTHERS]), "A title of its own", url) == [Sign.ADDRESS]


def test_an_address_is_found_by_where_it_led() -> None:
    short = place("https://short.example/x1", target="https://blog.example/long")
    assert signs(Memory.of([short]), "", "https://blog.example/long") == [Sign.REDIRECT]


@pytest.mark.parametrize(
    ("title", "url"),
    [
        ("Anything", "https://new.example/blog/why-your-storage-array-lies-about-latency/"),
        ("Why your storage array lies about latency", "https://new.example/?p=77"),
        ("Why Your Storage Array Lies About Latency!", "https://old.example/posts/array-latency"),
    ],
    ids=["same address words on another host", "same title", "same title on its own site"],
)
def test_a_page_that_moved_is_found(title: str, url: str) -> None:
    (match,) = Memory.of([SLOW, *OTHERS]).find(title, [canonical_url(url) or ""])
    assert match.place == SLOW
    assert not match.is_exact


@pytest.mark.parametrize(
    ("anchor", "title"),
    [
        ("this article", "This article"),
        ("Open vSwitch", "Open vSwitch"),
        ("a nice write-up", "A nice write-up"),
        ("Storage array latency measured on release 5.1", "Storage array latency measured on release 5.5"),
        ("Storage array latency measured in the lab", "Network switch latency measured in the lab"),
        ("Disk tuning for slow arrays, part 1", "Disk tuning for slow arrays, part 2"),
        (
            "Disk tuning tricks for slow storage arrays and their owners, part I",
            "Disk tuning tricks for slow storage arrays and their owners, part II",
        ),
        ("Storage conference liveblog keynote day one", "Storage conference liveblog keynote day two"),
        ("Storage array patches worth installing in March", "Storage array patches worth installing in April"),
    ],
    ids=["generic", "product", "phrase", "another release", "another subject", "another part", "in Roman", "in words", "month"],
)
def test_what_only_sounds_alike_is_no_relink(anchor: str, title: str) -> None:
    memory = Memory.of([place("https://a.example/1", anchor), *OTHERS])
    assert signs(memory, title, "https://b.example/2") == []


def test_a_short_title_counts_on_its_own_site_only() -> None:
    memory = Memory.of([place("https://a.example/old", "Measuring array latency"), *OTHERS])
    assert signs(memory, "Measuring array latency", "https://a.example/new") == [Sign.TITLE]
    assert signs(memory, "Measuring array latency", "https://b.example/new") == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("https://a.example/2012/03/04/storage-news-of-the-week", "https://a.example/2012/03/11/storage-news-of-the-week"),
        ("https://a.example/storage-news-of-the-week", "https://a.example/storage-news-of-the-week-2"),
    ],
    ids=["by day", "by number"],
)
def test_what_appears_every_week_under_one_title_is_no_relink(old: str, new: str) -> None:
    memory = Memory.of([place(old, "Storage industry news and rumours"), *OTHERS])
    assert signs(memory, "Storage industry news and rumours", new) == []


def test_a_permanent_link_that_lost_its_date_is_found() -> None:
    memory = Memory.of([place("https://a.example/2012/03/04/storage-array-latency-explained"), *OTHERS])
    assert signs(memory, "Explained", "https://a.example/storage-array-latency-explained") == [Sign.PATH]


def test_accents_and_apostrophes_do_not_matter() -> None:
    memory = Memory.of([place("https://a.example/2020/dont-trust-your-cafes-network-switches"), *OTHERS])
    assert signs(memory, "Don\u2019t trust your caf\u00e9\u2019s network switches", "https://b.example/1") == [Sign.TITLE]


def test_a_port_does_not_hide_the_site() -> None:
    memory = Memory.of([place("https://a.example:8080/old", "Measuring array latency"), *OTHERS])
    assert len(memory.at_host("a.example")) == 1
    assert signs(memory, "Measuring array latency", "https://a.example:8080/new") == [Sign.TITLE]


def test_an_address_that_is_known_stops_the_guessing() -> None:
    twin = place("https://twin.example/why-your-storage-array-lies-about-latency")
    memory = Memory.of([SLOW, twin, *OTHERS])
    assert signs(memory, "Why your storage array lies about latency", SLOW.url) == [Sign.ADDRESS]


def test_a_host_s_past_links_are_at_hand() -> None:
    memory = Memory.of([SLOW, *OTHERS])
    assert memory.at_host("old.example") == [SLOW]
    assert memory.at(SLOW.canonical_url) == [SLOW]
    assert len(memory) == 51


@given(st.lists(st.from_regex(r"[a-z]{3,9}( [a-z0-9]{1,9}){0,9}", fullmatch=True), max_size=20))
def test_every_past_link_is_found_again_by_its_own_address(titles: list[str]) -> None:
    places = [place(f"https://h{n}.example/{title.replace(' ', '-')}", title) for n, title in enumerate(titles)]
    memory = Memory.of(places)
    for one in places:
        assert memory.find(one.anchor, [one.canonical_url])[0].place == one
