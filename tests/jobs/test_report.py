"""The report on a closed edition: read from the stores, and mailed once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from aggregator.errors import NotFound
from aggregator.jobs import learn, report
from aggregator.records.digests import MailKind, MailState
from aggregator.records.editions import AddedLink, CandidateOutcome, Closing, Outcome
from aggregator.records.reports import CloseReport
from aggregator.settings import parse_settings
from tests.journeys.conftest import World

ADDED = AddedLink("https://elsewhere.example/iscsi", "https://elsewhere.example/iscsi", "iscsi", "Storage")


@pytest.fixture
def world(sqlite_url: str, tmp_path: Path) -> Iterator[World]:
    made = World(tmp_path / "home", sqlite_url)
    yield made
    made.close()


def close(world: World) -> CloseReport:
    """The open edition closes with everything offered: the first link moved, the others used."""
    install, plan = world.installation, world.plan
    edition = install.ledger.open_edition(world.roundup.id, plan.next_number, world.clock.now())
    outcomes = tuple(
        CandidateOutcome(one.id, Outcome.USED if place else Outcome.MOVED, "Storage")
        for place, one in enumerate(install.ledger.candidates(world.roundup.id))
    )
    closing = Closing(outcomes, (ADDED,))
    opened = install.ledger.close(
        edition, closing, world.clock.now(), date(2026, 3, 7), f"posts/{edition.number}.md", edition.number + 1
    )
    closed = next(one for one in install.ledger.editions(world.roundup.id) if one.id == edition.id)
    return CloseReport(closed, opened, closing, len(outcomes) + 1)


def offer(world: World, *titles: str) -> None:
    for title in titles:
        link = f"https://storage.example/{title.replace(' ', '-')}"
        world.blog("storage").post(title, link, "All about it.", world.clock.now() - timedelta(hours=3))
    world.poll()


def test_the_report_is_mailed_once_beside_the_digests_and_supersedes_none(world: World) -> None:
    world.learn()
    offer(world, "the disk and the raid", "the snapshot and the backup")
    world.clock.advance(timedelta(days=5))
    closed = close(world)
    learn.run_once(world.installation, world.roundup, world.plan)
    mail = report.put(world.installation, world.roundup, world.plan, world.settings, closed.closed)
    assert mail is not None
    again = report.put(world.installation, world.roundup, world.plan, world.settings, closed.closed)
    assert again is not None
    assert (mail.kind, mail.slot, again.id) == (MailKind.REPORT, closed.closed.closed_at, mail.id)
    [sent] = world.send()
    assert sent.state is MailState.SENT
    assert world.mails[0]["Subject"] == "RN #7 is closed: 1 link used, 1 moved, 1 added"
    assert ".report@" in world.mails[0]["Message-ID"]
    assert "elsewhere.example" in world.last_text
    assert "Trained anew on" in world.last_text
    assert world.installation.outbox.last_sent(world.roundup.id) is None, "no digest went out"


def test_an_author_who_wants_no_report_gets_none(world: World) -> None:
    quiet = parse_settings(world.config.replace("digest: {", "digest: {report: false, "), world.home / "config.yaml")
    assert report.put(world.installation, world.roundup, quiet.roundups[0], quiet, close(world).closed) is None


def test_each_closed_edition_has_its_report_against_those_before_it(world: World) -> None:
    offer(world, "the disk and the raid")
    for _ in range(3):
        world.clock.advance(timedelta(days=20))
        close(world)
    read = report.read(world.installation, world.roundup, world.plan)
    assert (read.result.number, [one.number for one in read.history]) == (9, [7, 8, 9])
    first = report.read(world.installation, world.roundup, world.plan, 7)
    assert (first.result.number, first.result.moved, [one.number for one in first.history]) == (7, 1, [7])


@pytest.mark.parametrize("number", [None, 0, 7])
def test_an_edition_that_did_not_close_here_has_none_and_is_told_so(world: World, number: int | None) -> None:
    with pytest.raises(NotFound) as error:
        report.read(world.installation, world.roundup, world.plan, number)
    assert "edition close" in (error.value.advice or "")
