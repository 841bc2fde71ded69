"""What a form said, as words."""

from __future__ import annotations

from starlette.datastructures import FormData

from aggregator.errors import UsageError


def text(form: FormData, name: str) -> str:
    """A field's words, "" without it."""
    return str(form.get(name) or "").strip()


def heading(form: FormData, name: str) -> str:
    """A heading in one line. Raises UsageError for an empty one."""
    if not (found := " ".join(text(form, name).split())):
        raise UsageError("a section needs a name", advice="Go back and type one.")
    return found


def words_of(given: str) -> tuple[str, ...]:
    """Keywords, separated by commas."""
    return tuple(word for one in given.split(",") if (word := " ".join(one.split())))


def chosen(form: FormData) -> list[str]:
    """Ids of ticked boxes."""
    return [str(one) for one in form.getlist("id")]


def number(form: FormData, name: str) -> int:
    """A field's number. Raises UsageError."""
    given = text(form, name)
    if not given.isascii() or not given.isdecimal() or len(given) > 12:
        raise UsageError(f"{name} is no number")
    return int(given)
