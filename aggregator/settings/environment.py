"""`AGGREGATOR_MAIL__HOST=localhost` -> the key `mail.host`. A variable that nearly means a key is a typing error, and refused."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from aggregator.errors import ConfigError
from aggregator.settings.faults import Place, known_paths
from aggregator.settings.values import nearest

PREFIX = "AGGREGATOR_"
# Not keys of the file: where the file is, and where the secrets are by default.
_OTHERS = {
    "AGGREGATOR_CONFIG",
    "AGGREGATOR_SMTP_PASSWORD",
    "AGGREGATOR_IMAP_PASSWORD",
    "AGGREGATOR_HOOK_SECRET",
    "AGGREGATOR_OIDC_SECRET",
    "AGGREGATOR_WORDPRESS_PASSWORD",
    "AGGREGATOR_GHOST_KEY",
}


@dataclass(frozen=True, slots=True)
class Overrides:
    """What the environment says. variables: place -> the variable that set it. stray: variable -> why it means nothing."""

    values: Mapping[Place, Any]
    variables: Mapping[Place, str]
    stray: Mapping[str, str]

    def laid_over(self, document: Mapping[Any, Any]) -> dict[Any, Any]:
        """The document with the environment's values in it; the document itself stays as it is. Raises ConfigError."""
        result = dict(document)
        for place, value in self.values.items():
            if not _put(result, place, value):
                raise ConfigError("the file has no such item", resource=f"environment variable {self.variables[place]}")
        return result


def read_environment(environ: Mapping[str, str]) -> Overrides:
    """Picks our variables out of `environ`. Items of a list are numbered from 0: AGGREGATOR_ROUNDUPS__0__DIGEST__DAY.

    Text is taken as it is; lists are written as in YAML; an empty variable counts as not set, `null` as the default.
    Raises ConfigError for a list that cannot be read.
    """
    known = known_paths()
    values: dict[Place, Any] = {}
    variables: dict[Place, str] = {}
    stray: dict[str, str] = {}
    for variable, text in sorted(environ.items()):
        if not variable.upper().startswith(PREFIX) or variable.upper() in _OTHERS or not text:
            continue
        place: Place = tuple(int(part) if part.isdecimal() else part for part in variable[len(PREFIX) :].lower().split("__"))
        shape = tuple(0 if isinstance(part, int) else part for part in place)
        if shape not in known:
            names = ["__".join(str(part) for part in path).upper() for path in known]
            # One word that is near no key is somebody else's variable of the same beginning.
            if len(place) > 1 or nearest(variable[len(PREFIX) :], names):
                meant = nearest(variable, [PREFIX + name for name in names])
                stray[variable] = f"this is no setting{meant}"
            continue
        values[place] = _value(variable, text, structured=known[shape])
        variables[place] = variable
    return Overrides(values, variables, stray)


def _value(variable: str, text: str, *, structured: bool) -> Any:
    if text == "null":
        return None
    if not structured:
        return text
    try:
        return yaml.safe_load(text)
    except (yaml.YAMLError, ValueError, OverflowError, RecursionError):
        raise ConfigError(
            f"{text!r} cannot be read; a list is written [a, b]", resource=f"environment variable {variable}"
        ) from None


def _put(target: dict[Any, Any] | list[Any], place: Place, value: Any) -> bool:
    """Sets `value` at `place`, copying what lies on the way, since YAML aliases may share it.

    False if the list is too short. Where the document is of another shape it is left alone: that is a fault of its own.
    """
    key: Any = place[0]
    if isinstance(target, list):
        if not isinstance(key, int):
            return True
        if key >= len(target):
            return False
    if len(place) == 1:
        target[key] = value
        return True
    inner = target.get(key) if isinstance(target, dict) else target[key]
    if inner is None:
        inner = [] if isinstance(place[1], int) else {}
    if not isinstance(inner, dict | list):
        return True
    target[key] = copied = inner.copy()
    return _put(copied, place[1:], value)
