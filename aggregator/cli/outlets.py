"""draft send: the draft to his WordPress, his Ghost or a branch; token: for programs of his own."""

from __future__ import annotations

from typing import Annotated

import typer

from aggregator.cli.draft import draft_app
from aggregator.cli.session import Json, session


def register(app: typer.Typer) -> None:
    """Adds the commands of this module."""
    draft_app.command("send")(send)
    app.command("token")(token)


def send(
    context: typer.Context,
    name: Annotated[
        str | None, typer.Argument(metavar="[NAME]", help="Of `draft: send:`; needed where there are several.")
    ] = None,
    over: Annotated[bool, typer.Option("--over", help="Also over what was edited there since.")] = False,
    json: Json = False,
) -> None:
    """Send the draft to your WordPress, your Ghost or a branch.

    Always as a draft, and the same one when you do it again."""
    from aggregator.cli.links import look_at_draft, standing_document
    from aggregator.cli.output import print_json, say
    from aggregator.desk.outlets import send as send_draft

    here = session(context)
    stores = here.installation
    sent = send_draft(stores, stores.caller, stores.branches, here.roundup, here.plan, here.settings, name=name, over=over)
    checked = standing_document(look_at_draft(here))
    if json:
        print_json(
            {
                "edition": sent.edition,
                "outlet": sent.outlet.label,
                "again": sent.again,
                "url": sent.url,
                "state": sent.state,
                "link_states": checked,
            }
        )
        return
    done = "is brought up to date" if sent.again else "is there as a draft"
    say(f"{here.plan.edition_title(sent.edition)} {done}: {sent.url or sent.outlet.address}")


def token(
    context: typer.Context,
    remove: Annotated[bool, typer.Option("--remove", help="End the one that there is.")] = False,
) -> None:
    """Print a new token for programs of your own.

    Such as a script on another machine. The one before ends."""
    from aggregator.cli.output import say, warn
    from aggregator.desk.token import new_token, remove_token

    here = session(context)
    if remove:
        remove_token(here.installation)
        say("No program gets in any more.")
        return
    say(new_token(here.installation))
    warn("It is shown this once. Send it as: Authorization: Bearer TOKEN")
