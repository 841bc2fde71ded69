"""Two desks and whoever else decides, at the same moment, on both databases: each waits its turn, and nobody is shown a fault."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from aggregator.desk.decide import decide, undo
from aggregator.records.candidates import Action
from aggregator.settings import load_settings
from aggregator.web.app import make_app
from aggregator.wiring import Installation
from tests.browser.worlds import World, small
from tests.web.door import HERE, csrf

EACH = 12


@pytest.fixture(params=["sqlite", "postgres"])
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    if request.param == "postgres":
        request.getfixturevalue("postgres_database")
    found = small(tmp_path, request.getfixturevalue(f"{request.param}_url"), 8765)
    yield found
    found.installation.close()


def at_a_desk(installation: Installation, n: int, ids: list[int]) -> list[int]:
    """What a browser is answered that decides, groups, takes back and looks."""
    client = TestClient(make_app(installation, None), base_url=HERE, follow_redirects=False, raise_server_exceptions=False)
    token, answers = csrf(client, "/status"), []
    for turn in range(EACH):
        one, other = ids[(n + turn) % len(ids)], ids[(n + turn + 5) % len(ids)]
        asked: dict[str, str | list[str]] = {"csrf": token, "action": ("keep", "drop", "hold")[turn % 3], "id": str(one)}
        path = "decide"
        if turn % 4 == 2:
            path, asked = "undo", {"csrf": token, "n": "2"}
        elif turn % 4 == 3:
            path, asked = "group", {"csrf": token, "id": [str(one), str(other)]}
        answers.append(client.post(f"/r/rack-notes/{path}", data=asked, headers={"X-Fragment": "1"}).status_code)
        answers.append(client.get("/r/rack-notes/counts").status_code)
    return answers


def test_who_decides_at_the_same_moment_waits_his_turn_and_sees_no_fault(world: World) -> None:
    ids = [one.id for one in world.installation.ledger.candidates(world.roundup.id)]

    def on_the_command_line(_: int) -> list[int]:
        for turn in range(EACH):
            decide(*world.all, [ids[turn % len(ids)]], Action.KEEP)
            undo(*world.all)
        return []

    with Installation(load_settings(world.home / "config.yaml"), world.clock) as other, ThreadPoolExecutor(4) as pool:
        desks = [pool.submit(at_a_desk, (world.installation, other)[n % 2], n, ids) for n in range(3)]
        answers = [status for one in [*desks, pool.submit(on_the_command_line, 0)] for status in one.result()]
    assert len(answers) == 3 * 2 * EACH
    assert {status for status in answers if status >= 500} == set()
    assert answers.count(200) > len(answers) / 2
