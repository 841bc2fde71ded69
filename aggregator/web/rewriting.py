"""Changes of config.yaml from a page: written, in force at once, and the sections' digit keys settled."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from threading import Lock

from aggregator.desk.sections import Rewriting, rewriting, rewritten
from aggregator.errors import ConfigError, Refused
from aggregator.settings import RoundupSettings
from aggregator.settings.editing import Keys
from aggregator.settings.writing import Change
from aggregator.wiring import Installation

_ONE_AT_A_TIME = Lock()
"""Two pages saved in the same moment: the second change is planned on what the first made of the file."""


def write_changes(installation: Installation, plan: RoundupSettings, changes: Sequence[Change]) -> RoundupSettings:
    """Makes changes of sections and aliases; returns the roundup as it is from now on. Raises ConfigError, Refused."""
    return _write(installation, plan.name, lambda path: rewriting(path, plan, changes))


def write_values(installation: Installation, name: str, values: Mapping[Keys, object]) -> RoundupSettings:
    """Sets single values; name: of the roundup to return, as it is called from now on. Raises ConfigError, Refused."""
    return _write(installation, name, lambda path: rewritten(path, values))


def _write(installation: Installation, name: str, planned: Callable[[Path], Rewriting]) -> RoundupSettings:
    if installation.config is None:
        raise Refused("there is no config.yaml to write into", advice="Start the desk with a configuration file of its own.")
    with _ONE_AT_A_TIME:
        planned(installation.config.path).write()
    installation.refresh()
    if installation.config.trouble is not None:
        raise ConfigError(f"it was written, but does not hold: {installation.config.trouble.message}")
    plan = installation.settings.roundup(name)
    roundup = installation.roundup(plan)
    installation.ledger.assign_section_keys(roundup.id, plan.section_names, plan.aliases)
    return plan
