"""Whatever is published, edited, withdrawn and published again: it ends as if only the last version had been published."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from itertools import count
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aggregator.archive.read import read_post
from aggregator.clock import ManualClock
from aggregator.closing.close import close, reapply, reopen
from aggregator.desk.decide import decide
from aggregator.records.archive import PastEdition
from aggregator.records.candidates import Action, NewCandidate
from aggregator.records.roundups import Roundup
from aggregator.settings import parse_settings
from aggregator.text.canonical import canonical_url
from aggregator.wiring import Installation
from tests.storage.world import NOW

CONFIG = """
database: '{database}'
roundups:
  - name: Rack Notes
    next_number: 7
    sections: [{{name: Networking}}, {{name: Storage}}]
"""
ACTIONS = (Action.KEEP, Action.DROP, Action.HOLD, Action.MOVE)
SECTIONS = ("Networking", "Storage", "Gardening")
PAGES = 6

Version = dict[int, int]
"""Page -> the section that a version of the post has it under. Pages from PAGES on are no candidates."""

versions = st.dictionaries(st.integers(0, PAGES + 1), st.integers(0, 2), min_size=1, max_size=5)
words = st.lists(st.tuples(st.integers(0, PAGES - 1), st.sampled_from(ACTIONS), st.integers(0, 1)), max_size=4)
numbers = count()


@pytest.fixture(params=["sqlite", "postgres"])
def stores(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Installation]:
    if request.param == "postgres":
        request.getfixturevalue("postgres_database")
    config = CONFIG.format(database=request.getfixturevalue(f"{request.param}_url"))
    with Installation(parse_settings(config, tmp_path / "config.yaml"), ManualClock(NOW)) as made:
        yield made


class Life:
    """A roundup of its own, with six candidates of which the author said something, and one edition closed before."""

    def __init__(self, stores: Installation, said: list[tuple[int, Action, int]]) -> None:
        self.stores, self.plan = stores, stores.settings.roundups[0]
        name = f"life {next(numbers)}"
        assert isinstance(stores.clock, ManualClock)
        self.clock = stores.clock
        self.clock.set(NOW)
        self.roundup: Roundup = stores.ledger.roundup(name, name.replace(" ", "-"), NOW)
        stores.ledger.open_edition(self.roundup.id, 7, NOW)
        new = [NewCandidate(self.at(n), canonical_url(self.at(n)), f"Page {n}", "", None, (), None, NOW) for n in range(PAGES)]
        self.ids = stores.ledger.offer(self.roundup.id, new, [])
        close(stores, self.roundup, self.plan, self.post(7, {0: 0}))
        for page, action, section in said:
            if page:
                self.clock.advance(timedelta(minutes=1))
                decide(stores, self.roundup, self.plan, [self.ids[page]], action, section=SECTIONS[section])
        self.clock.set(NOW + timedelta(days=7))

    @staticmethod
    def at(page: int) -> str:
        return f"https://blog.example/{page}"

    def post(self, number: int, version: Version) -> PastEdition:
        lines = [f"---\ntitle: 'Rack Notes #{number}'\ndate: 2026-03-01\n---\n"]
        for place, heading in enumerate(SECTIONS):
            lines += [f"## {heading}\n", *(f"* See [page {n}]({self.at(n)}).\n" for n, at in version.items() if at == place)]
        return read_post("\n".join(lines), f"posts/{number}.md", known=SECTIONS)

    def publish(self, version: Version | None) -> None:
        """What a look at the folder does, an instant later: publishes, edits, or withdraws."""
        *_, last, current = self.stores.ledger.editions(self.roundup.id)
        if last.number == 8:
            current = last
        if version is None:
            if current.closed_at is not None:
                reopen(self.stores, self.roundup, current)
        elif current.closed_at is None:
            close(self.stores, self.roundup, self.plan, self.post(8, version))
        else:
            reapply(self.stores, self.roundup, self.plan, current, self.post(8, version))

    def state(self) -> dict[str, object]:
        """Everything, with candidates named by their place."""
        ledger, roundup, place = self.stores.ledger, self.roundup.id, {id_: n for n, id_ in enumerate(self.ids)}
        editions = ledger.editions(roundup)
        labels = self.stores.learning.labels(roundup)

        def origin(text: str) -> str:
            head, _, last = text.rpartition(":")
            return f"{head}:{place[int(last)]}" if head.endswith("candidate") else text

        return {
            "editions": [(one.number, one.closed_at, one.published, one.post, one.post_hash) for one in editions],
            "outcomes": [
                sorted((place[one.candidate_id], one.outcome, one.section, one.noticed) for one in ledger.outcomes(edition.id))
                for edition in editions
            ],
            "added": [one.added for one in ledger.closings(roundup)],
            "held": [
                (place[one.id], one.standing.state, one.standing.section, one.carried, one.ended)
                for one in ledger.candidates(roundup)
            ],
            "labels": Counter((one.section, one.source, one.at, one.edition, one.example, origin(one.origin)) for one in labels),
            "archive": self.stores.archive.editions(roundup),
        }


@settings(max_examples=25, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(said=words, history=st.lists(st.none() | versions, max_size=4), last=st.none() | versions)
def test_only_the_last_version_counts(
    stores: Installation, said: list[tuple[int, Action, int]], history: list[Version | None], last: Version | None
) -> None:
    lived = Life(stores, said)
    for version in (*history, last):
        lived.publish(version)
    straight = Life(stores, said)
    if last is not None:
        straight.publish(last)
    assert lived.state() == straight.state()
