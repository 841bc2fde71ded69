"""migrate: the database's tables brought to this version, or tried on a copy."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from aggregator.cli.session import Json, session

if TYPE_CHECKING:
    from aggregator.storage.migrate import Upgrade


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("migrate")(migrate)


def migrate(
    context: typer.Context,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Try it on a copy, and say what came of it.")] = False,
    json: Json = False,
) -> None:
    """Bring the database to this version's tables. Every command does so by itself, after a backup."""
    from aggregator.cli.output import print_json, say

    installation = session(context).installation
    upgrade = installation.rehearse_upgrade()
    done = upgrade.is_needed and not dry_run
    if done:
        installation.examine_database()  # whoever opens it upgrades it
    if json:
        print_json({**asdict(upgrade), "needed": upgrade.is_needed, "done": done})
        return
    for line in _lines(upgrade, done=done):
        say(line)


def _lines(upgrade: Upgrade, *, done: bool) -> list[str]:
    if not upgrade.is_needed:
        return [f"Its tables are those of this version ({upgrade.after}). Nothing is to be done."]
    if upgrade.before is None:
        return [f"There are no tables yet; those of this version ({upgrade.after}) {'were' if done else 'would be'} made."]
    changes = [f"  {name}: {before:,} rows before, {after:,} after" for name, before, after in upgrade.changed]
    way = f"from {upgrade.before} to {upgrade.after}: {upgrade.rows:,} rows, every reference holds"
    return [f"Upgraded {way}." if done else f"Tried on a copy, {way}. Nothing was changed.", *changes]
