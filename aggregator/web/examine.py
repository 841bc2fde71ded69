"""What `doctor` asks of an installation, for the command line and for a page; the findings are `desk.doctor`'s."""

from __future__ import annotations

import os
import sys
from datetime import UTC, datetime
from pathlib import Path

from aggregator.desk import answering, door
from aggregator.desk.access import has_password
from aggregator.desk.doctor import Check, Probes, checks
from aggregator.desk.links import standing_of
from aggregator.desk.strays import advice, strays
from aggregator.intake.files import read_list
from aggregator.jobs import backup, digest
from aggregator.settings import RoundupSettings
from aggregator.wiring import Installation

RELEASED = datetime(2026, 11, 1, tzinfo=UTC)
"""A clock behind this is wrong (R43)."""


def examine(installation: Installation, path: Path, plan: RoundupSettings) -> list[Check]:
    """All findings, sending nothing. path: of the configuration. plan: the roundup whose digest the templates are tried on."""
    settings = installation.settings

    def check_mail() -> None:
        if installation.sender is not None:
            installation.sender.check()

    def check_repository(address: str, branch: str | None) -> None:
        installation.checkouts.check(address, branch)

    probes = Probes(
        database=installation.examine_database,
        feeds=lambda path: len(read_list(path).feeds),
        template_faults=lambda: digest.preview_faults(installation, installation.roundup(plan), plan, settings),
        mail=check_mail if settings.mail.host else None,
        environ=os.environ,
        repository=check_repository,
    )
    version = (sys.version_info.major, sys.version_info.minor, sys.version_info.micro)
    found = checks(settings, path, probes, now=installation.clock.now(), not_before=RELEASED, python=version)
    found += answering.checks(settings, installation.mailbox.check if installation.mailbox else None)
    if not all(one.ok for one in found if one.name == "database"):
        return found
    found += door.checks(settings, password=has_password(installation), key_file=installation.key_file)
    return found + _links(installation) + _backups(installation) + _strays(installation, path)


def _backups(installation: Installation) -> list[Check]:
    """The daemon's daily copies, as far as they go: without a daemon there are none, and that is no fault."""
    wanted = installation.settings.backups
    folder = installation.settings.path(wanted.folder)
    if installation.database.path is None:
        return []
    if not wanted.keep:
        words = "the daemon makes none (`backups: keep: 0`)"
        return [Check("backups", ok=True, words=words, advice="Make your own: aggregator backup FILE")]
    found = backup.newest(folder)
    if found is None:
        return [Check("backups", ok=True, words=f"none yet; the daemon makes one a day in {folder}")]
    day, number = found
    return [Check("backups", ok=True, words=f"{number} in {folder}, the newest of {day.day} {day:%b %Y}")]


def _links(installation: Installation) -> list[Check]:
    """How the links stand that he keeps: nothing is broken by a dead one either."""
    found = []
    for plan in installation.settings.roundups:
        stands = standing_of(installation, installation.roundup(plan))
        advice = "`aggregator links` says what to link instead." if stands.troubles else None
        words = stands.words or "of those that you keep none is known to be dead or to have moved"
        off = "" if installation.settings.links.check else "; they are not looked at by themselves (`links: check`)"
        found.append(Check(f"links of {plan.name}", ok=True, words=f"{words}{off}", advice=advice))
    return found


def _strays(installation: Installation, path: Path) -> list[Check]:
    """Roundups that config.yaml no longer knows; nothing is broken by them."""
    return [
        Check("roundups", ok=True, words=f"{one.name!r} is in the database and not in {path}", advice=advice(one))
        for one in strays(installation, installation.settings)
    ]
