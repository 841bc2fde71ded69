"""Whatever he does in whatever order: nothing kept is lost or doubled, nothing written is lost, and all can be taken back."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from shutil import copyfile
from tempfile import TemporaryDirectory

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from aggregator.desk import bullets as desk
from aggregator.desk.decide import decide, undo
from aggregator.desk.draft import download
from aggregator.desk.draft import text as draft_text
from aggregator.desk.given import pasted
from aggregator.desk.reimport import take_in
from aggregator.errors import AggregatorError
from aggregator.records.candidates import Action, State
from aggregator.storage.schema import piece_states
from tests.desk.conftest import Office

SECTIONS = ("Networking", "Storage", "Security")
TITLES = ("A", "B", "C", "D", "E")
WORDS = ("Words.", "[one][1] and [two][2]", "`[x][1]`", "[new](https://else.example/new)", "[d](https://blog.example/d)", "")
numbers = st.integers(0, 4)
Step = tuple[str, object, object]
steps = st.one_of(
    st.tuples(st.just("keep"), numbers, st.sampled_from(SECTIONS)),
    st.tuples(st.just("drop"), numbers, st.none()),
    st.tuples(st.just("hold"), numbers, st.none()),
    st.tuples(st.just("group"), st.lists(numbers, min_size=2, max_size=3, unique=True), st.none()),
    st.tuples(st.just("ungroup"), numbers, st.none()),
    st.tuples(st.just("write"), numbers, st.sampled_from(WORDS)),
    st.tuples(st.just("place"), numbers, st.tuples(st.sampled_from(SECTIONS), numbers)),
    st.tuples(st.just("remove"), numbers, st.none()),
    st.tuples(st.just("move"), numbers, st.sampled_from(SECTIONS)),
    st.tuples(st.just("split"), numbers, st.none()),
    st.tuples(st.just("join"), st.tuples(numbers, numbers), st.none()),
    st.tuples(st.just("say"), st.sampled_from(SECTIONS), st.booleans()),
    st.tuples(st.just("edit"), st.sampled_from(("nothing", "delete", "append", "last", "add")), numbers),
    st.tuples(st.just("undo"), st.integers(1, 2), st.none()),
)


class Table:
    """An author at work: every step is a verb of the desk; one that makes no sense now is refused and changes nothing."""

    def __init__(self, office: Office) -> None:
        self.office = office
        self.ids = office.offer(*TITLES)
        self.saved: list[str] = []

    def do(self, step: Step) -> None:
        self.office.clock.advance(timedelta(seconds=1))
        name, what, how = step
        act: Callable[[object, object], None] = getattr(self, name)
        before = self.state()
        try:
            act(what, how)
        except AggregatorError:
            assert self.state() == before

    def keep(self, one: int, section: str) -> None:
        decide(*self.office.all, [self.ids[one]], Action.KEEP, section=section)

    def drop(self, one: int, _: None) -> None:
        decide(*self.office.all, [self.ids[one]], Action.DROP)

    def hold(self, one: int, _: None) -> None:
        decide(*self.office.all, [self.ids[one]], Action.HOLD)

    def group(self, those: list[int], _: None) -> None:
        desk.group(*self.office.all, [self.ids[one] for one in those])

    def ungroup(self, one: int, _: None) -> None:
        desk.ungroup(*self.office.all, f"c{self.ids[one]}")

    def write(self, one: int, words: str) -> None:
        self.saved.append(desk.write(*self.office.all, f"c{self.ids[one]}", words).text)

    def place(self, one: int, where: tuple[str, int]) -> None:
        there = [bullet.key for bullet in desk.shown(*self.office.all) if bullet.section == where[0]]
        before = there[where[1]] if where[1] < len(there) else None
        desk.place(*self.office.all, f"c{self.ids[one]}", where[0], before=before)

    def remove(self, one: int, _: None) -> None:
        desk.remove(*self.office.all, f"c{self.ids[one]}")

    def move(self, one: int, section: str) -> None:
        decide(*self.office.all, [self.ids[one]], Action.MOVE, section=section)

    def split(self, one: int, _: None) -> None:
        desk.ungroup(*self.office.all, f"c{self.ids[one]}", [self.ids[one]])

    def join(self, those: tuple[int, int], _: None) -> None:
        into = desk.find(desk.shown(*self.office.all), f"c{self.ids[those[0]]}")
        desk.group(*self.office.all, [self.ids[those[1]]], into.key)

    def say(self, section: str, bullet: bool) -> None:
        self.saved.append(desk.words(*self.office.all, section, "Alone.", bullet=bullet).text)

    def edit(self, how: str, at: int) -> None:
        """He takes the draft along, changes it and brings it back."""
        _, text = download(*self.office.all, "markdown")
        lines = text.split("\n")
        bullets = [place for place, line in enumerate(lines) if line.startswith("* ")]
        if how == "add":
            place = next(place for place, line in enumerate(lines) if line == f"## {SECTIONS[at % 3]}")
            lines[place + 1 : place + 1] = ["", "* [Found](https://found.example/it) by hand.", ""]
        elif how != "nothing" and at < len(bullets):
            line = lines.pop(bullets[at])
            if how == "append":
                lines.insert(bullets[at], f"{line} And more.")
            elif how == "last":
                lines += [line, ""]
        take_in(*self.office.all, pasted("\n".join(lines)), take="file")

    def undo(self, n: int, _: None) -> None:
        undo(*self.office.all, n)

    def state(self) -> list[tuple[object, ...]]:
        """What the draft is made of, in order."""
        return [
            (one.section, one.text, [(link.number, link.candidate.id) for link in one.links], one.via, one.thanks)
            for one in desk.shown(*self.office.all)
        ]


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(steps, max_size=12))
def test_any_sequence_of_verbs_keeps_what_he_kept_and_wrote(sqlite_template: Path, work: list[Step]) -> None:
    with TemporaryDirectory() as folder:
        database = Path(folder) / "aggregator.db"
        copyfile(sqlite_template, database)
        office = Office(Path(folder), f"sqlite:///{database}")
        table = Table(office)
        for step in work:
            table.do(step)
            kept = [one.id for one in office.stores.ledger.candidates(office.roundup.id) if one.standing.state is State.KEPT]
            assert sorted(link.candidate.id for one in desk.shown(*office.all) for link in one.links) == sorted(kept)
            told = draft_text(*office.all, "markdown")
            typed = " ".join(one.text for one in desk.everything(*office.all))
            for one in office.stores.ledger.candidates(office.roundup.id):
                there = re.search(rf"{re.escape(one.url or '')}(?![\w/])", told) is not None
                assert there or one.id not in kept
                assert not there or one.id in kept or (one.url or "") in typed
        with office.stores.database.read() as connection:
            ever = set(connection.execute(select(piece_states.c.text)).scalars())
        assert {text for text in table.saved if text.strip()} <= ever
        office.clock.advance(timedelta(seconds=1))
        undo(*office.all, 99)
        assert table.state() == []
        assert {one.standing.state for one in office.stores.ledger.candidates(office.roundup.id)} == {State.NEW}
        office.stores.close()
