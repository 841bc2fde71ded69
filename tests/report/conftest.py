"""Past editions and closed ones to report on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

import pytest

from aggregator.records.editions import AddedLink, Edition, Outcome
from aggregator.records.learning import Guess, GuessMethod
from aggregator.records.reports import ClosedEdition, ClosedLink
from aggregator.report.closing import ClosingReport, closing_report
from tests.archive.conftest import make  # noqa: F401 - a fixture

OPENED = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
SECTIONS = ("Networking", "Storage", "Security")

Link = Callable[..., ClosedLink]
Close = Callable[..., ClosedEdition]
Report = Callable[..., ClosingReport]


@pytest.fixture(scope="session")
def link() -> Link:
    """A link published under `section`. filed, first, second: of its guess; no guess at all with first=None."""

    def build(
        id_: int,
        section: str | None,
        first: str | None,
        filed: str | None = None,
        second: str | None = None,
        *,
        sure: float = 0.7,
    ) -> ClosedLink:
        guess = Guess(filed, first, second, sure, (), 0.5, GuessMethod.LEARNT) if first else None
        outcome = Outcome.USED if filed == section else Outcome.MOVED
        url = f"https://blog{id_}.example/{id_}"
        return ClosedLink(id_, f"Piece {id_}", url, outcome, section, None, guess, OPENED - timedelta(days=id_), OPENED)

    return build


@pytest.fixture(scope="session")
def close() -> Close:
    """Edition `number`, open for 20 days."""

    def build(number: int, links: Sequence[ClosedLink] = (), added: Sequence[AddedLink] = (), **counts: int) -> ClosedEdition:
        closed = OPENED + timedelta(days=20)
        edition = Edition(number, 1, number, OPENED, closed, closed.date(), f"past/{number}.md")
        used = sum(one.outcome is Outcome.USED for one in links)
        found = {Outcome.USED: used, Outcome.MOVED: len(links) - used} | {Outcome(name): n for name, n in counts.items()}
        return ClosedEdition(edition, tuple(links), found, tuple(added))

    return build


@pytest.fixture(scope="session")
def report() -> Report:
    """The report on the last of some closed editions of "Rack Notes"."""

    def build(*closings: ClosedEdition, **said: object) -> ClosingReport:
        plain: dict[str, object] = {
            "roundup": "Rack Notes",
            "short_name": "RN",
            "title": f"Rack Notes #{closings[-1].edition.number}",
            "section_of": {"Disks": "Storage"}.get,
            "sections": SECTIONS,
            "followed": (),
            "sites": (),
            "learnt": None,
        }
        return closing_report(closings, **plain | said)  # type: ignore[arg-type]  # of mixed keywords

    return build
