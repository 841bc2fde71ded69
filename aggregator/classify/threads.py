"""One thread for the linear algebra of a fit, however many processors there are."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

from threadpoolctl import ThreadpoolController


@contextmanager
def one_thread() -> Iterator[None]:
    """The vectors of a fit are short: threads that wait for each other made it twice as slow on two idle processors, and many
    times on busy ones. And a sum that is split by the number of processors differs in its last bits from machine to machine."""
    with _controller().limit(limits=1, user_api="blas"):
        yield


@cache
def _controller() -> ThreadpoolController:
    # Looking for the loaded libraries takes milliseconds; numpy and scipy have theirs by the time of the first fit.
    return ThreadpoolController()
