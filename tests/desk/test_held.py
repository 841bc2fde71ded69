"""What is held back, by intent, with its age; a theme that is called."""

from __future__ import annotations

from datetime import timedelta

import pytest

from aggregator.desk.decide import decide, undo
from aggregator.desk.held import call_theme, held
from aggregator.errors import NotFound
from aggregator.records.candidates import Action, HoldKind, State
from tests.desk.conftest import Office


def hold(office: Office, id_: int, until: str) -> None:
    decide(*office.all, [id_], Action.HOLD, until=until)
    office.clock.advance(timedelta(seconds=1))


def test_everything_held_stands_in_one_place(office: Office) -> None:
    a, b, c, d, e, f, _ = office.offer("Late", "Labs one", "Labs two", "A saga, part 1", "A date", "The next", "Undecided")
    hold(office, a, "today")
    hold(office, b, "theme home labs")
    hold(office, c, "theme Home Labs until 1 May")
    hold(office, d, "series")
    hold(office, e, "2026-04-01")
    hold(office, f, "next")
    office.clock.advance(timedelta(days=3))
    found = held(*office.all)
    assert [one.candidate.id for one in found.due] == [a]
    assert [(theme.theme, [one.candidate.id for one in theme.held]) for theme in found.themes] == [("Home Labs", [b, c])]
    assert [one.candidate.id for part in (found.series, found.dates, found.next) for one in part] == [d, e, f]
    assert (found.count, found.due[0].days, found.due[0].due) == (6, 3, "held until 2 Mar")
    assert found.dates[0].waits == "until 1 Apr"


def test_holding_again_does_not_make_it_younger(office: Office) -> None:
    (one,) = office.offer("A switch")
    hold(office, one, "next")
    office.clock.advance(timedelta(days=41))
    hold(office, one, "series")
    assert [each.days for each in held(*office.all).series] == [41]
    decide(*office.all, [one], Action.KEEP)
    office.clock.advance(timedelta(days=1))
    hold(office, one, "series")
    assert [each.days for each in held(*office.all).series] == [0]


def test_calling_a_theme_makes_all_that_waits_for_it_due_and_is_undone_as_one(office: Office) -> None:
    one, two, other = office.offer("Labs one", "Labs two", "Clouds")
    hold(office, one, "theme home labs")
    hold(office, two, "theme Home labs until 1 May")
    hold(office, other, "theme clouds")
    called = call_theme(*office.all, " HOME LABS ")
    assert [candidate.id for candidate in called] == [one, two]
    found = held(*office.all)
    assert [(each.candidate.id, each.due) for each in found.due] == [
        (one, "for the theme home labs"),
        (two, "for the theme Home labs"),
    ]
    assert [theme.theme for theme in found.themes] == ["clouds"]
    undo(*office.all)
    assert len(held(*office.all).themes) == 2


def test_a_theme_that_nothing_waits_for_is_refused(office: Office) -> None:
    (one,) = office.offer("Labs one")
    hold(office, one, "theme home labs")
    decide(*office.all, [one], Action.KEEP)
    with pytest.raises(NotFound):
        call_theme(*office.all, "home labs")


def test_a_hold_outlives_the_feed_that_brought_it_and_the_editions_that_pass(office: Office) -> None:
    """There is no other copy of what an author put aside years ago."""
    from aggregator.archive.read import read_post
    from aggregator.desk.close import close
    from aggregator.jobs import offer
    from aggregator.records.entries import ParsedEntry
    from aggregator.records.feeds import ListedFeed, NewEntry, PolledFeed

    stores, roundup, plan = office.all
    now = office.clock.now()
    stores.ledger.open_edition(roundup.id, plan.next_number, now)
    stores.feeds.sync(roundup.id, [ListedFeed("https://a.example/f", "https://a.example/f", "A")], now, 30, 7)
    (feed,) = stores.feeds.claim(now, 5, 600)
    url = "https://a.example/post"
    entry = ParsedEntry("k", url, url, "A post", "Ann", (), "All of it.", now, None, "h")
    stores.feeds.save([PolledFeed(feed.id, "changed", now, now, new=(NewEntry(entry, offered=True),))])
    offer.run_once(stores, roundup)
    (one,) = stores.ledger.candidates(roundup.id)
    hold(office, one.id, "theme home labs")
    stores.feeds.sync(roundup.id, [], now, 30, 7)
    for number in range(7, 12):
        office.clock.advance(timedelta(days=20))
        close(*office.all, read_post(f"## Storage\n\n* [this](https://mine.example/{number})\n", f"posts/{number}.md"))
    (still,) = stores.ledger.candidates(roundup.id)
    assert (still.standing.state, still.text, still.author) == (State.HELD, "All of it.", "Ann")
    assert still.standing.hold is not None
    assert still.standing.hold.kind is HoldKind.THEME
    assert not still.folded(plan.carry)
    assert [theme.held[0].days for theme in held(*office.all).themes] == [100]
