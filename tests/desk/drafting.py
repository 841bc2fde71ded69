"""An author who writes at the desk and in the draft's file."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from aggregator.desk import bullets as verbs
from aggregator.desk.decide import decide
from aggregator.desk.draft import DraftReport, export, text
from aggregator.desk.given import read_draft
from aggregator.desk.reimport import ImportReport, take_in
from aggregator.desk.watching import take_in_changed
from aggregator.draft.merge import Side
from aggregator.errors import AggregatorError
from aggregator.records.candidates import Action, State
from aggregator.records.drafts import Bullet
from tests.desk.conftest import Office


class Author:
    """Writes at the desk and in the file, a minute for each."""

    def __init__(self, office: Office, home: Path) -> None:
        self.office, self.home = office, home
        self.path = home / "drafts" / "rack-notes-7.md"
        self.ids = office.offer("Alpha", "Beta", "Gamma", "Delta", "Epsilon")
        for id_, section in zip(self.ids[:4], ("Networking", "Networking", "Storage", "Storage"), strict=True):
            self.wait()
            decide(*office.all, [id_], Action.KEEP, section=section)
        self.write(self.key(0), "An [alpha][1] of mine.")
        self.write(self.key(1), "The [beta][1].")
        self.export()

    def wait(self) -> None:
        self.office.clock.advance(timedelta(minutes=20))

    def key(self, at: int) -> str:
        return verbs.find(self.shown(), f"c{self.ids[at]}").key

    def shown(self) -> list[Bullet]:
        return verbs.shown(*self.office.all)

    def write(self, key: str, words: str) -> None:
        self.wait()
        verbs.write(*self.office.all, key, words)

    def export(self, *, over: bool = False) -> DraftReport:
        self.wait()
        return export(*self.office.all, format_=None, out=None, home=self.home, over=over)

    def edit(self, *changes: tuple[str, str]) -> None:
        said = self.path.read_text()
        for old, new in changes:
            assert old in said
            said = said.replace(old, new)
        self.path.write_text(said)

    def take_in(self, take: Side | None = None) -> ImportReport:
        self.wait()
        return take_in(*self.office.all, read_draft(self.path), take=take)

    def watched(self, refused: list[AggregatorError] | None = None) -> list[ImportReport]:
        """What the daemon does of its own accord; without a list, nothing may be refused."""
        said: list[AggregatorError] = [] if refused is None else refused
        reports = take_in_changed(*self.office.all, said.append)
        assert refused is not None or not said
        return reports

    def state(self, at: int) -> State:
        (found,) = self.office.stores.ledger.candidates(self.office.roundup.id, [self.ids[at]])
        return found.standing.state

    def texts(self, section: str) -> list[str]:
        return [one.text for one in self.shown() if one.section == section]

    def settled(self) -> None:
        """Desk and file are one."""
        assert text(*self.office.all).split() == self.path.read_text().split()
        assert self.take_in().changed == 0
