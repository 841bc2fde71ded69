"""Letting go, second choices, and what is usual."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from aggregator.desk.decide import decide, undo
from aggregator.desk.triage import Habits, last_gestures, let_go, take_second, usual
from aggregator.errors import Refused, UsageError
from aggregator.records.archive import PastBullet, PastEdition, PastLink
from aggregator.records.candidates import Action, State
from aggregator.records.learning import Guess
from tests.desk.conftest import NOW, Office


def filed(office: Office, section: str | None, *titles: str, second: str | None = None) -> list[int]:
    ids = office.offer(*titles)
    office.stores.ledger.add_guesses(dict.fromkeys(ids, Guess(section, section, second, 0.9)), None, NOW)
    return ids


def past(number: int, **sizes: int) -> PastEdition:
    bullets = tuple(
        PastBullet(section, f"{section} {n}", (PastLink(f"https://x.example/{number}/{section}/{n}", f"k{n}", "x"),))
        for section, size in sizes.items()
        for n in range(size)
    )
    published = date(2025, 1, 1) + timedelta(days=number)
    return PastEdition(f"{number}.md", f"h{number}", f"#{number}", number, published, tuple(sizes), bullets)


def test_the_rest_of_a_section_goes_in_one_gesture_and_comes_back_in_one(office: Office) -> None:
    one, two, three = filed(office, "Storage", "One", "Two", "Three")
    (other,) = filed(office, "Security", "Other")
    decide(*office.all, [one], Action.HOLD)
    office.clock.advance(timedelta(seconds=1))
    assert {each.id for each in let_go(*office.all, "Storage")} == {two, three}
    found = {each.id: each.standing for each in office.stores.ledger.candidates(office.roundup.id)}
    assert {id_ for id_, each in found.items() if each.let_go} == {two, three}
    assert found[one].state is State.HELD
    assert not found[other].let_go
    assert let_go(*office.all, "Storage") == []
    assert len(undo(*office.all)) == 2
    assert office.stores.learning.labels(office.roundup.id) == []


def test_of_all_sections_at_once_and_never_what_he_has_not_seen(office: Office) -> None:
    first = filed(office, "Storage", "One")[0]
    filed(office, None, "Two")
    last = filed(office, "Security", "Three")[0]
    assert {each.id for each in let_go(*office.all, None, whole=True, upto=last - 1)} == {first, last - 1}


def test_a_section_that_there_is_not_is_refused(office: Office) -> None:
    with pytest.raises(UsageError, match="no section"):
        let_go(*office.all, "Cooking")


def test_the_second_choice_teaches_as_any_move_does(office: Office) -> None:
    (one,) = filed(office, "Storage", "One", second="Security")
    (moved,) = take_second(*office.all, one)
    assert (moved.section, moved.standing.state) == ("Security", State.NEW)
    assert [each.section for each in office.stores.learning.labels(office.roundup.id)] == ["Security"]


def test_taking_it_twice_goes_back_to_the_first(office: Office) -> None:
    (one,) = filed(office, "Storage", "One", second="Security")
    take_second(*office.all, one)
    office.clock.advance(timedelta(seconds=1))
    (back,) = take_second(*office.all, one)
    assert back.section == "Storage"


def test_without_a_second_choice_nothing_happens(office: Office) -> None:
    (one,) = filed(office, "Storage", "One")
    with pytest.raises(Refused, match="no second choice"):
        take_second(*office.all, one)


def test_what_undo_would_take_back_is_the_newest_first(office: Office) -> None:
    one, two = filed(office, "Storage", "One", "Two")
    for id_ in (one, two):
        decide(*office.all, [id_], Action.KEEP)
        office.clock.advance(timedelta(seconds=1))
    assert [each.verdicts[0].candidate_id for each in last_gestures(*office.all)] == [two, one]


def test_a_sections_usual_range_is_the_middle_half_of_its_recent_sizes(office: Office) -> None:
    editions = [past(n, Networking=size, Security=1) for n, size in enumerate((9, 9, 2, 3, 4, 4, 4, 5, 5, 5, 6, 12), 1)]
    known = usual(office.plan, editions)
    assert known.sections == {"Networking": (4, 5), "Security": (1, 1)}
    assert known.whole == 6


def test_an_old_heading_counts_for_the_section_of_today_and_few_editions_for_nothing(office: Office) -> None:
    known = usual(office.plan, [past(n, Wires=2) for n in range(4)] + [past(9, Storage=3)])
    assert known.sections == {"Networking": (2, 2)}
    assert usual(office.plan, []).whole is None


def test_what_is_usual_is_read_anew_when_the_archive_changes(office: Office) -> None:
    habits = Habits()
    assert habits.of(*office.all).whole is None
    office.stores.archive.save(office.roundup.id, [past(1, Storage=3)], NOW)
    known = habits.of(*office.all)
    assert known.whole == 3
    assert habits.of(*office.all) is known
