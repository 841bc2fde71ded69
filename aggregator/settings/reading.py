"""Finds and reads config.yaml, lays the environment over it, and builds the settings or says what is wrong, and where."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from aggregator.errors import ConfigError
from aggregator.settings.environment import Overrides, read_environment
from aggregator.settings.faults import Origin, explain, unknown_key
from aggregator.settings.model import Settings

_ADVICE = "See the commented config.yaml for every key."


def find_config(given: Path | None, environ: Mapping[str, str] | None = None) -> Path:
    """`--config`, else `$AGGREGATOR_CONFIG`, else `./config.yaml`."""
    environ = os.environ if environ is None else environ
    return given or Path(environ.get("AGGREGATOR_CONFIG") or "config.yaml")


def load_settings(path: Path, environ: Mapping[str, str] | None = None) -> Settings:
    """Reads a configuration file; `environ` is the process's own unless given.

    Raises ConfigError with file (or variable), line, key, value and what would be right.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise ConfigError(
            "there is no configuration file here", resource=str(path), advice="Run `aggregator init` to make one."
        ) from None
    except UnicodeDecodeError as error:
        raise ConfigError(f"this is not UTF-8 text (byte {error.start})", resource=str(path)) from None
    except OSError as error:
        raise ConfigError(f"cannot be read: {error.strerror}", resource=str(path)) from None
    return parse_settings(text, path, environ)


def parse_settings(text: str, path: Path, environ: Mapping[str, str] | None = None) -> Settings:
    """As `load_settings`, for a text at hand; `path` names it in errors and anchors relative paths."""
    root, document = _read_yaml(text, path)
    overrides = read_environment(os.environ if environ is None else environ)
    origin = Origin(path, root, overrides.variables)
    for key in document:
        # `home` is ours to set, and a key of another kind would not even reach the model.
        if not isinstance(key, str) or key == "home":
            raise ConfigError(unknown_key((key,)), resource=origin.of((key,)), advice=_ADVICE)
    try:
        settings = Settings.model_validate({**overrides.laid_over(document), "home": path.resolve().parent})
    except ValidationError as error:
        raise ConfigError(explain(error, origin), advice=_ADVICE) from None
    _refuse_stray(overrides, settings)
    return settings


def _read_yaml(text: str, path: Path) -> tuple[yaml.Node | None, dict[Any, Any]]:
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
        document = yaml.safe_load(text)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"{path}:{mark.line + 1}" if mark else str(path)
        problem = getattr(error, "problem", None) or str(error).splitlines()[0]
        raise ConfigError(f"this is not YAML: {problem}", resource=where) from None
    except (ValueError, OverflowError) as error:  # a date such as 2001-99-99
        raise ConfigError(f"a value cannot be read: {error}", resource=str(path)) from None
    except RecursionError:
        raise ConfigError("this is nested too deeply", resource=str(path)) from None
    for line, key in _doubled_keys(root, set()):
        raise ConfigError(f"{key!r} is given twice", resource=f"{path}:{line}", advice="Keep one of them.")
    if not isinstance(document, dict):
        raise ConfigError("the file must hold keys such as `database:` and `roundups:`", resource=str(path), advice=_ADVICE)
    return root, document


def _doubled_keys(node: yaml.Node | None, walked: set[int]) -> Iterator[tuple[int, str]]:
    # PyYAML lets the last one win in silence. An alias may lead back to where it stands, hence `walked`.
    if node is None or id(node) in walked:
        return
    walked.add(id(node))
    if isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, value in node.value:
            if isinstance(key, yaml.ScalarNode):
                if key.value in seen:
                    yield key.start_mark.line + 1, key.value
                seen.add(key.value)
            yield from _doubled_keys(value, walked)
    elif isinstance(node, yaml.SequenceNode):
        for item in node.value:
            yield from _doubled_keys(item, walked)


def _refuse_stray(overrides: Overrides, settings: Settings) -> None:
    # Only now is it known which variables hold the secrets.
    places = [one for plan in settings.roundups for one in plan.draft.send]
    outlets = {name for one in places for name in (one.password_env, one.key_env)}
    secrets = {settings.mail.password_env, settings.web.hook_secret_env} | outlets
    for variable, message in overrides.stray.items():
        if variable not in secrets:
            raise ConfigError(message, resource=f"environment variable {variable}")
