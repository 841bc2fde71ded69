"""The learnt classifier."""

from __future__ import annotations

import contextlib
import io
import os
import subprocess
import sys
from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aggregator.classify.sections import Recipe, SectionModel, fit, usable
from aggregator.errors import NotEnoughLabels
from aggregator.records.learning import Example, Label, LabelSource
from tests.classify.conftest import SITES, WORDS, MakeLabels

RECIPE = str(Recipe())
SECTIONS = tuple(WORDS)


@pytest.fixture
def model(make_labels: MakeLabels) -> SectionModel:
    return fit(make_labels(), SECTIONS, seed=0, recipe=RECIPE)


def first(model: SectionModel, example: Example) -> str:
    return model.sections[int(model.predict([example])[0].argmax())]


def test_words_tell_the_section(model: SectionModel) -> None:
    assert first(model, Example(title="A greenhouse for compost")) == "Gardens"
    assert first(model, Example(title="Sourdough broth")) == "Kitchens"


def test_the_site_alone_tells_the_section(model: SectionModel) -> None:
    assert first(model, Example(title="read this", url=f"https://{SITES['Bicycles']}/?p=12")) == "Bicycles"


def test_a_body_helps_where_the_title_is_silent(model: SectionModel) -> None:
    example = Example(title="some notes", text="The derailleur rubbed against a spoke, and the saddle was too low.")
    assert first(model, example) == "Bicycles"


def test_comments_of_an_example_to_predict_are_not_read(model: SectionModel) -> None:
    bare = Example(title="some notes")
    assert np.array_equal(model.predict([bare]), model.predict([replace(bare, comment="derailleur spoke")]))


def test_probabilities_are_probabilities(model: SectionModel) -> None:
    predicted = model.predict([Example(title=""), Example(title="Sourdough"), Example(title="völlig unbekannt 漢字")])
    assert predicted.shape == (3, 3)
    assert np.allclose(predicted.sum(axis=1), 1)
    assert (predicted >= 0).all()


def test_an_empty_batch_is_answered(model: SectionModel) -> None:
    assert model.predict([]).shape == (0, 3)


def test_a_batch_says_what_single_examples_say(model: SectionModel) -> None:
    examples = [Example(title=f"{a} {b}", text=b * (len(a) % 2)) for a in WORDS["Gardens"] for b in WORDS["Kitchens"][:3]]
    together = model.predict(examples)
    alone = np.vstack([model.predict([example]) for example in examples])
    assert np.allclose(together, alone, atol=1e-6)


def test_the_same_labels_give_the_same_classifier_to_the_bit(make_labels: MakeLabels) -> None:
    one, other = (fit(make_labels(), SECTIONS, seed=0, recipe=RECIPE) for _ in range(2))
    examples = [label.example for label in make_labels(seed=2)]
    assert np.array_equal(one.predict(examples), other.predict(examples))


PROGRAM = """
from datetime import UTC, datetime
from aggregator.classify.sections import Recipe, fit
from aggregator.records.learning import Example, Label, LabelSource
texts = ["tulip bed", "tulip lawn", "compost lawn", "oven dough", "oven broth", "dough broth"]
labels = [
    Label(n, Example(title), "AB"[n > 2], LabelSource.VERDICT, datetime(2020, 1, 1, tzinfo=UTC), str(n), n)
    for n, title in enumerate(texts)
]
print(fit(labels, "AB", seed=0, recipe=str(Recipe())).predict([Example("tulip dough")]).tobytes().hex())
"""


def test_another_process_with_another_hash_seed_predicts_the_same() -> None:
    here = io.StringIO()
    with contextlib.redirect_stdout(here):
        exec(PROGRAM, {})
    environment = {**os.environ, "PYTHONHASHSEED": "4711"}
    there = subprocess.run([sys.executable, "-c", PROGRAM], env=environment, capture_output=True, check=True, text=True)
    assert there.stdout == here.getvalue()


def test_a_recipe_survives_being_written_down() -> None:
    recipe = Recipe(temperature=2.3456)
    assert Recipe.parse(str(recipe)) == recipe


def test_the_recipe_of_another_version_is_refused() -> None:
    with pytest.raises(ValueError, match="unknown recipe"):
        Recipe.parse("forest/9 trees=3")
    with pytest.raises(ValueError, match="unknown recipe"):
        Recipe.parse("ridge+bayes/1 balance=0.75 temperature=3")


def test_one_section_is_nothing_to_learn_from(make_labels: MakeLabels) -> None:
    with pytest.raises(NotEnoughLabels):
        fit(make_labels(sections=["Gardens"]), SECTIONS, seed=0, recipe=RECIPE)
    with pytest.raises(NotEnoughLabels):
        fit([], SECTIONS, seed=0, recipe=RECIPE)


def test_labels_without_a_shared_word_are_nothing_to_learn_from(make_labels: MakeLabels) -> None:
    for titles in (["", ""], ["??", "!!"], ["tulip", "oven"]):
        labels = [
            replace(label, example=Example(title=title), section=section)
            for label, title, section in zip(make_labels(), titles, SECTIONS, strict=False)
        ]
        with pytest.raises(NotEnoughLabels, match="share a word"):
            fit(labels, SECTIONS, seed=0, recipe=RECIPE)


def test_labels_under_other_sections_are_left_out(make_labels: MakeLabels) -> None:
    model = fit(make_labels(), ("Gardens", "Bicycles", "New"), seed=0, recipe=RECIPE)
    assert model.sections == ("Gardens", "Bicycles")


def test_what_the_author_says_of_a_link_stands_against_his_past_editions(make_labels: MakeLabels) -> None:
    past = replace(make_labels()[0], id=1, section="Gardens", example=Example("a", "https://x.example/a"))
    said = replace(past, id=2, section="Kitchens", source=LabelSource.VERDICT)
    elsewhere = replace(past, id=3, example=Example("b", "https://x.example/b"))
    assert usable([past, said, elsewhere], SECTIONS) == [said, elsewhere]
    assert usable([past, replace(said, section="No section"), elsewhere], SECTIONS) == [past, elsewhere]


def test_the_authors_word_on_a_page_stands_however_its_address_is_spelt(make_labels: MakeLabels) -> None:
    past = replace(make_labels()[0], id=1, section="Gardens", example=Example("a", "http://www.x.example/a?utm_source=feed"))
    said = replace(past, id=2, section="Kitchens", source=LabelSource.VERDICT, example=Example("a", "https://x.example/a/"))
    assert usable([past, said], SECTIONS) == [said]
    assert usable([replace(said, id=1), replace(past, id=2)], SECTIONS) == [replace(said, id=1)], "read anew is no newer word"


def test_the_last_word_on_a_page_stands_and_a_front_page_is_no_page(make_labels: MakeLabels) -> None:
    published = replace(
        make_labels()[0], id=1, section="Gardens", source=LabelSource.PUBLISHED, example=Example("A", "https://x.example/a")
    )
    taught = replace(
        published, id=2, section="Kitchens", source=LabelSource.VERDICT, example=Example("here", "https://x.example/a")
    )
    assert usable([published, taught], SECTIONS) == [taught]
    again = replace(published, id=3)
    assert usable([taught, again], SECTIONS) == [taught, again], "a post is published after he decided"
    front = [replace(one, example=Example(f"{one.id}", "https://x.example/")) for one in (published, taught)]
    assert usable(front, SECTIONS) == front


def test_a_label_said_a_thousand_times_counts_once(make_labels: MakeLabels) -> None:
    labels = make_labels()
    liar = replace(labels[-1], example=Example(title="tulip compost orchard"), section="Bicycles")
    poisoned = labels + [replace(liar, id=liar.id + 1 + n) for n in range(1000)]
    assert Counter(label.section for label in usable(poisoned, SECTIONS))["Bicycles"] < 100
    assert first(fit(poisoned, SECTIONS, seed=0, recipe=RECIPE), Example(title="pruning a tulip in the orchard")) == "Gardens"


def test_a_rare_section_is_still_found(make_labels: MakeLabels) -> None:
    labels = make_labels(editions=20, sections=["Gardens"] * 19 + ["Kitchens"])
    rare = [label for label in labels if label.section == "Kitchens"]
    assert 5 <= len(rare) <= len(labels) * 0.1
    model = fit(labels, SECTIONS, seed=0, recipe=RECIPE)
    told = rare[0].example.title.split()
    words = [word for word in told if word in WORDS["Kitchens"]]
    assert first(model, Example(title=" ".join(words))) == "Kitchens"


def test_newer_labels_outweigh_older_ones(make_labels: MakeLabels) -> None:
    def said(section: str, edition: int, number: int) -> Label:
        label = make_labels(1, 1)[0]
        example = Example(title="zither tuning", url=f"https://x{number}.example/")
        return replace(label, id=10_000 + number, example=example, section=section, edition=edition)

    moved = [said("Gardens", 1, n) for n in range(4)] + [said("Kitchens", 400, 10 + n) for n in range(4)]
    model = fit(make_labels(editions=100) + moved, SECTIONS, seed=0, recipe=RECIPE)
    assert first(model, Example(title="zither tuning")) == "Kitchens"


def test_what_was_never_seen_is_not_known(model: SectionModel) -> None:
    reading = model.read([Example(title="qqq zzz", url="https://unseen.invalid/"), Example(title="oven"), Example(title="")])
    assert model.knows(reading).tolist() == [False, True, False]


@given(st.lists(st.text(max_size=40), max_size=5))
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_title_breaks_it(model: SectionModel, titles: list[str]) -> None:
    predicted = model.predict([Example(title=title, url=title, text=title) for title in titles])
    assert np.isfinite(predicted).all()
