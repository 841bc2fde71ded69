from __future__ import annotations

import gzip
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.net.inflate import BadGzip, Inflater, TooMuch


def inflate(data: bytes, cap: int = 1 << 20, step: int | None = None) -> bytes:
    inflater = Inflater(cap)
    for start in range(0, len(data), step or max(1, len(data))):
        inflater.feed(data[start : start + (step or len(data))])
    return inflater.finish()


@given(st.lists(st.binary(max_size=2000), min_size=1, max_size=4), st.integers(1, 50), st.binary(max_size=20))
def test_any_members_in_any_pieces_come_back_and_what_follows_is_ignored(bodies: list[bytes], step: int, tail: bytes) -> None:
    garbage = b"" if tail.startswith(b"\x1f\x8b") else tail
    assert inflate(b"".join(map(gzip.compress, bodies)) + garbage, step=step) == b"".join(bodies)


@given(st.binary(max_size=3000), st.integers(0, 3000))
def test_the_cap_is_exact(body: bytes, cap: int) -> None:
    packed = gzip.compress(body)
    if len(body) <= cap:
        assert inflate(packed, cap) == body
    else:
        with pytest.raises(TooMuch):
            inflate(packed, cap)


@given(st.binary(min_size=1, max_size=500), st.data())
def test_a_body_cut_anywhere_is_noticed(body: bytes, data: st.DataObject) -> None:
    packed = gzip.compress(body)
    with pytest.raises(BadGzip, match="ends too soon"):
        inflate(packed[: data.draw(st.integers(1, len(packed) - 1))])


@pytest.mark.parametrize("data", [b"<rss/>", zlib.compress(b"x"), gzip.compress(b"x", mtime=0)[:-4] + bytes(4)])
def test_what_is_not_gzip_is_said_to_be_damaged(data: bytes) -> None:
    with pytest.raises(BadGzip):
        inflate(data)


def test_a_flood_of_empty_members_is_stopped() -> None:
    with pytest.raises(BadGzip, match="too many parts"):
        inflate(gzip.compress(b"") * 200)
