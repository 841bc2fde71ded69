from __future__ import annotations

from datetime import date, timedelta

import pytest

from aggregator.archive.read import read_post
from aggregator.desk.close import close
from aggregator.desk.decide import decide, known_section, undo
from aggregator.errors import NotFound, Refused, UsageError
from aggregator.records.candidates import Action, HoldKind, State
from tests.desk.conftest import Office


def test_a_kept_candidate_is_kept_and_its_comment_stays(office: Office) -> None:
    (one,) = office.offer("A switch")
    (kept,) = decide(*office.all, [one], Action.KEEP, comment="Read this.")
    assert kept.standing.state is State.KEPT
    assert kept.standing.comment == "Read this."


def test_a_move_files_without_deciding_and_teaches(office: Office) -> None:
    (one,) = office.offer("A switch")
    (moved,) = decide(*office.all, [one], Action.MOVE, section="stor")
    assert moved.standing.state is State.NEW
    assert moved.section == "Storage"
    assert [(label.section, label.origin) for label in office.stores.learning.labels(office.roundup.id)] == [
        ("Storage", f"candidate:{one}")
    ]


def test_undo_takes_a_bulk_gesture_back_whole_and_forgets_what_it_taught(office: Office) -> None:
    ids = office.offer("One", "Two", "Three")
    decide(*office.all, ids, Action.KEEP, section="Security")
    office.clock.advance(timedelta(seconds=1))
    decide(*office.all, ids[:1], Action.DROP)
    assert [one.standing.state for one in undo(*office.all)] == [State.KEPT]
    restored = undo(*office.all)
    assert {one.standing.state for one in restored} == {State.NEW}
    assert len(restored) == 3
    assert office.stores.learning.labels(office.roundup.id) == []
    assert undo(*office.all) == []


def test_undoing_a_second_move_brings_the_first_section_back_to_the_labels(office: Office) -> None:
    (one,) = office.offer("A switch")
    decide(*office.all, [one], Action.MOVE, section="Storage")
    office.clock.advance(timedelta(seconds=1))
    decide(*office.all, [one], Action.MOVE, section="Security")
    undo(*office.all)
    assert [label.section for label in office.stores.learning.labels(office.roundup.id)] == ["Storage"]


def test_a_hold_takes_a_date_or_the_next_edition(office: Office) -> None:
    one, two = office.offer("One", "Two")
    (dated,) = decide(*office.all, [one], Action.HOLD, until="2026-04-01")
    (following,) = decide(*office.all, [two], Action.HOLD)
    assert dated.standing.hold is not None
    assert dated.standing.hold.until == date(2026, 4, 1)
    assert following.standing.hold is not None
    assert following.standing.hold.kind is HoldKind.NEXT


def test_an_unknown_number_decides_nothing(office: Office) -> None:
    (one,) = office.offer("One")
    with pytest.raises(NotFound, match="no candidate has the number 999"):
        decide(*office.all, [one, 999], Action.KEEP)
    assert office.stores.ledger.candidates(office.roundup.id)[0].standing.state is State.NEW


def test_what_an_earlier_edition_dropped_or_used_is_not_decided_again(office: Office) -> None:
    """The verdict was written and had no effect."""
    dropped, used, left = office.offer("Dropped", "Used", "Left")
    decide(*office.all, [dropped], Action.DROP)
    text = "---\ntitle: 'Rack Notes #7'\n---\n\n## Storage\n\n* [this](https://blog.example/used)\n"
    close(*office.all, read_post(text, "posts/seven.md"))
    for number, how in ((dropped, "dropped"), (used, "used")):
        with pytest.raises(Refused, match=f"was {how} in an earlier edition"):
            decide(*office.all, [left, number], Action.KEEP)
    assert [one.standing.state for one in office.stores.ledger.candidates(office.roundup.id)] == [State.NEW]


@pytest.mark.parametrize(
    ("action", "options", "message"),
    [
        (Action.MOVE, {}, "needs --section"),
        (Action.KEEP, {"until": "next"}, "goes with `hold`"),
    ],
)
def test_words_that_do_not_go_together_are_refused(office: Office, action: Action, options: dict[str, str], message: str) -> None:
    (one,) = office.offer("One")
    with pytest.raises(UsageError, match=message):
        decide(*office.all, [one], action, until=options.get("until"))


def test_a_section_is_found_by_name_alias_or_beginning(office: Office) -> None:
    assert known_section(office.plan, "networking") == "Networking"
    assert known_section(office.plan, "wires") == "Networking"
    assert known_section(office.plan, "sec") == "Security"
    with pytest.raises(UsageError, match="may mean"):
        known_section(office.plan, "s")
    with pytest.raises(UsageError, match="did you mean 'Storage'"):
        known_section(office.plan, "Storrage")
