"""What a candidate's guess says."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from aggregator.classify.filing import Filing
from aggregator.classify.training import train
from aggregator.records.learning import Classifier, Example, GuessMethod, Label
from aggregator.settings import SectionSettings
from tests.classify.conftest import SITES, WORDS, MakeEditions, MakeLabels

SECTIONS = tuple(SectionSettings(name=name) for name in WORDS)
NOW = datetime(2026, 1, 1, tzinfo=UTC)


def row_of(labels: list[Label]) -> Classifier:
    made = train(labels, tuple(WORDS), None)
    return Classifier(
        1, made.recipe, made.seed, labels[-1].id, made.labels, made.sections, made.score, made.thresholds, NOW, NOW, made.reason
    )


@pytest.fixture
def filing(make_labels: MakeLabels, make_editions: MakeEditions) -> Filing:
    labels = make_labels()
    return Filing.prepare(labels, row_of(labels), SECTIONS, make_editions())


def test_a_clear_case_is_filed_with_its_words_and_its_site(filing: Filing) -> None:
    [guess] = filing.guess([Example(title="The compost under a tulip", url=f"https://{SITES['Gardens']}/9")])
    assert guess.section == guess.first == "Gardens"
    assert guess.second in {"Kitchens", "Bicycles"}
    assert guess.method is GuessMethod.LEARNT
    assert guess.why[0].startswith("words: ")
    assert "compost" in guess.why[0]
    assert guess.why[1].startswith(f"site: {SITES['Gardens']}, usually Gardens (")
    assert 0 < guess.interest <= 1


def test_what_could_be_either_stands_under_its_likeliest(filing: Filing) -> None:
    [guess] = filing.guess([Example(title="compost oven")])
    assert guess.section is None
    assert guess.first is not None
    assert {guess.first, guess.second} == {"Gardens", "Kitchens"}


def test_without_a_known_word_or_site_nothing_is_said(filing: Filing) -> None:
    [guess] = filing.guess([Example(title="qqq zzz", url="https://unseen.invalid/xxx")])
    assert (guess.section, guess.first, guess.second) == (None, None, None)
    assert guess.method is GuessMethod.NONE


def test_a_known_site_is_evidence_even_without_a_known_word(filing: Filing) -> None:
    [guess] = filing.guess([Example(title="qqq", url=f"https://{SITES['Bicycles']}/zzz")])
    assert guess.first == "Bicycles"


def test_the_feeds_folder_tips_the_scale_and_is_named(filing: Filing) -> None:
    example = Example(title="some notes from my week")
    [plain] = filing.guess([example])
    for folder in ("Kitchens", "Bicycles"):
        [guess] = filing.guess([replace(example, folders=(folder,))])
        assert guess.first == folder
        assert f"feed folder: {folder}" in guess.why
        assert guess.confidence > plain.confidence or plain.first != folder


def test_stuffing_keywords_moves_it_but_hides_nothing(filing: Filing) -> None:
    stuffed = Example(title="compost " * 80, text="tulip " * 5000, url="https://spam.invalid/compost-compost")
    [guess] = filing.guess([stuffed])
    assert guess.first == "Gardens"
    assert guess.interest <= 0.5


def test_before_enough_labels_keywords_file_and_say_so(make_labels: MakeLabels) -> None:
    sections = (SectionSettings(name="Gardens", keywords=("compost",)), SectionSettings(name="Kitchens"))
    filing = Filing.prepare(make_labels(1, 3), None, sections)
    [guess] = filing.guess([Example(title="Compost")], [2])
    assert (guess.section, guess.method) == ("Gardens", GuessMethod.KEYWORDS)
    assert guess.why == ("keyword: compost",)


def test_a_removed_section_is_named_no_more(make_labels: MakeLabels) -> None:
    labels = make_labels()
    filing = Filing.prepare(labels, row_of(labels), SECTIONS[:2])
    guesses = filing.guess([label.example for label in make_labels(seed=4)])
    assert {guess.first for guess in guesses} <= {"Gardens", "Kitchens", None}
    assert {guess.second for guess in guesses} <= {"Gardens", "Kitchens", None}


def test_a_classifier_left_with_one_section_gives_way_to_the_rules(make_labels: MakeLabels) -> None:
    labels = make_labels()
    filing = Filing.prepare(labels, row_of(labels), SECTIONS[:1])
    [guess] = filing.guess([labels[0].example])
    assert guess.method is not GuessMethod.LEARNT


def test_a_section_without_labels_is_offered_by_its_keywords(make_labels: MakeLabels) -> None:
    labels = make_labels()
    new = SectionSettings(name="Boats", keywords=("rudder",))
    filing = Filing.prepare(labels, row_of(labels), (*SECTIONS, new))
    clear, faint = filing.guess(
        [Example(title="A rudder for the greenhouse"), Example(title="A greenhouse", text="With a rudder.")]
    )
    assert (clear.section, clear.first, clear.second) == (None, "Boats", "Gardens")
    assert (clear.method, clear.why) == (GuessMethod.KEYWORDS, ("keyword: rudder",))
    assert (faint.section, faint.first, faint.second) == (None, "Gardens", "Boats")


def test_a_section_is_offered_by_its_keywords_until_five_of_its_links_are_known(make_labels: MakeLabels) -> None:
    labels = make_labels()
    known = [
        replace(labels[0], id=1000 + n, example=Example(title=f"A boat {n}", url=f"https://boats.example/{n}"), section="Boats")
        for n in range(5)
    ]
    boats = SectionSettings(name="Boats", keywords=("rudder",))
    for few, first in ((known[:4], "Boats"), (known, "Gardens")):
        filing = Filing.prepare([*labels, *few], row_of([*labels, *few]), (*SECTIONS, boats))
        [guess] = filing.guess([Example(title="A rudder for the compost, the greenhouse and the orchard")])
        assert guess.first == first


def test_a_batch_says_what_single_examples_say(filing: Filing, make_labels: MakeLabels) -> None:
    examples = [label.example for label in make_labels(2, seed=5)]
    for together, example in zip(filing.guess(examples), examples, strict=True):
        [alone] = filing.guess([example])
        assert together.first == alone.first
        assert together.why == alone.why
        assert together.confidence == pytest.approx(alone.confidence, abs=1e-3)


def test_an_empty_batch_is_answered(filing: Filing) -> None:
    assert filing.guess([]) == []
