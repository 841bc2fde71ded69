"""What the commands print: one JSON document for scripts, plain sentences and tables for people, warnings on stderr."""

from __future__ import annotations

import dataclasses
import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path, PurePath
from zoneinfo import ZoneInfo

import humanize
from rich.console import Console
from rich.table import Table
from rich.text import Text

from aggregator.errors import StorageError

# Where nobody looks at the width of a window, nothing is folded: `grep` and `awk` want one row a line.
_ENDLESS = 10_000
# Feed text is cleaned long before; a server's reply or a file's name may still try to steer the terminal.
_STEERING = {code: "\N{REPLACEMENT CHARACTER}" for code in (*range(0x20), *range(0x7F, 0xA0)) if chr(code) not in "\n\t"}


def print_json(document: object) -> None:
    """Writes `document` to stdout as the one JSON document of a `--json` command.

    Records become objects, times ISO 8601, durations seconds, paths text, sets sorted lists. Indented on a terminal only.
    Raises TypeError for anything else and ValueError for a number that JSON cannot say (NaN, infinity).
    """
    indent = 2 if sys.stdout.isatty() else None
    text = json.dumps(document, default=_plain, indent=indent, ensure_ascii=False, allow_nan=False)
    try:
        text.encode(sys.stdout.encoding or "utf-8")
    except UnicodeEncodeError:  # a Latin-1 terminal, or a file name that is not UTF-8
        text = json.dumps(document, default=_plain, indent=indent, ensure_ascii=True, allow_nan=False)
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def say(text: str = "", *, style: str | None = None) -> None:
    """One line (or several) on stdout. The text is shown as it is: square brackets in a title are no markup."""
    _print(_console(), _text(text, style))


def warn(text: str) -> None:
    """A line on stderr, for what went wrong or what the author ought to know beside the result."""
    _print(_console(stderr=True), _text(text, "yellow"))


def fail(text: str) -> None:
    """Why the command could not do it, on stderr."""
    _print(_console(stderr=True), _text(text, "red"))


def table(
    headings: Sequence[str], rows: Iterable[Sequence[object]], *, title: str | None = None, numbers: Iterable[int] = ()
) -> None:
    """A table on stdout. A cell may be a rich Text of its own; None is left blank. numbers: columns aligned right.

    Headings that are all empty take no line. On a terminal long cells fold; in a pipe every row is one line.
    """
    right = frozenset(numbers)
    shown = Table(
        title=title,
        title_justify="left",
        title_style="bold",
        box=None,
        pad_edge=False,
        header_style="bold",
        show_header=any(headings),
    )
    for position, heading in enumerate(headings):
        shown.add_column(heading, justify="right" if position in right else "left", overflow="fold")
    for row in rows:
        shown.add_row(*(_cell(value) for value in row))
    console = _console()
    if console.width != _ENDLESS:
        console.print(shown)
        return
    with console.capture() as rendered:
        console.print(shown)
    # A last column padded to its widest cell is noise to whatever reads the pipe.
    sys.stdout.writelines(line.rstrip() + "\n" for line in rendered.get().splitlines())


def age(when: datetime | None, now: datetime, *, never: str = "never") -> str:
    """ "3 hours ago" or "3 hours from now"; `never` for None. Both times aware."""
    return never if when is None else humanize.naturaltime(now - when)


def moment(when: datetime | None, zone: ZoneInfo, *, never: str = "never") -> str:
    """ "Fri 27 Nov 2026 07:00" on the author's own clock; `never` for None."""
    return (
        never if when is None else f"{when.astimezone(zone):%a} {when.astimezone(zone).day} {when.astimezone(zone):%b %Y %H:%M}"
    )


def size(octets: int) -> str:
    """ "1.2 MB"."""
    return humanize.naturalsize(octets)


def count(number: int, thing: str, things: str | None = None) -> str:
    """ "1 feed", "1,200 feeds", "2 entries"; things: the plural where an "s" does not make it."""
    return f"{humanize.intcomma(number)} {thing if number == 1 else things or thing + 's'}"


def width() -> int:
    """Columns of the window that stdout goes to; as good as endless in a pipe."""
    return _console().width


def write_page(path: Path, page: str) -> None:
    """Writes a page for a browser. Raises StorageError."""
    try:
        path.write_text(page, encoding="utf-8")
    except OSError as error:
        raise StorageError(
            f"the page cannot be written: {error.strerror or error}", resource=str(path), advice="Give another path with --html."
        ) from error


def _print(console: Console, text: Text) -> None:
    # In a window lines break between words; an address or a path stays whole, so that it can be copied.
    if console.width == _ENDLESS:
        console.print(text, soft_wrap=True)
    else:
        console.print(text, overflow="ignore", crop=False)


def _console(*, stderr: bool = False) -> Console:
    # Made anew each time: tests and CliRunner swap the streams. NO_COLOR and TERM=dumb are rich's own business.
    stream = sys.stderr if stderr else sys.stdout
    return Console(stderr=stderr, width=None if stream.isatty() else _ENDLESS, markup=False, emoji=False, highlight=False)


def _cell(value: object) -> Text:
    return value if isinstance(value, Text) else _text("" if value is None else str(value))


def _text(text: str, style: str | None = None) -> Text:
    return Text(text.translate(_STEERING), style=style or "")


def _plain(value: object) -> object:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, PurePath):
        return str(value)
    if isinstance(value, set | frozenset):
        return sorted(value)
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"{type(value).__name__} has no place in JSON")
