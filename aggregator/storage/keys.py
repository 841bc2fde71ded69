"""The file of the keys that sign what leaves the desk: cookies, and links in mails (R27)."""

from __future__ import annotations

import os
import secrets
import stat
import tempfile
from contextlib import suppress
from pathlib import Path

from aggregator.errors import ConfigError

OCTETS = 32
KEPT = 2
"""Of older keys, one goes on being good: links of an edition that is open while the key changes."""


def read_keys(path: Path) -> list[bytes]:
    """The keys of `path`, newest first, each `OCTETS` long; made with one key if it is not there. Raises ConfigError for a file
    that cannot be read or made, holds anything else, or that others can read."""
    try:
        with path.open(encoding="ascii") as file:
            mode = os.fstat(file.fileno()).st_mode
            lines = file.read().split()
    except FileNotFoundError:
        return _made(path)
    except (OSError, UnicodeDecodeError) as error:
        raise _unusable(path, error) from None
    if os.name == "posix" and mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise ConfigError("others can read the key that signs your links", resource=str(path), advice=f"chmod 600 {path}")
    try:
        keys = [bytes.fromhex(line) for line in lines]
    except ValueError:
        keys = []
    if not keys or any(len(key) != OCTETS for key in keys):
        raise ConfigError(
            "this is no key file",
            resource=str(path),
            advice="Remove it: a new one is made. Links in mails sent before end with it.",
        )
    return keys


def renew_keys(path: Path) -> None:
    """Puts a new key before the others, and forgets all but the one before it. Raises ConfigError."""
    keys = [secrets.token_bytes(OCTETS), *read_keys(path)][:KEPT]
    try:
        _written(path, keys).replace(path)
    except OSError as error:
        raise _unusable(path, error) from None


def _made(path: Path) -> list[bytes]:
    try:
        fresh = _written(path, [secrets.token_bytes(OCTETS)])
        try:
            with suppress(FileExistsError):  # another process was quicker, and its key is the key
                path.hardlink_to(fresh)
        finally:
            fresh.unlink()
    except OSError as error:
        raise _unusable(path, error) from None
    return read_keys(path)


def _written(path: Path, keys: list[bytes]) -> Path:
    """A whole file beside `path`, readable by its owner alone."""
    with tempfile.NamedTemporaryFile("w", dir=path.parent, prefix=f".{path.name}.", delete=False, encoding="ascii") as file:
        file.writelines(f"{key.hex()}\n" for key in keys)
        file.flush()
        os.fsync(file.fileno())
    return Path(file.name)


def _unusable(path: Path, error: Exception) -> ConfigError:
    reason = error.strerror if isinstance(error, OSError) else "it is no text"
    return ConfigError(f"the key file cannot be used: {reason}", resource=str(path), advice="Make its folder writable.")
