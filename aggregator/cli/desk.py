"""serve, password: the desk, and who may use it."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from aggregator.cli.session import session


def register(app: typer.Typer) -> None:
    """Adds the commands of this module."""
    app.command("serve")(serve)
    app.command("password")(password)


def serve(
    context: typer.Context,
    port: Annotated[int | None, typer.Option(min=1, max=65535, help="Instead of the configured one.")] = None,
) -> None:
    """The desk alone, beside the daemon or without it. Ends on SIGTERM or Ctrl-C."""
    from aggregator.cli.logs import configure
    from aggregator.web.app import make_app
    from aggregator.web.server import check_address
    from aggregator.web.server import serve as serve_app

    here = session(context)
    settings = here.settings
    configure("debug" if here.verbose else settings.log.level, settings.log.format)
    web = settings.web if port is None else settings.web.model_copy(update={"port": port})
    check_address(web, asks_who=here.asks_who)
    serve_app(make_app(here.installation, settings.hook_secret()), web)


def password(
    context: typer.Context,
    remove: Annotated[bool, typer.Option("--remove", help="Ask for none from now on.")] = False,
    new_key: Annotated[
        bool, typer.Option("--new-key", help="Change the key that signs links in mails; those sent end at the second change.")
    ] = False,
) -> None:
    """Set the desk's password, and end every sign-in.

    It is asked for twice, or read from standard input."""
    from aggregator.cli.output import say
    from aggregator.desk.access import remove_password, set_password

    here = session(context)
    if new_key:
        here.installation.renew_signing_keys()
        say("The key is changed. A desk that runs takes it up when it starts anew.")
    elif remove:
        remove_password(here.installation)
        say("The desk asks for no password any more, and answers on this machine only.")
    else:
        set_password(here.installation, _asked())
        say("The password is set. Whoever was signed in has to sign in anew.")


def _asked() -> str:
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    answer: str = typer.prompt("Password", hide_input=True, confirmation_prompt="Once more", err=True)
    return answer
