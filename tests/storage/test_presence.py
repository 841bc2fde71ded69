"""What a killed process had claimed is given back as soon as somebody else starts the same work, and not before."""

from __future__ import annotations

import subprocess
import sys
from datetime import timedelta

import pytest

from aggregator.records.digests import MailState
from aggregator.storage.database import Database
from tests.storage.test_lock import end
from tests.storage.world import HOUR, NOW, World, listed

# Another process starts the work, claims what there is, and stays at it.
WORK = """
import sys, time
from aggregator.storage.database import open_database
from tests.storage.world import NOW, World
world = World(open_database(sys.argv[1]))
with world.feeds.cycle() if sys.argv[2] == "poll" else world.outbox.delivery(900):
    assert world.feeds.claim(NOW, 9, 3600) if sys.argv[2] == "poll" else world.outbox.claim(NOW, 900)
    print("claimed", flush=True)
    time.sleep(60)
"""


def worker(database: Database, work: str) -> subprocess.Popen[str]:
    url = database.url.render_as_string(hide_password=False)
    process = subprocess.Popen([sys.executable, "-c", WORK, url, work], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "claimed\n"
    return process


def test_feeds_of_a_killed_poll_are_polled_at_once_and_those_of_a_living_one_are_not(world: World) -> None:
    world.feeds.sync(world.roundup, [listed("a.example")], NOW, 30, 7)
    process = worker(world.database, "poll")
    try:
        with world.feeds.cycle():
            assert world.feeds.claim(NOW, 9, 60) == []
    finally:
        end(process)
    with world.feeds.cycle():
        assert len(world.feeds.claim(NOW, 9, 60)) == 1
        with world.feeds.cycle():
            assert world.feeds.claim(NOW, 9, 60) == []


def test_the_mail_of_a_killed_sender_becomes_unknown_and_that_of_a_living_one_does_not(world: World) -> None:
    put = world.outbox.put(world.mail())
    process = worker(world.database, "send")
    try:
        with world.outbox.delivery(900):
            assert [mail.state for mail in world.outbox.recent(1)] == [MailState.SENDING]
    finally:
        end(process)
    with world.outbox.delivery(900):
        (mail,) = world.outbox.recent(1)
        assert (mail.state, mail.next_attempt_at) == (MailState.UNKNOWN, NOW + timedelta(seconds=900))
        assert world.outbox.claim(NOW + timedelta(seconds=899), 900) is None
        again = world.outbox.claim(NOW + timedelta(seconds=900), 900)
    assert again is not None
    assert (again.message, again.attempts) == (put.message, 2)


def test_work_that_fails_is_left(world: World) -> None:
    world.feeds.sync(world.roundup, [listed("a.example")], NOW, 30, 7)

    def fail() -> None:
        with world.feeds.cycle():
            world.feeds.claim(NOW, 9, HOUR.total_seconds())
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    with world.feeds.cycle():
        assert len(world.feeds.claim(NOW, 9, 60)) == 1
