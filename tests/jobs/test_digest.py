"""What the digest is told beside its candidates: a gap before it, his usual size and interval, troubles of his archive."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from aggregator.jobs import digest
from aggregator.jobs.digest import usual_days, usual_links
from aggregator.records.archive import PastBullet, PastEdition, PastLink, SourceState
from aggregator.records.digests import MailState
from tests.journeys.conftest import START, World

WEEK = timedelta(days=7)
FRIDAY = START + timedelta(days=3, hours=23)


@pytest.fixture
def world(sqlite_url: str, tmp_path: Path) -> Iterator[World]:
    made = World(tmp_path / "home", sqlite_url)
    made.installation.roundup(made.plan)
    yield made
    made.close()


def past(day: date | None, links: int) -> PastEdition:
    all_links = tuple(PastLink(f"https://a.example/{n}", f"https://a.example/{n}", "x") for n in range(links))
    return PastEdition(f"{day}.md", "", "An edition", None, day, (), (PastBullet(None, "x", all_links),) if links else ())


def weekly(world: World, weeks: int) -> str | None:
    """Lets as many weeks pass; the subject of the digest that is due at their end, None without one."""
    world.until(FRIDAY + weeks * WEEK)
    report = world.digest()
    return report.rendered.subject if report and report.rendered else None


def test_the_first_digest_after_a_gap_is_one_catch_up_and_the_next_one_none(world: World) -> None:
    assert "catch-up" not in (weekly(world, 0) or "")
    assert "catch-up" not in (weekly(world, 1) or "")
    assert "catch-up, nothing new since 13 Mar" in (weekly(world, 4) or "")
    assert "catch-up" not in (weekly(world, 5) or "")


def test_a_catch_up_that_is_asked_for_again_is_one_again(world: World) -> None:
    weekly(world, 0)
    weekly(world, 3)
    again = digest.put(world.installation, world.roundup, world.plan, world.settings, again=True)
    assert again.rendered is not None
    assert "catch-up" in again.rendered.subject


def test_a_mail_that_never_left_leaves_a_gap(world: World) -> None:
    weekly(world, 0)
    world.mail_works = False
    weekly(world, 1)
    assert world.installation.outbox.recent(1)[0].state is MailState.FAILED_TEMP
    world.mail_works = True
    assert "catch-up" in (weekly(world, 2) or "")


def test_after_a_pause_the_digest_is_a_catch_up(world: World) -> None:
    weekly(world, 0)
    world.installation.ledger.pause(world.roundup.id, (FRIDAY + 2 * WEEK + timedelta(days=1)).date())
    assert weekly(world, 1) is None
    assert weekly(world, 2) is None
    assert "catch-up" in (weekly(world, 3) or "")


def test_a_digest_sent_by_hand_in_a_pause_goes_out(world: World) -> None:
    world.installation.ledger.pause(world.roundup.id, (FRIDAY + 9 * WEEK).date())
    world.until(FRIDAY)
    assert digest.put(world.installation, world.roundup, world.plan, world.settings).mail is not None


def test_trouble_with_the_archive_is_told_at_the_top_while_it_lasts(world: World) -> None:
    address = world.plan.archive[0].address
    store = world.installation.archive
    store.save_source(world.roundup.id, SourceState(address, error="it answers with HTTP 404.", error_since=START))
    store.save_source(world.roundup.id, SourceState("no longer configured", error="it is gone", error_since=START))
    weekly(world, 0)
    text = " ".join(world.last_text.split())
    assert "Your published posts cannot be read from past: it answers with HTTP 404." in text.replace("past/", "past")
    assert "it is gone" not in text
    store.save_source(world.roundup.id, SourceState(address))
    weekly(world, 1)
    assert "cannot be read" not in world.last_text


def test_the_usual_interval_and_size_are_medians() -> None:
    dated = [past(date(2026, 1, 1) + timedelta(days=days), links) for days, links in ((0, 90), (20, 30), (41, 31), (60, 33))]
    assert usual_days(dated) == 20
    assert usual_links(dated) == 32
    assert usual_days([past(None, 3)]) is None
    assert usual_links([past(None, 0)]) is None
