"""Changes of config.yaml from a page: written, in force at once, and the sections' digit keys settled."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from aggregator.desk.configuring import change_sections, set_single
from aggregator.errors import ConfigError, Refused
from aggregator.settings import RoundupSettings, Settings
from aggregator.settings.editing import Keys
from aggregator.settings.writing import Change
from aggregator.wiring import Installation


def write_changes(installation: Installation, plan: RoundupSettings, changes: Sequence[Change]) -> RoundupSettings:
    """Makes changes of sections and aliases; returns the roundup as it is from now on. Raises ConfigError, Refused."""
    change_sections(_path(installation), plan.name, changes)
    return _in_force(installation, plan.name)


def write_values(installation: Installation, name: str, values: Callable[[Settings], Mapping[Keys, object]]) -> RoundupSettings:
    """Sets single values, told what the file says at that moment; name: of the roundup to return, as it is called from now on.
    Raises ConfigError, Refused."""
    set_single(_path(installation), values)
    return _in_force(installation, name)


def _path(installation: Installation) -> Path:
    if installation.config is None:
        raise Refused("there is no config.yaml to write into", advice="Start the desk with a configuration file of its own.")
    return installation.config.path


def _in_force(installation: Installation, name: str) -> RoundupSettings:
    installation.refresh()
    if installation.config is not None and installation.config.trouble is not None:
        raise ConfigError(f"it was written, but does not hold: {installation.config.trouble.message}")
    plan = installation.settings.roundup(name)
    installation.ledger.assign_section_keys(installation.roundup(plan).id, plan.section_names, plan.aliases)
    return plan
