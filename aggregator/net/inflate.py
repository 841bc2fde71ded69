"""Undoes gzip piece by piece and stops at a cap: a bomb costs no more than the cap (R2)."""

from __future__ import annotations

import zlib

GZIP_MAGIC = b"\x1f\x8b"
_MAX_MEMBERS = 100  # legitimate in number one; each costs set-up time, so a body must not be made of empty ones


class TooMuch(Exception):
    """The body would exceed the cap."""


class BadGzip(Exception):
    """The bytes are not what a gzip body is made of, or they end too soon."""


class Inflater:
    """Collects a gzip body. Bytes after the last member are ignored, as browsers do (H12)."""

    def __init__(self, cap: int) -> None:
        self._room = cap
        self._parts: list[bytes] = []
        self._members = 1
        self._ended = False
        self._held = b""
        self._member = zlib.decompressobj(31)  # 31: gzip framing, its checksum included

    def feed(self, data: bytes) -> None:
        """Takes the next raw bytes. Raises TooMuch, BadGzip."""
        data, self._held = self._held + data, b""
        while data and not self._ended:
            if self._member.eof:
                if data == GZIP_MAGIC[:1]:  # the next member's mark is cut in two
                    self._held = data
                    return
                self._next_member(data)
                continue
            try:
                part = self._member.decompress(data, self._room + 1)
            except zlib.error as error:
                raise BadGzip(str(error)) from error
            self._room -= len(part)
            if self._room < 0:
                raise TooMuch
            self._parts.append(part)
            data = self._member.unused_data or self._member.unconsumed_tail

    def _next_member(self, data: bytes) -> None:
        if not data.startswith(GZIP_MAGIC):
            self._ended = True
            return
        self._members += 1
        if self._members > _MAX_MEMBERS:
            raise BadGzip("the compressed body has too many parts")
        self._member = zlib.decompressobj(31)

    def finish(self) -> bytes:
        """The whole body. Raises BadGzip if it was cut."""
        if not self._member.eof:
            raise BadGzip("the compressed body ends too soon")
        return b"".join(self._parts)
