"""Labels can be told as they stood at any time; classifiers are rows."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import uuid4

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aggregator.records.learning import Example, LabelSource, NewLabel, Score
from aggregator.storage.database import Database
from aggregator.storage.learning import SqlLearning
from aggregator.storage.ledger import SqlLedger
from tests.storage.world import DAY, NOW, World, last_word


def label(title: str, section: str = "Storage", origin: str = "archive:1.md", **said: Any) -> NewLabel:
    plain = NewLabel(Example(title, f"https://x.example/{title}"), section, LabelSource.ARCHIVE, NOW, origin, 1)
    return replace(plain, **said)


def test_a_label_is_read_back_whole(world: World) -> None:
    example = Example("t", "u", "text", "feed", "author", ("a", "b"), ("Blogs", "Storage"), "comment")
    new = NewLabel(example, "Storage", LabelSource.PUBLISHED, NOW, "candidate:1", None)
    assert world.learning.add_labels(world.roundup, [new]) == 1
    (read,) = world.learning.labels(world.roundup)
    for name in ("example", "section", "source", "at", "origin", "edition"):
        assert getattr(read, name) == getattr(new, name)
    assert hash(read.example) == hash(example)


def test_saying_the_same_again_writes_nothing(world: World) -> None:
    both = [label("a"), label("b", "Networking")]
    assert world.learning.add_labels(world.roundup, both) == 2
    assert world.learning.add_labels(world.roundup, [replace(one, at=NOW + DAY) for one in both]) == 0
    assert world.learning.watermark(world.roundup) == 2


def test_another_word_on_the_same_example_replaces_the_earlier_one(world: World) -> None:
    world.learning.add_labels(world.roundup, [label("a"), label("b")])
    before = world.learning.watermark(world.roundup)
    assert world.learning.add_labels(world.roundup, [label("a", "Networking"), label("b")]) == 1
    assert [(one.example.title, one.section) for one in world.learning.labels(world.roundup)] == [
        ("b", "Storage"),
        ("a", "Networking"),
    ]
    told = world.learning.labels(world.roundup, before)
    assert [(one.example.title, one.section) for one in told] == [("a", "Storage"), ("b", "Storage")]


def test_what_an_origin_does_not_say_any_more_is_taken_back(world: World) -> None:
    """A past edition whose links he mended went on teaching the broken ones."""
    world.learning.add_labels(world.roundup, [label("a"), label("b"), label("a", origin="archive:2.md")])
    before = world.learning.watermark(world.roundup)
    assert world.learning.add_labels(world.roundup, [label("b")]) == 0
    left = [(one.example.title, one.origin) for one in world.learning.labels(world.roundup)]
    assert left == [("b", "archive:1.md"), ("a", "archive:2.md")]
    assert world.learning.watermark(world.roundup) > before, "there is something to learn from"
    assert len(world.learning.labels(world.roundup, before)) == 3


def test_the_same_example_of_another_origin_is_a_label_of_its_own(world: World) -> None:
    world.learning.add_labels(world.roundup, [label("a"), label("a", origin="archive:2.md")])
    assert len(world.learning.labels(world.roundup)) == 2


def test_what_one_batch_says_twice_the_last_word_decides(world: World) -> None:
    batch = [label("a"), label("a", "Networking")]
    assert world.learning.add_labels(world.roundup, batch) == 1
    assert world.learning.add_labels(world.roundup, batch) == 0
    assert [one.section for one in world.learning.labels(world.roundup)] == ["Networking"]


def test_a_retraction_moves_the_watermark_and_the_past_still_stands(world: World) -> None:
    world.learning.add_labels(world.roundup, [label("a"), label("b"), label("c", origin="candidate:3")])
    before = world.learning.watermark(world.roundup)
    assert world.learning.retract(world.roundup, ["archive:1.md", "nobody"]) == 2
    assert world.learning.watermark(world.roundup) > before
    assert [one.example.title for one in world.learning.labels(world.roundup)] == ["c"]
    assert [one.example.title for one in world.learning.labels(world.roundup, before)] == ["a", "b", "c"]
    assert world.learning.retract(world.roundup, ["archive:1.md"]) == 0
    assert world.learning.add_labels(world.roundup, [label("a")]) == 1


def test_roundups_count_their_own_labels(world: World) -> None:
    other = world.ledger.roundup("Other", "other", NOW).id
    world.learning.add_labels(world.roundup, [label("a"), label("b")])
    assert world.learning.watermark(other) == 0
    world.learning.add_labels(other, [label("a")])
    assert world.learning.watermark(other) == 1
    assert world.learning.retract(other, ["archive:1.md"]) == 1
    assert len(world.learning.labels(world.roundup)) == 2


CHANGES = st.lists(
    st.one_of(
        st.tuples(
            st.just("add"),
            st.lists(
                st.builds(
                    label, st.sampled_from("abc"), st.sampled_from(["Storage", "Networking"]), st.sampled_from(["one", "two"])
                ),
                max_size=4,
            ),
        ),
        st.tuples(st.just("retract"), st.lists(st.sampled_from(["one", "two"]), max_size=2)),
    ),
    max_size=8,
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(CHANGES)
def test_the_labels_at_a_watermark_never_change(sqlite_database: Database, changes: list[tuple[str, list[Any]]]) -> None:
    """R14: every refit of an adopted classifier sees exactly what its first fit saw."""
    ledger = SqlLedger(sqlite_database, last_word)
    roundup = ledger.roundup(uuid4().hex, "r", NOW).id
    learning = SqlLearning(sqlite_database)
    told = {learning.watermark(roundup): learning.labels(roundup)}
    for what, values in changes:
        if what == "add":
            learning.add_labels(roundup, values)
        else:
            learning.retract(roundup, values)
        standing = learning.labels(roundup)
        mark = learning.watermark(roundup)
        assert told.setdefault(mark, standing) == standing
        assert [one.id for one in standing] == sorted({one.id for one in standing})
        for earlier, labels in told.items():
            assert learning.labels(roundup, earlier) == labels


def test_the_current_classifier_is_the_one_adopted_last(world: World) -> None:
    def add(recipe: str, *, adopted: bool, score: Score | None = None) -> int:
        return world.learning.add_classifier(
            world.roundup,
            recipe=recipe,
            seed=7,
            watermark=12,
            labels=11,
            sections=["Storage", "Networking"],
            score=score,
            thresholds={"Storage": 0.5},
            adopted=adopted,
            reason="better",
            at=NOW,
        ).id

    assert world.learning.current(world.roundup) is None
    first = add("one", adopted=True, score=Score(10, 0.5, 0.75))
    rejected = add("two", adopted=False)
    current = world.learning.current(world.roundup)
    assert current is not None
    assert (current.id, current.recipe, current.seed, current.watermark, current.labels) == (first, "one", 7, 12, 11)
    assert (current.sections, current.score, current.thresholds) == (
        ("Storage", "Networking"),
        Score(10, 0.5, 0.75),
        {"Storage": 0.5},
    )
    assert (current.adopted_at, current.made_at, current.reason) == (NOW, NOW, "better")
    third = add("three", adopted=True)
    assert [one.id for one in world.learning.classifiers(world.roundup)] == [third, rejected, first]
    newest = world.learning.current(world.roundup)
    assert newest is not None
    assert (newest.id, newest.score) == (third, None)
