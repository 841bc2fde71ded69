"""What belongs together is told from the first poll to the mail, and one page is one candidate however it came."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from aggregator.desk.add import add
from aggregator.jobs import relate
from aggregator.records.candidates import Candidate, RelativeKind
from tests.journeys.conftest import START, World

ARTICLE = "<p>The lab was quiet and the counters did not lie: every frame that went in came out again, in order. {}</p>" * 4


def candidates(world: World) -> list[Candidate]:
    return world.installation.ledger.candidates(world.roundup.id)


def add_page(world: World, url: str) -> Candidate:
    added = add(world.installation, world.roundup, world.plan, world.installation.pages, url).candidate
    relate.run_once(world.installation, world.roundup)
    return added


def test_a_mail_says_what_belongs_together(world: World) -> None:
    world.learn()
    ann, bob = world.blog("ann"), world.blog("bob")
    ann.post("A router in the lab, part 2", "http://lab.example/router-part-2", "More of it.", START)
    ann.post("Subnets are overrated", "http://ann.example/subnets", "They are.", START)
    bob.post(
        "In defence of the subnet", "http://bob.example/no", '<p>See <a href="http://ann.example/subnets">Ann</a>.</p>', START
    )
    (world.home / "past" / "rack-notes-6.md").write_text(
        "---\ntitle: 'Rack Notes #6'\ndate: 2026-02-09\n---\n\n## Networking\n\n"
        "* Try [A router in the lab, part 1](http://lab.example/?p=1) and [this](http://lab.example/a-router-in-the-lab-part-3).\n"
    )
    world.learn()
    world.poll()
    by_title = {one.title: one for one in candidates(world)}
    answered, answer = by_title["Subnets are overrated"], by_title["In defence of the subnet"]
    part = by_title["A router in the lab, part 2"]
    assert [(one.kind, one.other_id) for one in answer.relatives] == [(RelativeKind.REPLY, answered.id)]
    assert [one.use.number for one in part.relatives if one.use] == [6, 6]

    world.until(datetime(2026, 3, 6, 7, 0, tzinfo=UTC))
    world.digest()
    assert f"answers {answered.id}" in world.last_text
    assert "part 1: you linked it in #6" in " ".join(world.last_text.split())


def test_a_page_that_moved_is_told_as_linked_before(world: World) -> None:
    (world.home / "past" / "rack-notes-6.md").write_text(
        "---\ntitle: 'Rack Notes #6'\ndate: 2026-02-09\n---\n\n## Storage\n\n"
        "* Worth your time: [here](http://old.example/2012/why-your-storage-array-lies-about-latency.html).\n"
    )
    world.learn()
    world.blog("ann").post("Why your storage array lies about latency", "https://new.example/posts/77", "It does.", START)
    world.poll()
    (one,) = candidates(world)
    assert [use.number for use in one.linked_before] == [6]
    world.until(datetime(2026, 3, 6, 7, 0, tzinfo=UTC))
    world.digest()
    assert "ALREADY LINKED in #6 (at old.example), Storage" in world.last_text


@pytest.mark.parametrize("spelling", ["{}", "{}?utm_source=feed", "{}/"])
def test_a_page_that_he_added_and_a_feed_delivers_later_is_one_candidate(world: World, spelling: str) -> None:
    url = world.page("/posts/switch", f"<html><head><title>A switch</title></head><body>{ARTICLE}</body></html>")
    added = add_page(world, url)
    world.blog("ann").post("A switch", spelling.format(url), ARTICLE, START)
    world.poll()
    (one,) = candidates(world)
    assert (one.id, [source.feed for source in one.sources]) == (added.id, ["The ann blog"])


def test_a_page_that_a_feed_delivered_and_he_adds_later_is_one_candidate(world: World) -> None:
    url = world.page("/posts/switch", f"<html><head><title>A switch</title></head><body>{ARTICLE}</body></html>")
    world.blog("ann").post("A switch", f"{url}?utm_medium=rss", ARTICLE, START)
    world.poll()
    added = add_page(world, url)
    assert [one.id for one in candidates(world)] == [added.id]


def test_a_feed_s_carrier_does_not_make_a_second_candidate(world: World) -> None:
    """Its own link goes through a counter that nothing in the address tells."""
    page = f"<html><head><title>A switch on the bench</title></head><body><h1>A switch</h1>{ARTICLE}</body></html>"
    added = add_page(world, world.page("/posts/switch", page))
    world.blog("ann").post("A switch on the bench", "http://carrier.example/~r/ann/1", ARTICLE, START)
    world.poll()
    (one,) = candidates(world)
    assert (one.id, len(one.sources)) == (added.id, 1)


@pytest.fixture
def world(sqlite_url: str, tmp_path: Path) -> Iterator[World]:
    made = World(tmp_path / "home", sqlite_url)
    yield made
    made.close()
