"""Why a guess says what it says."""

from __future__ import annotations

import numpy as np
import pytest

from aggregator.classify.explain import explain
from aggregator.classify.sections import Recipe, SectionModel, fit
from aggregator.records.learning import Example
from tests.classify.conftest import SITES, WORDS, MakeLabels


@pytest.fixture
def model(make_labels: MakeLabels) -> SectionModel:
    return fit(make_labels(), tuple(WORDS), seed=0, recipe=str(Recipe()))


def why(model: SectionModel, example: Example, first: str, second: str) -> tuple[str, ...]:
    columns = [np.array([model.sections.index(name)]) for name in (first, second)]
    return explain(model, model.read([example]), columns[0], columns[1])[0]


def test_only_words_that_spoke_for_the_first_are_named(model: SectionModel) -> None:
    [words] = why(model, Example(title="The compost on my oven"), "Gardens", "Kitchens")
    assert words == "words: compost"
    [words] = why(model, Example(title="The compost on my oven"), "Kitchens", "Gardens")
    assert words == "words: oven"


def test_at_most_three_words_are_named_and_no_filler(model: SectionModel) -> None:
    [words] = why(model, Example(title="How the " + " and the ".join(WORDS["Gardens"])), "Gardens", "Kitchens")
    named = words.removeprefix("words: ").split(", ")
    assert len(named) == 3
    assert set(named) <= set(WORDS["Gardens"])


def test_words_of_any_blog_are_no_reason(model: SectionModel) -> None:
    assert why(model, Example(title="A blog post, part of a series"), "Gardens", "Kitchens") == ()


def test_the_site_is_named_only_where_it_usually_leads_there(model: SectionModel) -> None:
    example = Example(title="", url=f"https://www.{SITES['Kitchens']}/")
    [site] = why(model, example, "Kitchens", "Gardens")
    seen = model.sites[SITES["Kitchens"]]
    assert site == f"site: {SITES['Kitchens']}, usually Kitchens ({seen['Kitchens']} of {seen.total()})"
    assert why(model, example, "Gardens", "Kitchens") == ()


def test_a_misspelt_word_is_explained_by_its_pieces(model: SectionModel) -> None:
    [words] = why(model, Example(title="Composting"), "Gardens", "Kitchens")
    assert words == "words: composting"


def test_a_plural_is_named_as_it_stands_there(model: SectionModel) -> None:
    assert why(model, Example(title="Tulips and hedges"), "Gardens", "Kitchens") in (
        ("words: tulips, hedges",),
        ("words: hedges, tulips",),
    )
