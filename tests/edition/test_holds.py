from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.edition.holds import (
    SERIES_PATIENCE,
    THEME_PATIENCE,
    called,
    could_fit,
    days_held,
    due_reason,
    due_reasons,
    is_due,
    parse_until,
    waits_for,
)
from aggregator.errors import UsageError
from aggregator.records.candidates import Candidate, Hold, HoldKind, Standing, State
from aggregator.records.editions import Edition

TODAY = date(2026, 11, 20)  # a Friday
OPEN = Edition(id=12, roundup_id=1, number=28, opened_at=datetime(2026, 11, 2, tzinfo=UTC))

Build = Callable[..., Candidate]


def held(kind: HoldKind, until: date | None = None, held_in: int = 12) -> Standing:
    return Standing(State.HELD, hold=Hold(kind, until), held_in=held_in)


def test_a_hold_for_the_next_edition_is_not_due_in_the_edition_it_was_made_in(candidate: Build) -> None:
    assert not is_due(candidate(1, "A", standing=held(HoldKind.NEXT)), OPEN, TODAY, [])


@pytest.mark.parametrize("held_in", [11, 3])
def test_a_hold_for_the_next_edition_is_due_in_any_later_one(candidate: Build, held_in: int) -> None:
    one = candidate(1, "A", standing=held(HoldKind.NEXT, held_in=held_in))
    assert due_reason(one, OPEN, TODAY, []) == "held for this edition"


def test_a_date_is_due_on_the_day_and_after(candidate: Build) -> None:
    one = candidate(1, "A", standing=held(HoldKind.DATE, date(2026, 11, 20)))
    assert not is_due(one, OPEN, date(2026, 11, 19), [])
    assert due_reason(one, OPEN, TODAY, []) == "held until 20 Nov"
    assert due_reason(one, OPEN, date(2027, 1, 3), []) == "held until 20 Nov 2026"


@pytest.mark.parametrize("state", [State.NEW, State.KEPT, State.DROPPED])
def test_what_is_not_held_is_never_due(candidate: Build, state: State) -> None:
    assert not is_due(candidate(1, "A", standing=Standing(state)), OPEN, TODAY, [])


def test_a_further_part_makes_a_series_due(candidate: Build) -> None:
    one = candidate(1, "Building a NAS, part 1", standing=held(HoldKind.SERIES, date(2027, 1, 19)))
    two = candidate(2, "Building a NAS, part 2: disks")
    assert due_reason(one, OPEN, TODAY, [one]) is None
    assert due_reason(one, OPEN, TODAY, [one, two]) == "a further part appeared: Building a NAS, part 2: disks"


def test_the_first_part_need_not_be_numbered(candidate: Build) -> None:
    one = candidate(1, "Building a NAS", standing=held(HoldKind.SERIES, date(2027, 1, 19)))
    assert is_due(one, OPEN, TODAY, [candidate(2, "Building a NAS (2/3)")])
    assert not is_due(one, OPEN, TODAY, [candidate(2, "Building a NAS (1/3)")])


def test_an_earlier_part_another_site_or_another_series_is_no_further_part(candidate: Build) -> None:
    two = candidate(2, "Building a NAS, part 2", standing=held(HoldKind.SERIES, date(2027, 1, 19)))
    others = [
        candidate(1, "Building a NAS, part 1"),
        candidate(3, "Building a NAS, part 3", url="https://elsewhere.example/3"),
        candidate(4, "Building a router, part 3"),
    ]
    assert not is_due(two, OPEN, TODAY, others)


def test_two_parts_held_together_wait_for_the_third(candidate: Build) -> None:
    waiting = held(HoldKind.SERIES, date(2027, 1, 19))
    one, two = candidate(1, "NAS, part 1", standing=waiting), candidate(2, "NAS, part 2", standing=waiting)
    assert not is_due(one, OPEN, TODAY, [one, two])
    assert is_due(one, OPEN, TODAY, [one, two, candidate(3, "NAS, part 3")])
    assert is_due(two, OPEN, TODAY, [one, two, candidate(3, "NAS, part 3")])


def test_a_series_that_never_goes_on_is_due_at_its_deadline(candidate: Build) -> None:
    one = candidate(1, "NAS, part 1", standing=held(HoldKind.SERIES, date(2026, 11, 20)))
    assert due_reason(one, OPEN, TODAY, []) == "no further part by 20 Nov"


def test_a_held_candidate_without_any_address_can_be_asked(candidate: Build) -> None:
    one = candidate(1, "NAS, part 1", url=None, standing=held(HoldKind.SERIES, date(2027, 1, 1)))
    assert not is_due(one, OPEN, TODAY, [candidate(2, "NAS, part 2", url=None)])


def test_next_and_series_are_words() -> None:
    assert parse_until(" Next ", TODAY) == Hold(HoldKind.NEXT)
    assert parse_until("series", TODAY) == Hold(HoldKind.SERIES, date(2027, 1, 19))


@pytest.mark.parametrize(
    ("text", "until"),
    [
        ("2027-01-03", date(2027, 1, 3)),
        ("2026-11-20", TODAY),
        ("3 Jan", date(2027, 1, 3)),
        ("Jan 3", date(2027, 1, 3)),
        ("3 January 2028", date(2028, 1, 3)),
        ("24 Nov", date(2026, 11, 24)),
        ("20 nov", TODAY),
        ("sunday", date(2026, 11, 22)),
        ("friday", date(2026, 11, 27)),
    ],
)
def test_a_date_may_be_written_in_words(text: str, until: date) -> None:
    assert parse_until(text, TODAY) == Hold(HoldKind.DATE, until)


@pytest.mark.parametrize("text", ["2026-11-19", "3 Jan 2020", "1999-01-01"])
def test_a_past_date_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="past"):
        parse_until(text, TODAY)


@pytest.mark.parametrize("text", ["", "soon", "3/4", "30 Feb", "2027-13-01", "31", "99999999999 Jan", "10pm", "january"])
def test_what_is_no_date_is_told_how_to_write_one(text: str) -> None:
    with pytest.raises(UsageError, match="2027-01-03"):
        parse_until(text, TODAY)


@given(st.dates(min_value=TODAY, max_value=date(9000, 1, 1)))
def test_every_iso_date_from_today_on_is_itself(day: date) -> None:
    assert parse_until(day.isoformat(), TODAY) == Hold(HoldKind.DATE, day)


@given(st.text(max_size=40))
def test_any_words_give_a_hold_or_a_clear_refusal(text: str) -> None:
    try:
        hold = parse_until(text, TODAY)
    except UsageError:
        return
    assert hold.until is None or hold.until >= TODAY


@pytest.mark.parametrize(
    ("words", "hold"),
    [
        ("theme kubernetes", Hold(HoldKind.THEME, TODAY + THEME_PATIENCE, "kubernetes")),
        ("Theme: Home Labs until 1 March", Hold(HoldKind.THEME, date(2027, 3, 1), "Home Labs")),
        ("theme 'what lasts until spring' until 2027-05-01", Hold(HoldKind.THEME, date(2027, 5, 1), "what lasts until spring")),
        ("theme  two   words", Hold(HoldKind.THEME, TODAY + THEME_PATIENCE, "two words")),
        ("series until 1 March", Hold(HoldKind.SERIES, date(2027, 3, 1))),
        ("series", Hold(HoldKind.SERIES, TODAY + SERIES_PATIENCE)),
        ("SERIES 2027-01-03", Hold(HoldKind.SERIES, date(2027, 1, 3))),
        ("today", Hold(HoldKind.DATE, TODAY)),
    ],
)
def test_an_intent_may_have_a_deadline(words: str, hold: Hold) -> None:
    assert parse_until(words, TODAY) == hold


@pytest.mark.parametrize(
    "words", ["theme", "theme until 1 March", "theme labs until 3/4", "theme labs until 2020-01-01", "series soon"]
)
def test_a_theme_without_words_and_a_deadline_that_is_no_coming_day_are_refused(words: str) -> None:
    with pytest.raises(UsageError):
        parse_until(words, TODAY)


@given(st.text(max_size=80))
def test_a_theme_comes_back_as_a_line_or_is_refused(words: str) -> None:
    try:
        hold = parse_until(f"theme {words}", TODAY)
    except UsageError:
        return
    assert hold.kind is HoldKind.THEME
    assert hold.theme
    assert len(hold.theme.splitlines()) == 1


def test_a_theme_is_due_at_its_deadline_or_when_it_is_called(candidate: Build) -> None:
    waiting = Standing(State.HELD, hold=Hold(HoldKind.THEME, date(2026, 11, 20), "home labs"), held_in=12)
    assert due_reason(candidate(1, "A", standing=waiting), OPEN, date(2026, 11, 19), []) is None
    assert due_reason(candidate(1, "A", standing=waiting), OPEN, TODAY, []) == "no edition on home labs by 20 Nov"
    ready = candidate(1, "A", standing=Standing(State.HELD, hold=called("home labs", TODAY), held_in=12))
    assert due_reason(ready, OPEN, TODAY, []) == "for the theme home labs"


def test_the_reasons_of_those_that_are_due(candidate: Build) -> None:
    one = candidate(1, "A", standing=held(HoldKind.DATE, TODAY))
    two = candidate(2, "B", standing=held(HoldKind.DATE, date(2026, 12, 24)))
    assert due_reasons([one, two], OPEN, TODAY) == {1: "held until 20 Nov"}


@pytest.mark.parametrize(
    ("hold", "words"),
    [
        (Hold(HoldKind.NEXT), "for the next edition"),
        (Hold(HoldKind.DATE, date(2027, 1, 3)), "until 3 Jan 2027"),
        (Hold(HoldKind.SERIES, date(2026, 12, 1)), "until its series goes on, until 1 Dec at the latest"),
        (Hold(HoldKind.THEME, date(2026, 12, 1), "labs"), "for an edition on labs, until 1 Dec at the latest"),
        (called("labs", TODAY), "for this edition, whose theme is labs"),
    ],
)
def test_what_a_hold_waits_for_is_said_in_words(hold: Hold, words: str) -> None:
    assert waits_for(hold, TODAY) == words


def test_the_age_of_a_hold_is_in_whole_days(candidate: Build) -> None:
    now = datetime(2026, 11, 20, 7, tzinfo=UTC)
    since = Standing(State.HELD, hold=Hold(HoldKind.NEXT), held_at=datetime(2026, 10, 10, 8, tzinfo=UTC))
    assert days_held(candidate(1, "A", standing=since), now) == 40
    assert days_held(candidate(1, "A"), now) is None


def test_what_is_held_could_fit_its_section_the_longest_held_first(candidate: Build) -> None:
    def one(id_: int, section: str, day: int, state: State = State.HELD) -> Candidate:
        at = datetime(2026, 11, day, tzinfo=UTC)
        return candidate(id_, "A", standing=Standing(state, section, Hold(HoldKind.NEXT), held_at=at))

    found = could_fit(
        "Storage", [one(1, "Storage", 9), one(2, "Storage", 3), one(3, "Security", 1), one(4, "Storage", 1, State.KEPT)]
    )
    assert [each.id for each in found] == [2, 1]
