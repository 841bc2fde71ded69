"""A draft as it is given, in a file or pasted: its text, and what its bytes are known by."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from aggregator.draft.export import hash_of
from aggregator.errors import NotFound, UsageError
from aggregator.settings import RoundupSettings

MOST_BYTES = 1_000_000
_MARK = "\0"


class _AnyNumber(int):
    """Stands in a title where the number does, whatever form the title gives it."""

    def __format__(self, _: str) -> str:
        return _MARK


@dataclass(frozen=True, slots=True)
class GivenDraft:
    """text: with LF line ends, without a byte order mark. seen: hash of the very bytes that it was read from. path: of the file,
    None if it was pasted."""

    text: str
    seen: str
    path: Path | None = None


def read_draft(path: Path) -> GivenDraft:
    """The draft in a file. Raises NotFound, UsageError."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise NotFound(f"the draft cannot be read: {error.strerror or error}", resource=str(path)) from error
    return given(data, path)


def pasted(text: str) -> GivenDraft:
    """A draft that came as text. Raises UsageError."""
    return given(text.encode("utf-8", "replace"))


def given(data: bytes, path: Path | None = None) -> GivenDraft:
    """A draft that came as bytes. Raises UsageError for what is too large, or no text."""
    where = None if path is None else str(path)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UsageError("this is no UTF-8 text", resource=where, advice="Save it as UTF-8.") from error
    if len(data) > MOST_BYTES or "\0" in text:
        raise UsageError("this is no draft: it is too large, or no text", resource=where)
    return GivenDraft(text.replace("\r\n", "\n").replace("\r", "\n"), hash_of(data), path)


def number_of(text: str, plan: RoundupSettings) -> int | None:
    """The edition that a draft's title names; None if it names none."""
    title = _title(text)
    before, mark, after = plan.edition_title(_AnyNumber()).partition(_MARK)
    found = re.search(rf"{re.escape(before)}0*(\d{{1,10}})(?!\d){re.escape(after.partition(_MARK)[0])}", title)
    return int(found[1]) if found and mark else None


def other_of(text: str, plan: RoundupSettings, others: Iterable[str]) -> str | None:
    """Of the names of his other roundups the one whose edition a draft's title names, None if it may be of this one."""
    title, ours = _title(text).casefold(), plan.name.casefold()
    is_ours = ours in title or number_of(text, plan) is not None
    named = (one for one in others if one.casefold() in title)
    return next((one for one in named if not is_ours or ours in one.casefold()), None)


def _title(text: str) -> str:
    found = re.search(r"^(?:title\s*[:=]|#)\s*(.+)$", text[:5_000], re.MULTILINE | re.IGNORECASE)
    return found[1] if found else ""
