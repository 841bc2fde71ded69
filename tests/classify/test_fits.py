from __future__ import annotations

from aggregator.classify.fits import fits
from aggregator.records.learning import Example
from aggregator.settings import SectionSettings

BEES = SectionSettings(name="Bees", keywords=("beehive",))


def test_keywords_and_the_name_speak_for_a_section_nobody_knows_yet() -> None:
    examples = [
        Example("A router"),
        Example("A beehive"),
        Example("Of bees and a beehive"),
        Example("Wax", comment="From a beehive."),
    ]
    assert [one.place for one in fits(BEES, examples)] == [2, 1, 3]
    assert fits(BEES, examples)[1].why == ("keyword: beehive",)


def test_what_is_like_its_links_fits_without_any_keyword() -> None:
    known = [Example("Honey in jars"), Example("A jar of honey and wax")]
    (found,) = fits(BEES, [Example("Jars for honey"), Example("A router for packets")], known)
    assert found.place == 0
    assert 0 < found.score < 1
    assert found.why[0].startswith("like its links: ")
    assert "honey" in found.why[0]


def test_a_keyword_and_likeness_are_more_than_either() -> None:
    known = [Example("Honey in jars"), Example("Honey and wax")]
    both, *_ = fits(BEES, [Example("Honey"), Example("Honey from a beehive"), Example("A beehive")], known)
    assert both.place == 1


def test_nothing_to_compare_is_no_error() -> None:
    assert fits(BEES, []) == []
    assert fits(BEES, [Example("")], [Example("")]) == []


def test_words_that_hold_sentences_together_make_nothing_alike() -> None:
    known = [Example("Honey in the jars"), Example("The jar of the honey")]
    found = fits(BEES, [Example("The router in the rack of the lab"), Example("The honey of the year")], known)
    assert [(one.place, one.why) for one in found] == [(1, ("like its links: honey",))]
