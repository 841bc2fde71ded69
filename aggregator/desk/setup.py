"""Writes a new author's first files. Never overwrites one."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from aggregator.errors import StorageError
from aggregator.settings import RoundupSettings, load_settings
from aggregator.settings.shipped import template_folder

FILES = ("config.yaml", "feeds.opml")


@dataclass(frozen=True, slots=True)
class Setup:
    """Files that were made, and files that were there."""

    created: tuple[Path, ...]
    kept: tuple[Path, ...]


def init(folder: Path) -> Setup:
    """Puts a commented `config.yaml` and an empty `feeds.opml` into `folder`. Raises StorageError."""
    created, kept = [], []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name in FILES:
            path = folder / name
            try:
                with path.open("xb") as file:
                    file.write((template_folder() / "init" / name).read_bytes())
                created.append(path)
            except FileExistsError:
                kept.append(path)
    except OSError as error:
        raise StorageError(f"cannot be written: {error.strerror}", resource=str(error.filename or folder)) from error
    return Setup(tuple(created), tuple(kept))


@cache
def shipped_roundup() -> RoundupSettings:
    """What `init` writes as an example: who has it still has not made it his own."""
    return load_settings(template_folder() / "init" / "config.yaml", {}).roundups[0]
