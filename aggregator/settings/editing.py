"""Sets single values in the text of config.yaml; every other character stays as the author wrote it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from aggregator.errors import ConfigError, Refused
from aggregator.settings.model import Settings
from aggregator.settings.reading import parse_settings
from aggregator.settings.splice import BY_HAND, Edit, Spliced, value_of, written

Keys = tuple[str | int, ...]
"""The way to a value: `("roundups", 0, "digest", "to")`."""


def set_values(text: str, path: Path, values: Mapping[Keys, object], environ: Mapping[str, str] | None = None) -> str:
    """The text with these values, None taking one away. path: names the file in errors. environ: as in `parse_settings`.

    Raises ConfigError for a value that is wrong, or a file that is wrong as it is; Refused where it cannot be made without
    touching anything else.
    """
    parse_settings(text, path, environ)
    document = yaml.safe_load(text)
    for keys, value in values.items():
        _put(document, keys, value)
    try:
        made = _made(text, values)
        settings = parse_settings(made, path, environ)
    except (ConfigError, yaml.YAMLError) as error:
        # A value that is wrong in any layout is told as such, by its line; else it is the layout that cannot take it.
        _parsed(document, path, environ, told=error)
        raise _refused(path) from None
    if settings != _parsed(document, path, environ):
        raise _refused(path)
    return made


def _made(text: str, values: Mapping[Keys, object]) -> str:
    for keys, value in values.items():
        edited = Spliced(text)
        text = edited.with_edits(_edits(edited, keys, value))
    return text


def _parsed(document: object, path: Path, environ: Mapping[str, str] | None, told: Exception | None = None) -> Settings:
    """What was meant, whatever its layout. told: raised in the place of its own error, whose lines are nobody's."""
    try:
        return parse_settings(yaml.safe_dump(document), path, environ)
    except ConfigError as error:
        raise told if isinstance(told, ConfigError) else error from None


def _refused(path: Path) -> Refused:
    return Refused("this cannot be written without changing something else", resource=str(path), advice=BY_HAND)


def _edits(edited: Spliced, keys: Keys, value: object) -> list[Edit]:
    node, way = edited.root, list(keys)
    while len(way) > 1:
        below = _below(node, way[0])
        if not isinstance(below, yaml.CollectionNode):
            break
        node = below
        way.pop(0)
    if len(way) == 1:
        if node is edited.root and value is not None and value_of(node, str(way[0])) is None:
            return [_at_the_end(edited, f"{way[0]}: {written(value)}")]
        return edited.set_key(node, str(way[0]), None if value is None else _written(edited, node, value))
    if value is None:
        return []
    key, inner = str(way[0]), {str(way[-1]): value}
    for one in reversed(way[1:-1]):
        inner = {str(one): inner}
    flow, block = written(inner), yaml.safe_dump(inner, allow_unicode=True, sort_keys=False, width=1_000_000)
    if not isinstance(node, yaml.MappingNode):
        raise Refused("this is not in the file itself", resource=key, advice=BY_HAND)
    if (empty := value_of(node, key)) is not None:
        return [edited.fill(node, empty, block, flow)]
    if node is edited.root:
        return [_at_the_end(edited, f"{key}:", *(f"  {line}" for line in block.splitlines()))]
    return [edited.add_key(node, key, block, flow)]


def _written(edited: Spliced, mapping: yaml.Node | None, value: object) -> str:
    """In brackets; a list of mappings in lines of its own, where that is how its surroundings are written."""
    if not isinstance(mapping, yaml.MappingNode) or mapping.flow_style or not mapping.value:
        return written(value)
    if not (isinstance(value, list) and value and all(isinstance(one, dict) for one in value)):
        return written(value)
    column = mapping.value[0][0].start_mark.column + 2
    lines: list[str] = []
    for one in value:
        pairs = [f"{written(key)}: {written(item)}" for key, item in one.items()]
        lines += [f"{' ' * column}{'- ' if n == 0 else '  '}{pair}" for n, pair in enumerate(pairs)]
    return "\n" + edited.newline.join(lines)


def _below(node: yaml.Node | None, key: str | int) -> yaml.Node | None:
    if isinstance(key, str):
        return value_of(node, key)
    if isinstance(node, yaml.SequenceNode) and key < len(node.value):
        found: yaml.Node = node.value[key]
        return found
    raise Refused("this is not in the file itself", resource=str(key), advice=BY_HAND)


def _at_the_end(edited: Spliced, *lines: str) -> Edit:
    """Of the file, behind the comments that may stand there, and before a line that ends the document."""
    marked = re.search(r"^\.\.\.(?=\s|\Z)", edited.text, re.MULTILINE)
    end = marked.start() if marked else len(edited.text)
    first = "" if not end or edited.text[end - 1] == "\n" else edited.newline
    return Edit(end, end, first + "".join(f"{line}{edited.newline}" for line in lines))


def _put(document: Any, keys: Keys, value: object) -> None:
    for key in keys[:-1]:
        below = document.get(key) if isinstance(document, dict) else document[key]
        # A copy: what an anchor names elsewhere is the same object here, and is not meant.
        document[key] = list(below) if isinstance(below, list) else dict(below or {})
        document = document[key]
    if value is None:
        document.pop(keys[-1], None)
    else:
        document[keys[-1]] = value
