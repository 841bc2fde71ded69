"""Parts of a series, told from titles alone: "Building a NAS, part 2", "(2/3)", "Pt. II", "- 2"."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_WORDS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_NUMBER = rf"(?:\d{{1,3}}|[ivx]+|{'|'.join(_WORDS)})\b"
_MARKERS = (
    # part 2, Pt. II, Part #3, part two of four; also in brackets
    re.compile(
        rf"[(\[]?\s*\b(?:part|pt\.?|episode|chapter|teil|partie|parte|deel)\s*#?\s*(?P<number>{_NUMBER})"
        rf"(?:\s*(?:/|of)\s*{_NUMBER})?\s*[)\]]?",
        re.IGNORECASE,
    ),
    # (2/3), [2 of 3], (2)
    re.compile(r"[(\[]\s*(?P<number>\d{1,2})\s*(?:(?:/|of)\s*\d{1,2})?\s*[)\]]", re.IGNORECASE),
    # #2
    re.compile(r"(?<!\w)#(?P<number>\d{1,3})\b"),
    # - 2, at the end
    re.compile(r"\s[-–—]\s*(?P<number>\d{1,2})\s*$"),
    # II, at the end; a lone I, V or X is a word or a letter
    re.compile(r"(?<=\s)(?P<number>II|III|IV)\s*$"),
)
_ROMAN = re.compile(r"(x{0,3})(ix|iv|v?i{0,3})")


def part_number(title: str) -> int | None:
    """Which part of a series a title says it is, None if it does not say."""
    found = _find_marker(title)
    return found[0] if found else None


def series_key(title: str, host: str) -> tuple[str, str] | None:
    """What the parts of one series share: the host, and the title's words before the part's number ("NAS, part 2: disks" and
    "NAS" are of one series), or after it where nothing stands before. None for a title without other words."""
    found = _find_marker(title)
    rest = (found[1] or found[2]) if found else title
    words = re.findall(r"\w+", unicodedata.normalize("NFKC", rest).casefold())
    if found and not found[1] and words[:1] == ["of"]:
        del words[0]
    return (host.casefold(), " ".join(words)) if words else None


@lru_cache(maxsize=4096)
def _find_marker(title: str) -> tuple[int, str, str] | None:
    """The part's number, the words before its marker, the words after."""
    for marker in _MARKERS:
        for match in marker.finditer(title):
            number = _value(match["number"].casefold())
            if number:
                return number, title[: match.start()].strip(), title[match.end() :].strip()
    return None


def _value(word: str) -> int | None:
    if word.isascii() and word.isdigit():
        return int(word)
    if word in _WORDS:
        return _WORDS.index(word) + 1
    roman = _ROMAN.fullmatch(word)
    if roman is None:
        return None
    units = {"": 0, "i": 1, "ii": 2, "iii": 3, "iv": 4, "v": 5, "vi": 6, "vii": 7, "viii": 8, "ix": 9}
    return 10 * len(roman[1]) + units[roman[2]]
