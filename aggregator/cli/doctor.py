"""What `doctor` asks of this installation; the findings are `desk.doctor`'s."""

from __future__ import annotations

import os
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from aggregator.cli.session import Session

if TYPE_CHECKING:
    from aggregator.desk.doctor import Check

RELEASED = datetime(2026, 11, 1, tzinfo=UTC)
"""A clock behind this is wrong (R43)."""


def examine(here: Session) -> list[Check]:
    """All findings. Raises ConfigError: without a configuration there is nothing to examine."""
    from aggregator.desk.doctor import Probes, checks
    from aggregator.intake.files import read_list
    from aggregator.jobs import digest

    install = here.installation

    def check_mail() -> None:
        if install.sender is not None:
            install.sender.check()

    def check_repository(address: str, branch: str | None) -> None:
        install.checkouts.check(address, branch)

    probes = Probes(
        database=install.examine_database,
        feeds=lambda path: len(read_list(path).feeds),
        template_faults=lambda: digest.preview_faults(install, here.roundup, here.plan, here.settings),
        mail=check_mail if here.settings.mail.host else None,
        environ=os.environ,
        repository=check_repository,
    )
    version = (sys.version_info.major, sys.version_info.minor, sys.version_info.micro)
    found = checks(here.settings, here.config_path, probes, now=install.clock.now(), not_before=RELEASED, python=version)
    return found + _strays(here) if all(one.ok for one in found if one.name == "database") else found


def _strays(here: Session) -> list[Check]:
    """Roundups that config.yaml no longer knows; nothing is broken by them."""
    from aggregator.desk.doctor import Check
    from aggregator.desk.strays import advice, strays

    return [
        Check("roundups", ok=True, words=f"{one.name!r} is in the database and not in {here.config_path}", advice=advice(one))
        for one in strays(here.installation, here.settings)
    ]
