from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.edition.ledger import standing
from aggregator.edition.ledger import undo as take_back
from aggregator.records.candidates import Action, Hold, HoldKind, Standing, State, Verdict
from aggregator.records.drafts import Gesture

START = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)


def verdict(id_: int, action: Action, **said: Any) -> Verdict:
    plain = Verdict(id=id_, candidate_id=7, edition_id=28, action=action, at=START + timedelta(minutes=id_), batch=f"b{id_}")
    return replace(plain, **said)


def undo(id_: int, undoes: int) -> Verdict:
    return verdict(id_, Action.UNDO, undoes=undoes)


@st.composite
def histories(draw: st.DrawFn) -> list[Verdict]:
    """Gestures on one candidate, undos among them, in the order they were made."""
    made: list[Verdict] = []
    for id_ in range(1, draw(st.integers(0, 12)) + 1):
        action = draw(st.sampled_from(list(Action) if made else [one for one in Action if one is not Action.UNDO]))
        if action is Action.UNDO:
            made.append(undo(id_, draw(st.integers(1, id_ - 1))))
            continue
        hold = draw(st.sampled_from([None, Hold(HoldKind.NEXT), Hold(HoldKind.DATE, date(2026, 4, 1))]))
        made.append(
            verdict(
                id_,
                action,
                edition_id=28 + id_ // 5,
                section=draw(st.sampled_from([None, "Networking", "Storage"])),
                comment=draw(st.sampled_from([None, "", "worth it"])),
                hold=hold if action is Action.HOLD else None,
            )
        )
    return made


def test_nothing_said_is_new() -> None:
    assert standing([]) == Standing()


@pytest.mark.parametrize(
    ("action", "state"),
    [(Action.KEEP, State.KEPT), (Action.DROP, State.DROPPED), (Action.HOLD, State.HELD), (Action.MOVE, State.NEW)],
)
def test_each_verdict_sets_its_state(action: Action, state: State) -> None:
    assert standing([verdict(1, action)]).state is state


def test_a_move_files_without_deciding() -> None:
    moved = standing([verdict(1, Action.KEEP), verdict(2, Action.MOVE, section="Storage")])
    assert (moved.state, moved.section) == (State.KEPT, "Storage")


def test_a_move_of_a_held_one_keeps_the_hold() -> None:
    hold = Hold(HoldKind.DATE, date(2026, 5, 1))
    moved = standing([verdict(1, Action.HOLD, hold=hold), verdict(2, Action.MOVE, section="Storage")])
    assert (moved.state, moved.hold, moved.held_in) == (State.HELD, hold, 28)


def test_a_section_given_with_a_keep_or_a_hold_applies() -> None:
    assert standing([verdict(1, Action.KEEP, section="Career")]).section == "Career"
    assert standing([verdict(1, Action.HOLD, section="Career")]).section == "Career"


def test_a_keep_without_a_section_leaves_the_earlier_one() -> None:
    assert standing([verdict(1, Action.MOVE, section="Career"), verdict(2, Action.KEEP)]).section == "Career"


def test_the_last_comment_counts_and_an_empty_one_erases() -> None:
    said = [verdict(1, Action.KEEP, comment="first"), verdict(2, Action.KEEP, comment="second"), verdict(3, Action.MOVE)]
    assert standing(said).comment == "second"
    assert standing([*said, verdict(4, Action.KEEP, comment="")]).comment is None


def test_a_later_keep_ends_a_hold() -> None:
    kept = standing([verdict(1, Action.HOLD), verdict(2, Action.KEEP)])
    assert (kept.state, kept.hold, kept.held_in) == (State.KEPT, None, None)


def test_a_dropped_one_can_be_kept_after_all() -> None:
    assert standing([verdict(1, Action.DROP), verdict(2, Action.KEEP)]).state is State.KEPT


def test_a_hold_without_words_is_until_the_next_edition_and_knows_where_it_was_made() -> None:
    held = standing([verdict(1, Action.HOLD, edition_id=31)])
    assert (held.hold, held.held_in) == (Hold(HoldKind.NEXT), 31)


def test_an_undo_brings_back_what_was_before() -> None:
    said = [verdict(1, Action.KEEP, section="Storage"), verdict(2, Action.DROP), undo(3, undoes=2)]
    assert standing(said) == standing(said[:1])


def test_an_undone_undo_brings_the_verdict_back() -> None:
    said = [verdict(1, Action.DROP), undo(2, undoes=1), undo(3, undoes=2)]
    assert standing(said) == standing(said[:1])


def test_an_undo_in_the_middle_leaves_later_verdicts_alone() -> None:
    said = [verdict(1, Action.DROP), verdict(2, Action.MOVE, section="Storage"), undo(3, undoes=1)]
    assert standing(said) == standing(said[1:2])


def test_an_undo_cannot_take_back_what_comes_after_it() -> None:
    assert standing([undo(1, undoes=2), verdict(2, Action.KEEP)]).state is State.KEPT


@given(histories(), st.randoms(use_true_random=False))
def test_the_order_in_which_rows_arrive_does_not_matter(said: list[Verdict], random: Random) -> None:
    shuffled = list(said)
    random.shuffle(shuffled)
    assert standing(shuffled) == standing(said)


@given(histories())
def test_undoing_every_verdict_makes_it_fresh(said: list[Verdict]) -> None:
    plain = [one for one in said if one.action is not Action.UNDO]
    undone = [undo(100 + n, undoes=one.id) for n, one in enumerate(plain)]
    assert standing([*plain, *undone]) == Standing()


@given(histories(), st.sampled_from([Action.KEEP, Action.DROP, Action.HOLD, Action.MOVE]))
def test_a_verdict_taken_back_at_once_was_never_said(said: list[Verdict], action: Action) -> None:
    further = verdict(100, action, section="Hardware", comment="no")
    assert standing([*said, further, undo(101, undoes=100)]) == standing(said)


@given(histories())
def test_appending_a_keep_changes_state_alone(said: list[Verdict]) -> None:
    before, after = standing(said), standing([*said, verdict(100, Action.KEEP)])
    assert after.state is State.KEPT
    assert (after.section, after.comment) == (before.section, before.comment)


@given(histories())
def test_a_hold_stands_exactly_while_the_state_is_held(said: list[Verdict]) -> None:
    now = standing(said)
    assert (now.state is State.HELD) == (now.hold is not None) == (now.held_in is not None)


@given(histories())
def test_section_and_decision_are_independent_gestures(said: list[Verdict]) -> None:
    move, keep = verdict(100, Action.MOVE, section="Hardware"), verdict(101, Action.KEEP)
    swapped = [replace(keep, id=100), replace(move, id=101)]
    one, other = standing([*said, move, keep]), standing([*said, *swapped])
    assert replace(one, decided_at=None) == replace(other, decided_at=None)


def test_an_undo_takes_whole_gestures_back_newest_first() -> None:
    bulk = [verdict(4, Action.DROP, candidate_id=1, batch="x"), verdict(5, Action.DROP, candidate_id=2, batch="x")]
    earlier = [verdict(3, Action.KEEP, candidate_id=1)]
    taken = take_back([Gesture("x", START, tuple(bulk)), Gesture("y", START, tuple(earlier))], START, "undo-1")[0]
    assert [(one.candidate_id, one.undoes) for one in taken] == [(2, 5), (1, 4), (1, 3)]
    assert {(one.action, one.batch, one.at) for one in taken} == {(Action.UNDO, "undo-1", START)}


def test_undoing_nothing_says_nothing() -> None:
    assert take_back([], START, "undo-1") == ([], [])
