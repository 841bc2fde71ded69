"""Changes of config.yaml: made at once, or shown first and then made; what others change meanwhile is never lost."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from aggregator.errors import ConfigError
from aggregator.intake.files import rewrite
from aggregator.settings import Settings, parse_settings
from aggregator.settings.editing import Keys, set_values
from aggregator.settings.writing import Change, change

_Made = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Rewriting:
    """A change of config.yaml that is not made yet. diff: its lines as `diff -u` shows them, empty if nothing changes."""

    path: Path
    before: bytes
    after: bytes
    diff: str

    def write(self) -> None:
        """Makes it, whole or not at all; mode and links are kept. Raises ConfigError if the file was changed since it was shown,
        or cannot be written."""

        def replaced(found: bytes) -> bytes:
            if found != self.before:
                raise ConfigError("it was changed meanwhile", resource=str(self.path), advice="Try again.")
            return self.after

        _rewrite(self.path, replaced)


def planned(path: Path, name: str, changes: Sequence[Change]) -> Rewriting:
    """What a change of sections or aliases of the roundup `name` makes of the file. Raises ConfigError, Refused."""
    try:
        before = path.read_bytes()
    except OSError as error:
        raise ConfigError(f"cannot be read: {error.strerror}", resource=str(path)) from None
    after = _changed(path, before, lambda text: change(text, path, name, changes))
    lines = difflib.unified_diff(
        before.decode("utf-8").splitlines(), after.decode("utf-8").splitlines(), str(path), str(path), n=1, lineterm=""
    )
    return Rewriting(path, before, after, "\n".join(lines))


def change_sections(path: Path, name: str, changes: Sequence[Change]) -> None:
    """Makes a change of sections or aliases of the roundup `name`, of the file as it is at that moment. Raises ConfigError,
    Refused."""
    _rewrite(path, lambda found: _changed(path, found, lambda text: change(text, path, name, changes)))


def set_single(path: Path, values: Callable[[Settings], Mapping[Keys, object]]) -> None:
    """Sets single values. values: what to set, told what the file says at that moment, so that a list can be added to. Raises
    ConfigError, Refused, and what `values` raises."""

    def made(text: str) -> str:
        return set_values(text, path, values(parse_settings(text, path)))

    _rewrite(path, lambda found: _changed(path, found, made))


def _changed(path: Path, found: bytes, made: _Made) -> bytes:
    try:
        text = found.decode("utf-8")
    except UnicodeDecodeError as error:
        raise ConfigError(f"this is not UTF-8 text (byte {error.start})", resource=str(path)) from None
    return made(text).encode("utf-8")


def _rewrite(path: Path, replaced: Callable[[bytes], bytes]) -> None:
    """One writer at a time, in any process: each change is planned on what the one before made of the file."""
    try:
        rewrite(path, replaced)
    except OSError as error:
        why = f"cannot be written: {error.strerror}"
        raise ConfigError(why, resource=str(path), advice="Nothing was changed.") from None
