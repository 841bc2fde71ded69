"""A verb reads, decides, writes; where something else was said in between, it does so anew."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from aggregator.errors import Refused

_TRIES = 5

P = ParamSpec("P")
T = TypeVar("T")


def anew(verb: Callable[P, T]) -> Callable[P, T]:
    """The verb, tried again while its `LedgerStore.say` is refused for what was said after it began to read."""

    @wraps(verb)
    def tried(*args: P.args, **kwargs: P.kwargs) -> T:
        for _ in range(_TRIES - 1):
            try:
                return verb(*args, **kwargs)
            except Refused as error:
                if error.permanent:
                    raise
        return verb(*args, **kwargs)

    return tried
