from __future__ import annotations

from datetime import date

import pytest

from aggregator.archive.read import read_post
from aggregator.desk.close import close
from aggregator.desk.decide import decide
from aggregator.errors import Refused
from aggregator.records.archive import PastEdition
from aggregator.records.candidates import Action, State
from aggregator.records.editions import Outcome
from aggregator.records.learning import Guess, LabelSource
from tests.desk.conftest import Office


def post(body: str, *, number: int | None = 7, day: str = "2026-03-01", extra: str = "") -> PastEdition:
    title = f"Rack Notes #{number}" if number is not None else "Rack Notes"
    return read_post(f"---\ntitle: '{title}'\ndate: {day}\n{extra}---\n\n{body}\n", "posts/seven.md")


def link(title: str) -> str:
    return f"* See [this](https://blog.example/{title.lower().replace(' ', '-')})."


def test_each_candidate_gets_its_outcome_and_the_next_edition_opens(office: Office) -> None:
    used, moved, kept, held, dropped, _left = office.offer("Used", "Moved", "Kept", "Held", "Dropped", "Left")
    decide(*office.all, [used, moved], Action.KEEP, section="Networking")
    decide(*office.all, [kept], Action.KEEP)
    decide(*office.all, [held], Action.HOLD)
    decide(*office.all, [dropped], Action.DROP)
    body = f"## Wires\n\n{link('Used')}\n\n## Storage\n\n{link('Moved')}\n* And [mine](https://mine.example/x)."
    report = close(*office.all, post(body))
    counts = {outcome: report.closing.count(outcome) for outcome in Outcome}
    assert counts == {
        Outcome.USED: 1,
        Outcome.MOVED: 1,
        Outcome.UNUSED: 1,
        Outcome.WAITING: 0,
        Outcome.CARRIED: 1,
        Outcome.HELD: 1,
        Outcome.DROPPED: 1,
    }
    assert [(one.url, one.section) for one in report.closing.added] == [("https://mine.example/x", "Storage")]
    assert (report.closed.number, report.closed.published, report.opened.number) == (7, date(2026, 3, 1), 8)
    left = {one.title: one.standing.state for one in office.stores.ledger.candidates(office.roundup.id)}
    assert left == {"Kept": State.KEPT, "Held": State.HELD, "Left": State.NEW}


def test_the_post_teaches_its_sections_and_is_in_the_archive(office: Office) -> None:
    (one,) = office.offer("A switch")
    close(*office.all, post(f"## Storage\n\n{link('A switch')}"))
    published = [label for label in office.stores.learning.labels(office.roundup.id) if label.source is LabelSource.PUBLISHED]
    assert [(label.section, label.example.title) for label in published] == [("Storage", "A switch")]
    uses = office.stores.archive.search(office.roundup.id, "switch", 10)
    assert [(use.edition, use.section) for use in uses] == [("Rack Notes #7", "Storage")]
    assert office.stores.ledger.candidates(office.roundup.id, [one])[0].linked_before[0].edition == "Rack Notes #7"


def test_the_undecided_count_as_unused_once_and_then_wait(office: Office) -> None:
    office.offer("Nobody's", "Used", "Used too")
    first = close(*office.all, post(f"## Storage\n\n{link('Used')}"))
    assert first.closing.count(Outcome.UNUSED) == 2
    second = close(*office.all, post(f"## Storage\n\n{link('Used too')}", number=8))
    assert (second.closing.count(Outcome.UNUSED), second.closing.count(Outcome.WAITING)) == (0, 1)
    (waiting,) = office.stores.ledger.candidates(office.roundup.id)
    assert waiting.carried == 2


def test_a_hold_ends_when_its_link_is_in_the_post(office: Office) -> None:
    (one,) = office.offer("Held")
    decide(*office.all, [one], Action.HOLD)
    report = close(*office.all, post(f"## Storage\n\n{link('Held')}"))
    assert report.closing.count(Outcome.HELD) == 0
    assert office.stores.ledger.candidates(office.roundup.id) == []


def test_a_candidate_dropped_in_an_earlier_edition_and_linked_after_all_is_no_added_link(office: Office) -> None:
    (one,) = office.offer("Second thoughts")
    decide(*office.all, [one], Action.DROP)
    close(*office.all, post("## Storage\n\n* [x](https://mine.example/x)"))
    report = close(*office.all, post(f"## Storage\n\n{link('Second thoughts')}", number=8))
    assert report.closing.added == ()
    assert report.closing.count(Outcome.MOVED) == 1


def test_the_post_is_the_last_word_on_a_section(office: Office) -> None:
    """What he had said before went on teaching the other section."""
    (one,) = office.offer("A switch")
    decide(*office.all, [one], Action.MOVE, section="Networking")
    close(*office.all, post(f"## Storage\n\n{link('A switch')}"))
    labels = office.stores.learning.labels(office.roundup.id)
    assert {(label.section, label.source) for label in labels} == {
        ("Storage", LabelSource.ARCHIVE),
        ("Storage", LabelSource.PUBLISHED),
    }


def test_a_link_above_the_first_heading_is_used_and_teaches_nothing(office: Office) -> None:
    """The guess was taken for what he had published."""
    (one,) = office.offer("A switch")
    guess = Guess("Networking", "Networking", "Storage", 0.9)
    office.stores.ledger.add_guesses({one: guess}, None, office.clock.now())
    report = close(*office.all, post(f"{link('A switch')}\n\n## Storage\n\nNothing this time."))
    assert report.closing.count(Outcome.USED) == 1
    assert office.stores.learning.labels(office.roundup.id) == []


def test_a_post_dated_by_a_clock_ahead_of_his_is_taken(office: Office) -> None:
    assert close(*office.all, post(f"## Storage\n\n{link('x')}", day="2026-03-03")).closed.number == 7


def test_a_post_without_a_number_closes_the_open_edition(office: Office) -> None:
    report = close(*office.all, post("## Storage\n\n* [x](https://mine.example/x)", number=None))
    assert (report.closed.number, report.opened.number) == (7, 8)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (post("## A\n\n* [x](https://x.example/)", extra="draft: true\n"), "draft"),
        (post("## A\n\n* [x](https://x.example/)", day="2026-04-01"), "still to come"),
        (post("## A\n\n* [x](https://x.example/)", number=6), "number 6"),
        (post("Nothing here."), "links to nothing"),
    ],
)
def test_what_is_not_the_published_edition_closes_nothing(office: Office, given: PastEdition, message: str) -> None:
    with pytest.raises(Refused, match=message):
        close(*office.all, given)
    assert office.stores.ledger.open_edition(office.roundup.id, 1, office.clock.now()).number == 7


def test_a_skipped_number_is_taken_over_when_he_says_so(office: Office) -> None:
    office.offer("Used")
    later = post(f"## Storage\n\n{link('Used')}", number=9)
    with pytest.raises(Refused, match="--renumber"):
        close(*office.all, later)
    report = close(*office.all, later, renumber=True)
    assert (report.closed.number, report.opened.number) == (9, 10)
