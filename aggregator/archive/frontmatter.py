"""The front matter of a post: YAML (Jekyll, Hugo), TOML (Hugo) or Pelican's header lines."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

import yaml
from dateutil import parser as dates

from aggregator.errors import ArchiveError

MOST_CHARACTERS = 64 * 1024

_YAML = re.compile(r"\A---[ \t]*\n(?:(.*?)\n)?(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
_TOML = re.compile(r"\A\+\+\+[ \t]*\n(?:(.*?)\n)?\+\+\+[ \t]*(?:\n|\Z)", re.DOTALL)
_HEADER = re.compile(r"\A(?:[A-Za-z][\w-]*:[^\n]*\n(?:[ \t]+\S[^\n]*\n)*)+(?:\n|\Z)")
_HEADER_LINE = re.compile(r"^([A-Za-z][\w-]*):[ \t]*([^\n]*(?:\n[ \t]+\S[^\n]*)*)", re.MULTILINE)

_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """Keys in lower case, as written otherwise. body: what follows it."""

    kind: Literal["yaml", "toml", "pelican", "none"]
    body: str
    fields: Mapping[str, object] = field(default_factory=dict)

    def text(self, *keys: str) -> str | None:
        """The first of these that holds text or a number, trimmed; None if none does."""
        for key in keys:
            value = self.fields.get(key)
            if isinstance(value, str | int) and not isinstance(value, bool) and str(value).strip():
                return str(value).strip()
        return None

    def number(self, *keys: str) -> int | None:
        """The first of these that holds a whole number."""
        for key in keys:
            found = re.fullmatch(r"#?(\d{1,6})", self.text(key) or "")
            if found:
                return int(found[1])
        return None

    def date(self, *keys: str) -> date | None:
        """The first of these that holds a date: its day as written, in whatever zone it was written."""
        for key in keys:
            value = self.fields.get(key)
            if isinstance(value, datetime):
                return value.date()
            if isinstance(value, date):
                return value
            if isinstance(value, str) and re.search(r"\d{4}", value[:80]):
                try:
                    return dates.parse(value[:80]).date()
                except (ValueError, OverflowError):
                    continue
        return None

    def words(self, *keys: str) -> tuple[str, ...]:
        """Every text in the lists (or comma-separated texts) under these keys, without doubles."""
        found: dict[str, None] = {}
        for key in keys:
            value = self.fields.get(key)
            parts = value.split(",") if isinstance(value, str) else value if isinstance(value, list) else ()
            for part in parts:
                if isinstance(part, str | int) and (word := str(part).strip(" \t\n[]\"'")):
                    found.setdefault(word)
        return tuple(found)

    @property
    def draft(self) -> bool:
        """It says that it is not published: `draft: true` (Hugo), `published: false` (Jekyll), `Status: draft` (Pelican)."""
        said = {key: str(self.fields.get(key, "")).strip().lower() for key in ("draft", "published", "status")}
        return said["draft"] in ("true", "yes") or said["published"] in ("false", "no") or said["status"] == "draft"


def split(text: str) -> FrontMatter:
    """A post's front matter and body. Line ends must be LF. Raises ArchiveError if there is front matter that cannot be read."""
    if found := _YAML.match(text):
        return FrontMatter("yaml", text[found.end() :], _lower(_yaml(_bounded(found[1] or ""))))
    if found := _TOML.match(text):
        return FrontMatter("toml", text[found.end() :], _lower(_toml(_bounded(found[1] or ""))))
    # Any text may begin with a word and a colon: only a title makes it a header.
    if (found := _HEADER.match(text)) and re.search(r"^title:", found[0], re.IGNORECASE | re.MULTILINE):
        header = _bounded(found[0])
        return FrontMatter("pelican", text[found.end() :], _lower(dict(_HEADER_LINE.findall(header))))
    return FrontMatter("none", text)


def _bounded(text: str) -> str:
    if len(text) > MOST_CHARACTERS:
        raise ArchiveError(f"its front matter is longer than {MOST_CHARACTERS // 1024} KB")
    return text


def _lower(fields: Mapping[str, object]) -> dict[str, object]:
    return {key.lower(): value for key, value in fields.items()}


def _yaml(text: str) -> dict[str, object]:
    try:
        # Aliases and merge keys let a few lines grow without bound; no front matter needs them.
        if any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(text, Loader=_Loader)):
            raise ArchiveError("its front matter uses YAML aliases, which are not read")
        document = yaml.load(text, Loader=_Loader)  # noqa: S506 - the C form of SafeLoader where there is one
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f" in line {mark.line + 2}" if mark else ""
        raise ArchiveError(f"its front matter is not YAML: {getattr(error, 'problem', None) or 'error'}{line}") from error
    except (ValueError, OverflowError, TypeError, RecursionError) as error:
        # What the constructors of dates and numbers say to values such as `2013-13-45`.
        raise ArchiveError(f"its front matter holds a value that cannot be read: {str(error)[:100]}") from error
    if document is None:
        return {}
    if not isinstance(document, dict):
        raise ArchiveError("its front matter holds no keys")
    return {str(key): value for key, value in document.items() if isinstance(key, str)}


def _toml(text: str) -> dict[str, object]:
    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, ValueError, RecursionError) as error:
        raise ArchiveError(f"its front matter is not TOML: {str(error)[:100]}") from error
