"""Names every command and the options they share. What each does is in the module beside it."""

from __future__ import annotations

import logging
import re
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from aggregator.cli import (
    archive,
    bullets,
    candidates,
    demo,
    desk,
    digest,
    draft,
    feeds,
    held,
    learning,
    links,
    migrate,
    outlets,
    portrait,
    replies,
    report,
    sections,
    service,
    setup,
)
from aggregator.cli.session import Session


class Commands(TyperGroup):
    """The group of all commands. Values that they refuse are told in plain words: the library's are a programmer's."""

    def invoke(self, ctx: Any) -> Any:
        """Runs the chosen command. Raises BadParameter for a value that it does not take."""
        try:
            return super().invoke(ctx)
        except typer.BadParameter as error:
            words = error.message.removeprefix("Value error, ")
            words = re.sub(r"^Input should be a valid integer.*", "it should be a whole number", words)
            error.message = re.sub("^Input ", "it ", words)
            raise


app = typer.Typer(
    name="aggregator",
    cls=Commands,
    help="Drafts your link roundup: polls the blogs you follow, files what is new under your sections, mails a weekly digest.",
    epilog="Start with `aggregator demo`, or `aggregator portrait FOLDER`.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.callback(invoke_without_command=True)
def shared(
    context: typer.Context,
    config: Annotated[
        Path | None,
        typer.Option("--config", metavar="PATH", help="config.yaml to use; else $AGGREGATOR_CONFIG, else ./config.yaml."),
    ] = None,
    roundup: Annotated[str | None, typer.Option("--roundup", metavar="NAME", help="Which roundup; the first without it.")] = None,
    verbose: Annotated[bool, typer.Option("-v", "--verbose", help="Say more on stderr.")] = False,
    version: Annotated[bool, typer.Option("--version", help="Print the version and exit.")] = False,
) -> None:
    """Options before the command."""
    if version:
        from aggregator import __version__

        typer.echo(f"aggregator {__version__}")
        raise typer.Exit
    if context.invoked_subcommand is None:
        context.fail("which command? `aggregator --help` lists them")
    if verbose:
        from aggregator.cli.logs import configure

        configure("debug", "human")
    else:
        # What went wrong is in the command's own words; where in the code it arose, `-v` shows.
        logging.getLogger("aggregator").addHandler(logging.NullHandler())
    context.obj = Session(config, roundup, verbose)
    context.call_on_close(context.obj.close)


for module in (
    setup,
    feeds,
    candidates,
    digest,
    bullets,
    held,
    draft,
    archive,
    links,
    outlets,
    portrait,
    learning,
    sections,
    replies,
    report,
    service,
    migrate,
    desk,
    demo,
):
    module.register(app)
