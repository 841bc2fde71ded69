"""Kept pages, checked links, and a candidate that moved."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from aggregator.errors import NotFound, Refused
from aggregator.records.editions import CandidateOutcome, Closing, Outcome
from aggregator.records.links import KeptPage, LinkCheck, LinkState
from aggregator.storage.database import Database
from aggregator.storage.links import SqlLinks
from tests.storage.world import NOW, World

CHECK = LinkCheck(
    "https://attic.example/one",
    "https://attic.example/one?utm_source=feed",
    LinkState.UNCLEAR,
    "dns",
    None,
    None,
    None,
    "its host name cannot be found",
    NOW,
    NOW,
)


def page(candidate_id: int, text: str = "All of it.") -> KeptPage:
    return KeptPage(candidate_id, "https://attic.example/one", "One", "Nadia", date(2026, 3, 1), text, NOW)


def test_a_kept_page_is_saved_and_replaced(database: Database) -> None:
    links, (one, two) = SqlLinks(database), World(database).offer("one", "two")
    assert (links.page(one), links.saved([one, two])) == (None, frozenset())
    links.save_page(page(one))
    links.save_page(page(one, "More of it."))
    assert links.page(one) == page(one, "More of it.")
    assert links.saved([one, two]) == {one}


def test_the_last_word_on_an_address_replaces_the_one_before(database: Database) -> None:
    links = SqlLinks(database)
    dead = replace(CHECK, state=LinkState.DEAD, copy="https://copies.example/1", at=NOW + timedelta(days=1))
    links.save_check(CHECK)
    assert links.checks([CHECK.address, "https://attic.example/two"]) == {CHECK.address: CHECK}
    links.save_check(dead)
    assert links.checks([CHECK.address]) == {CHECK.address: dead}


def test_a_candidate_gets_another_address_under_its_number(database: Database) -> None:
    world, links = World(database), SqlLinks(database)
    one, two = world.offer("one", "two")
    links.readdress(world.roundup, one, "https://loft.example/one", "https://loft.example/one")
    (found,) = world.ledger.candidates(world.roundup, [one])
    assert (found.url, found.canonical_url, found.title) == ("https://loft.example/one", "https://loft.example/one", "On one")
    with pytest.raises(Refused, match=f"number {two} is that page already"):
        links.readdress(world.roundup, one, "https://attic.example/two", "https://attic.example/two")
    with pytest.raises(NotFound):
        links.readdress(world.roundup, 99, "https://loft.example/x", "https://loft.example/x")


def test_the_page_of_what_was_dropped_is_forgotten_once_its_edition_closed(database: Database) -> None:
    world, links = World(database), SqlLinks(database)
    one, two = world.offer("one", "two")
    links.save_page(page(one))
    links.save_page(page(two))
    assert links.forget_dropped() == 0
    edition = world.ledger.open_edition(world.roundup, 7, NOW)
    outcomes = (CandidateOutcome(one, Outcome.DROPPED), CandidateOutcome(two, Outcome.USED, "Networking"))
    world.ledger.close(edition, Closing(outcomes, ()), NOW, None, "post.md", 8)
    assert links.forget_dropped() == 1
    assert links.saved([one, two]) == {two}
