"""What is wrong with a configuration, in words: where it stands, what it says, and what would be right."""

from __future__ import annotations

import re
import typing
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ValidationError

from aggregator.settings.model import Settings
from aggregator.settings.values import nearest

Place = tuple[int | str, ...]  # ("roundups", 0, "digest", "day")

# pydantic speaks to programmers; these are its messages for what a person gets wrong in a file.
_WORDS = {
    "bool_type": "should be true or false",
    "dict_type": "should be a block of `key: value` lines",
    "int_from_float": "should be a whole number",
    "int_parsing": "should be a whole number",
    "int_type": "should be a whole number",
    "model_type": "should be a block of `key: value` lines",
    "path_type": "should be a path",
    "string_too_short": "must not be empty",
    "string_type": "should be text",
    "too_short": "must not be empty",
    "tuple_type": "should be a list, such as [a, b]",
}


@dataclass(frozen=True, slots=True)
class Origin:
    """Where each key was set: in a line of the file, or by a variable of the environment."""

    path: Path
    root: yaml.Node | None
    variables: Mapping[Place, str]

    def line(self, place: tuple[Any, ...]) -> int:
        """The file's line that sets `place`, or would."""
        return _line(self.root, place)

    def of(self, place: tuple[Any, ...]) -> str:
        """ "config.yaml:12" or "environment variable AGGREGATOR_MAIL__PORT"."""
        for length in range(len(place), 0, -1):
            if variable := self.variables.get(place[:length]):
                return f"environment variable {variable}"
        return f"{self.path}:{self.line(place)}"


def explain(error: ValidationError, origin: Origin) -> str:
    """A line for each fault, in the file's order. A fault that only follows from one further in is left out."""
    faults = sorted(((_place(fault["loc"]), fault) for fault in error.errors()), key=lambda one: origin.line(one[0]))
    lines = []
    for place, fault in faults:
        if any(len(other) > len(place) and other[: len(place)] == place for other, _ in faults):
            continue
        lines.append(f"{origin.of(place)}: {_message(place, fault)}")
    return "\n".join(dict.fromkeys(lines))


def unknown_key(place: tuple[Any, ...]) -> str:
    """Names the key, and the known one that it most likely stands for, here or elsewhere in the file."""
    key = str(place[-1])
    shape = _shape(place[:-1])
    beside = [str(path[-1]) for path in known_paths() if path[:-1] == shape]
    if hint := nearest(key, beside):
        return f"unknown key {key!r}{hint}"
    elsewhere = [path for path in known_paths() if path[-1] == key]
    if elsewhere:
        return f"unknown key {key!r}; it belongs in {_written(elsewhere[0][:-1]) or 'the outermost block'}"
    return f"unknown key {key!r}; known here: {', '.join(beside)}"


@cache
def known_paths() -> Mapping[Place, bool]:
    """Every key that the file may have, item 0 standing for any item of a list -> whether it holds more than one value."""
    return dict(_walk(Settings, ()))


def _walk(model: type[BaseModel], above: Place) -> Iterator[tuple[Place, bool]]:
    for name, field in model.model_fields.items():
        if field.exclude:
            continue
        place = (*above, field.alias or name)
        inner = _model_in(field.annotation)
        origins = {typing.get_origin(one) for one in (field.annotation, *typing.get_args(field.annotation))}
        yield place, inner is not None or not origins.isdisjoint((tuple, dict))
        if inner is not None:
            yield from _walk(inner, (*place, 0) if tuple in origins else place)


def _model_in(annotation: Any) -> type[BaseModel] | None:
    for one in (annotation, *typing.get_args(annotation)):
        if isinstance(one, type) and issubclass(one, BaseModel):
            return one
    return None


def _message(place: Place, fault: Any) -> str:
    kind, given = fault["type"], fault["input"]
    key = _written(place) or "the file"
    if kind in ("extra_forbidden", "invalid_key"):
        return unknown_key(place)
    if kind == "missing":
        return f"{key} is missing"
    if kind == "value_error":  # ours: it names the value and what would be right
        return f"{key}: {fault['msg'].removeprefix('Value error, ')}"
    words = _WORDS.get(kind) or re.sub("^(Input|String|Tuple) | after validation", "", fault["msg"])
    if isinstance(given, dict | list | tuple | BaseModel) or given == "":
        return f"{key} {words}"
    if isinstance(given, bool) and kind == "string_type":
        return f"{key} {words}; without quotes YAML reads this as {str(given).lower()}"
    hint = nearest(str(given), re.findall(r"'([^']*)'", fault["ctx"]["expected"])) if kind == "literal_error" else ""
    shown = repr(given) if len(repr(given)) < 80 else f"{repr(given)[:76]}..."
    return f"{key} {words}, not {shown}{hint}"


def _place(loc: tuple[int | str, ...]) -> Place:
    # A fault at a key of `aliases` ends in pydantic's own "[key]".
    return tuple(part for part in loc if part != "[key]")


def _shape(place: tuple[Any, ...]) -> Place:
    return tuple(0 if isinstance(part, int) else part for part in place)


def _written(place: Place) -> str:
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in place).removeprefix(".")


def _line(node: yaml.Node | None, place: tuple[Any, ...]) -> int:
    """The line of the deepest part of `place` that the file has."""
    line = node.start_mark.line + 1 if node else 1
    for part in place:
        if isinstance(node, yaml.MappingNode):
            found = next(((key, value) for key, value in node.value if key.value == str(part)), None)
            if found is None:
                return line
            line, node = found[0].start_mark.line + 1, found[1]
        elif isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
            node = node.value[part]
            line = node.start_mark.line + 1
        else:
            return line
    return line
