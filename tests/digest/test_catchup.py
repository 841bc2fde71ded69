"""The first mail after a gap: the best few by name, everything else by count, and nothing lost."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aggregator.digest.catchup import MOST, best
from aggregator.digest.render import render
from aggregator.records.candidates import Candidate, State
from aggregator.records.digests import Digest
from tests.digest.conftest import SECTIONS, SLOT

MakeCandidate = Callable[..., Candidate]
MakeDigest = Callable[..., Digest]
GAP = SLOT - timedelta(days=98)


def flood(candidate: MakeCandidate, number: int) -> list[Candidate]:
    """A boring Storage piece among many interesting ones of Networking."""
    return [
        *(candidate(n, f"Piece {n}", "Networking", interest=0.5 + n / 10_000, feeds=(n,)) for n in range(1, number)),
        candidate(number, "The only disk", "Storage", interest=0.01, feeds=(number,)),
    ]


def test_a_catch_up_names_the_best_of_all_sections_and_one_of_each_that_has_any(
    digest: MakeDigest, candidate: MakeCandidate
) -> None:
    made = digest(*flood(candidate, 412), catch_up=GAP, previous_slot=GAP)
    by_name = {part.name: part for part in made.sections}
    assert [one.id for one in by_name["Storage"].new] == [412]
    assert len(by_name["Networking"].new) == MOST - 1
    assert by_name["Networking"].new[0].id == 411
    assert by_name["Networking"].more == 411 - (MOST - 1)
    mail = render(made)
    assert mail.subject == "TST #28: catch-up: the best 30 of 412 since 5 Oct 2018"
    assert "These are the best 30 of 412 new ones since" in mail.text.replace("\n", " ")
    assert "+ 382 more new: aggregator candidates" in mail.text


def test_after_a_gap_with_little_in_it_everything_is_named(digest: MakeDigest, candidate: MakeCandidate) -> None:
    mail = render(digest(*flood(candidate, 12), catch_up=GAP, previous_slot=GAP))
    assert mail.subject == "TST #28: catch-up: 12 new since 5 Oct 2018"
    assert "Everything since then is in this one." in mail.text.replace("\n", " ")
    quiet = render(digest(catch_up=GAP, previous_slot=GAP))
    assert quiet.subject == "TST #28: catch-up, nothing new since 5 Oct 2018"


def test_what_earlier_mails_showed_takes_the_places_that_the_new_ones_leave(digest: MakeDigest, candidate: MakeCandidate) -> None:
    older = candidate(1000, "Shown long ago", "Storage", shown=2)
    roomy = render(digest(older, candidate(2, "Fresh", "Storage"), catch_up=GAP, previous_slot=GAP))
    assert "Shown long ago" in roomy.text
    full = render(digest(older, *flood(candidate, 40), catch_up=GAP, previous_slot=GAP))
    assert "Shown long ago" not in full.text
    assert "1 waiting" in full.text
    assert "STILL UNDECIDED" not in full.text


@given(st.lists(st.lists(st.floats(0, 1), max_size=8), max_size=8), st.integers(1, 12))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_best_are_as_many_as_asked_for_and_each_section_has_its_first(
    candidate: MakeCandidate, interests: list[list[float]], most: int
) -> None:
    numbers = iter(range(1, 100))
    parts = [sorted((candidate(next(numbers), interest=one) for one in few), key=lambda one: -one.interest) for few in interests]
    chosen = best(parts, most)
    assert len(chosen) == min(most, sum(map(len, parts)))
    if most >= len([part for part in parts if part]):
        assert all(part[0].id in chosen for part in parts if part)


def test_an_edition_of_his_usual_size_is_called_ripe_in_subject_and_first_line(
    digest: MakeDigest, candidate: MakeCandidate
) -> None:
    kept = [candidate(n, f"Piece {n}", SECTIONS[n % 4], state=State.KEPT, shown=1) for n in range(1, 32)]
    mail = render(digest(*kept, candidate(99, section="Storage"), usual_links=30))
    assert mail.subject == "TST #28 is ripe: 31 kept, you usually publish 30; 1 new"
    assert "It is ripe: 31 kept, you usually publish 30.\n" in mail.text
    assert "  aggregator draft export\n" in mail.text
    assert "is ripe" not in render(digest(*kept[:29], usual_links=30)).subject


def test_an_edition_of_his_usual_age_is_ripe_too(digest: MakeDigest, candidate: MakeCandidate) -> None:
    kept = candidate(1, section="Storage", state=State.KEPT, shown=1)
    mail = render(digest(kept, usual_days=19, usual_links=30))
    assert mail.subject == "TST #28 is ripe: open 19 days, you usually publish after 19 (1 kept); nothing new"
    assert render(digest(usual_days=19)).subject.startswith("TST #28 is ripe: open 19 days, you usually publish after 19; no")
    assert "ripe" not in render(digest(usual_days=20)).subject


def test_a_notice_stands_at_the_top_of_both_parts(digest: MakeDigest) -> None:
    mail = render(digest(notices=("Your blog's feed\ncannot be read: it answers 404.",)))
    assert mail.text.index("Your blog's feed cannot be read: it answers 404.") < mail.text.index("Open 19 days")
    assert "Your blog's feed cannot be read" in mail.html
