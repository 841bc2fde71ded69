from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.edition.duplicates import SAME_ADDRESS, SAME_TEXT, Sorted, find_copies
from aggregator.records.candidates import Copy, Fingerprint
from aggregator.records.entries import Entry

Build = Callable[..., Entry]

BODY = (
    "The rack in the attic had been humming a slightly different note for a week before anybody thought of looking at it. "
    "One of the two fans had seized, the switch had throttled itself, and every backup since Tuesday had taken nine hours. "
    "Here is how we found it, what the counters said, and which of the alarms we had muted in spring."
)
OTHER_BODY = (
    "Moving a mail server is a matter of patience: lower the time to live a week early, warm the new address, and keep "
    "the old machine for longer than seems reasonable. We list what bounced, who noticed first, and what we would never do again."
)


def places(outcome: Sorted) -> list[int]:
    return sorted([id_ for one in outcome.new for id_ in one.entry_ids] + [copy.entry_id for copy in outcome.copies])


def groups(outcome: Sorted) -> set[frozenset[int]]:
    return {frozenset(one.entry_ids) for one in outcome.new}


def test_different_articles_stay_apart(entry: Build) -> None:
    outcome = find_copies([entry(1, "One", BODY), entry(2, "Two", OTHER_BODY)], {}, [])
    assert groups(outcome) == {frozenset({1}), frozenset({2})}


def test_one_article_in_six_feeds_is_one_candidate_with_six_sources(entry: Build) -> None:
    six = [entry(n, f"As feed {n} calls it", url="https://attic.example/rack", feed_id=n) for n in range(1, 7)]
    (only,) = find_copies(six, {}, []).new
    assert sorted(only.entry_ids) == [1, 2, 3, 4, 5, 6]


def test_an_address_known_for_years_is_a_copy(entry: Build) -> None:
    outcome = find_copies([entry(5, url="https://attic.example/rack")], {"https://attic.example/rack": 77}, [])
    assert outcome == Sorted((), (Copy(77, 5, SAME_ADDRESS),))


def test_near_equal_title_and_text_on_another_site_is_one(entry: Build) -> None:
    planet = entry(2, "A Tale of Two Racks!", BODY + " ", url="https://planet.example/?p=9", feed_id=2)
    outcome = find_copies([entry(1, "A tale of two racks", BODY), planet], {}, [])
    assert groups(outcome) == {frozenset({1, 2})}


def test_a_planet_that_writes_the_author_first_and_gives_an_excerpt_is_one(entry: Build) -> None:
    planet = entry(2, "Mara L.: A tale of two racks", BODY[:220] + "…", url="https://planet.example/9", feed_id=2)
    outcome = find_copies([entry(1, "A tale of two racks", BODY), planet], {}, [])
    assert groups(outcome) == {frozenset({1, 2})}


def test_a_copy_of_a_recent_candidate_by_text_is_a_copy(entry: Build) -> None:
    recent = [Fingerprint(40, "https://attic.example/rack", "A tale of two racks", BODY)]
    outcome = find_copies([entry(9, "A tale of two racks", BODY, url="https://planet.example/9")], {}, recent)
    assert outcome == Sorted((), (Copy(40, 9, SAME_TEXT),))


@pytest.mark.parametrize("title", ["A tale of two racks", "here"])
@pytest.mark.parametrize("texts", [("", ""), ("See here.", "See here."), (BODY, OTHER_BODY), (BODY, "")])
def test_a_title_alone_never_merges(entry: Build, title: str, texts: tuple[str, str]) -> None:
    outcome = find_copies([entry(1, title, texts[0]), entry(2, title, texts[1], feed_id=2)], {}, [])
    assert len(outcome.new) == 2


def test_here_is_no_title_even_above_equal_texts(entry: Build) -> None:
    assert len(find_copies([entry(1, "Here", BODY), entry(2, "here", BODY, url="https://b.example/")], {}, []).new) == 2


@pytest.mark.parametrize(
    ("one", "other"),
    [("Racks, part 1", "Racks, part 2"), ("Rackd 1.2.3 released", "Rackd 1.2.4 released"), ("Racks, Pt. II", "Racks, Pt. III")],
)
def test_neighbours_in_a_row_of_posts_are_told_by_their_numbers(entry: Build, one: str, other: str) -> None:
    assert len(find_copies([entry(1, one, BODY), entry(2, other, BODY, url="https://planet.example/2")], {}, []).new) == 2


def test_posts_of_one_site_with_one_title_and_one_beginning_stay_apart(entry: Build) -> None:
    weekly = [entry(1, "Links of the week", BODY + OTHER_BODY), entry(2, "Links of the week", BODY)]
    assert len(find_copies(weekly, {}, []).new) == 2


def test_entries_without_an_address_stand_alone_unless_title_and_text_agree(entry: Build) -> None:
    alone = [entry(1, "Note", "", url=None), entry(2, "Note", "", url=None)]
    assert len(find_copies(alone, {}, []).new) == 2
    same = [entry(1, "A tale of two racks", BODY, url=None), entry(2, "A tale of two racks", BODY, url=None)]
    assert len(find_copies(same, {}, []).new) == 1


def test_entries_that_only_point_at_the_front_page_are_not_one_article(entry: Build) -> None:
    home = "https://attic.example/"
    bulletins = [entry(1, "Power is back", url=home), entry(2, "Power is out", url=home), entry(3, "Power is out", url=home)]
    assert groups(find_copies(bulletins, {}, [])) == {frozenset({1}), frozenset({2, 3})}
    known = [Fingerprint(40, home, "Power is out", "")]
    outcome = find_copies(bulletins, {home: 40}, known)
    assert [copy.entry_id for copy in outcome.copies] == [2, 3]


def test_the_sites_own_entry_leads_over_an_earlier_dated_link_blog(entry: Build) -> None:
    own = entry(2, "A tale of two racks", "Short.", url="https://attic.example/r", feed_url="https://www.attic.example/feed")
    blog = entry(1, "Nice one", "Long words on it.", url="https://attic.example/r", published_at=own.published_at, feed_id=2)
    (only,) = find_copies([blog, own], {}, []).new
    assert (only.title, only.text, only.entry_ids) == ("A tale of two racks", "Long words on it.", (2, 1))


def test_among_equals_the_earliest_published_leads_and_undated_ones_follow(entry: Build) -> None:
    url = "https://attic.example/r"
    late, undated = entry(1, "Late", url=url), entry(2, "Undated", url=url, published_at=None)
    assert late.published_at is not None
    early = entry(
        3, "Early", url=url, published_at=late.published_at - timedelta(hours=1), first_seen=late.first_seen + timedelta(1)
    )
    (only,) = find_copies([late, undated, early], {}, []).new
    assert (only.entry_ids, only.first_seen) == ((3, 1, 2), late.first_seen)


def test_a_group_joined_by_text_follows_the_member_whose_address_is_known(entry: Build) -> None:
    known, planet = entry(1, "A tale of two racks", BODY), entry(2, "A tale of two racks", BODY, url="https://planet.example/2")
    outcome = find_copies([planet, known], {"https://attic.example/1": 8}, [])
    assert outcome.copies == (Copy(8, 1, SAME_ADDRESS), Copy(8, 2, SAME_TEXT))


@st.composite
def polls(draw: st.DrawFn) -> tuple[list[Entry], dict[str, int], list[Fingerprint]]:
    urls = [None, "https://a.example/1", "https://a.example/2", "https://b.example/", "https://b.example/?p=1"]
    titles = ["A tale of two racks", "Mara: A tale of two racks", "here", "Racks, part 2", "Another title altogether"]
    bodies = ["", "Short.", BODY, BODY[:200], OTHER_BODY]
    new = [
        _plain_entry(n, draw(st.sampled_from(titles)), draw(st.sampled_from(bodies)), draw(st.sampled_from(urls)))
        for n in range(1, draw(st.integers(0, 9)) + 1)
    ]
    known = {url: 100 + n for n, url in enumerate(urls) if url and draw(st.booleans())}
    recent = [
        Fingerprint(id_, url, draw(st.sampled_from(titles)), draw(st.sampled_from(bodies)))
        for url, id_ in known.items()
        if draw(st.booleans())
    ]
    return new, known, recent


def _plain_entry(id_: int, title: str, text: str, url: str | None) -> Entry:
    seen = datetime(2026, 3, 2, tzinfo=UTC)
    return Entry(id_, id_, "A feed", "https://f.example/", (), str(id_), url, url, title, None, (), text, None, seen)


@given(polls())
def test_every_entry_ends_in_exactly_one_place(poll: tuple[list[Entry], dict[str, int], list[Fingerprint]]) -> None:
    new, known, recent = poll
    assert places(find_copies(new, known, recent)) == [one.id for one in new]


@given(polls(), st.randoms(use_true_random=False))
def test_the_order_of_arrival_does_not_matter(
    poll: tuple[list[Entry], dict[str, int], list[Fingerprint]], random: Random
) -> None:
    new, known, recent = poll
    shuffled: Sequence[Entry] = random.sample(new, len(new))
    assert find_copies(shuffled, known, recent) == find_copies(new, known, recent)


@given(polls())
def test_equal_addresses_of_pages_always_meet(poll: tuple[list[Entry], dict[str, int], list[Fingerprint]]) -> None:
    new, known, recent = poll
    outcome = find_copies(new, known, recent)
    place = {id_: n for n, one in enumerate(outcome.new) for id_ in one.entry_ids}
    place |= {copy.entry_id: -copy.candidate_id for copy in outcome.copies}
    for url in ("https://a.example/1", "https://a.example/2", "https://b.example/?p=1"):
        assert len({place[one.id] for one in new if one.canonical_url == url}) <= 1
