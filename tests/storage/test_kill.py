"""SIGKILL at any moment: what was acknowledged is there, and no feed has validators without its entries (R13)."""

from __future__ import annotations

import signal
import subprocess
import sys
import time

import pytest

from aggregator.storage.database import Database, open_database
from aggregator.storage.schema import entries, feeds
from tests.storage.world import World

# Each poll n brings the entries "n-0" .. "n-9" with the validator n, and says so once it is saved.
POLL = """
import sys
from aggregator.storage.database import open_database
from tests.storage.world import World, parsed, polled
world = World(open_database(sys.argv[1]))
n = 0
while True:
    world.feeds.save([polled(int(sys.argv[2]), *(parsed(f"{n}-{m}", text="x" * 3000) for m in range(10)), etag=str(n))])
    print(n, flush=True)
    n += 1
"""


@pytest.mark.parametrize("pause", [0.0, 0.013, 0.041])
def test_a_poll_killed_while_saving_is_whole_or_absent(database: Database, pause: float) -> None:
    (feed,) = World(database).follow("a.example")
    url = database.url.render_as_string(hide_password=False)
    process = subprocess.Popen([sys.executable, "-c", POLL, url, str(feed.id)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "0\n"
    time.sleep(pause)
    process.send_signal(signal.SIGKILL)
    acknowledged = int(["0", *process.stdout.read().split()][-1])
    process.wait()
    process.stdout.close()
    again = open_database(url)
    with again.read() as connection:
        keys = {key for (key,) in connection.execute(entries.select().with_only_columns(entries.c.key))}
        etag = int(connection.execute(feeds.select()).one().etag)
        if again.path:
            assert connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
    again.close()
    assert etag >= acknowledged
    assert keys == {f"{n}-{m}" for n in range(etag + 1) for m in range(10)}
