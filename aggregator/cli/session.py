"""What one command works with: settings and installation, loaded when first asked for, closed at the end."""

from __future__ import annotations

import os
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from aggregator.records.roundups import Roundup
    from aggregator.settings import RoundupSettings, Settings
    from aggregator.wiring import Installation

Json = Annotated[bool, typer.Option("--json", help="Print one JSON document on stdout, for scripts.")]


class Session:
    """One command's run. Given to every command as `context.obj`."""

    def __init__(self, config: Path | None, roundup: str | None, verbose: bool) -> None:
        self._config = config
        self._roundup = roundup
        self.verbose = verbose

    @cached_property
    def config_path(self) -> Path:
        """The configuration file in use, there or not."""
        from aggregator.settings import find_config

        return find_config(self._config)

    @cached_property
    def settings(self) -> Settings:
        """The configuration. Raises ConfigError."""
        from aggregator.settings import load_settings

        return load_settings(self.config_path)

    @cached_property
    def installation(self) -> Installation:
        """Stores, network and mail."""
        from aggregator.wiring import Installation

        return Installation(self.settings, source=self.config_path)

    @cached_property
    def plan(self) -> RoundupSettings:
        """The chosen roundup's settings."""
        return self.settings.roundup(self._roundup)

    @cached_property
    def roundup(self) -> Roundup:
        """The chosen roundup as stored."""
        return self.installation.roundup(self.plan)

    @cached_property
    def feed_list(self) -> Path:
        """The chosen roundup's OPML file."""
        return self.settings.feeds_of(self.plan)

    @property
    def asks_who(self) -> bool:
        """Whether one has to sign in at the desk."""
        from aggregator.desk.access import asks_who

        return asks_who(self.installation, self.settings.web)

    @property
    def is_configured(self) -> bool:
        """There is a configuration, or one was named and ought to be there."""
        return self._config is not None or "AGGREGATOR_CONFIG" in os.environ or self.config_path.exists()

    def read_feed_list(self) -> None:
        """Brings the database's subscriptions to what the author's list says today. Raises OpmlError."""
        from aggregator.jobs import lists

        poll = self.settings.poll
        lists.run_once(self.installation, self.roundup, self.feed_list, first_days=poll.first_days, later_days=poll.later_days)

    def again(self) -> Session:
        """The same choice, with the configuration as it is now. To be closed by the caller."""
        return Session(self._config, self._roundup, self.verbose)

    def close(self) -> None:
        """Closes the installation if it was opened."""
        if "installation" in self.__dict__:
            self.installation.close()


def session(context: typer.Context) -> Session:
    """The running command's session."""
    found = context.find_object(Session)
    if found is None:
        raise RuntimeError("a command ran outside the application")
    return found
