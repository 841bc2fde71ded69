"""The demo: Mara's past editions are learnt, her feeds polled, new entries filed, the digest mailed. The very code of `run`."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from aggregator.clock import SystemClock
from aggregator.demo.servers import FeedServer, MailSink
from aggregator.demo.world import config, editions, feeds, opml
from aggregator.desk.decide import decide
from aggregator.desk.draft import export
from aggregator.desk.edition import candidates
from aggregator.errors import DeliveryError, Refused
from aggregator.jobs import archive, cycle, digest, learn, send
from aggregator.ports import Progress
from aggregator.records.candidates import Action, Candidate, State
from aggregator.records.digests import MailState
from aggregator.settings import load_settings
from aggregator.wiring import Installation

_MARK = ".aggregator-demo"
"""Only a folder with this file in it is ever cleared."""


@dataclass(frozen=True, slots=True)
class DemoReport:
    """What the demo came to. digest: paths of the rendered digest; mail: the message as the mail server took it; draft: the
    post's skeleton."""

    feeds: int
    entries: int
    candidates: int
    digest: tuple[Path, ...]
    mail: Path
    draft: Path
    config: Path


def run(
    folder: Path,
    *,
    say: Callable[[str], None],
    progress: Progress | None = None,
    command: str = "aggregator",
    port: int = 8765,
) -> DemoReport:
    """Runs everything once in `folder`, which is cleared if an earlier demo made it. Raises Refused for any other folder.
    command: how the product is called from here. port: of the desk that its configuration names."""
    _clear(folder)
    clock = SystemClock()
    now = clock.now()
    with FeedServer(feeds(now), now) as server, MailSink(folder / "mail") as sink:
        (folder / "past").mkdir()
        for name, text in editions(now).items():
            (folder / "past" / name).write_text(text, encoding="utf-8")
        (folder / "feeds.opml").write_bytes(opml(server.addresses))
        text = config(
            database="sqlite:///demo.db",
            feeds="feeds.opml",
            archive="past/",
            mail_host=sink.host,
            mail_port=sink.port,
            web_port=port,
        )
        (folder / "config.yaml").write_text(text, encoding="utf-8")
        settings = load_settings(folder / "config.yaml")
        plan = settings.roundups[0]
        with Installation(settings, clock) as installation:
            roundup = installation.roundup(plan)
            read = archive.run_once(installation, roundup, plan, [folder / "past"], home=settings.home, progress=progress)
            say(f"Read {read.editions} past editions of {plan.name} with {read.links} links.")
            say(learn.run_once(installation, roundup, plan).reason)
            polled = cycle.run_once(installation, settings, installation.poller(), everything=True, progress=progress)
            counts = polled.counts
            say(
                f"Polled {len(polled.outcomes)} feeds: {counts['changed']} with news, {counts['failed']} in trouble, "
                f"{polled.new_entries} entries."
            )
            for one in polled.outcomes:
                if one.error:
                    say(f"  {one.url}: {one.error}")
            report = digest.put(installation, roundup, plan, settings)
            (mail,) = send.run_once(
                installation, installation.sender, files=installation.outbox_folder, on_unknown=settings.mail.on_unknown
            )
            if mail.state is not MailState.SENT:
                raise DeliveryError(f"the demo's own mail server refused the digest: {mail.error}", stage="data")
            written = digest.write(report, folder)
            say(f"Mailed the digest to {', '.join(mail.recipients)}; the mail was accepted.")
            found = candidates(installation, roundup, plan)
            kept = decide(installation, roundup, plan, _favourites(found), Action.KEEP)
            held = decide(installation, roundup, plan, _later(found, kept), Action.HOLD, until="theme winter evenings")
            say(
                f"Kept {', '.join(str(one.id) for one in kept)} in her name, to have something to draft, and held "
                f"{', '.join(str(one.id) for one in held)} for an edition with a theme."
            )
            draft = export(installation, roundup, plan, format_=None, out=None, home=folder)
    accepted = sink.mails[-1].path
    say("")
    say(f"The digest as a mail program shows it  {written[0]}")
    say(f"The same as plain text                 {written[1]}")
    say(f"The message as the server took it      {accepted}")
    say(f"The draft of the post                  {draft.path}")
    say("")
    say(f"Look further: {command} --config {folder / 'config.yaml'} candidates")
    say(f"With your own past editions: {command} portrait FOLDER")
    return DemoReport(
        len(polled.outcomes), polled.new_entries, len(found), tuple(written), accepted, draft.path, folder / "config.yaml"
    )


def _favourites(found: Sequence[Candidate]) -> list[int]:
    """The most interesting candidate of each of the first three sections."""
    best = {one.section: one.id for one in reversed(found) if one.section is not None}
    return list(reversed(best.values()))[:3]


def _later(found: Sequence[Candidate], kept: Sequence[Candidate]) -> list[int]:
    """The two of the others that her last sections have least use for."""
    taken = {one.id for one in kept}
    return [one.id for one in found if one.id not in taken and one.standing.state is State.NEW][-2:]


def _clear(folder: Path) -> None:
    if folder.exists() and any(folder.iterdir()) and not (folder / _MARK).exists():
        raise Refused("there is something else in this folder", resource=str(folder), advice="Name another one with --dir.")
    if folder.exists():
        shutil.rmtree(folder)
    folder.mkdir(parents=True)
    (folder / _MARK).touch()
