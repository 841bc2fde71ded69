"""What a link in trouble offers."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import pytest

from aggregator.desk.decide import decide, undo
from aggregator.desk.links import (
    archive_troubles,
    find_copy,
    look_for_copy,
    standing,
    standing_of,
    take_address,
    take_copy,
    take_target,
    troubles,
)
from aggregator.errors import NotFound, PageError, Refused, UsageError
from aggregator.net.pages import GuardedPages
from aggregator.records.candidates import Action, State
from aggregator.records.links import LinkCheck, LinkState
from tests.desk.conftest import NOW, FakePage, FakePages, Office
from tests.lab.server import always, reply
from tests.net.test_pages import LOOPBACK, serving
from tests.storage.world import bullet, past

ARCHIVE = "https://archive.example/available"


def check(name: str, state: LinkState, **said: str) -> LinkCheck:
    url = f"https://blog.example/{name}"
    fault = None if state is LinkState.SOUND else "gone"
    plain = LinkCheck(url, url, state, fault, 404, None, None, "so it is", NOW, NOW)
    return replace(plain, **said)  # type: ignore[arg-type]  # fields by name


def kept(office: Office, *titles: str) -> list[int]:
    ids = office.offer(*titles)
    decide(*office.all, ids, Action.KEEP, section="Storage")
    return ids


def test_troubles_are_of_what_he_keeps_or_holds_the_worst_first(office: Office) -> None:
    one, two, three, four = office.offer("one", "two", "three", "four")
    decide(*office.all, [one, three], Action.KEEP)
    decide(*office.all, [two], Action.HOLD, until="next")
    for name, state in (("one", LinkState.MOVED), ("two", LinkState.DEAD), ("three", LinkState.SOUND), ("four", LinkState.DEAD)):
        office.stores.links.save_check(check(name, state, target="https://loft.example/1"))
    found = troubles(office.stores, office.roundup)
    assert [(found.candidate.id, found.check.state) for found in found] == [(two, "dead"), (one, "moved")]
    stands = standing_of(office.stores, office.roundup)
    assert (stands.words, stands.troubles) == ("1 dead, 1 moved", 2)
    assert standing_of(office.stores, office.roundup, (State.HELD,)).words == "1 dead"
    assert standing(office.stores, []).words == ""
    assert four


def test_a_moved_candidate_gets_its_new_address_under_its_old_number(office: Office) -> None:
    (one,) = kept(office, "one")
    office.stores.links.save_check(check("one", LinkState.MOVED, target="https://loft.example/1"))
    taken = take_target(office.stores, office.roundup, one)
    assert (taken.id, taken.url, taken.canonical_url) == (one, "https://loft.example/1", "https://loft.example/1")
    assert (taken.standing.state, taken.section) == (State.KEPT, "Storage")
    assert troubles(office.stores, office.roundup) == []
    old, new = "https://blog.example/one", "https://loft.example/1"
    assert office.stores.ledger.candidates_at(office.roundup.id, [old, new]) == {old: one, new: one}
    undo(*office.all)
    assert office.stores.ledger.candidates(office.roundup.id, [one])[0].url == new


def test_what_did_not_move_stays_where_it_is(office: Office) -> None:
    one, two = kept(office, "one", "two")
    with pytest.raises(NotFound, match="was not looked at"):
        take_target(office.stores, office.roundup, one)
    office.stores.links.save_check(check("one", LinkState.DEAD))
    with pytest.raises(Refused, match="has not moved"):
        take_target(office.stores, office.roundup, one)
    with pytest.raises(Refused, match="no archived copy"):
        take_copy(office.stores, office.roundup, one)
    office.stores.links.save_check(check("one", LinkState.MOVED, target="https://blog.example/two"))
    with pytest.raises(Refused, match=f"number {two} is that page already"):
        take_target(office.stores, office.roundup, one)


def test_an_archived_copy_is_linked_and_still_is_the_same_page(office: Office) -> None:
    (one,) = kept(office, "one")
    copy = "https://copies.example/web/2026/https://blog.example/one"
    office.stores.links.save_check(check("one", LinkState.DEAD, copy=copy))
    taken = take_copy(office.stores, office.roundup, one)
    assert (taken.id, taken.url, taken.canonical_url) == (one, copy, "https://blog.example/one")
    assert troubles(office.stores, office.roundup) == []
    assert set(office.stores.ledger.candidates_at(office.roundup.id, [copy, "https://blog.example/one"]).values()) == {one}


def test_the_archive_is_asked_for_a_copy_when_he_wants_one(office: Office) -> None:
    kept(office, "one")
    address = "https://blog.example/one"
    body = b'{"archived_snapshots": {"closest": {"available": true, "status": "200", "url": "https://copies.example/1"}}}'
    asked = f"{ARCHIVE}?url=https%3A%2F%2Fblog.example%2Fone"
    pages = FakePages({asked: FakePage(asked, body)})
    with pytest.raises(NotFound, match="not looked at"):
        look_for_copy(office.stores, pages, ARCHIVE, address)
    office.stores.links.save_check(check("one", LinkState.DEAD))
    with pytest.raises(Refused, match="no archive may be asked"):
        look_for_copy(office.stores, pages, None, address)
    with pytest.raises(PageError, match="the archive does not answer"):
        look_for_copy(office.stores, FakePages({}), ARCHIVE, address)
    with pytest.raises(NotFound, match="no copy"):
        look_for_copy(office.stores, FakePages({asked: FakePage(asked, b"{}")}), ARCHIVE, address)
    assert look_for_copy(office.stores, pages, ARCHIVE, address).copy == "https://copies.example/1"
    assert office.stores.links.checks([address])[address].copy == "https://copies.example/1"


def test_dead_links_of_past_editions_are_named_with_their_edition(office: Office) -> None:
    editions = [past(n, bullet(f"On {n}", f"https://blog.example/{n}")) for n in (1, 2)]
    office.stores.archive.save(office.roundup.id, editions, NOW)
    office.stores.links.save_check(check("1", LinkState.DEAD))
    office.stores.links.save_check(check("2", LinkState.MOVED, target="https://loft.example/2"))
    found = archive_troubles(office.stores, office.roundup)
    assert [(one.edition, one.anchor, one.check.state) for one in found] == [("#1", "about https://blog.example/1", "dead")]
    every = archive_troubles(office.stores, office.roundup, (LinkState.DEAD, LinkState.MOVED))
    assert [one.edition for one in every] == ["#2", "#1"]


def test_an_address_that_he_found_himself_is_taken_without_its_trackers(office: Office) -> None:
    one, two = kept(office, "one", "two")
    office.stores.links.save_check(check("one", LinkState.DEAD))
    taken = take_address(office.stores, office.roundup, one, "loft.example/1?utm_source=feed&id=7")
    assert (taken.id, taken.url, taken.section) == (one, "https://loft.example/1?id=7", "Storage")
    assert troubles(office.stores, office.roundup) == []
    found = office.stores.ledger.candidates_at(office.roundup.id, ["https://blog.example/one", "https://loft.example/1?id=7"])
    assert set(found.values()) == {one}
    with pytest.raises(UsageError, match="no web address"):
        take_address(office.stores, office.roundup, one, "javascript:alert(1)")
    with pytest.raises(Refused, match=f"number {two} is that page already"):
        take_address(office.stores, office.roundup, one, "https://blog.example/two")


@pytest.mark.parametrize(
    ("answer", "copy"),
    [
        (
            b'{"archived_snapshots": {"closest": {"status": "200", "available": true, "url": "http://web.archive.org/web/2024/x"}}}',
            "https://web.archive.org/web/2024/x",
        ),
        (b'{"archived_snapshots": {}}', None),
        (b'{"archived_snapshots": {"closest": {"status": "404", "available": true, "url": "https://copies.example/1"}}}', None),
        (b'{"archived_snapshots": {"closest": {"status": "200", "available": true, "url": "javascript:alert(1)"}}}', None),
        (b"[" * 100_000, None),
    ],
)
def test_an_archive_is_asked_over_http_and_its_answer_believed_only_as_an_address(
    office: Office, answer: bytes, copy: str | None
) -> None:
    (one,) = kept(office, "one")
    office.stores.links.save_check(check("one", LinkState.DEAD))
    asked = "/available?url=https://blog.example/one"
    with serving({asked: always(reply(answer, "200 OK", "Content-Type: application/json"))}) as base:
        find = partial(find_copy, office.stores, GuardedPages(LOOPBACK), f"{base}/available", office.roundup, one)
        if copy is None:
            with pytest.raises(NotFound, match="has no copy"):
                find()
        else:
            assert (find().copy, find().copy) == (copy, copy)
            assert take_copy(office.stores, office.roundup, one).url == copy
