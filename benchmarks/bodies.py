"""What an entry's body is worth beside its title: `python -m benchmarks.bodies FEED...`.

Feed files carry no sections, so each entry with a title and a body is to be filed under the feed that it came from, by words
alone: the feed's name, the author, the tags and the address are left out. Ten-fold; every fold is predicted by a fit on the
others, with what they have of bodies. Feeds of one blog each differ in subject, in style and in language, which is easier than
an author's sections: the figures tell whether bodies help, not how much they will help him.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from unittest.mock import patch

import numpy as np

from aggregator.classify import sections
from aggregator.errors import FeedError
from aggregator.intake.parse import parse_document
from aggregator.records.learning import Example

_FOLDS = 10
_FEWEST = 4  # entries of a feed: less are in no fold but one
_SHARES = (0.25, 0.5, 0.75, 1.0)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("feeds", nargs="+", type=Path)
    parser.add_argument("--words", type=int, help="take so many words of a title at most: short ones, as links have")
    options = parser.parse_args()
    rows = _entries(options.feeds)
    examples = [replace(one, title=" ".join(one.title.split()[: options.words])) for one, _ in rows]
    truth = [feed for _, feed in rows]
    titles = [replace(one, text="") for one in examples]
    largest = Counter(truth).most_common(1)[0][1] / len(rows)
    print(f"{len(rows)} entries of {len(set(truth))} feeds; always the largest: {largest:.3f}")
    print(f"{'title alone':40}{_right(titles, titles, truth):7.3f}")
    print(f"{'title alone, learnt with bodies':40}{_right(examples, titles, truth):7.3f}")
    for share in _SHARES:
        with patch.object(sections, "_BODY_SHARE", share):
            print(f"{f'title and body, {share:.0%} of it the body':40}{_right(examples, examples, truth):7.3f}")


def _entries(files: Sequence[Path]) -> list[tuple[Example, str]]:
    found: dict[tuple[str, str], Example] = {}
    for file in files:
        try:
            parsed = parse_document(file.read_bytes(), feed_url=f"https://{file.stem}.example/", known={})
        except FeedError:
            continue
        for entry in parsed.entries:
            if entry.text:
                found[file.stem, entry.title] = Example(title=entry.title, text=entry.text)
    feeds = Counter(feed for feed, _ in found)
    return [(example, feed) for (feed, _), example in found.items() if feeds[feed] >= _FEWEST]


def _right(known: Sequence[Example], asked: Sequence[Example], truth: Sequence[str]) -> float:
    """The share right at first. known, asked: the same entries, as they are learnt from and as they are predicted."""
    texts = sections.LabelledTexts(known, truth, [0.0] * len(known))
    fold = np.arange(len(known)) % _FOLDS
    right = 0
    for number in range(_FOLDS):
        model = texts.fit(sections.Recipe(), fold != number, sorted(set(truth)))
        rows = np.flatnonzero(fold == number).tolist()
        first = model.predict([asked[row] for row in rows]).argmax(axis=1)
        right += sum(model.sections[column] == truth[row] for column, row in zip(first, rows, strict=True))
    return right / len(known)


if __name__ == "__main__":
    main()
