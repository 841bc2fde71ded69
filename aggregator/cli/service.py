"""run, status, doctor, backup, restore, export: keeping it running."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from aggregator.cli.session import Json, Session, session

if TYPE_CHECKING:
    from datetime import datetime

    from aggregator.desk.status import Status, Trouble
    from aggregator.settings import RoundupSettings


def register(app: typer.Typer) -> None:
    """Adds the commands of this module."""
    app.command("run")(run)
    app.command("status")(status)
    app.command("doctor")(doctor)
    app.command("backup")(backup)
    app.command("restore")(restore)
    app.command("export")(export)


def run(context: typer.Context) -> None:
    """The daemon: polls, files, mails, learns, listens. Ends on SIGTERM or Ctrl-C."""
    from aggregator.cli.logs import configure
    from aggregator.daemon.life import Daemon
    from aggregator.daemon.supervisor import Supervisor
    from aggregator.web.app import make_app
    from aggregator.web.server import check_address, listening

    here = session(context)
    settings = here.settings
    configure("debug" if here.verbose else settings.log.level, settings.log.format)
    check_address(settings.web, asks_who=here.asks_who)
    app = make_app(here.installation, settings.hook_secret())
    supervisor = Supervisor.of(os.environ, os.getpid())
    raise typer.Exit(Daemon(here.installation, supervisor=supervisor).run(lambda: listening(app, settings.web)))


def status(context: typer.Context, json: Json = False) -> None:
    """How things stand, and what wants you. Exit status 1 if something does."""
    from aggregator.cli.output import print_json
    from aggregator.desk.status import Trouble
    from aggregator.desk.status import status as read_status
    from aggregator.errors import OpmlError

    here = session(context)
    bad: tuple[Trouble, ...] = ()
    try:
        here.read_feed_list()
    except OpmlError as error:
        bad = (Trouble(f"{error.resource}: {error.message}", error.advice or "Mend the list of your feeds."),)
    report = read_status(
        here.installation,
        here.roundup,
        here.plan,
        mails=bool(here.settings.mail.host),
        running=here.installation.is_running(),
    )
    report = replace(report, troubles=(*bad, *report.troubles), notes=(*report.notes, *_list_notes(here)))
    if json:
        print_json(status_document(report))
    else:
        status_lines(report, here.plan)
    if not report.ok:
        raise typer.Exit(1)


def _list_notes(here: Session) -> list[Trouble]:
    """Of a list kept elsewhere that says something else, and of a roundup that config.yaml no longer knows."""
    from aggregator.desk.status import Trouble
    from aggregator.desk.strays import advice, seems_renamed, strays
    from aggregator.jobs import elsewhere

    notes = []
    if here.settings.feeds_from_of(here.plan) is not None:
        beats = (beat for beat in here.installation.heartbeats.beats() if beat.job == elsewhere.JOB and beat.ok and beat.words)
        notes += [Trouble(beat.words, "aggregator feeds sync shows what differs, and takes it over.") for beat in beats]
    stray = seems_renamed(here.installation, here.roundup, strays(here.installation, here.settings))
    if stray is not None:
        notes.append(Trouble(f"The roundup {stray.name!r} is in the database and not in config.yaml.", advice(stray)))
    return notes


def status_document(report: Status) -> dict[str, Any]:
    """`status --json`."""
    from aggregator.cli.links import standing_document

    last, classifier = report.last_mail, report.classifier
    return {
        "ok": report.ok,
        "roundup": report.roundup,
        "edition": report.edition,
        "days_open": report.days_open,
        "candidates": {str(state): n for state, n in report.counts.items()},
        "running": report.running,
        "last_poll": report.last_poll,
        "next_poll": report.next_poll,
        "next_digest": report.next_digest,
        "paused_until": report.paused_until,
        "last_digest": {"slot": last.slot, "state": last.state, "sent_at": last.sent_at} if last else None,
        "classifier": {
            "labels": classifier.labels,
            "top1": classifier.score.top1 if classifier.score else None,
            "top2": classifier.score.top2 if classifier.score else None,
            "adopted_at": classifier.adopted_at,
        }
        if classifier
        else None,
        "past_editions": report.past_editions,
        "feeds": {str(state): n for state, n in report.feeds.items()},
        "feeds_in_trouble": [{"url": one.url, "error": one.error, "since": one.error_since} for one in report.in_trouble],
        "outbox": [
            {
                "slot": mail.slot,
                "state": mail.state,
                "attempts": mail.attempts,
                "next_attempt": mail.next_attempt_at,
                "error": mail.error,
            }
            for mail in report.outbox
        ],
        "links": standing_document(report.links),
        "jobs": report.beats,
        "troubles": report.troubles,
        "notes": report.notes,
    }


def status_lines(report: Status, plan: RoundupSettings) -> None:
    """The same for a person: what wants him first."""
    from aggregator.cli.output import age, count, moment, say, table, warn
    from aggregator.clock import SystemClock

    now = SystemClock().now()
    zone = plan.digest.zone
    counts = ", ".join(f"{n} {state}" for state, n in sorted(report.counts.items())) or "no candidates yet"
    feeds = ", ".join(f"{n} {state}" for state, n in sorted(report.feeds.items())) or "none"
    rows = [
        ("edition", f"{report.title}, open {count(report.days_open, 'day')}: {counts}"),
        ("daemon", "running" if report.running else "not running (`aggregator run` starts it)"),
        ("feeds", feeds),
        ("polled", f"{age(report.last_poll, now)}; next {_coming(report.next_poll, now)}"),
        ("digest", f"{_paused(report)}next {moment(report.next_digest, zone)}; last {_last_mail(report, zone)}"),
        ("classifier", report.classifier_words),
        ("links kept", report.links.words or "none is known to be dead or to have moved"),
        ("archive", count(report.past_editions, "past edition")),
    ]
    table(("", report.roundup), rows)
    if report.in_trouble:
        say()
        table(
            ("feed in trouble", "since", "why"),
            [(one.title or one.url, age(one.error_since, now), one.error) for one in report.in_trouble],
        )
    for trouble in report.troubles:
        say()
        warn(trouble.words)
        say(f"  {trouble.advice}")
    for note in report.notes:
        say()
        say(note.words)
        say(f"  {note.advice}")


def _coming(next_poll: datetime | None, now: datetime) -> str:
    from aggregator.cli.output import age

    return "now" if next_poll is not None and next_poll <= now else age(next_poll, now, never="when feeds are there")


def _paused(report: Status) -> str:
    day = report.paused_until
    return f"paused until {day.day} {day:%b %Y}; " if day else ""


def _last_mail(report: Status, zone: Any) -> str:
    from aggregator.cli.output import moment

    return f"{moment(report.last_mail.sent_at, zone)}, {report.last_mail.state}" if report.last_mail else "none yet"


def doctor(context: typer.Context, json: Json = False) -> None:
    """Check everything and say what to mend. Sends nothing."""
    from aggregator.cli.doctor import examine
    from aggregator.cli.output import print_json, say

    checks = examine(session(context))
    ok = all(one.ok for one in checks)
    if json:
        print_json(
            {"ok": ok, "checks": [{"name": one.name, "ok": one.ok, "words": one.words, "advice": one.advice} for one in checks]}
        )
    else:
        for one in checks:
            say(f"{'ok ' if one.ok else 'BAD'}  {one.name}: {one.words}", style=None if one.ok else "red")
            if one.advice:
                say(f"       {one.advice}")
    if not ok:
        raise typer.Exit(1)


def backup(
    context: typer.Context,
    path: Annotated[Path, typer.Argument(metavar="PATH", help="The copy's file.")],
    json: Json = False,
) -> None:
    """A verified copy of the database, beside a running daemon."""
    from aggregator.cli.output import print_json, say, size

    octets = session(context).installation.backup(path)
    if json:
        print_json({"path": path, "bytes": octets})
    else:
        say(f"{path}: {size(octets)}, verified.")


def restore(
    context: typer.Context,
    path: Annotated[Path, typer.Argument(metavar="PATH", help="A copy made by `backup`.")],
    json: Json = False,
) -> None:
    """Put a backup in the database's place; the old one is kept."""
    from aggregator.cli.output import print_json, say, size

    octets, kept = session(context).installation.restore(path)
    if json:
        print_json({"path": path, "bytes": octets, "kept": kept})
        return
    say(f"Restored {size(octets)} from {path}.")
    if kept:
        say(f"The database before it is kept in {kept}.")


def export(
    context: typer.Context,
    path: Annotated[Path, typer.Argument(metavar="PATH", help="A folder for the files.")],
    json: Json = False,
) -> None:
    """Labels, verdicts and feeds as JSON, CSV and OPML."""
    from aggregator.cli.output import print_json, say, size
    from aggregator.desk.export import export as export_all

    here = session(context)
    written = export_all(here.installation, here.roundup, here.feed_list, path)
    octets = sum(one.stat().st_size for one in written)
    if json:
        print_json({"path": path, "bytes": octets, "files": written})
    else:
        for one in written:
            say(f"{one}: {size(one.stat().st_size)}")
