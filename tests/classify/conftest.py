"""A small made-up world: three sections, each with words and sites of its own, in numbered editions."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime

import pytest

from aggregator.records.archive import PastBullet, PastEdition, PastLink
from aggregator.records.learning import Example, Label, LabelSource

WORDS = {
    "Gardens": ["tulip", "compost", "orchard", "pruning", "seedling", "hedge", "mulch", "greenhouse", "lawn", "pollen"],
    "Kitchens": ["sourdough", "skillet", "braise", "pantry", "whisk", "marinade", "oven", "dough", "saffron", "broth"],
    "Bicycles": ["derailleur", "spoke", "pannier", "saddle", "gravel", "crank", "chainring", "tyre", "brake", "pedal"],
}
SITES = {"Gardens": "rows.example", "Kitchens": "pots.example", "Bicycles": "wheels.example"}
FILLER = ["a", "the", "on", "how", "to", "notes", "from", "my", "week", "with", "some", "thoughts"]

MakeLabels = Callable[..., list[Label]]
MakeEditions = Callable[..., list[PastEdition]]


def _example(section: str, lots: random.Random) -> Example:
    told = lots.sample(WORDS[section], 2)
    title = " ".join([*told, *lots.sample(FILLER, 3)])
    host = SITES[section] if lots.random() < 0.5 else f"blog{lots.randrange(40)}.example"
    url = f"https://{host}/2020/{told[0]}-{lots.randrange(1000)}/"
    return Example(title=title, url=url, comment=" ".join(lots.sample(FILLER, 4) + lots.sample(WORDS[section], 2)))


@pytest.fixture
def make_labels() -> MakeLabels:
    """Labels of so many editions with so many links each."""

    def make(editions: int = 10, links: int = 12, sections: Sequence[str] = tuple(WORDS), seed: int = 1) -> list[Label]:
        lots = random.Random(seed)
        labels: list[Label] = []
        for edition in range(1, editions + 1):
            for _ in range(links):
                section = lots.choice(list(sections))
                number = len(labels) + 1
                labels.append(
                    Label(
                        number,
                        _example(section, lots),
                        section,
                        LabelSource.ARCHIVE,
                        datetime(2020, 1, 1, tzinfo=UTC),
                        f"archive:{edition}.md",
                        edition,
                    )
                )
        return labels

    return make


@pytest.fixture
def make_editions(make_labels: MakeLabels) -> MakeEditions:
    """The same world as past editions, oldest first."""

    def make(editions: int = 10, links: int = 12, numbered: bool = True) -> list[PastEdition]:
        labels = make_labels(editions, links)
        made = []
        for number in range(1, editions + 1):
            mine = [label for label in labels if label.edition == number]
            bullets = tuple(
                PastBullet(
                    label.section,
                    label.example.comment,
                    (PastLink(label.example.url, label.example.url, label.example.title),),
                )
                for label in mine
            )
            sections = tuple(dict.fromkeys(label.section for label in mine))
            made.append(
                PastEdition(
                    f"{number}.md", "0" * 64, f"Week #{number}", number if numbered else None, date(2020, 1, 1), sections, bullets
                )
            )
        return made

    return make
