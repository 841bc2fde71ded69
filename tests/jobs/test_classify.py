"""Filing candidates: each once by each classifier, and again when config.yaml has other sections or keywords."""

from __future__ import annotations

from datetime import timedelta

import pytest

from aggregator.jobs import classify, learn
from aggregator.records.candidates import NewCandidate
from aggregator.records.editions import CandidateOutcome, Closing, Outcome
from aggregator.settings import RoundupSettings, SectionSettings
from tests.jobs.conftest import Shop


def offer(shop: Shop, *titles: str) -> None:
    new = [NewCandidate(None, None, title, "", None, (), None, shop.clock.now()) for title in titles]
    shop.stores.ledger.offer(shop.roundup.id, new, [])


def firsts(shop: Shop) -> list[str | None]:
    return [one.guess.first if one.guess else "unfiled" for one in shop.stores.ledger.candidates(shop.roundup.id)]


def with_sections(shop: Shop, **keywords: tuple[str, ...]) -> RoundupSettings:
    sections = tuple(SectionSettings(name=name, keywords=words) for name, words in keywords.items())
    return shop.configure(sections=sections)


def file(shop: Shop, plan: RoundupSettings | None = None, files: classify.Files | None = None) -> int:
    return classify.run_once(shop.stores, shop.roundup, plan or shop.plan, files or classify.Files.empty())


def test_each_candidate_is_filed_once(shop: Shop) -> None:
    offer(shop, "A switch", "A disk", "A cake")
    files = classify.Files.empty()
    assert file(shop, files=files) == 3
    assert firsts(shop) == ["Networking", "Storage", None]
    assert file(shop, files=files) == 0
    assert file(shop) == 0, "nothing changed, so nothing is said again"


def test_new_sections_and_keywords_of_the_configuration_file_the_old_candidates_too(shop: Shop) -> None:
    """Before there was a classifier, a guess of a section that is no more stood for ever."""
    offer(shop, "A switch", "A disk", "A cake")
    file(shop)
    assert file(shop, with_sections(shop, Wires=("switch",), Storage=("disk",), Kitchen=("cake",))) == 2
    assert firsts(shop) == ["Wires", "Storage", "Kitchen"]


def test_a_section_that_is_no_more_is_named_by_no_guess_even_if_nothing_new_can_be_learnt(shop: Shop) -> None:
    shop.teach(60)
    assert learn.run_once(*shop.all).adopted
    offer(shop, "On the switch and the router", "On the disk and the raid")
    file(shop)
    assert firsts(shop) == ["Networking", "Storage"]
    file(shop, with_sections(shop, Networking=("switch",), Kitchen=("cake",)))
    assert "Storage" not in firsts(shop)


def close(shop: Shop, *outcomes: CandidateOutcome) -> None:
    edition = shop.stores.ledger.open_edition(shop.roundup.id, 7, shop.clock.now())
    shop.clock.advance(timedelta(hours=1))
    shop.stores.ledger.close(edition, Closing(outcomes, ()), shop.clock.now(), None, f"{edition.number}.md", edition.number + 1)
    shop.clock.advance(timedelta(hours=1))


def test_once_an_edition_closes_what_waits_is_of_another_interest(shop: Shop) -> None:
    shop.teach(60)
    assert learn.run_once(*shop.all).adopted
    offer(shop, *(f"On the {metal} switch" for metal in ("brass", "tin") * 10))
    offer(shop, "A brass router", "A tin router")
    files = classify.Files.empty()
    file(shop, files=files)
    *weeks, brass, tin = shop.stores.ledger.candidates(shop.roundup.id)
    assert brass.interest == pytest.approx(tin.interest, abs=0.01)
    used = (CandidateOutcome(one.id, Outcome.USED, "Networking") for one in weeks if "brass" in one.title)
    left = (CandidateOutcome(one.id, Outcome.UNUSED, noticed=True) for one in weeks if "tin" in one.title)
    close(shop, *used, *left)
    assert file(shop, files=files) == 12, "the ten that were left, and the two"
    assert file(shop, files=files) == 0
    assert file(shop) == 0, "nor in another process"
    brass, tin = shop.stores.ledger.candidates(shop.roundup.id, [brass.id, tin.id])
    assert brass.interest > tin.interest + 0.1


def test_what_editions_have_passed_over_is_not_filed_again(shop: Shop) -> None:
    """In a roundup of many years that is nearly everything, and a guess is appended, never replaced."""
    offer(shop, "A switch", "A disk", "A router")
    plan = shop.configure(carry=2)
    assert file(shop, plan) == 3
    switch, disk, _ = shop.stores.ledger.candidates(shop.roundup.id)
    close(shop, CandidateOutcome(switch.id, Outcome.UNUSED), CandidateOutcome(disk.id, Outcome.CARRIED))
    assert file(shop, plan) == 3
    close(shop, CandidateOutcome(switch.id, Outcome.WAITING), CandidateOutcome(disk.id, Outcome.CARRIED))
    offer(shop, "A cake")
    assert file(shop, plan) == 3, "not the switch"
    assert firsts(shop) == ["Networking", "Storage", None, None]


def test_a_clock_that_was_set_back_files_each_once(shop: Shop) -> None:
    offer(shop, "A switch", "A disk")
    close(shop)
    shop.clock.advance(timedelta(days=-3))
    assert file(shop) == 2
    assert file(shop) == 0
