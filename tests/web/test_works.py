"""Work beside the pages: told as it stood when the page asked."""

from __future__ import annotations

import time
from threading import Event

from aggregator.ports import Progress
from aggregator.web.works import Works


def test_what_a_page_was_told_stays_as_it_was_when_the_work_ends_meanwhile() -> None:
    works, goes_on = Works(), Event()

    def doing(bar: Progress) -> tuple[str, object]:
        bar.start("sending", 1)
        assert goes_on.wait(30)
        return "It is there.", None

    works.begin("send", "Sending", doing)
    told = works.get("send")
    assert told is not None
    goes_on.set()
    deadline = time.monotonic() + 30
    while (now := works.get("send")) is None or now.running:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    assert (told.running, told.words) == (True, "")
    assert now.words == "It is there."
