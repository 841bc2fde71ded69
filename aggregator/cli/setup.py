"""init: a new author's first files."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from aggregator.cli.session import Json


def register(app: typer.Typer) -> None:
    """Adds the command of this module."""
    app.command("init")(init)


def init(
    folder: Annotated[Path, typer.Argument(metavar="[DIR]", help="Where; here without it.")] = Path(),
    json: Json = False,
) -> None:
    """Write a first config.yaml and feeds.opml; overwrites nothing."""
    from aggregator.cli.output import print_json, say
    from aggregator.desk.setup import init as write

    done = write(folder)
    if json:
        print_json({"created": done.created, "kept": done.kept})
        return
    for path in done.created:
        say(f"made {path}")
    for path in done.kept:
        say(f"left {path} as it is")
    if done.created:
        there = "" if folder == Path() else f"cd {folder}, "
        say(f"Next: {there}change what config.yaml marks CHANGE, then run `aggregator doctor`.")
        say("Or run `aggregator run` there: http://127.0.0.1:8765/ goes through it with you, step by step.")
