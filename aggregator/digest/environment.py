"""Templates of the mail: the shipped ones, and the author's own in a sandbox that can never block a mail (R32)."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sized
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any

from jinja2 import ChoiceLoader, Environment, FileSystemLoader, StrictUndefined, TemplateSyntaxError
from jinja2.exceptions import SecurityError
from jinja2.runtime import Context
from jinja2.sandbox import SandboxedEnvironment

from aggregator.clock import SystemClock
from aggregator.digest.words import wrap
from aggregator.errors import TemplateError
from aggregator.settings.shipped import template_folder

if TYPE_CHECKING:
    from _typeshed import TraceFunction

HTML, TEXT = "digest/mail.html", "digest/mail.txt"
LARGEST = 2_000_000
"""Characters that a template of the author's own may make of one mail."""
LONGEST = 2.0
"""Seconds that it may take."""
_GENERATED = "__jinja_template__"


def fill(name: str, values: Mapping[str, object]) -> str:
    """Renders a shipped template."""
    return _shipped(name).get_template(name).render(values)


def fill_own(folder: Path, name: str, values: Mapping[str, object]) -> str:
    """Renders a template with the author's files over the shipped ones. Raises TemplateError, whatever is wrong with his."""
    try:
        template = _own(folder, name).get_template(name)
        with _no_longer_than(LONGEST):
            return "".join(_bounded(template.generate(values)))
    except Exception as error:  # An expression may raise anything; the caller tells of it and uses the shipped template.
        line = f", line {error.lineno}" if isinstance(error, TemplateSyntaxError) else ""
        words = " ".join(str(error).split())[:200] or type(error).__name__
        raise TemplateError(
            f"{words}{line}", resource=str(folder / name), advice="The shipped template stands in for it."
        ) from error


def _bounded(pieces: Iterator[str]) -> Iterator[str]:
    size = 0
    for piece in pieces:
        size += len(piece)
        if size > LARGEST:
            raise TemplateError(f"it makes more than {LARGEST:,} characters")
        yield piece


@contextmanager
def _no_longer_than(seconds: float) -> Iterator[None]:
    """Ends what a template does in this thread. It may go round and put nothing out, so that the interpreter itself is asked to
    look at the clock with each line of a template's code."""
    clock, before = SystemClock(), sys.gettrace()
    until = clock.monotonic() + seconds

    def look(frame: FrameType, _event: str, _said: object) -> TraceFunction | None:
        if clock.monotonic() > until:
            raise TemplateError(f"it takes longer than {seconds:.0f} seconds")
        return look if _GENERATED in frame.f_globals else None

    sys.settrace(look)
    try:
        yield
    finally:
        sys.settrace(before)


class _Sandbox(SandboxedEnvironment):
    """Sums that would fill the memory, or never end, are none of a mail's."""

    intercepted_binops = frozenset({"*", "**"})

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        if operator == "**":
            raise SecurityError("powers are not for mails")
        if max(_size(left) * _number(right), _size(right) * _number(left)) > LARGEST:
            raise SecurityError(f"it makes more than {LARGEST:,} characters")
        return super().call_binop(context, operator, left, right)


def _size(value: Any) -> int:
    return len(value) if isinstance(value, Sized) else 0


def _number(value: Any) -> int:
    return abs(value) if isinstance(value, int) else 0


def has_own(folder: Path | None) -> bool:
    """Whether the author keeps any template of the mail in `folder`."""
    return folder is not None and (folder / "digest").is_dir()


def _shipped(name: str) -> Environment:
    return _environment(Environment, name)


def _own(folder: Path, name: str) -> Environment:
    return _environment(_Sandbox, name, folder)


@cache
def _environment(kind: type[Environment], name: str, *folders: Path) -> Environment:
    loader = ChoiceLoader([FileSystemLoader(folder) for folder in (*folders, template_folder())])
    # The text part has nothing to escape.
    environment = kind(
        loader=loader,
        autoescape=name == HTML,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["wrap"] = wrap
    return environment
