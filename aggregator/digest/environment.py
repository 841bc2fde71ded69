"""Templates of the mail: the shipped ones, and the author's own in a sandbox that can never block a mail (R32)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

from jinja2 import ChoiceLoader, Environment, FileSystemLoader, StrictUndefined, TemplateSyntaxError
from jinja2.sandbox import SandboxedEnvironment

from aggregator.clock import SystemClock
from aggregator.digest.words import wrap
from aggregator.errors import TemplateError
from aggregator.settings.shipped import template_folder

HTML, TEXT = "digest/mail.html", "digest/mail.txt"
LARGEST = 2_000_000
"""Characters that a template of the author's own may make of one mail."""
LONGEST = 2.0
"""Seconds that it may take; looked at whenever it puts something out."""


def fill(name: str, values: Mapping[str, object]) -> str:
    """Renders a shipped template."""
    return _shipped(name).get_template(name).render(values)


def fill_own(folder: Path, name: str, values: Mapping[str, object]) -> str:
    """Renders a template with the author's files over the shipped ones. Raises TemplateError, whatever is wrong with his."""
    try:
        pieces = _own(folder, name).get_template(name).generate(values)
        return "".join(_bounded(pieces))
    except Exception as error:  # An expression may raise anything; the caller tells of it and uses the shipped template.
        line = f", line {error.lineno}" if isinstance(error, TemplateSyntaxError) else ""
        words = " ".join(str(error).split())[:200] or type(error).__name__
        raise TemplateError(
            f"{words}{line}", resource=str(folder / name), advice="The shipped template stands in for it."
        ) from error


def _bounded(pieces: Iterator[str]) -> Iterator[str]:
    started, size = SystemClock().monotonic(), 0
    for piece in pieces:
        size += len(piece)
        if size > LARGEST:
            raise TemplateError(f"it makes more than {LARGEST:,} characters")
        if SystemClock().monotonic() - started > LONGEST:
            raise TemplateError(f"it takes longer than {LONGEST:.0f} seconds")
        yield piece


def has_own(folder: Path | None) -> bool:
    """Whether the author keeps any template of the mail in `folder`."""
    return folder is not None and (folder / "digest").is_dir()


def _shipped(name: str) -> Environment:
    return _environment(Environment, name)


def _own(folder: Path, name: str) -> Environment:
    return _environment(SandboxedEnvironment, name, folder)


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
