"""Small words of the mail: dates in the author's zone, numbers with their nouns, lines that fit."""

from __future__ import annotations

import re
import textwrap
import unicodedata
from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

_INVISIBLE = re.compile(r"[\u061c\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff\ufdd0-\ufdef\ufffe\uffff]")
WIDTH = 76


def line(text: str, limit: int = 300) -> str:
    """One printable line, whatever came: intake cleaned it, and a sink cleans again (R5)."""
    text = _INVISIBLE.sub("", " ".join(text[: limit * 4].split()))
    if not text.isprintable():
        text = "".join(char for char in text if unicodedata.category(char) not in ("Cc", "Cs"))
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


def count(number: int, one: str, many: str | None = None) -> str:
    """`1 day`, `19 days`."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def listed(words: Sequence[object]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    *first, last = (str(word) for word in words)
    return f"{', '.join(first)} and {last}" if first else last


def day(at: datetime, now: datetime, zone: ZoneInfo) -> str:
    """`8 Jan`, with the year if it is not the present one."""
    local, today = at.astimezone(zone), now.astimezone(zone)
    return f"{local.day} {local:%b}" + ("" if local.year == today.year else f" {local.year}")


def long_day(at: datetime, zone: ZoneInfo) -> str:
    """`Friday 18 January 2019`."""
    local = at.astimezone(zone)
    return f"{local:%A} {local.day} {local:%B %Y}"


def place(zone: ZoneInfo) -> str:
    """`America/Denver` -> `Denver time`; `UTC` stays."""
    region, _, city = zone.key.rpartition("/")
    return f"{city.replace('_', ' ')} time" if region and region != "Etc" else city


def wrap(text: str, indent: int = 0, first: str | None = None) -> str:
    """Folds to the mail's width; every line but the first begins with `indent` blanks, the first one with `first`."""
    blanks = " " * indent
    return textwrap.fill(
        text,
        WIDTH,
        initial_indent=blanks if first is None else first,
        subsequent_indent=blanks,
        break_long_words=False,
        break_on_hyphens=False,
    )
