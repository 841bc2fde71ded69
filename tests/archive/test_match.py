"""Closing an edition: what became of each candidate, by the rules of the contract."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.archive.match import comment_on, linked, match_post, redirecting, unmatched
from aggregator.records.archive import PastBullet, PastEdition, PastLink
from aggregator.records.candidates import Candidate, Source, Standing, State
from aggregator.records.editions import AddedLink, CandidateOutcome, Closing, Outcome
from aggregator.records.learning import Guess
from aggregator.text.canonical import canonical_url

NOW = datetime(2021, 3, 4, tzinfo=UTC)
SECTIONS = {"pens": "Pens", "paper": "Paper", "old paper": "Paper"}


def section_of(heading: str) -> str | None:
    return SECTIONS.get(heading.casefold())


def candidate(
    number: int,
    state: State = State.NEW,
    *,
    section: str | None = None,
    guess: str | None = None,
    first: str | None = None,
    carried: int = 0,
    url: str | None = None,
    also: tuple[str, ...] = (),
) -> Candidate:
    url = url or f"http://a.example/{number}"
    return Candidate(
        id=number,
        url=url,
        canonical_url=canonical_url(url),
        title=f"Piece {number}",
        text="",
        author=None,
        tags=(),
        published_at=None,
        first_seen=NOW,
        standing=Standing(state, section),
        sources=tuple(Source(n, n, "Feed", "http://f.example/", (), one, None, None, NOW) for n, one in enumerate(also)),
        guess=Guess(guess, first or guess, None, 0.7),
        carried=carried,
    )


def only(closing: Closing) -> CandidateOutcome:
    (outcome,) = closing.outcomes
    return outcome


@pytest.mark.parametrize(
    ("offered", "heading", "outcome", "section"),
    [
        (candidate(1, guess="Pens"), "Pens", Outcome.USED, "Pens"),
        (candidate(1, guess="Pens"), "PENS", Outcome.USED, "Pens"),
        (candidate(1, State.KEPT, section="Paper", guess="Pens"), "Old Paper", Outcome.USED, "Paper"),
        (candidate(1, State.KEPT, section="Paper", guess="Pens"), "Pens", Outcome.MOVED, "Pens"),
        (candidate(1, first="Pens"), "Pens", Outcome.MOVED, "Pens"),
        (candidate(1, State.HELD, guess="Pens"), "Pens", Outcome.USED, "Pens"),
        (candidate(1, State.DROPPED, guess="Pens"), "Paper", Outcome.MOVED, "Paper"),
        (candidate(1, guess="Pens"), "Chairs", Outcome.MOVED, "Chairs"),
        (candidate(1, State.KEPT, section="Old paper"), "Paper", Outcome.USED, "Paper"),
        (candidate(1, guess="Pens"), None, Outcome.USED, None),
        (candidate(1), None, Outcome.USED, None),
    ],
)
def test_a_linked_candidate_is_used_where_it_was_filed_and_moved_elsewhere(
    make: Callable[..., PastEdition], offered: Candidate, heading: str | None, outcome: Outcome, section: str | None
) -> None:
    closing = match_post(make(1, {heading: ["https://www.a.example/1/?utm_source=feed"]}), [offered], section_of)
    assert only(closing) == CandidateOutcome(1, outcome, section)
    assert closing.added == ()


def test_a_link_among_the_events_is_used_outside_every_section_and_others_there_are_not_added(
    make: Callable[..., PastEdition],
) -> None:
    post = make(1, {"Events": ["http://a.example/1", "http://show.example/"]})
    closing = match_post(replace(post, sections=(), bullets=(), asides=post.bullets), [candidate(1, guess="Pens")], section_of)
    assert closing == Closing((CandidateOutcome(1, Outcome.USED),), ())


@pytest.mark.parametrize(
    ("offered", "outcome"),
    [
        (candidate(1, State.KEPT), Outcome.CARRIED),
        (candidate(1, State.HELD), Outcome.HELD),
        (candidate(1, State.DROPPED), Outcome.DROPPED),
        (candidate(1), Outcome.UNUSED),
        (candidate(1, carried=1), Outcome.WAITING),
    ],
)
def test_a_candidate_outside_the_post_keeps_what_was_said_of_it(
    make: Callable[..., PastEdition], offered: Candidate, outcome: Outcome
) -> None:
    assert only(match_post(make(1, {"Pens": ["http://other.example/"]}), [offered], section_of)) == CandidateOutcome(1, outcome)


def test_any_feeds_address_of_a_candidate_counts(make: Callable[..., PastEdition]) -> None:
    offered = candidate(1, guess="Pens", also=("http://planet.example/copy",))
    closing = match_post(make(1, {"Pens": ["http://planet.example/copy"]}), [offered], section_of)
    assert (only(closing).outcome, closing.added) == (Outcome.USED, ())


def test_a_link_under_two_headings_is_used_if_one_is_its_own(make: Callable[..., PastEdition]) -> None:
    post = make(1, {"Paper": ["http://a.example/1"], "Pens": ["http://a.example/1"]})
    assert only(match_post(post, [candidate(1, guess="Pens")], section_of)) == CandidateOutcome(1, Outcome.USED, "Pens")


def test_links_that_were_no_candidates_are_added_once_each(make: Callable[..., PastEdition]) -> None:
    post = make(
        1, {"Old paper": [["http://b.example/1", "http://a.example/1"], "http://b.example/1#again"], None: ["http://c.example/2"]}
    )
    closing = match_post(post, [candidate(1, guess="Pens")], section_of)
    assert closing.added == (
        AddedLink("http://b.example/1", canonical_url("http://b.example/1") or "", "on 1", "Paper"),
        AddedLink("http://c.example/2", canonical_url("http://c.example/2") or "", "on 2", None),
    )


candidates = st.builds(
    candidate,
    number=st.integers(1, 30),
    state=st.sampled_from(State),
    section=st.sampled_from(["Pens", "Paper", None]),
    guess=st.sampled_from(["Pens", "Paper", None]),
    carried=st.integers(0, 3),
)
bullets = st.builds(
    lambda section, numbers: PastBullet(
        section,
        "words",
        tuple(PastLink(url, canonical_url(url) or "", "a") for url in (f"http://a.example/{number}" for number in numbers)),
    ),
    st.sampled_from(["Pens", "old paper", "Chairs", None]),
    st.lists(st.integers(1, 40), min_size=1, max_size=4),
)


@given(st.lists(candidates, max_size=12, unique_by=lambda one: one.id), st.lists(bullets, max_size=6))
def test_every_candidate_gets_one_outcome_and_every_link_is_accounted_for(
    offered: list[Candidate], said: list[PastBullet]
) -> None:
    post = PastEdition("p.md", "h", "Drawer", 1, None, (), tuple(said))
    closing = match_post(post, offered, section_of)
    assert [one.candidate_id for one in closing.outcomes] == [one.id for one in offered]
    linked = {link.canonical_url for link in post.links}
    for one, outcome in zip(offered, closing.outcomes, strict=True):
        assert (outcome.outcome in (Outcome.USED, Outcome.MOVED)) == (one.canonical_url in linked)
    assert {one.canonical_url for one in closing.added} == linked - {one.canonical_url for one in offered}
    assert len(closing.added) == len({one.canonical_url for one in closing.added})


def test_two_addresses_that_lead_to_one_page_are_one(make: Callable[..., PastEdition]) -> None:
    post = make(1, {"Pens": ["https://t.example/short", "https://t.example/again", "https://t.example/other"]})
    offered = [candidate(1, guess="Pens"), candidate(2, url="https://bit.ly/2")]
    follow = {
        "https://t.example/short": "https://a.example/1",
        "https://t.example/again": "https://mine.example/2",
        "https://bit.ly/2": "https://mine.example/2",
    }
    assert unmatched(post, offered) == [link.url for link in post.links]
    assert redirecting(offered) == ["https://bit.ly/2"]
    closing = match_post(post, offered, section_of, follow)
    assert [one.outcome for one in closing.outcomes] == [Outcome.USED, Outcome.MOVED]
    assert [one.url for one in closing.added] == ["https://t.example/other"]
    assert linked(post, offered, follow) == {1, 2}
    assert comment_on(post, offered[0], follow) == post.bullets[0].text
    assert comment_on(post, offered[0], {}) == ""


def test_only_what_is_left_out_undecided_is_noticed(make: Callable[..., PastEdition]) -> None:
    post = make(1, {"Pens": ["http://a.example/1"]})
    offered = [candidate(1), candidate(2), candidate(3, State.KEPT), candidate(4, carried=1), candidate(5)]
    closing = match_post(post, offered, section_of, noticed={1, 2, 3, 4})
    assert [one.noticed for one in closing.outcomes] == [False, True, False, True, False]
