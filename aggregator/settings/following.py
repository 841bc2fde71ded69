"""config.yaml while something runs: read again when it changed; a broken one is told of, and the old settings hold."""

from __future__ import annotations

from pathlib import Path

from aggregator.errors import ConfigError
from aggregator.settings.model import Settings
from aggregator.settings.reading import load_settings

_AT_START = ("database", "log")
_OF_THE_WEB = ("host", "port", "trusted_proxies", "oidc", "hook_secret_env", "hook_secret_file")
"""What a running process has opened by then: these hold until it starts anew. `web.base_url` does not: an author who gives his
desk a name must not be turned away under it."""

_Stamp = tuple[int, int, int, int] | None


class FollowedConfig:
    """One configuration file. trouble: why what it says now does not hold, None if it does. at_restart: keys that were changed
    and hold only once the process starts anew."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.trouble: ConfigError | None = None
        self.at_restart: tuple[str, ...] = ()
        # Nothing was seen yet, so that a change between the first reading and the first look is not missed.
        self._seen: tuple[_Stamp, ...] | None = None

    def changed(self, settings: Settings) -> Settings | None:
        """What holds from now on, None if that is what holds already. settings: what holds now. Costs a `stat` as long as the
        file is as it was. A file that was made again, and says the same, changes nothing."""
        stamp = (_stamp(self.path), *_passwords(settings))
        if stamp == self._seen:
            return None
        secret_changed = self._seen is not None and stamp[1:] != self._seen[1:]
        self._seen = stamp
        try:
            found = load_settings(self.path)
        except ConfigError as error:
            self.trouble = error
            return None
        self.trouble = None
        here, said = settings.web, found.web
        self.at_restart = (
            *(key for key in _AT_START if getattr(found, key) != getattr(settings, key)),
            *(f"web.{key}" for key in _OF_THE_WEB if getattr(said, key) != getattr(here, key)),
        )
        web = said.model_copy(update={key: getattr(here, key) for key in _OF_THE_WEB})
        holds = found.model_copy(update={**{key: getattr(settings, key) for key in _AT_START}, "web": web})
        self._seen = (stamp[0], *_passwords(holds))
        return holds if secret_changed or holds != settings else None


def _passwords(settings: Settings) -> tuple[_Stamp, ...]:
    """A password that was mended holds at once, too."""
    replies = settings.mail.replies
    files = (settings.mail.password_file, replies.password_file if replies else None)
    return tuple(_stamp(settings.path(one)) if one else None for one in files)


def _stamp(path: Path) -> _Stamp:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_ctime_ns, found.st_size, found.st_ino
