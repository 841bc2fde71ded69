"""digest: render the open edition's digest, and mail it; pause, resume: no mails for a while."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from aggregator.cli.session import Json, Session, session

if TYPE_CHECKING:
    from aggregator.records.digests import Mail
    from aggregator.records.reports import DigestReport


_YEARS = (1980, 2999)
"""Further out the calendar's own ends come near, and weeks cannot be counted."""


def register(app: typer.Typer) -> None:
    """Adds the commands of this module."""
    app.command("digest")(digest)
    app.command("pause")(pause)
    app.command("resume")(resume)


def digest(
    context: typer.Context,
    at: Annotated[str | None, typer.Option("--at", metavar="TIME", help="As of this time (ISO 8601); now without it.")] = None,
    out: Annotated[Path | None, typer.Option("--out", metavar="DIR", help="Where digest.html, .txt and .eml go.")] = None,
    send: Annotated[bool, typer.Option("--send", help="Mail it, once for each week's slot.")] = False,
    again: Annotated[bool, typer.Option("--again", help="With --send: mail this slot's again, marked as a repeat.")] = False,
    json: Json = False,
) -> None:
    """The open edition's digest: to look at, or to mail with --send."""
    from aggregator.errors import DeliveryError, UsageError
    from aggregator.jobs import digest as job
    from aggregator.records.digests import MailState

    here = session(context)
    if again and not send:
        raise UsageError("--again goes with --send")
    instant = parse_time(at, here) if at is not None else None
    install = here.installation
    if not send:
        report = job.preview(install, here.roundup, here.plan, here.settings, at=instant)
        written = job.write(report, out or install.outbox_folder / "preview")
        _tell(report, written, "preview", json)
        return
    report = job.put(install, here.roundup, here.plan, here.settings, at=instant, again=again)
    mail = _delivered(here, report)
    written = job.write(report, out) if out else []
    _tell(report, written, mail.state, json, here, mail)
    if mail.state not in (MailState.SENT, MailState.WRITTEN):
        words = mail.error if mail.error and mail.state is not MailState.SENDING else "another process is sending it"
        raise DeliveryError(
            f"the digest was not mailed ({mail.state}): {words}",
            stage="data",
            advice="It stays in the outbox; `aggregator status` shows what happens next.",
        )


def _delivered(here: Session, report: DigestReport) -> Mail:
    """The slot's mail after an attempt to send it, if it still needed one."""
    from aggregator.jobs import send

    mail = report.mail
    if mail is None:
        raise RuntimeError("a digest was put into the outbox without a mail")
    install = here.installation
    send.run_once(install, install.sender, files=install.outbox_folder, on_unknown=here.settings.mail.on_unknown, only=mail.id)
    # Read again: a daemon may have been quicker.
    return next(one for one in install.outbox.find(here.roundup.id, mail.slot) if one.id == mail.id)


def _tell(
    report: DigestReport, written: list[Path], state: str, json: bool, here: Session | None = None, mail: Mail | None = None
) -> None:
    from aggregator.cli.output import count, print_json, say

    html = report.rendered.html if report.rendered else report.mail.html if report.mail else ""
    if json:
        print_json(
            {
                "edition": report.edition.number,
                "slot": report.slot,
                "candidates": report.candidates,
                "bytes_html": len(html.encode()),
                "message_id": report.message_id,
                "state": state,
                "paths": written,
            }
        )
        return
    for path in written:
        say(str(path))
    if mail is None or here is None:
        say(f"A preview with {count(report.candidates, 'candidate')}; nothing was mailed.")
        return
    local = report.slot.astimezone(here.plan.digest.zone)
    slot = f"(the slot of {local:%A} {local.day} {local:%b})"
    # The mail as it was found; one that could not be sent before was sent just now.
    before = report.repeated and report.mail is not None and report.mail.state in ("sent", "written")
    if state == "sent":
        whom = ", ".join(mail.recipients)
        say(f"The digest {slot} {'went out before' if before else 'was mailed'} to {whom}.")
    elif state == "written":
        where = f"in {here.installation.outbox_folder}: no mail server is configured"
        say(f"The digest {slot} went out before; it is {where}." if before else f"The digest {slot} is {where}.")
    if before:
        say("With --again a new one is made, marked as a repeat.")


def parse_time(text: str, here: Session) -> datetime:
    """An ISO 8601 time; one without an offset is on the author's clock. Raises UsageError."""
    from aggregator.errors import UsageError

    advice = "Write it as 2026-11-27T07:00."
    try:
        parsed = datetime.fromisoformat(text.strip())
    except ValueError:
        raise UsageError(f"{text!r} is no time", resource="--at", advice=advice) from None
    if not _YEARS[0] <= parsed.year <= _YEARS[1]:
        raise UsageError(f"{text!r} is not of our time", resource="--at", advice=advice)
    return parsed if parsed.tzinfo else parsed.replace(tzinfo=here.plan.digest.zone)


def pause(
    context: typer.Context,
    until: Annotated[list[str], typer.Argument(metavar="WHEN", help="`until 2027-01-08`, or `3 weeks`.")],
    json: Json = False,
) -> None:
    """No digest until a day. Feeds are polled on; the first digest after it leads with the best."""
    from aggregator.cli.output import moment, print_json, say
    from aggregator.desk import pause as desk

    here = session(context)
    day = desk.pause(here.installation, here.roundup, here.plan, " ".join(until))
    if json:
        print_json({"paused_until": day})
        return
    first = desk.next_digest(here.installation.roundup(here.plan), here.plan, here.installation.clock.now())
    say(f"Paused until {day:%A} {day.day} {day:%B %Y}. The first digest after it: {moment(first, here.plan.digest.zone)}.")
    say("Feeds are polled on, and nothing is lost. `aggregator resume` ends the pause early.")


def resume(context: typer.Context, json: Json = False) -> None:
    """End a pause now."""
    from aggregator.cli.output import moment, print_json, say
    from aggregator.desk import pause as desk
    from aggregator.digest.schedule import Step
    from aggregator.jobs import digest as job

    here = session(context)
    paused = desk.paused_until(here.roundup, here.plan, here.installation.clock.now())
    desk.resume(here.installation, here.roundup)
    if json:
        print_json({"paused_until": None})
        return
    roundup = here.installation.roundup(here.plan)
    say("The pause is over." if paused else "There was no pause.")
    if job.due(here.installation, roundup, here.plan).step is Step.SEND:
        say("A digest is due now; the daemon sends it within the minute.")
    else:
        first = desk.next_digest(roundup, here.plan, here.installation.clock.now())
        say(f"The next digest: {moment(first, here.plan.digest.zone)}.")
