"""demo: the whole job offline, on a small world of sample feeds."""

from __future__ import annotations

import shutil
import socket
import sys
import threading
from contextlib import suppress
from pathlib import Path
from typing import Annotated

import typer

from aggregator.cli.session import Json

PORT = 8765
"""Of the desk, where it is free."""


def register(app: typer.Typer) -> None:
    """Adds the command of this module."""
    app.command("demo")(demo)


def demo(
    once: Annotated[bool, typer.Option("--once", help="End after the mail and the draft, without the desk.")] = False,
    folder: Annotated[
        Path, typer.Option("--dir", metavar="DIR", help="Where its files go; an earlier demo's are replaced.")
    ] = Path("demo"),
    json: Json = False,
) -> None:
    """The whole job offline on sample feeds, then the desk.

    Everything happens on this machine alone, in a folder of its own."""
    from aggregator.cli.output import print_json, say
    from aggregator.cli.progress import progress
    from aggregator.demo.run import run

    with progress() as bar:
        tell = (lambda _: None) if json else say
        report = run(folder, say=tell, progress=bar, command=command(), port=PORT if once else free_port())
    if json:
        print_json(report)
    if not once:
        serve(report.config, quiet=json)


def serve(config: Path, *, quiet: bool) -> None:
    """The desk of a configuration until it is interrupted."""
    from aggregator.cli.output import say
    from aggregator.settings import load_settings
    from aggregator.web.app import make_app
    from aggregator.web.server import listening
    from aggregator.wiring import Installation

    settings = load_settings(config)
    with Installation(settings, source=config) as installation, listening(make_app(installation, None), settings.web):
        if not quiet:
            say(f"Her desk                               http://127.0.0.1:{settings.web.port}/")
            say("It stays open until you press Ctrl-C.")
        with suppress(KeyboardInterrupt):
            threading.Event().wait()


def free_port() -> int:
    """The usual port, else one that the system chooses."""
    for port in (PORT, 0):
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    return PORT


def command() -> str:
    """How this program was called: its plain name where that finds it, else its path as it was typed."""
    called = Path(sys.argv[0])
    found = shutil.which(called.name)
    return called.name if found and Path(found).absolute() == called.absolute() else str(called)
