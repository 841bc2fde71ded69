"""Filing by rules."""

from __future__ import annotations

from collections import Counter

from aggregator.classify.coldstart import KeywordRules
from aggregator.records.learning import Example, Guess, GuessMethod
from aggregator.settings import SectionSettings

SECTIONS = (
    SectionSettings(name="Gardens", keywords=("compost", "raised bed")),
    SectionSettings(name="Kitchens & Pantries", keywords=("sourdough",)),
    SectionSettings(name="Bicycles"),
)


def guess(example: Example, sites: dict[str, Counter[str]] | None = None) -> Guess:
    return KeywordRules(SECTIONS, sites).guess([example])[0]


def test_a_keyword_files_and_says_so() -> None:
    said = guess(Example(title="Turning compost"))
    assert (said.section, said.first) == ("Gardens", "Gardens")
    assert said.why == ("keyword: compost",)
    assert said.method is GuessMethod.KEYWORDS


def test_a_keyword_of_two_words_needs_both_in_order() -> None:
    assert guess(Example(title="Building raised beds")).first == "Gardens"
    assert guess(Example(title="Bed of roses, raised late")).first is None


def test_a_sections_own_name_is_evidence() -> None:
    assert guess(Example(title="Why my pantry is cold", url="https://x.example/pantries")).first == "Kitchens & Pantries"
    assert guess(Example(title="A bicycle")).first == "Bicycles"


def test_the_feeds_folder_is_evidence() -> None:
    said = guess(Example(title="notes", folders=("All", "bicycles")))
    assert said.section == "Bicycles"
    assert said.why == ("feed folder: bicycles",)


def test_a_sites_earlier_links_are_evidence() -> None:
    said = guess(
        Example(title="notes", url="https://www.pots.example/1"),
        {"pots.example": Counter({"Kitchens & Pantries": 7, "Gardens": 2})},
    )
    assert (said.first, said.second) == ("Kitchens & Pantries", "Gardens")
    assert said.why == ("site: pots.example, 7 of 9 links",)


def test_evidence_for_two_sections_abstains_under_the_likelier() -> None:
    said = guess(Example(title="Compost", folders=("Kitchens",)))
    assert said.section is None
    assert {said.first, said.second} == {"Gardens", "Kitchens & Pantries"}


def test_repeating_a_keyword_changes_nothing() -> None:
    once, often = guess(Example(title="compost sourdough")), guess(Example(title="compost " * 50 + "sourdough"))
    assert once == often


def test_without_any_evidence_no_section_is_named() -> None:
    said = guess(Example(title="Twelve thoughts", url="https://x.example/a"))
    assert (said.section, said.first, said.second, said.confidence) == (None, None, None, 0.0)
    assert said.method is GuessMethod.NONE
