"""What a form said, as words."""

from __future__ import annotations

from starlette.datastructures import FormData

from aggregator.errors import UsageError

_DIGITS = 9


def text(form: FormData, name: str) -> str:
    """A field's words, "" without it."""
    return str(form.get(name) or "").strip()


def one_line(form: FormData, name: str, of: str = "a section") -> str:
    """The name of a thing, in one line. Raises UsageError for an empty one."""
    if not (found := " ".join(text(form, name).split())):
        raise UsageError(f"{of} needs a name", advice="Go back and type one.")
    return found


def words_of(given: str) -> tuple[str, ...]:
    """Keywords, separated by commas."""
    return tuple(word for one in given.split(",") if (word := " ".join(one.split())))


def chosen(form: FormData) -> list[str]:
    """Ids of ticked boxes."""
    return [str(one) for one in form.getlist("id")]


def is_number(given: str) -> bool:
    """Whether these are digits of a number that a row can have: PostgreSQL's are no longer, and SQLite's adapter gives up."""
    return given.isascii() and given.isdecimal() and len(given) <= _DIGITS


def as_number(given: str) -> int:
    """The number that these digits are. Raises UsageError."""
    if not is_number(given):
        raise UsageError(f"{given[:40]!r} is no number", advice="Load the page again.")
    return int(given)


def number(form: FormData, name: str) -> int:
    """A field's number. Raises UsageError."""
    given = text(form, name)
    if not is_number(given):
        raise UsageError(f"{name} is no number")
    return int(given)


def numbers(form: FormData, name: str = "id") -> list[int]:
    """Of every field of this name, each a number. Raises UsageError."""
    return [as_number(str(one)) for one in form.getlist(name)]


def typed(form: FormData, name: str = "text") -> str | None:
    """His words as he typed them, None without the field: a form sends its line ends as two characters."""
    return str(form[name]).replace("\r\n", "\n") if name in form else None
