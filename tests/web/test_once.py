"""What is sent twice is done once."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from starlette.responses import PlainTextResponse, Response

from aggregator.errors import DiskFull, Refused
from aggregator.web.once import Once


def counting(done: list[int]) -> Callable[[], Response]:
    def work() -> Response:
        done.append(1)
        return PlainTextResponse(f"done {len(done)}")

    return work


def test_the_same_name_gets_the_same_answer_and_no_name_is_always_worked_for() -> None:
    once, done = Once(), list[int]()
    answers = [once.answer(name, counting(done)).body for name in ("a", "a", "b", None, None)]
    assert answers == [b"done 1", b"done 1", b"done 2", b"done 3", b"done 4"]


def test_what_was_refused_is_refused_again() -> None:
    once, done = Once(), list[int]()

    def refuse() -> Response:
        done.append(1)
        raise Refused("no")

    for _ in range(2):
        with pytest.raises(Refused):
            once.answer("a", refuse)
    assert len(done) == 1


@pytest.mark.parametrize("trouble", [DiskFull("no room is left"), ZeroDivisionError()])
def test_what_broke_is_tried_anew_by_who_asks_again(trouble: Exception) -> None:
    """A decision that the page sends until it is saved would never be."""
    once, done = Once(), list[int]()

    def fail() -> Response:
        raise trouble

    with pytest.raises(type(trouble)):
        once.answer("a", fail)
    assert once.answer("a", counting(done)).body == b"done 1"
    assert once.answer("a", counting(done)).body == b"done 1"


def test_one_that_is_still_at_work_is_waited_for() -> None:
    once, begun, go_on, done = Once(), threading.Event(), threading.Event(), list[int]()

    def slow() -> Response:
        begun.set()
        go_on.wait(5)
        return counting(done)()

    answers: list[bytes] = []
    ask = [threading.Thread(target=lambda: answers.append(bytes(once.answer("a", slow).body))) for _ in range(2)]
    ask[0].start()
    begun.wait(5)
    ask[1].start()
    go_on.set()
    for one in ask:
        one.join(5)
    assert answers == [b"done 1", b"done 1"]
    assert len(done) == 1


def test_only_the_newest_are_remembered() -> None:
    once, done = Once(), list[int]()
    for n in range(300):
        once.answer(str(n), counting(done))
    once.answer("0", counting(done))
    assert len(done) == 301
