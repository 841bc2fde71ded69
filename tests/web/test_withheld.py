"""The page of what the last digest did not show."""

from __future__ import annotations

from pathlib import Path

from tests.browser.worlds import small
from tests.web.visitor import Visitor


def test_it_says_what_was_left_out_and_where_it_is(tmp_path: Path) -> None:
    world = small(tmp_path, f"sqlite:///{tmp_path}/a.db", 8765)
    with world.installation:
        answer = Visitor(world.installation).get(f"/r/{world.roundup.slug}/withheld")
    assert answer.status_code == 200
    assert "<h1>Not shown</h1>" in answer.text
    assert "<script>alert" not in answer.text
