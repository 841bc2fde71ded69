"""demo: the whole job offline, on a small world of sample feeds."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import Annotated

import typer

from aggregator.cli.session import Json


def register(app: typer.Typer) -> None:
    """Adds the command of this module."""
    app.command("demo")(demo)


def demo(
    once: Annotated[bool, typer.Option("--once", help="End after the mail and the draft, as it does anyway.")] = False,  # noqa: ARG001 - scripts say it
    folder: Annotated[
        Path, typer.Option("--dir", metavar="DIR", help="Where its files go; an earlier demo's are replaced.")
    ] = Path("demo"),
    json: Json = False,
) -> None:
    """The whole job offline: sample feeds polled, filed and mailed.

    Everything happens on this machine alone, in a folder of its own."""
    from aggregator.cli.output import print_json, say
    from aggregator.cli.progress import progress
    from aggregator.demo.run import run

    with progress() as bar:
        report = run(folder, say=(lambda _: None) if json else say, progress=bar, command=command())
    if json:
        print_json(report)


def command() -> str:
    """How this program was called: its plain name where that finds it, else its path as it was typed."""
    called = Path(sys.argv[0])
    found = shutil.which(called.name)
    return called.name if found and Path(found).absolute() == called.absolute() else str(called)
