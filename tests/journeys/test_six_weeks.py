"""Six weeks of one author's life: four digests in one edition, a hold, a skipped mail, a close, the next edition."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from aggregator.archive.read import read_post
from aggregator.desk import close as desk_close
from aggregator.desk import decide as desk
from aggregator.desk import edition as desk_edition
from aggregator.digest.schedule import Step
from aggregator.jobs import digest as digest_job
from aggregator.records.candidates import Action, Candidate, State
from aggregator.records.digests import MailState
from aggregator.records.editions import Outcome
from tests.journeys.conftest import World

FRIDAYS = [datetime(2026, 3, 6, 6, 0, 30, tzinfo=UTC) + timedelta(days=7 * week) for week in range(3)]
"""07:00 in Berlin, half a minute past."""


def found(world: World, title: str) -> Candidate:
    states = tuple(State)
    return next(
        one for one in desk_edition.candidates(world.installation, world.roundup, world.plan, states) if one.title == title
    )


def say(world: World, action: Action, *titles: str, section: str | None = None, until: str | None = None) -> None:
    ids = [found(world, title).id for title in titles]
    desk.decide(world.installation, world.roundup, world.plan, ids, action, section=section, until=until)


def write(world: World, name: str, week: int, *titles: str) -> None:
    for title in titles:
        slug = title.lower().replace(" ", "-")
        world.blog(name).post(title, f"https://{name}.example/{week}/{slug}", f"All about it: {title}.", world.clock.now())


def publish(world: World, number: int, *links: tuple[str, str]) -> Path:
    sections: dict[str, list[str]] = {}
    for section, url in links:
        sections.setdefault(section, []).append(f"* I liked [this one]({url}).")
    body = "\n\n".join(f"## {section}\n\n" + "\n".join(bullets) for section, bullets in sections.items())
    path = world.home / "past" / f"rack-notes-{number}.md"
    path.write_text(f"---\ntitle: 'Rack Notes #{number}'\ndate: {world.clock.now():%Y-%m-%d}\n---\n\n{body}\n")
    return path


def test_six_weeks_of_one_author(world: World) -> None:
    world.learn()
    world.blog("networking"), world.blog("storage"), world.blog("security")

    # Week 1: the first digest of edition 7.
    write(world, "networking", 1, "A vxlan for the switch", "The bgp router speaks")
    write(world, "storage", 1, "A raid of disks")
    assert world.poll().new_entries == 3
    assert world.digest() is None, "nothing is due on a Monday"
    world.until(FRIDAYS[0])
    world.digest()
    assert len(world.mails) == 1
    assert world.mails[0]["Subject"].startswith("RN #7, week 1: 3 new")
    for title in ("A vxlan for the switch", "The bgp router speaks", "A raid of disks"):
        assert title in world.last_text
    world.digest()
    assert len(world.mails) == 1, "a slot is mailed once"

    # Week 2: decisions; a hold until the next edition, one until a date.
    say(world, Action.KEEP, "A vxlan for the switch")
    say(world, Action.HOLD, "The bgp router speaks", until="next")
    write(world, "security", 2, "An exploit and its patch", "The firewall audit")
    world.poll()
    say(world, Action.HOLD, "The firewall audit", until="2026-03-16")
    world.until(FRIDAYS[1])
    world.digest()
    assert len(world.mails) == 2
    text = world.last_text
    assert "An exploit and its patch" in text
    assert "The bgp router speaks" not in text, "a hold for the next edition does not come up in this one"
    assert "1 kept" in text
    assert "The firewall audit" not in text, "its date has not come"

    # Week 3: the mail server refuses; the digest waits in the outbox with its exact bytes.
    write(world, "storage", 3, "A snapshot of the filesystem")
    world.poll()
    world.until(FRIDAYS[2])
    world.mail_works = False
    world.digest()
    assert len(world.mails) == 2
    waiting = world.installation.outbox.recent(1)[0]
    assert waiting.state is MailState.FAILED_TEMP
    world.mail_works = True
    world.clock.advance(timedelta(minutes=6))
    world.send()
    assert len(world.mails) == 3
    assert world.mails[2]["Message-ID"] == waiting.message_id
    text = world.last_text
    assert "A snapshot of the filesystem" in text
    assert "The firewall audit" in text.split("STORAGE")[0].split("NETWORKING")[0], "the hold is due, before the sections"
    leading, _, older = text.partition("STILL UNDECIDED")
    assert "An exploit and its patch" not in leading, "what was shown does not lead again"
    assert "An exploit and its patch" in older

    # Week 4: the machine was off for more than three days after its slot; nothing is lost, the mail is made up for.
    write(world, "networking", 4, "Multicast over a subnet")
    world.until(datetime(2026, 3, 31, 9, 0, tzinfo=UTC))
    world.poll()
    due = digest_job.due(world.installation, world.roundup, world.plan)
    assert due.step is Step.MISSED
    assert world.digest() is None
    world.until(datetime(2026, 4, 3, 5, 0, 30, tzinfo=UTC))  # summer time: 07:00 is 05:00 UTC
    world.digest()
    assert len(world.mails) == 4
    assert "Multicast over a subnet" in world.last_text
    subject = "RN #7 is ripe: open 32 days, you usually publish after 21 (1 kept); catch-up: 1 new since 20 Mar, 1 due"
    assert world.mails[3]["Subject"] == subject

    # He publishes: one kept and used, one moved, one added by hand; the rest was left out.
    say(world, Action.DROP, "A raid of disks")
    kept = found(world, "A vxlan for the switch")
    snapshot = found(world, "A snapshot of the filesystem")
    post = publish(
        world, 7, ("Networking", kept.url or ""), ("Security", snapshot.url or ""), ("Storage", "https://elsewhere.example/iscsi")
    )
    report = desk_close.close(world.installation, world.roundup, world.plan, read_post(post.read_text(), "past/rack-notes-7.md"))
    closing = report.closing
    assert [closing.count(one) for one in (Outcome.USED, Outcome.MOVED, Outcome.DROPPED)] == [1, 1, 1]
    assert [one.url for one in closing.added] == ["https://elsewhere.example/iscsi"]
    assert closing.count(Outcome.HELD) == 2
    assert closing.count(Outcome.UNUSED) == 2, "the exploit and the multicast, undecided"
    assert report.opened.number == 8

    # Edition 8: the holds and the undecided came along; what was used or dropped did not.
    left = {one.title for one in desk_edition.candidates(world.installation, world.roundup, world.plan, tuple(State))}
    assert left == {"The bgp router speaks", "The firewall audit", "An exploit and its patch", "Multicast over a subnet"}
    write(world, "storage", 6, "An iscsi backup")
    world.poll()
    world.until(datetime(2026, 4, 10, 5, 0, 30, tzinfo=UTC))
    world.digest()
    assert len(world.mails) == 5
    assert world.mails[4]["Subject"].startswith("RN #8, week 1: 1 new")
    text = world.last_text
    assert "An iscsi backup" in text
    assert "The bgp router speaks" in text, "held for the next edition: this is it"
    assert "A vxlan for the switch" not in text
    assert "A raid of disks" not in text
