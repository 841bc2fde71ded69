"""How long the memory of a large archive takes to build, and a look-up in it: `python -m benchmarks.memory [LINKS]`.

The past links are made up: anchors and addresses of words drawn as unevenly as words are in real titles. A third of the
look-ups are of pages that moved, the others of pages never linked.
"""

from __future__ import annotations

import argparse
import itertools
import random
import resource
import time

from aggregator.archive.memory import Memory
from aggregator.records.archive import PastPlace

VOCABULARY = 8_000
LOOK_UPS = 2_000


def made_up(count: int, chance: random.Random) -> list[PastPlace]:
    """Past links to as many pages on a tenth as many hosts."""
    words = ["".join(chance.choices("aeiourstlnmdpkcbg", k=chance.randint(4, 9))) for _ in range(VOCABULARY)]
    cumulated = list(itertools.accumulate(1 / (rank + 10) for rank in range(VOCABULARY)))
    places = []
    for number in range(count):
        title = chance.choices(words, cum_weights=cumulated, k=chance.randint(3, 10))
        address = f"https://{words[chance.randrange(max(1, min(VOCABULARY, count // 10)))]}.example/2020/{'-'.join(title)}"
        anchor = chance.choice(("here", "this article", " ".join(title), " ".join(title[:2])))
        places.append(PastPlace(f"#{number // 30}", address, address, anchor))
    return places


def main(count: int) -> None:
    chance = random.Random(7)
    places = made_up(count, chance)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    started = time.perf_counter()
    memory = Memory.of(places)
    built = time.perf_counter() - started
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    others = made_up(LOOK_UPS, random.Random(8))
    took, found = [], 0
    for number in range(LOOK_UPS):
        place = chance.choice(places) if number % 3 == 0 else others[number]
        slug = place.url.rpartition("/")[2]
        started = time.perf_counter()
        found += bool(memory.find(slug.replace("-", " "), [f"https://moved.example/{slug}"]))
        took.append(time.perf_counter() - started)
    took.sort()
    print(f"{len(memory):,} past links: built in {built:.2f} s, {grown / 1024:.0f} MB more")
    print(
        f"a look-up: median {took[len(took) // 2] * 1000:.2f} ms, slowest {took[-1] * 1000:.2f} ms; {found} of {LOOK_UPS} found"
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("links", nargs="?", type=int, default=50_000)
    main(parser.parse_args().links)
