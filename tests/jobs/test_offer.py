"""The author's finds: offered like anything else, and kept in his name as one gesture."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from aggregator.desk.decide import decide, undo
from aggregator.jobs import offer
from aggregator.records.candidates import Action, Candidate, State
from aggregator.records.editions import CandidateOutcome, Closing, Outcome
from aggregator.records.entries import ParsedEntry
from aggregator.records.feeds import FeedRole, ListedFeed, NewEntry
from tests.intake.test_poll import entry
from tests.jobs.conftest import Shop, changed

STARS = ListedFeed("http://stars.example/feed", "https://stars.example/feed", "My stars", role=FeedRole.FINDS)
BLOG = ListedFeed("http://blog.example/feed", "https://blog.example/feed", "The blog")


def page(name: str, text: str = "", **said: Any) -> ParsedEntry:
    plain = entry(f"{name} {text}")
    return replace(
        plain,
        title=f"On {name}",
        url=f"http://blog.example/{name}",
        canonical_url=f"https://blog.example/{name}",
        text=text,
        **said,
    )


def bring(shop: Shop, host: str, *entries: ParsedEntry) -> int:
    """One feed brings these, and they are offered. How many candidates are new."""
    shop.stores.ledger.open_edition(shop.roundup.id, 7, shop.clock.now())
    shop.stores.feeds.sync(shop.roundup.id, [STARS, BLOG], shop.clock.now(), 30, 7)
    (feed,) = [one for one in shop.stores.feeds.claim(shop.clock.now(), 9, 60, everything=True) if host in one.url]
    shop.stores.feeds.save([replace(changed(feed), new=tuple(NewEntry(one, offered=True) for one in entries))])
    shop.clock.advance(timedelta(minutes=2))
    return offer.run_once(shop.stores, shop.roundup)


def candidates(shop: Shop) -> list[Candidate]:
    return shop.stores.ledger.candidates(shop.roundup.id)


def test_a_find_comes_in_kept_with_its_note_and_where_it_came_from(shop: Shop) -> None:
    assert bring(shop, "stars", page("fans", "Read this twice.")) == 1
    (one,) = candidates(shop)
    assert (one.standing.state, one.standing.comment) == (State.KEPT, "Read this twice.")
    assert (one.added, one.note, one.via, one.text) == (True, "Read this twice.", "My stars", "")


def test_a_find_of_what_a_feed_brought_keeps_that_one(shop: Shop) -> None:
    bring(shop, "blog", page("fans", "The article's own text, and a good deal of it, about fans."))
    assert bring(shop, "stars", page("fans", "Read this twice.")) == 0
    (one,) = candidates(shop)
    assert (one.standing.state, one.standing.comment, one.added) == (State.KEPT, "Read this twice.", False)
    assert [source.feed for source in one.sources] == ["The blog", "My stars"]


def test_what_he_dropped_stays_dropped_and_his_own_comment_stands(shop: Shop) -> None:
    bring(shop, "blog", page("fans"), page("cables"))
    fans, cables = (one.id for one in candidates(shop))
    decide(*shop.all, [fans], Action.DROP)
    decide(*shop.all, [cables], Action.KEEP, comment="Mine.")
    bring(shop, "stars", page("fans", "A note."), page("cables", "Another."))
    assert [(one.standing.state, one.standing.comment) for one in candidates(shop)] == [
        (State.DROPPED, None),
        (State.KEPT, "Mine."),
    ]


def test_one_undo_takes_the_finds_of_a_poll_back_and_they_stay_undone(shop: Shop) -> None:
    bring(shop, "stars", page("fans"), page("cables"))
    assert len(undo(*shop.all, finds=True)) == 2
    assert {one.standing.state for one in candidates(shop)} == {State.NEW}
    assert offer.run_once(shop.stores, shop.roundup) == 0
    assert {one.standing.state for one in candidates(shop)} == {State.NEW}


def test_undo_takes_back_what_he_did_himself_whatever_a_poll_has_kept_for_him_since(shop: Shop) -> None:
    bring(shop, "blog", page("fans"))
    (his,) = candidates(shop)
    decide(*shop.all, [his.id], Action.KEEP)
    bring(shop, "stars", page("cables"))
    assert [one.id for one in undo(*shop.all)] == [his.id]
    assert {one.standing.state for one in candidates(shop) if one.id != his.id} == {State.KEPT}
    assert undo(*shop.all) == []


def test_a_find_and_the_original_in_one_poll_are_one_candidate(shop: Shop) -> None:
    shop.stores.feeds.sync(shop.roundup.id, [STARS, BLOG], shop.clock.now(), 30, 7)
    shop.stores.ledger.open_edition(shop.roundup.id, 7, shop.clock.now())
    text = "The article's own text, and a good deal of it, about fans."
    for feed in shop.stores.feeds.claim(shop.clock.now(), 9, 60, everything=True):
        brought = page("fans", "Read this twice." if "stars" in feed.url else text)
        shop.stores.feeds.save([replace(changed(feed), new=(NewEntry(brought, offered=True),))])
    assert offer.run_once(shop.stores, shop.roundup) == 1
    (one,) = candidates(shop)
    assert (one.standing.state, one.standing.comment, one.text, one.via) == (State.KEPT, "Read this twice.", text, "My stars")


def test_a_find_of_what_an_edition_used_changes_nothing(shop: Shop) -> None:
    bring(shop, "blog", page("fans"))
    (one,) = candidates(shop)
    edition = shop.stores.ledger.open_edition(shop.roundup.id, 7, shop.clock.now())
    shop.stores.ledger.close(
        edition, Closing((CandidateOutcome(one.id, Outcome.USED, "Storage"),), ()), shop.clock.now(), None, "post.md", 8
    )
    assert bring(shop, "stars", page("fans", "Again.")) == 0
    assert candidates(shop) == []
