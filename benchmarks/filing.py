"""What each ingredient of the classifier is worth on a folder of past editions: `python -m benchmarks.filing FOLDER`.

Every line predicts the same links, each from earlier editions only, as `aggregator evaluate` does.
"""

from __future__ import annotations

import argparse
import resource
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar
from unittest.mock import patch

from aggregator.archive.read import read_archive
from aggregator.classify import evaluation, features, sections, text, training
from aggregator.records.archive import PastEdition
from aggregator.records.learning import Evaluation, Example
from aggregator.text.canonical import address_words, host_of

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Variant:
    """One line of the table. without: places of the code -> what stands there instead."""

    name: str
    without: Mapping[tuple[Any, str], object]


def _no_host(example: Example) -> list[str]:
    return text.words_of(example.title) + address_words(example.url)


def _whole_host(example: Example) -> list[str]:
    return _no_host(example) + text.words_of(host_of(example.url).replace(".", " "))


def _no_address(example: Example) -> list[str]:
    return text.words_of(example.title)


def _single_words(words: Sequence[str]) -> list[str]:
    return list(words)


VARIANTS = (
    Variant("everything", {}),
    Variant("without comments", {(sections, "COMMENT_WORDS"): 0}),
    Variant("without the host's words", {(sections, "brief_words"): _no_host}),
    Variant("without the address", {(sections, "brief_words"): _no_address}),
    Variant("with every part of the host", {(sections, "brief_words"): _whole_host}),
    Variant("with words that tell nothing", {(text, "_EMPTY"): frozenset()}),
    Variant("without stems", {(text, "stem"): str}),
    Variant("words as they are", {(sections, "terms"): list, (sections, "brief_words"): _whole_host}),
    Variant("without holding back short texts", {(features, "_SHORT"): 0.0}),
    Variant("without pieces of words", {(features, "_PIECES"): ()}),
    Variant("without pairs of words", {(features, "_and_pairs"): _single_words}),
    Variant("without recency", {(sections, "_FEWEST_RECENT"): 10**9}),
    Variant("without naive Bayes", {(sections, "_BAYES_WEIGHT"): 0.0}),
    Variant("without lifting rare sections", {(sections, "_BALANCE"): 0.0}),
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--from", dest="start", type=int, help="first edition to predict; the last ten without it")
    parser.add_argument("--to", dest="end", type=int, help="as if no later edition were there")
    options = parser.parse_args()
    editions = [
        edition
        for edition in read_archive([options.folder]).editions
        if options.end is None or edition.number is None or edition.number <= options.end
    ]
    print(f"{'':32}{'top1':>7}{'top2':>7}{'macro F1':>10}{'filed at 80 %':>15}{'operating':>15}{'seconds':>9}")
    best: Evaluation | None = None
    for variant in VARIANTS:
        with _changed(variant):
            started = time.perf_counter()
            result = evaluation.evaluate(editions, start=options.start)
            seconds = time.perf_counter() - started
        best = best or result
        share, accuracy = result.operating
        print(
            f"{variant.name:32}{result.top1:7.3f}{result.top2:7.3f}{result.macro_f1:10.3f}{result.auto_filed[0]:15.1%}"
            f"{f'{share:.1%} at {accuracy:.1%}':>15}{seconds:9.1f}"
        )
    assert best is not None
    for name, score in best.baselines.items():
        print(f"{'baseline: ' + name.replace('_', ' '):32}{score.top1:7.3f}{score.top2:7.3f}")
    print(f"{best.links} links of {best.editions} editions, {best.unseen} under sections not known then")
    _speed(editions)


@contextmanager
def _changed(variant: Variant) -> Iterator[None]:
    with ExitStack() as stack:
        for (module, name), value in variant.without.items():
            stack.enter_context(patch.object(module, name, value))
        yield


def _speed(editions: Sequence[PastEdition]) -> None:
    rows = [
        (place, bullet.section, Example(title=link.anchor, url=link.url, comment=bullet.text))
        for place, edition in enumerate(editions)
        for bullet in edition.bullets
        if bullet.section is not None
        for link in bullet.links
    ]
    names = list(dict.fromkeys(section for _, section, _ in rows))
    many = [rows[n % len(rows)] for n in range(10_000)]
    # Titles of their own, or repetitions would cost nothing.
    examples = [replace(example, title=f"{example.title} x{n}y") for n, (*_, example) in enumerate(many)]
    texts, seconds = _timed(
        lambda: sections.LabelledTexts(examples, [one[1] for one in many], [float(n) for n in range(len(many))])
    )
    everything = texts.order >= 0
    _, tuning = _timed(lambda: training.tune(texts, everything, names))
    model, fitting = _timed(lambda: texts.fit(sections.Recipe(), everything, names))
    print(f"training on 10,000 labels: {seconds + tuning + fitting:.1f} s")
    bodies = [replace(example, text=" ".join([example.comment] * 4)[:1000]) for example in examples]
    _, predicting = _timed(lambda: model.predict(bodies))
    print(f"filing 10,000 entries of about 1 KB: {predicting:.1f} s")
    print(f"peak memory: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


def _timed(work: Callable[[], T]) -> tuple[T, float]:
    started = time.perf_counter()
    return work(), time.perf_counter() - started


if __name__ == "__main__":
    main()
