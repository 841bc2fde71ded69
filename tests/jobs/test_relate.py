"""Relating: once, in steps, and anew when the archive changed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from aggregator.jobs import offer, relate
from aggregator.records.archive import PastBullet, PastEdition, PastLink
from aggregator.records.candidates import Candidate, NewCandidate, RelativeKind
from aggregator.records.editions import CandidateOutcome, Closing, Outcome
from aggregator.records.feeds import NewEntry
from aggregator.text.canonical import canonical_url
from tests.intake.test_poll import entry
from tests.jobs.conftest import Shop, changed


def bring(shop: Shop, url: str, title: str, *links: str, text: str = "") -> int:
    """One more entry of a feed, offered."""
    shop.follow("one.example")
    (feed,) = shop.stores.feeds.claim(shop.clock.now(), 1, 60, everything=True)
    one = replace(entry(url), title=title, url=url, canonical_url=canonical_url(url), links=links, text=text)
    shop.stores.feeds.save([replace(changed(feed), new=(NewEntry(one, offered=True),))])
    shop.stores.ledger.open_edition(shop.roundup.id, 7, shop.clock.now())
    offer.run_once(shop.stores, shop.roundup)
    return max(one.id for one in shop.stores.ledger.candidates(shop.roundup.id))


def remember(shop: Shop, number: int, *links: tuple[str, str]) -> None:
    """A past edition with these addresses and anchors."""
    past = tuple(PastLink(url, canonical_url(url) or "", anchor) for url, anchor in links)
    bullet = PastBullet("Storage", "Words of his.", past)
    day = date(2025, 1, number)
    edition = PastEdition(f"{number}.md", f"{number}", f"Rack Notes #{number}", number, day, ("Storage",), (bullet,))
    shop.stores.archive.save(shop.roundup.id, [edition], shop.clock.now())


def run(shop: Shop, memories: relate.Memories | None = None) -> int:
    return relate.run_once(shop.stores, shop.roundup, memories)


def candidates(shop: Shop) -> dict[int, Candidate]:
    return {one.id: one for one in shop.stores.ledger.candidates(shop.roundup.id)}


def reasons(shop: Shop) -> dict[int, list[str]]:
    return {id_: [one.reason for one in those.relatives] for id_, those in candidates(shop).items()}


def test_candidates_are_related_as_they_come_and_once(shop: Shop) -> None:
    first = bring(shop, "https://a.example/1", "Switches are dull")
    assert run(shop) == 0
    second = bring(shop, "https://b.example/2", "No, they are not", "https://a.example/1")
    assert run(shop) == 2
    assert reasons(shop) == {first: [f"{second} answers it"], second: ["answers " + str(first)]}
    assert run(shop) == 0
    assert reasons(shop) == {first: [f"{second} answers it"], second: ["answers " + str(first)]}


def test_the_archive_gives_relatives_with_the_edition(shop: Shop) -> None:
    remember(
        shop,
        2,
        ("https://lab.example/building-a-lab-part-1", "part 1"),
        ("https://old.example/2012/why-your-storage-array-lies-about-latency.html", "here"),
        ("https://c.example/discussed", "this"),
    )
    part = bring(shop, "https://lab.example/7", "Building a lab, part 2", "https://c.example/discussed")
    moved = bring(shop, "https://new.example/x", "Why your storage array lies about latency")
    assert run(shop) == 2
    assert reasons(shop) == {
        part: ["part 1: you linked it in #2", "links to what you linked in #2"],
        moved: ["you linked it in #2, at old.example"],
    }
    assert [use.edition for use in candidates(shop)[moved].linked_before] == ["Rack Notes #2"]


def test_a_new_past_edition_is_compared_with_what_is_open(shop: Shop) -> None:
    part = bring(shop, "https://lab.example/7", "Building a lab, part 2")
    memories = relate.Memories()
    run(shop, memories)
    assert reasons(shop) == {part: []}
    remember(shop, 6, ("https://lab.example/building-a-lab-part-1", "part 1"))
    assert run(shop, memories) == 1
    assert run(shop, memories) == 0
    assert reasons(shop) == {part: ["part 1: you linked it in #6"]}
    shop.stores.archive.forget(shop.roundup.id, ["6.md"])
    run(shop, memories)
    assert reasons(shop) == {part: []}


def test_a_page_linked_by_an_address_that_leads_to_it_was_linked(shop: Shop) -> None:
    remember(shop, 2, ("https://short.example/x1", "here"))
    one = bring(shop, "https://blog.example/long", "A title")
    run(shop)
    assert reasons(shop) == {one: []}
    shop.stores.archive.remember({"https://short.example/x1": "https://blog.example/long"}, shop.clock.now())
    run(shop)
    assert [relative.kind for relative in candidates(shop)[one].relatives] == [RelativeKind.RELINK]
    assert [use.number for use in candidates(shop)[one].linked_before] == [2]


def test_a_page_whose_address_leads_to_what_was_linked_was_linked(shop: Shop) -> None:
    remember(shop, 2, ("https://blog.example/long", "here"))
    one = bring(shop, "https://carrier.example/~r/1", "A title")
    shop.stores.archive.remember({"https://carrier.example/~r/1": "https://blog.example/long"}, shop.clock.now())
    run(shop)
    assert reasons(shop) == {one: ["you linked it in #2, at blog.example"]}
    assert [use.number for use in candidates(shop)[one].linked_before] == [2]


def test_an_exact_relink_needs_no_relative(shop: Shop) -> None:
    remember(shop, 2, ("http://www.blog.example/long/?utm_source=x", "here"))
    one = bring(shop, "https://blog.example/long", "A title")
    run(shop)
    assert reasons(shop) == {one: []}
    assert [use.number for use in candidates(shop)[one].linked_before] == [2]


def test_an_added_page_is_related_too(shop: Shop) -> None:
    first = bring(shop, "https://a.example/1", "No, they are not", "https://b.example/2")
    page = NewCandidate(
        "https://b.example/2", "https://b.example/2", "Switches are dull", "", None, (), None, shop.clock.now(), added=True
    )
    (second,) = shop.stores.ledger.offer(shop.roundup.id, [page], [])
    assert run(shop) == 2
    assert reasons(shop) == {first: [f"answers {second}"], second: [f"{first} answers it"]}


def test_what_ended_is_no_relative_and_holds_nothing_up(shop: Shop) -> None:
    first = bring(shop, "https://a.example/1", "Switches are dull")
    edition = shop.stores.ledger.open_edition(shop.roundup.id, 7, shop.clock.now())
    closing = Closing((CandidateOutcome(first, Outcome.USED, "Networking"),), ())
    shop.stores.ledger.close(edition, closing, shop.clock.now(), None, "7.md", 8)
    assert run(shop) == 0
    assert shop.stores.ledger.related(shop.roundup.id).newest is None
    second = bring(shop, "https://b.example/2", "No, they are not", "https://a.example/1")
    assert run(shop) == 0
    assert reasons(shop) == {second: []}


def test_a_crash_before_the_end_leaves_everything_for_the_next_round(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    first = bring(shop, "https://a.example/1", "Switches are dull")
    second = bring(shop, "https://b.example/2", "No, they are not", "https://a.example/1")
    with monkeypatch.context() as patched:
        patched.setattr(relate, "relatives_in_archive", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            run(shop)
    assert reasons(shop) == {first: [], second: []}
    assert run(shop) == 2
