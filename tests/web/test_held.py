"""The page of what is held: by intent, with its age; its buttons."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from aggregator.desk.decide import decide
from aggregator.records.candidates import Action, State
from tests.desk.conftest import Office
from tests.web.visitor import Visitor

HELD = "/r/rack-notes/held"


@pytest.fixture
def office(sqlite_url: str, tmp_path: Path) -> Iterator[Office]:
    made = Office(tmp_path, sqlite_url)
    one, two, three = made.offer("A lab of racks", "A <b>bold</b> saga, part 1", "Due at once")
    for id_, until in ((one, "theme home labs"), (two, "series"), (three, "today")):
        decide(*made.all, [id_], Action.HOLD, until=until, comment="My words.")
        made.clock.advance(timedelta(seconds=1))
    made.clock.advance(timedelta(days=41))
    yield made
    made.stores.close()


@pytest.fixture
def visitor(office: Office) -> Visitor:
    return Visitor(office.stores)


def test_everything_held_is_shown_with_age_and_intent(visitor: Visitor) -> None:
    page = visitor.get(HELD).text
    assert page.count("41 days") == 3
    assert page.index("Due now") < page.index("home labs") < page.index("Until a series goes on")
    assert "held until its series goes on, until 1 May at the latest" in page
    assert "<b>bold</b>" not in page
    assert "My words." in page


def test_nothing_held_says_so(sqlite_url: str, tmp_path: Path) -> None:
    made = Office(tmp_path, sqlite_url)
    assert "Nothing is on hold" in Visitor(made.stores).get(HELD).text
    made.stores.close()


@pytest.mark.parametrize(
    ("form", "state", "due"),
    [
        ({"action": "keep"}, State.KEPT, False),
        ({"action": "drop"}, State.DROPPED, False),
        ({"action": "hold", "until": "2030-01-01"}, State.HELD, False),
        ({"action": "hold", "until": "today"}, State.HELD, True),
    ],
)
def test_each_button_does_what_it_says(
    visitor: Visitor, office: Office, form: dict[str, str | list[str]], state: State, due: bool
) -> None:
    visitor.get(HELD)
    answer = visitor.post(f"{HELD}/decide", {"id": "1", **form})
    assert (answer.status_code, answer.headers["location"]) == (303, HELD)
    (one,) = office.stores.ledger.candidates(office.roundup.id, [1])
    assert one.standing.state is state
    assert (visitor.get(HELD).text.count("badge warn") == 2) == due


@pytest.mark.parametrize("form", [{"id": "1", "action": "undo"}, {"id": "x", "action": "keep"}, {"action": "keep"}, {}])
def test_a_form_that_is_none_of_ours_is_refused(visitor: Visitor, form: dict[str, str | list[str]]) -> None:
    visitor.get(HELD)
    assert visitor.post(f"{HELD}/decide", form).status_code == 400


def test_an_edition_is_made_the_theme_s(visitor: Visitor) -> None:
    assert "Make #7 that edition" in visitor.get(HELD).text
    visitor.post(f"{HELD}/theme", {"theme": "Home Labs"})
    assert "for the theme home labs" in visitor.get(HELD).text
    assert visitor.post(f"{HELD}/theme", {"theme": "gardens"}).status_code == 404


def test_only_what_could_fit_a_section(visitor: Visitor, office: Office) -> None:
    decide(*office.all, [1], Action.MOVE, section="Storage")
    page = visitor.get(f"{HELD}?section=Storage").text
    assert "A lab of racks" in page
    assert "Due at once" not in page
