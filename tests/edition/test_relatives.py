"""What may belong into one bullet."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.edition.relatives import relatives_among, relatives_in_archive
from aggregator.records.archive import PastPlace
from aggregator.records.candidates import Profile, Relative, RelativeKind

SEEN = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
NEWS = "https://vendor.example/press/broadband-tariffs-doubled"


def profile(id_: int, title: str, **said: Any) -> Profile:
    url = said.pop("url", f"https://blog{id_}.example/{id_}")
    return replace(Profile(id_, url, (url,), title, "", (), f"Blog {id_}", SEEN), **said)


def place(address: str, edition: str = "#26", anchor: str = "here") -> PastPlace:
    return PastPlace(edition, address, address, anchor)


def told(*fresh: Profile, others: tuple[Profile, ...] = ()) -> dict[int, list[str]]:
    return {id_: [one.reason for one in those] for id_, those in relatives_among(fresh, others).items()}


FILLERS = tuple(profile(900 + n, f"Filler number {n} on gardening and tea") for n in range(20))


def test_an_answer_and_what_it_answers_name_each_other() -> None:
    first = profile(1, "Switches are dull")
    second = profile(2, "No, they are not", links=("https://blog1.example/1",))
    assert told(second, others=(first,)) == {2: ["answers 1"], 1: ["2 answers it"]}
    assert told(first, others=(second,)) == {2: ["answers 1"], 1: ["2 answers it"]}
    assert told(first, second) == {2: ["answers 1"], 1: ["2 answers it"]}


def test_an_author_who_links_to_his_own_post_goes_on_from_it() -> None:
    first = profile(1, "Switches are dull", url="https://blog.example/1")
    second = profile(2, "More of them", url="https://blog.example/2", links=("https://blog.example/1",))
    assert told(first, second) == {2: ["links to 1"], 1: ["2 links to it"]}


def test_a_list_of_links_answers_nothing() -> None:
    first = profile(1, "Switches are dull")
    links = tuple(f"https://blog{n}.example/{n}" for n in range(1, 30))
    assert told(profile(50, "My week in links", links=links), others=(first,)) == {}


def test_what_stands_below_every_post_of_a_site_is_not_discussed() -> None:
    earlier = tuple(profile(n, f"Post {n}", url=f"https://blog.example/{n}") for n in range(1, 6))
    below = tuple(f"https://blog.example/{n}" for n in range(1, 6))
    assert told(profile(9, "A post", url="https://blog.example/9", links=below), others=earlier) == {}
    linked = [place(address) for address in below]
    assert relatives_in_archive(profile(9, "A post", url="https://blog.example/9", links=below), [], linked, []) == []


def test_a_front_page_is_nobody_s_page() -> None:
    first = profile(1, "A note without a page", url="https://blog1.example/")
    assert told(profile(2, "Hello", links=("https://blog1.example/",)), others=(first,)) == {}


def test_parts_of_a_series_name_each_other() -> None:
    one = profile(1, "Building a lab", url="https://lab.example/a")
    two = profile(2, "Building a lab, part 2: cables", url="https://lab.example/b")
    three = profile(3, "Building a lab (3/4)", url="https://lab.example/c")
    assert told(two, three, others=(one,)) == {
        1: ["part 2 is 2", "part 3 is 3"],
        2: ["part 1 is 1", "part 3 is 3"],
        3: ["part 1 is 1", "part 2 is 2"],
    }


@pytest.mark.parametrize(
    ("title", "other", "url"),
    [
        ("Building a lab, part 2", "Building a lab, part 1", "https://elsewhere.example/1"),
        ("Building a lab, part 2", "Building a lab, part 2", "https://lab.example/again"),
        ("Links of the week #45", "Links of the week #46", "https://lab.example/46"),
        ("Links of the week #12", "Links of the week #13", "https://lab.example/13"),
        ("Lab Podcast Episode 7: Anna", "Lab Podcast Episode 8: Bob", "https://lab.example/8"),
        ("Crash in the parser (#12)", "Crash in the parser (#19)", "https://lab.example/19"),
        ("Part 2", "Part 1", "https://lab.example/1"),
        ("Building a lab", "Building a lab", "https://lab.example/again"),
    ],
    ids=["another site", "the same part", "a weekly", "a young weekly", "a podcast", "tickets", "no title", "no parts"],
)
def test_what_is_no_series(title: str, other: str, url: str) -> None:
    assert told(profile(1, title, url="https://lab.example/2"), profile(2, other, url=url)) == {}


def test_two_sites_that_discuss_one_page_tell_one_story() -> None:
    one = profile(1, "Tariffs are going up", links=(NEWS,))
    two = profile(2, "What doubled tariffs mean for labs", links=(NEWS,), feed="The planet")
    assert told(one, two, others=FILLERS) == {
        1: ["the same story: The planet has it too"],
        2: ["the same story: Blog 1 has it too"],
    }


def test_near_titles_of_two_sites_tell_one_story() -> None:
    one = profile(1, "Vendor doubles broadband tariffs in Bremen")
    two = profile(2, "Broadband tariffs: vendor doubles prices", at=SEEN + timedelta(days=2))
    assert set(told(one, two, others=FILLERS)) == {1, 2}


def test_a_text_that_says_the_same_under_another_title_tells_one_story() -> None:
    text = " ".join(f"word{n} about tariffs" for n in range(60))
    one = profile(1, "Broadband tariffs went up sharply this year", text=text)
    two = profile(2, "Why broadband tariffs hurt small hosting companies", text=f"By us. {text} More.")
    assert set(told(one, two, others=FILLERS)) == {1, 2}
    assert told(one, profile(2, two.title), others=FILLERS) == {}


@pytest.mark.parametrize(
    "said",
    [
        {"url": "https://blog1.example/2"},
        {"at": SEEN + timedelta(days=30)},
        {"title": "Vendor doubles broadband tariffs in 2025"},
        {"title": "Vendor shows a switch"},
    ],
    ids=["one site", "a month later", "another year", "another story"],
)
def test_what_is_not_the_same_story(said: dict[str, Any]) -> None:
    one = profile(1, "Vendor doubles broadband tariffs in 2026")
    plain = {"title": "Vendor doubles broadband tariffs in 2026"}
    assert told(one, profile(2, **plain | said), others=FILLERS) == {}


def test_a_page_that_everybody_links_to_is_no_story() -> None:
    crowd = tuple(profile(n, f"Tariffs, as seen from town {n}", links=(NEWS,)) for n in range(10, 18))
    assert told(profile(1, "Tariffs are going up", links=(NEWS,)), others=crowd) == {}


def test_nothing_is_related_to_itself_or_told_twice() -> None:
    one = profile(1, "Vendor doubles broadband tariffs in Bremen", links=("https://blog1.example/1", "https://blog2.example/2"))
    two = profile(2, "Vendor doubles broadband tariffs in Bremen", links=("https://blog1.example/1",))
    assert {id_: len(those) for id_, those in relatives_among([one, two], FILLERS).items()} == {1: 1, 2: 1}


titles = st.sampled_from(["Building a lab", "Building a lab, part 2", "Vendor doubles broadband tariffs", "Tea"])


@given(st.lists(st.tuples(titles, st.integers(1, 3), st.lists(st.integers(0, 5), max_size=3)), max_size=6), st.integers(0, 6))
def test_every_pair_is_told_from_both_sides_however_they_came(drawn: list[tuple[str, int, list[int]]], seen_before: int) -> None:
    profiles = [
        profile(n, title, url=f"https://h{host}.example/{n}", links=tuple(f"https://h{1 + m % 3}.example/{m}" for m in links))
        for n, (title, host, links) in enumerate(drawn)
    ]
    before, fresh = profiles[:seen_before], profiles[seen_before:]
    found = relatives_among(fresh, before)
    pairs = {(id_, one.other_id, one.kind) for id_, those in found.items() for one in those}
    assert pairs == {(other, id_, kind) for id_, other, kind in pairs}
    assert all(id_ != other for id_, other, _ in pairs)
    fresh_ids = {one.candidate_id for one in fresh}
    assert all(id_ in fresh_ids or other in fresh_ids for id_, other, _ in pairs)


def test_a_page_that_moved_names_where_it_was_linked() -> None:
    moved = place("https://old.example/post")
    (found,) = relatives_in_archive(profile(1, "A post"), [moved], [], [])
    assert found == Relative(RelativeKind.RELINK, "you linked it in #26, at old.example", address=moved.canonical_url)
    (at_home,) = relatives_in_archive(profile(1, "A post"), [place("https://blog1.example/old")], [], [])
    assert at_home.reason == "you linked it in #26, at another address"


@pytest.mark.parametrize(
    ("address", "anchor"),
    [("https://lab.example/building-a-lab-part-1.html", "part 1"), ("https://lab.example/?p=7", "Building a lab, part 1")],
    ids=["by its address", "by its title"],
)
def test_an_earlier_part_that_was_linked_is_named(address: str, anchor: str) -> None:
    part_two = profile(2, "Building a Lab, Part 2", url="https://lab.example/?p=9")
    (found,) = relatives_in_archive(part_two, [], [], [place(address, anchor=anchor), place("https://lab.example/other")])
    assert (found.kind, found.reason, found.address) == (RelativeKind.SERIES, "part 1: you linked it in #26", address)


def test_a_body_that_links_to_past_links_says_so() -> None:
    linked = [place("https://a.example/1", "#30"), place("https://a.example/1", "#26"), place("https://a.example/2", "#5")]
    found = relatives_in_archive(profile(1, "A post", links=("https://a.example/1", "https://a.example/2")), [], linked, [])
    assert [(one.reason, one.address) for one in found] == [
        ("links to what you linked in #30", "https://a.example/1"),
        ("links to what you linked in #5", "https://a.example/2"),
    ]


def test_what_he_links_out_of_habit_tells_nothing() -> None:
    habit = [place("https://a.example/tool", f"#{n}") for n in range(9, 5, -1)]
    assert relatives_in_archive(profile(1, "A post", links=("https://a.example/tool",)), [], habit, []) == []
    front = [place("https://a.example/")]
    assert relatives_in_archive(profile(1, "A post", links=("https://a.example/",)), [], front, []) == []
