"""A section of its own for what used to stand elsewhere: offered by keywords at once, taught by past links, learnt, filed."""

from __future__ import annotations

from datetime import timedelta

from aggregator.desk import configuring
from aggregator.desk import edition as desk_edition
from aggregator.desk import sections as desk
from aggregator.desk.status import status
from aggregator.jobs import archive, learn
from aggregator.records.candidates import Candidate
from aggregator.settings import parse_settings
from aggregator.settings.writing import AddSection
from aggregator.wiring import Installation
from tests.journeys.conftest import START, World, edition_text

CONTAINERS = ("docker", "kubelet", "podman", "registry", "sidecar", "ingress")


def write_past(world: World) -> None:
    """Thirty editions; in each, one link on containers stands under Security."""
    for number in range(1, 31):
        one, two = CONTAINERS[number % 6], CONTAINERS[(number + 1) % 6]
        link = f"* Worth a look: [the {one} and the {two}](https://boxes.example/{number}/{one}-{two}).\n"
        text = edition_text(number, START - timedelta(days=7 * (31 - number))).replace(
            "## Security\n\n", f"## Security\n\n{link}"
        )
        (world.home / "past" / f"rack-notes-{number}.md").write_text(text)
    archive.run_once(world.installation, world.roundup, world.plan, [world.home / "past"], home=world.home)


def restarted(world: World) -> None:
    """The world by config.yaml as it is now."""
    world.installation.close()
    path = world.home / "config.yaml"
    world.settings = parse_settings(path.read_text(), path)
    world.plan = world.settings.roundups[0]
    world.installation = Installation(world.settings, world.clock)
    world.files = type(world.files).empty()


def candidate(world: World, title: str) -> Candidate:
    found = desk_edition.candidates(world.installation, world.roundup, world.plan)
    return next(one for one in found if one.title == title)


def test_a_new_section_is_offered_taught_learnt_and_filed(world: World) -> None:
    (world.home / "config.yaml").write_text(world.config)
    write_past(world)
    blog = world.blog("boxes")
    for title in ("The podman and the registry", "Of a sidecar", "The raid and the disk"):
        blog.post(title, f"https://boxes.example/new/{title.split()[-1]}", "", world.clock.now())
    world.poll()
    assert candidate(world, "The podman and the registry").likely_section == "Security"

    # He adds the section, and restarts.
    new = AddSection("Containers", ("podman", "docker"), after="Networking")
    configuring.change_sections(world.home / "config.yaml", world.plan.name, [new])
    restarted(world)
    assert learn.is_due(world.installation, world.roundup, world.plan, rest=timedelta(days=1))
    world.poll()
    offered = candidate(world, "The podman and the registry")
    assert offered.likely_section == "Containers"
    assert offered.doubtful, "a keyword alone files nothing once others are learnt"
    assert offered.guess is not None
    assert offered.guess.second == "Security"
    assert candidate(world, "The raid and the disk").section == "Storage"

    # Status and the digest tell, and what would fit is there.
    notes = status(world.installation, world.roundup, world.plan, mails=True, running=False).notes
    assert "Containers is new: 0 of 5 links known." in [one.words for one in notes]
    world.until(START + timedelta(days=4))
    assert world.digest() is not None
    assert "aggregator sections fit Containers" in " ".join(world.last_text.split())
    fitting = desk.fitting(world.installation, world.roundup, world.plan, "Containers", 30)
    past = [one for one in fitting if one.edition]
    assert len(past) == 20, "those with a keyword"
    assert {one.section for one in past} == {"Security"}

    # Five are taught, and it is learnt; those that are like them fit now, without any keyword.
    taught = desk.teach(world.installation, world.roundup, world.plan, "Containers", [one.id for one in past[:5]])
    assert (taught.links, taught.labels) == (5, 5)
    world.poll()
    current = world.installation.learning.current(world.roundup.id)
    assert current is not None
    assert "Containers" in current.sections
    words = {one.name: one.words for one in desk.standings(world.installation, world.roundup, world.plan)}
    assert words["Containers"] == "learnt"
    assert not status(world.installation, world.roundup, world.plan, mails=True, running=False).notes
    like = [one for one in desk.fitting(world.installation, world.roundup, world.plan, "Containers", 30) if one.edition]
    assert len(like) == 25

    # Once most of them are his, it files what has none of its keywords.
    desk.teach(world.installation, world.roundup, world.plan, "Containers", [one.id for one in like])
    world.poll()
    assert candidate(world, "Of a sidecar").section == "Containers"
