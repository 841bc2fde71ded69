"""Recall at 30 of interest among a week of 300: `python -m benchmarks.interest FOLDER FEEDS [--from N]`.

FOLDER holds past editions, FEEDS real feed files. For each edition k (from N on; without it twenty that ten follow) a week of
300 entries is made up: what k links, and distractors for the rest, drawn by lot with a fixed seed. The guess knows the editions
before k and ranks the week; recall at 30 is the share of k's links among the first 30, of 30 at most. Archives do not say what
was offered and not used, so distractors are synthetic, of four kinds, told apart since they are hard in different ways:

  elsewhere   entries of FEEDS: feeds that he never links
  same sites  titles of FEEDS under sites that he linked before k, drawn as often as the site posts (by lot, log-normal): habit
              speaks for them, their words do not
  liked       links of editions after k + 5: he likes them too, only not this week. No ranking can tell them well from k's
              own: it is a bound, not a week
  again       links of editions before k, met once more in a feed

A mixed week has .45 of each of the first two and .10 of the last. Past links are told from anchor and address alone, as in
`evaluate`. No entry of FEEDS comes twice: titles are spliced, the first half of one and the second half of another. They are
longer than anchors and of other subjects, which makes weeks easier than real ones. Newest first is chance here: archives keep
no times.

With verdicts: the ten editions before k had mixed weeks too, he saw them and left the distractors unused. Those are
spliced from other entries than those of k's week, though of the same feeds.
"""

from __future__ import annotations

import argparse
import random
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import TypeVar

from aggregator.archive.read import read_archive
from aggregator.classify.interest import Interest
from aggregator.errors import FeedError
from aggregator.intake.parse import parse_document
from aggregator.records.archive import PastEdition, PastLink
from aggregator.records.learning import Example, PastOffer
from aggregator.text.canonical import host_of

T = TypeVar("T")

WEEK, LISTED, TAUGHT = 300, 30, 10
MIXES: Mapping[str, Mapping[str, float]] = {
    "mixed": {"elsewhere": 0.45, "same sites": 0.45, "again": 0.1},
    "elsewhere": {"elsewhere": 1.0},
    "same sites": {"same sites": 1.0},
    "liked": {"liked": 1.0},
}


@dataclass(frozen=True, slots=True)
class Offered:
    """One entry of a week. used: k links it."""

    example: Example
    used: bool
    again: bool


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("feeds", type=Path)
    parser.add_argument("--from", dest="start", type=int, help="first edition; twenty that ten follow without it")
    options = parser.parse_args()
    editions = read_archive([options.folder]).editions
    entries = _entries(options.feeds)
    known = [place for place, edition in enumerate(editions) if place >= 10 and (edition.number or place) >= (options.start or 0)]
    places = known if options.start else known[-30:-10]  # later ones are needed as what he likes too
    world = World(editions, entries)
    print(f"{len(editions)} editions, {len(entries)} feed entries; weeks of {WEEK}, the {LISTED} most interesting listed")
    print(f"{'':12}{'chance':>8}{'site habit':>12}{'interest':>10}{'with verdicts':>15}")
    for name, mix in MIXES.items():
        weeks = [world.rank(place, mix) for place in places]
        means = [sum(_recall(*one) for one in few) / len(few) for few in zip(*weeks, strict=True)]
        print(f"{name:12}{means[0]:8.3f}{means[1]:12.3f}{means[2]:10.3f}{means[3]:15.3f}")
        if name == "mixed":
            calibrations = [_calibration(few) for few in list(zip(*weeks, strict=True))[2:]]
    for name, calibration in zip(("interest", "with verdicts"), calibrations, strict=True):
        print(f"mixed, {name}: of those told ... so many were used: {calibration}")
    world.speed()


Ranked = tuple[Sequence[Offered], Sequence[float]]
"""A week, and a score each."""


class World:
    """An archive and feeds, from which weeks are made up."""

    def __init__(self, editions: Sequence[PastEdition], entries: Sequence[Example]) -> None:
        self.editions = editions
        lots = random.Random(1)
        shuffled = lots.sample(list(entries), len(entries))
        half = len(shuffled) // 2
        self.taught, self.tested = shuffled[:half], shuffled[half:]
        hosts = sorted({host_of(link.url) for edition in editions for link in edition.links} - {""})
        self.volume = {host: lots.lognormvariate(0, 1) for host in hosts}

    def week(self, place: int, entries: Sequence[Example], mix: Mapping[str, float]) -> list[Offered]:
        """The week of the edition at `place`, shuffled."""
        lots = random.Random(f"{place} {len(mix)}")
        links = _once(self.editions[place].links)
        week = [Offered(_example(link), True, False) for link in links]
        room = WEEK - len(week)
        for kind, share in mix.items():
            week += self._distractors(kind, round(room * share), place, entries, lots)
        return lots.sample(week, len(week))

    def _distractors(self, kind: str, n: int, place: int, entries: Sequence[Example], lots: random.Random) -> list[Offered]:
        own = {link.canonical_url for link in self.editions[place].links}
        before = [link for edition in self.editions[:place] for link in edition.links if link.canonical_url not in own]
        hosts = sorted({host_of(link.url) for link in before} - {""})
        if kind == "elsewhere":
            return [Offered(one, False, False) for one in _spliced(entries, n, lots)]
        if kind == "again":
            return [Offered(_example(link), False, True) for link in _draw(before, n, lots)]
        if kind == "liked":
            later = _once([link for edition in self.editions[place + 6 :] for link in edition.links])
            seen = {link.canonical_url for link in before} | own
            liked = [link for link in later if link.canonical_url not in seen]
            return [Offered(_example(link), False, False) for link in _draw(liked, n, lots)]
        drawn = lots.choices(hosts, [self.volume[host] for host in hosts], k=n)
        return [Offered(_moved(one, host), False, False) for one, host in zip(_spliced(entries, n, lots), drawn, strict=True)]

    def rank(self, place: int, mix: Mapping[str, float]) -> tuple[Ranked, Ranked, Ranked, Ranked]:
        """The week with scores by lot, by site habit, by interest, and by interest with verdicts."""
        week = self.week(place, self.tested, mix)
        past = self.editions[:place]
        background = [one.example for one in week]
        offers = [
            PastOffer(one.example, 1, past[at].number or at, one.used, True, False, one.again)
            for at in range(max(0, place - TAUGHT), place)
            for one in self.week(at, self.taught, MIXES["mixed"])
        ]
        return (
            (week, [0.0] * len(week)),
            (week, _habit(week, past)),
            (week, _score(week, Interest.fit(past, background=background))),
            (week, _score(week, Interest.fit(past, offers, background))),
        )

    def speed(self) -> None:
        """Seconds to fit on 10,000 offers and to score as many."""
        place = len(self.editions) - 1
        week = self.week(place, self.tested, MIXES["same sites"])
        offers = [
            PastOffer(replace(one.example, title=f"{one.example.title} x{n}y"), 1, n // 300, one.used, True, False, one.again)
            for n, one in enumerate(week[n % len(week)] for n in range(10_000))
        ]
        started = time.process_time()
        interest = Interest.fit(self.editions[:place], offers)
        fitted = time.process_time()
        _score([Offered(offer.example, offer.used, False) for offer in offers], interest)
        print(f"fitted on 10,000 offers: {fitted - started:.2f} s; 10,000 scored: {time.process_time() - fitted:.2f} s")


def _score(week: Sequence[Offered], interest: Interest) -> list[float]:
    count = len(week)
    return interest.score([one.example for one in week], [1] * count, [one.again for one in week], [0.6] * count)


def _habit(week: Sequence[Offered], past: Sequence[PastEdition]) -> list[float]:
    """Recent editions that linked the site, each counting half after 12 later ones, and nothing else."""
    habits: dict[str, float] = {}
    for age, edition in enumerate(reversed(past)):
        for host in {host_of(link.url) for link in edition.links} - {""}:
            habits[host] = habits.get(host, 0.0) + 0.5 ** (age / 12)
    return [habits.get(host_of(one.example.url), 0.0) for one in week]


def _recall(week: Sequence[Offered], scores: Sequence[float]) -> float:
    ranked = sorted(range(len(week)), key=lambda row: -scores[row])  # ties stay in the week's order, which was drawn
    return sum(week[row].used for row in ranked[:LISTED]) / min(LISTED, sum(one.used for one in week))


def _calibration(weeks: Sequence[Ranked]) -> str:
    told = [(score, one.used) for week, scores in weeks for one, score in zip(week, scores, strict=True)]
    words = []
    for low, high in pairwise((0.0, 0.02, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 1.01)):
        used = [used for score, used in told if low <= score < high]
        if used:
            words.append(f"{low:.2f}-{min(high, 1):.2f} {sum(used) / len(used):.2f} of {len(used)}")
    return ", ".join(words)


def _example(link: PastLink) -> Example:
    return Example(title=link.anchor, url=link.url)


def _once(links: Sequence[PastLink]) -> list[PastLink]:
    return list({link.canonical_url: link for link in links}.values())


def _draw(some: Sequence[T], n: int, lots: random.Random) -> list[T]:
    return lots.sample(list(some), min(n, len(some)))


def _spliced(entries: Sequence[Example], n: int, lots: random.Random) -> list[Example]:
    made = []
    for _ in range(n):
        one, other = lots.sample(list(entries), 2)
        begun, ended = one.title.split(), other.title.split()
        words = [*begun[: (len(begun) + 1) // 2], *ended[(len(ended) + 1) // 2 :]]
        address = f"https://{host_of(one.url)}/{'-'.join(words).lower()}-{lots.randrange(10**6)}"
        made.append(replace(one, title=" ".join(words), url=address))
    return made


def _moved(example: Example, host: str) -> Example:
    path = example.url.split("//", 1)[-1].partition("/")[2]
    return replace(example, url=f"https://{host}/{path}", feed=host)


def _entries(folder: Path) -> list[Example]:
    found: list[Example] = []
    for path in sorted(folder.iterdir()):
        try:
            feed = parse_document(path.read_bytes(), feed_url=f"https://{path.stem}.example/", known={})
        except FeedError as error:
            print(f"{path.name}: {error}")
            continue
        found += [
            Example(title=one.title, url=one.url or "", feed=feed.title or path.stem, author=one.author or "")
            for one in feed.entries
        ]
    return found


if __name__ == "__main__":
    main()
