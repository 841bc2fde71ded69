"""What of the configuration holds, and where each value comes from, for the author to look through."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from aggregator.errors import ConfigError, shown
from aggregator.settings.environment import read_environment
from aggregator.settings.faults import Origin


@dataclass(frozen=True, slots=True)
class Holding:
    """One value that was set. key: "mail.host". origin: "line 12", or a variable of the environment. Passwords in addresses are
    left out; other secrets never stand in a configuration."""

    key: str
    value: str
    origin: str


def holding(path: Path, environ: Mapping[str, str] | None = None) -> list[Holding]:
    """Every value that the file or the environment sets, in the order of the file. Raises ConfigError for what is no YAML."""
    try:
        text = path.read_text(encoding="utf-8")
        root, document = yaml.compose(text, Loader=yaml.SafeLoader), yaml.safe_load(text)
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise ConfigError(f"cannot be read: {error}", resource=str(path)) from None
    overrides = read_environment(os.environ if environ is None else environ)
    origin = Origin(path, root, overrides.variables)
    laid = overrides.laid_over(document if isinstance(document, dict) else {})
    return [Holding(_written(place), shown(_plain(value)), _from(origin.of(place), path)) for place, value in _leaves(laid, ())]


def _leaves(value: Any, place: tuple[int | str, ...]) -> Iterator[tuple[tuple[int | str, ...], Any]]:
    if isinstance(value, dict) and value:
        for key, one in value.items():
            yield from _leaves(one, (*place, str(key)))
    elif isinstance(value, list) and any(isinstance(one, dict) for one in value):
        for number, one in enumerate(value):
            yield from _leaves(one, (*place, number))
    elif value is not None:
        yield place, value


def _written(place: tuple[int | str, ...]) -> str:
    # Persons count from 1.
    return "".join(f" {part + 1}" if isinstance(part, int) else f".{part}" for part in place).removeprefix(".")


def _plain(value: Any) -> str:
    return (
        ", ".join(map(str, value)) if isinstance(value, list) else str(value).lower() if isinstance(value, bool) else str(value)
    )


def _from(origin: str, path: Path) -> str:
    return f"line {origin.rpartition(':')[2]}" if origin.startswith(f"{path}:") else origin
