"""What a job does for one roundup never depends on another."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from aggregator.clock import ManualClock
from aggregator.daemon.told import Told
from aggregator.daemon.work import Work
from aggregator.desk.bullets import shown, words
from aggregator.desk.draft import export
from aggregator.errors import UsageError
from aggregator.settings import parse_settings
from aggregator.wiring import Installation

CONFIG = """
database: {database}
roundups:
  - {{name: First, sections: [{{name: Storage}}], digest: {{timezone: UTC, to: [author@example.org]}}}}
  - {{name: Second, sections: [{{name: Storage}}], digest: {{timezone: UTC, to: [author@example.org]}}}}
"""


def test_a_draft_that_is_refused_stops_none_of_the_others(sqlite_url: str, tmp_path: Path) -> None:
    clock = ManualClock(datetime(2026, 3, 2, 9, 0, tzinfo=UTC))
    here = Installation(parse_settings(CONFIG.format(database=f"'{sqlite_url}'"), tmp_path / "config.yaml"), clock)
    work = Work(here, Told(here.heartbeats, clock))
    first, second = work.pairs()
    paths = []
    for pair in (first, second):
        words(here, *pair, "Storage", "As it was.")
        paths += [
            export(here, *pair, format_=None, out=tmp_path / f"{pair[0].slug}-{which}.md", home=tmp_path).path for which in "ab"
        ]
    paths[0].write_text("")
    for path in (paths[1], paths[2]):
        path.write_text(path.read_text().replace("As it was.", "As it is."))
    for path in paths:
        os.utime(path, (0, 0))
    with pytest.raises(UsageError, match="empty"):
        work.draft()
    assert [[one.text for one in shown(here, *pair)] for pair in (first, second)] == [["As it is."], ["As it is."]]
    here.close()
