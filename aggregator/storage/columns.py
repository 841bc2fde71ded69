"""Column types that mean the same on SQLite and PostgreSQL: aware instants, text that always stores, tuples of words."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import DateTime, String, Text
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator, TypeEngine


class UtcDateTime(TypeDecorator[datetime]):
    """An instant. Takes aware datetimes of any zone, refuses naive ones (ValueError), gives aware UTC.

    SQLite holds them as text of one fixed width with the offset, so that comparing text compares instants and one call
    of `fromisoformat` reads them back.
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Text on SQLite, `timestamptz` elsewhere."""
        return dialect.type_descriptor(String(32) if dialect.name == "sqlite" else DateTime(timezone=True))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        """To the database."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value!r} has no time zone; only aware times are stored")
        value = value.astimezone(UTC)
        return value.isoformat(" ", "microseconds") if dialect.name == "sqlite" else value

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - SQLAlchemy's signature
        """From the database."""
        if value is None:
            return None
        if isinstance(value, str):
            return datetime.fromisoformat(value)
        aware: datetime = value
        return aware.astimezone(UTC)


class SafeText(TypeDecorator[str]):
    """Text that came from outside. What no database encodes (a lone surrogate) or only one does (NUL) becomes U+FFFD:
    cleaning happened long before, and a poll must not fail on what slipped through."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002 - SQLAlchemy's signature
        """To the database."""
        if value is None:
            return None
        try:
            value.encode()
        except UnicodeEncodeError:
            value = value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        return value.replace("\0", "\N{REPLACEMENT CHARACTER}") if "\0" in value else value


class Words(TypeDecorator[tuple[str, ...]]):
    """A tuple of texts, such as tags or folders, as a JSON array."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Sequence[str] | None, dialect: Dialect) -> str | None:  # noqa: ARG002 - SQLAlchemy's signature
        """To the database. ASCII escapes carry any character."""
        return None if value is None else json.dumps(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> tuple[str, ...] | None:  # noqa: ARG002 - SQLAlchemy's signature
        """From the database."""
        return None if value is None else _read_words(value)


# Candidates repeat few folders, tags and reasons; reading each once saves a sixth of their time.
@lru_cache(maxsize=4096)
def _read_words(value: str) -> tuple[str, ...]:
    return tuple(json.loads(value))
