"""What the open edition's page shows, of candidates made by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from aggregator.desk.triage import Usual
from aggregator.records.candidates import Action, Candidate, Hold, HoldKind, Standing, State, Verdict
from aggregator.records.drafts import Gesture
from aggregator.records.learning import Guess
from aggregator.settings import RoundupSettings, parse_settings
from aggregator.web.edition_view import LISTED, EditionView, Fold, Pile, edition_view, following, pile, row, undo_words

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
PLAN: RoundupSettings = parse_settings(
    "roundups: [{name: Links, carry: 3, sections: [{name: Networking}, {name: Storage}]}]", Path("/x/config.yaml"), {}
).roundups[0]
NOTHING_USUAL = Usual(None, {})


def candidate(id_: int, section: str | None = "Storage", *, sure: bool = True, interest: float = 0.5, **said: Any) -> Candidate:
    plain = Candidate(
        id=id_,
        url=f"https://blog.example/{id_}",
        canonical_url=f"https://blog.example/{id_}",
        title=f"Piece {id_}",
        text="Some words of it.",
        author=None,
        tags=(),
        published_at=None,
        first_seen=NOW - timedelta(days=1),
        standing=Standing(),
        guess=Guess(section if sure else None, section, "Networking", 0.8, interest=interest),
    )
    return replace(plain, **said)


def decided(id_: int, state: State, **said: Any) -> Candidate:
    return candidate(id_, standing=Standing(state, decided_at=NOW + timedelta(minutes=id_), **said))


def view(*candidates: Candidate, **said: Any) -> EditionView:
    given: dict[str, Any] = {"reasons": {}, "digits": {"Networking": 1, "Storage": 2}, "usual": NOTHING_USUAL, "earlier": 0}
    return edition_view(candidates, (), PLAN, **(given | said))


def test_sections_come_in_his_order_and_what_is_in_none_comes_last() -> None:
    made = view(candidate(1, "Storage"), candidate(2, None), candidate(3, "Gone"), candidate(4, "Networking"))
    assert [(part.title, part.digit, [one.id for one in part.new]) for part in made.parts] == [
        ("Networking", 1, [4]),
        ("Storage", 2, [1]),
        ("Unsorted", None, [2, 3]),
    ]


def test_the_sure_come_before_the_doubtful_and_the_most_interesting_first() -> None:
    made = view(candidate(1, interest=0.2), candidate(2, sure=False, interest=0.9), candidate(3, interest=0.7))
    part = made.part("s2")
    assert part is not None
    assert [one.id for one in part.new] == [3, 1, 2]


def test_what_only_the_last_mail_showed_is_what_he_comes_to_decide() -> None:
    part = view(candidate(1, shown=1), candidate(2, shown=2), candidate(3, carried=1)).part("s2")
    assert part is not None
    assert [one.id for one in part.new] == [1]
    assert [one.id for one in part.folds[Fold.WAITING]] == [2, 3]


def test_what_mails_showed_waits_and_what_is_past_the_first_is_folded() -> None:
    new = [candidate(n, interest=1 - n / 1000) for n in range(1, LISTED + 4)]
    part = view(*new, candidate(900, shown=2)).part("s2")
    assert part is not None
    assert len(part.new) == LISTED
    assert {fold: len(few) for fold, few in part.folds.items()} == {Fold.MORE: 3, Fold.WAITING: 1}
    assert part.undecided == LISTED + 4


def test_low_interest_is_folded_once_something_is_known_of_him() -> None:
    few = [*(candidate(n, interest=0.5) for n in range(1, 12)), *(candidate(n, interest=0.001) for n in range(20, 25))]
    assert Fold.LOW not in view(*few).parts[1].folds
    folded = view(*few, usual=Usual(30, {})).parts[1].folds
    assert [one.id for one in folded[Fold.LOW]] == [20, 21, 22, 23, 24]


@pytest.mark.parametrize(("kept", "words"), [(1, "thin"), (2, ""), (4, ""), (5, "overfull")])
def test_a_section_is_thin_or_overfull_by_what_is_usual(kept: int, words: str) -> None:
    made = view(*(decided(n, State.KEPT) for n in range(1, kept + 1)), usual=Usual(30, {"Storage": (2, 4)}))
    assert made.parts[1].budget == words
    assert (made.kept, made.wordless) == (kept, kept)


def test_what_is_due_stands_in_its_section_and_what_waits_is_counted() -> None:
    hold = Hold(HoldKind.NEXT)
    one, other = (decided(n, State.HELD, hold=hold, held_at=NOW - timedelta(days=4)) for n in (1, 2))
    made = view(one, other, reasons={1: "held for this edition"})
    part = made.parts[1]
    assert ([each.id for each in part.due], part.held, made.held, made.counts[Pile.DUE]) == ([1], 1, 2, 1)
    shown = row(one, PLAN, NOW, {1: "held for this edition"})
    assert (shown.due, shown.age, shown.held) == ("held for this edition", "held 4 days", "held 4 days, for the next edition")


def test_dropped_let_go_and_earlier_ones_are_lists_of_their_own() -> None:
    those = (
        decided(1, State.DROPPED),
        decided(2, State.DROPPED),
        decided(3, State.NEW, let_go=True),
        candidate(4, carried=3),
        candidate(5),
    )
    made = view(*those, earlier=90)
    assert made.counts == {Pile.DUE: 0, Pile.FINDS: 0, Pile.DROPPED: 2, Pile.LET_GO: 1, Pile.EARLIER: 91}
    assert [one.id for one in pile(Pile.DROPPED, those, {}, 3)] == [2, 1]
    assert [one.id for one in pile(Pile.LET_GO, those, {}, 3)] == [3]
    assert [one.id for one in pile(Pile.EARLIER, those, {}, 3)] == [4]
    assert sum(part.undecided for part in made.parts) == 1


def test_the_second_section_is_known_of_each_and_offered_where_the_first_is_in_doubt() -> None:
    shown = [row(candidate(1, sure=sure), PLAN, NOW) for sure in (True, False)]
    assert [(one.second, one.doubtful) for one in shown] == [("Networking", False), ("Networking", True)]


def test_a_row_knows_the_part_of_the_page_that_it_stands_in() -> None:
    assert [row(candidate(1, name), PLAN, NOW).part for name in ("Networking", "Storage", "Gone", None)] == [
        "s1",
        "s2",
        "s0",
        "s0",
    ]


def test_a_title_is_one_line_that_fits_whatever_a_feed_says() -> None:
    shown = row(candidate(1, title="\u202eevil\u200b " + "word " * 1000, author="A" * 500), PLAN, NOW)
    assert shown.title.startswith("evil word")
    assert len(shown.title) == 300
    assert len(shown.by) == 80


def test_what_is_due_waits_for_a_decision_too() -> None:
    one = decided(1, State.HELD, hold=Hold(HoldKind.NEXT), held_at=NOW)
    part = view(one, reasons={1: "held for this edition"}).parts[1]
    assert (part.undecided, part.waiting) == (0, 1)


@pytest.mark.parametrize(
    ("decided", "goes_on"), [([1], 2), ([2], 3), ([3], 2), ([1, 3], 2), ([2, 3], 1), ([1, 2, 3], None), ([99], None)]
)
def test_a_page_goes_on_below_what_was_decided_else_above_it(decided: list[int], goes_on: int | None) -> None:
    assert following([1, 2, 3], decided) == goes_on


def test_a_text_in_another_script_or_none_has_its_words_counted() -> None:
    assert row(candidate(1, text=""), PLAN, NOW).words == 0
    assert row(candidate(1, text="one two  three"), PLAN, NOW).words == 3


@pytest.mark.parametrize(
    ("action", "ids", "words"),
    [
        (Action.DROP, (1,), "dropped “A tale of two racks”"),
        (Action.KEEP, (1, 2), "kept 2"),
        (Action.LET_GO, (1, 2, 3), "let 3 go"),
        (Action.MOVE, (2,), "moved 1 to Storage"),
    ],
)
def test_undo_says_what_it_would_take_back(action: Action, ids: tuple[int, ...], words: str) -> None:
    said = tuple(Verdict(n, n, 1, action, NOW, "one", section="Storage" if action is Action.MOVE else None) for n in ids)
    assert undo_words(Gesture("one", NOW, said), {1: "A tale of two racks"}) == words


def test_undo_says_a_title_that_turns_letters_round_as_they_stand() -> None:
    gesture = Gesture("one", NOW, (Verdict(1, 1, 1, Action.DROP, NOW, "one"),))
    assert undo_words(gesture, {1: "\u202egnp.exe " + "W" * 90}) == "dropped “gnp.exe " + "W" * 39 + "…”"


def test_words_alone_are_taken_back_too() -> None:
    assert undo_words(Gesture("one", NOW), {}) == "what you wrote"
