"""An answer to the digest -> what it asks for, statement by statement. Reads; does nothing, and never raises.

    3 7 keep; 12-15 drop; 12 hold until friday; 9 security; 4 note: his own words
    undo; pause 3 weeks; resume; add https://example.org/page [section] [note: words]; help

What it quotes of another mail is never read as his: that mail says how to answer it, and would answer itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from aggregator.records.candidates import Action

MOST_STATEMENTS = 200
"""Of one mail; the rest is left, which the answer says."""
LONGEST = 4_000
"""Characters of a statement."""
_MOST_NUMBERS = 500
_WRAPPED = 60
"""A line of so many characters was broken by a mail program, not by him."""


@dataclass(frozen=True, slots=True)
class Statement:
    """line: his words, for the answer."""

    line: str


@dataclass(frozen=True, slots=True)
class Decide(Statement):
    """action: None where he says nothing of it. section: his name for it, whole or its beginning. until: as of `parse_until`.
    spans: first and last of several that stand below each other in the mail (`spans.spread` makes ids of them)."""

    ids: tuple[int, ...]
    action: Action | None = None
    section: str | None = None
    until: str | None = None
    note: str | None = None
    via: str | None = None
    spans: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Undo(Statement):
    """The last n things that he did, wherever he did them; n is None where he does not say how many. of: names of the gestures
    that he means instead, those of a mail of his that he looks back on."""

    n: int | None = None
    of: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Pause(Statement):
    """until: as of `desk.pause`."""

    until: str


@dataclass(frozen=True, slots=True)
class Resume(Statement):
    """No pause any more."""


@dataclass(frozen=True, slots=True)
class Add(Statement):
    """A page to add. thanks: who sent it to him."""

    url: str
    section: str | None = None
    note: str | None = None
    thanks: str | None = None


@dataclass(frozen=True, slots=True)
class Help(Statement):
    """He asks what can be said."""


@dataclass(frozen=True, slots=True)
class Unread(Statement):
    """advice: what would be right."""

    advice: str


_NUMBER = r"(?:[#№]\s?)?[0-9]{1,9}"
_SPAN = rf"{_NUMBER}(?:(?:\s?[-–—]\s?|\s+to\s+){_NUMBER})?"
_NUMBERS = rf"{_SPAN}(?:(?:\s*,\s*|\s+and\s+|\s*&\s*|\s+){_SPAN}(?![0-9./:-]))*+"
_ACTIONS = {
    "keep": Action.KEEP,
    "k": Action.KEEP,
    "drop": Action.DROP,
    "x": Action.DROP,
    "d": Action.DROP,
    "hold": Action.HOLD,
    "h": Action.HOLD,
    "let go": Action.LET_GO,
    "let-go": Action.LET_GO,
    "move": Action.MOVE,
}
_VERB = rf"(?:{'|'.join(sorted(_ACTIONS, key=len, reverse=True))})"
_FROM_TO = re.compile(r"([0-9]+)(?:(?:\s?[-–—]\s?|\s+to\s+)(?:[#№]\s?)?([0-9]+))?")
_NUMBERS_FIRST = re.compile(rf"({_NUMBERS})(?:\s*:\s*|\s+|$)(.*)", re.DOTALL)
_VERB_FIRST = re.compile(rf"({_VERB})\s+({_NUMBERS})\b\s*(.*)", re.IGNORECASE | re.DOTALL)
_VERB_AND_REST = re.compile(rf"({_VERB})(?:\s+(.*))?", re.IGNORECASE | re.DOTALL)
_NOTE = re.compile(r"(?:^|\s)(?:note|comment|c)\s*:\s*(.*)", re.IGNORECASE | re.DOTALL)
_VIA = re.compile(r"(?:^|\s)via\b:?\s+(.*)", re.IGNORECASE | re.DOTALL)
_ADD = re.compile(r"(?:add\s+)?<?(https?://[^\s<>\"]+)>?\s*(.*)", re.IGNORECASE | re.DOTALL)
_ORDER = re.compile(r"(undo|pause|resume|help)\b\s*(.*?)[.!]?", re.IGNORECASE | re.DOTALL)
_BEGINS = re.compile(rf"\s*(?:{_NUMBER}\b|{_VERB}\s+{_NUMBER}\b|(?:undo|pause|resume|help|add)\b|<?https?://)", re.IGNORECASE)
_HOW = "Write it like: 3 7 keep; 12 hold; 9 security; 4 note: your words."


def statements(text: str) -> list[Statement]:
    """What his own words ask for, in order, what cannot be read included. text: without what he quotes (`own_words`)."""
    return [_read(one) for one in list(_split(text))[:MOST_STATEMENTS]]


def begins_statement(line: str) -> bool:
    """Whether a line looks like the beginning of a statement."""
    return _BEGINS.match(line) is not None


def _split(text: str) -> Iterator[str]:
    """One statement each. A note runs to the end of its line, semicolons and all, and on through lines that a program broke."""
    waiting, width = "", 0
    for line in (*text.splitlines(), ""):
        if waiting and line.strip() and width >= _WRAPPED and not begins_statement(line):
            waiting, width = f"{waiting} {line.strip()}", len(line)
            continue
        if waiting:
            yield waiting
            waiting = ""
        rest = line.strip()
        while rest:
            note, end = _NOTE.search(rest), rest.find(";")
            if note is not None and (end < 0 or note.start() < end):
                waiting, width = rest, len(line)
                break
            part, _, rest = rest.partition(";")
            if part.strip():
                yield part.strip()
            rest = rest.strip()


def _read(line: str) -> Statement:
    if len(line) > LONGEST:
        return Unread(line[:200] + "…", "It is too long to be read by a program.")
    said = line.lstrip("-*•").strip() if not line.startswith("--") else line
    if found := _ADD.fullmatch(said):
        rest, note = _cut(_NOTE, found[2])
        return Add(line, found[1].rstrip(".,;)"), rest or None, note)
    if found := _VERB_FIRST.fullmatch(said):
        return _decide(line, found[2], f"{found[1]} {found[3]}".strip())
    if found := _NUMBERS_FIRST.fullmatch(said):
        return _decide(line, found[1], found[2].strip())
    if found := _ORDER.fullmatch(said):
        return _order(line, found[1].casefold(), found[2].strip())
    return Unread(line, _HOW)


def _order(line: str, order: str, rest: str) -> Statement:
    if order == "undo" and re.fullmatch(r"(?:[1-9][0-9]?)?", rest):
        return Undo(line, int(rest) if rest else None)
    if order == "pause":
        return Pause(line, rest) if rest else Unread(line, "Say how long: pause 3 weeks, or pause until 2027-01-08.")
    if order == "resume" and not rest:
        return Resume(line)
    if order == "help" and not rest:
        return Help(line)
    return Unread(line, "One of: undo, undo 3, pause 3 weeks, resume, help.")


def _decide(line: str, numbers: str, rest: str) -> Statement:
    named = [(int(one[1]), int(one[2] or one[1])) for one in _FROM_TO.finditer(numbers)]
    ids = tuple(dict.fromkeys(first for first, last in named if first == last))
    spans = tuple(dict.fromkeys(one for one in named if one[0] != one[1]))
    rest, note = _cut(_NOTE, rest)
    rest, via = _cut(_VIA, rest)
    rest = rest.rstrip(".!,").strip()
    found = _VERB_AND_REST.fullmatch(rest)
    if found is not None:
        action: Action | None = _ACTIONS[" ".join(found[1].casefold().split())]
        rest = (found[2] or "").strip()
    else:
        action = Action.MOVE if rest else None
    if fault := _fault(len(named), action, rest, note, via):
        return Unread(line, fault)
    if action is Action.HOLD:
        until = re.sub(r"^(?:until|till|for)\s+", "", rest, flags=re.IGNORECASE) or "next"
        return Decide(line, ids, action, until=until, note=note, spans=spans)
    return Decide(line, ids, action, _section(rest) or None, note=note, via=via, spans=spans)


def _fault(numbers: int, action: Action | None, rest: str, note: str | None, via: str | None) -> str:
    """What would be right instead; empty where it is."""
    faults = {
        f"At most {_MOST_NUMBERS} numbers at once.": numbers > _MOST_NUMBERS,
        "There are no words behind it.": "" in (note, via),
        f"Say what becomes of it. {_HOW}": action is None and note is None and via is None,
        "Name the section: 9 security.": action is Action.MOVE and not _section(rest),
        "That is more than one statement; put ; between two.": bool(rest) and action in (Action.DROP, Action.LET_GO),
        "Only what is kept can say via whom: 4 keep via Somebody.": via is not None and action not in (None, Action.KEEP),
    }
    return next((words for words, holds in faults.items() if holds), "")


def _section(words: str) -> str:
    return re.sub(r"^(?:to|in|into|under)\s+", "", words, flags=re.IGNORECASE).strip(" \"'")


def _cut(pattern: re.Pattern[str], text: str) -> tuple[str, str | None]:
    """What stands before, and what the pattern leads to; None without it."""
    found = pattern.search(text)
    return (text.strip(), None) if found is None else (text[: found.start()].strip(), found[1].strip())
