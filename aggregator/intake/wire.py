"""What crosses the pipe between daemon and parse worker: frames of bytes holding JSON, never a pickle (R3)."""

from __future__ import annotations

import dataclasses
import json
import struct
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import BinaryIO

from aggregator.errors import FeedError
from aggregator.records.feeds import ParsedFeed

LENGTH = struct.Struct("!I")
# The first thing a worker says.
READY = b"ready"


@dataclass(frozen=True, slots=True)
class ParseTask:
    """A fetched document to parse. content_type, content_location: the response's headers, None if absent.
    known: key -> source_hash of the feed's stored entries; those that did not change are not cleaned again. bodies: each entry
    with its HTML as well."""

    body: bytes
    feed_url: str
    content_type: str | None = None
    content_location: str | None = None
    known: Mapping[str, str] = field(default_factory=dict)
    bodies: bool = False


class FrameError(Exception):
    """The pipe ended in the middle of a frame, or a frame is longer than allowed."""


def write_frame(pipe: BinaryIO, *parts: bytes) -> None:
    """One frame: the length of each part, then the part. Raises OSError (BrokenPipeError if nobody reads any more)."""
    for part in parts:
        pipe.write(LENGTH.pack(len(part)))
        pipe.write(part)
    pipe.flush()


def read_part(pipe: BinaryIO, limit: int) -> bytes | None:
    """The next part, or None at the end of the stream. Raises FrameError."""
    head = pipe.read(LENGTH.size)
    if not head:
        return None
    if len(head) < LENGTH.size:
        raise FrameError("cut in the middle")
    (length,) = LENGTH.unpack(head)
    if length > limit:
        raise FrameError(f"{length} bytes are more than {limit}")
    part = pipe.read(length)
    if len(part) < length:
        raise FrameError("cut in the middle")
    return part


def task_header(task: ParseTask) -> bytes:
    """Everything of a task but its body."""
    header = {
        "feed_url": task.feed_url,
        "content_type": task.content_type,
        "content_location": task.content_location,
        "known": dict(task.known),
        "bodies": task.bodies,
    }
    return json.dumps(header, separators=(",", ":")).encode()


def read_task(header: bytes, body: bytes) -> ParseTask:
    """The reverse."""
    return ParseTask(body=body, **json.loads(header))


def answer(parsed: ParsedFeed | FeedError, *, retire: bool) -> bytes:
    """A worker's answer. retire: it holds so much memory that a new worker should take over."""
    content: dict[str, object] = {"retire": retire}
    if isinstance(parsed, FeedError):
        content["error"] = {"kind": parsed.kind, "message": parsed.message, "advice": parsed.advice}
    else:
        content["feed"] = parsed
    return json.dumps(content, default=_plain, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat()
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {each.name: getattr(value, each.name) for each in dataclasses.fields(value)}
    raise TypeError(f"{type(value).__name__} does not cross the pipe")
