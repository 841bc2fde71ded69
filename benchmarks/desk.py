"""How long the desk takes for an open edition of so many candidates: `python -m benchmarks.desk [CANDIDATES]`.

Times are of the server alone, from the request to the last byte, in processor time and on the clock: the page, the counts that
the script asks for, one decision, and taking one back. All candidates are new and undecided at the start.
"""

from __future__ import annotations

import argparse
import re
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

from starlette.testclient import TestClient

from aggregator.web.app import make_app
from tests.browser.worlds import large

TIMES = 21
FRAGMENT = {"X-Fragment": "1", "Origin": "http://127.0.0.1", "Sec-Fetch-Site": "same-origin"}


def timed(name: str, ask: Callable[[], object]) -> None:
    """Asks several times and prints the medians."""
    clock, processor = [], []
    for _ in range(TIMES):
        started, began = time.perf_counter(), time.process_time()
        ask()
        clock.append((time.perf_counter() - started) * 1000)
        processor.append((time.process_time() - began) * 1000)
    print(f"{name:10} {median(clock):7.1f} ms, {median(processor):7.1f} ms of processor")


def main(candidates: int) -> None:
    """Makes a desk in a folder of its own and measures it."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        world = large(home, f"sqlite:////{str(home / 'desk.db').lstrip('/')}", 8765, candidates)
        desk, page = TestClient(make_app(world.installation, None), base_url="http://127.0.0.1"), f"/r/{world.roundup.slug}/"
        first = desk.get(page)
        found = re.search(r'name="csrf" content="([^"]*)"', first.text)
        token = found[1] if found else ""
        packed = int(first.headers["content-length"]) / 1024
        print(f"{candidates:,} candidates; the page has {len(first.content) / 1024:.0f} KB, {packed:.0f} KB of them travel")
        ids = iter([one.id for one in world.installation.ledger.candidates(world.roundup.id)])

        def send(path: str, **form: str) -> None:
            answer = desk.post(page + path, data={"csrf": token, **form}, headers=FRAGMENT)
            assert answer.status_code == 200, answer.text

        timed("page", lambda: desk.get(page))
        timed("counts", lambda: desk.get(f"{page}counts", headers=FRAGMENT))
        timed("decision", lambda: send("decide", action="drop", id=str(next(ids))))
        timed("undo", lambda: send("undo"))
        world.installation.close()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("candidates", nargs="?", type=int, default=300)
    main(parser.parse_args().candidates)
