"""replies check, read: the mailbox that the author's answers come from."""

from __future__ import annotations

import typer

from aggregator.cli.session import Json, session

app = typer.Typer(help="Answers to the mails; pages sent by mail.", no_args_is_help=True, rich_markup_mode=None)


def register(parent: typer.Typer) -> None:
    """Adds the commands of this module."""
    parent.add_typer(app, name="replies")


@app.command()
def check(context: typer.Context, json: Json = False) -> None:
    """Open the mailbox; say where to send what."""
    from aggregator.cli.output import moment, print_json, say
    from aggregator.errors import Refused
    from aggregator.jobs.replies import secret_address, senders

    here = session(context)
    mailbox, to = here.installation.mailbox, here.settings.replies_to
    if mailbox is None or to is None:
        raise Refused(
            "no mailbox for answers is configured" if mailbox is None else "it is not known where answers go",
            advice="Set `replies` under `mail` in config.yaml, and `from` beside it.",
        )
    words = mailbox.check()
    secret = secret_address(here.installation, here.roundup, here.settings)
    heard = sorted(senders(here.settings, here.plan))
    last = here.installation.received.last(here.roundup.id)
    if json:
        print_json({"mailbox": words, "answers": to, "pages": secret, "from": heard, "last": last})
        return
    say(f"{words}.")
    say(f"Answers go to {to}, from {', '.join(heard) or 'nobody yet'}.")
    say(f"Pages to add go to {secret}: keep this address to yourself. Or put its add-… into the subject.")
    for one in last:
        say(f"  {moment(one.at, here.plan.digest.zone)}: {one.kind} from {one.sender}, {one.subject or 'no subject'}")


@app.command()
def read(context: typer.Context, json: Json = False) -> None:
    """Read the mailbox now, and answer."""
    from aggregator.cli.output import print_json, say
    from aggregator.daemon.work import read_replies
    from aggregator.jobs import send

    here = session(context)
    done = read_replies(here.installation)
    settings = here.settings
    if done.words or done.doubtful:
        send.run_once(
            here.installation,
            here.installation.sender,
            files=here.installation.outbox_folder,
            on_unknown=settings.mail.on_unknown,
        )
    if json:
        print_json({"mails": len(done.words), "doubtful": done.doubtful})
        return
    for one in done.words:
        say(one)
    if done.doubtful:
        say(f"{done.doubtful} more came in your name and do not prove that they are yours; nothing was done.")
    elif not done.words:
        say("Nothing new.")
