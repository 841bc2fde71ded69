"""A request that is sent again because its answer was lost is answered again, and not carried out twice."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Future
from threading import Lock

from starlette.responses import Response

from aggregator.errors import AggregatorError, StorageError

HEADER = "x-once"
_KEPT = 256
_LONGEST = 64


class Once:
    """Answers by the name that the sender gave to its request; the newest few hundred are remembered, until the process ends."""

    def __init__(self) -> None:
        self._answers: OrderedDict[str, Future[Response]] = OrderedDict()
        self._lock = Lock()

    def answer(self, name: str | None, work: Callable[[], Response]) -> Response:
        """What `work` answers, or answered when it was asked by this name before; one that is still at work is waited for.
        name: None or an odd one is always worked for. A refusal is raised again, each time; what broke, such as a full disk, is
        tried anew by who asks again."""
        if not name or len(name) > _LONGEST:
            return work()
        with self._lock:
            known = self._answers.get(name)
            mine: Future[Response] = Future()
            if known is None:
                self._answers[name] = mine
                while len(self._answers) > _KEPT:
                    self._answers.popitem(last=False)
        if known is not None:
            return known.result()
        try:
            mine.set_result(work())
        except BaseException as error:
            if isinstance(error, StorageError) or not isinstance(error, AggregatorError):
                with self._lock:
                    self._answers.pop(name, None)
            mine.set_exception(error)
            raise
        return mine.result()
