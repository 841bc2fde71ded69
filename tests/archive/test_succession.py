"""Old headings and what took over from them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from aggregator.archive.succession import suggestions
from aggregator.records.archive import PastEdition

Make = Callable[..., PastEdition]


def years(make: Make, *eras: Mapping[str, str]) -> list[PastEdition]:
    """Six editions of each era, three links of a section each to pages of its one site: section -> site."""
    return [
        make(
            6 * era + n,
            {name: [f"https://{site}.example/{site}-{era}{n}{k}" for k in range(3)] for name, site in sections.items()},
        )
        for era, sections in enumerate(eras)
        for n in range(1, 7)
    ]


def found(editions: Sequence[PastEdition], **more: object) -> list[tuple[str, str]]:
    return [(one.old, one.new) for one in suggestions(editions, **more)]  # type: ignore[arg-type]  # the keywords of `suggestions`


def test_a_renamed_section_is_known_by_when_it_ends_and_by_its_links(make: Make) -> None:
    editions = years(make, {"Writing": "nibs", "Walls": "paint"}, {"Calligraphy": "nibs", "Walls": "paint"})
    only = suggestions(editions)[0]
    assert (only.old, only.new, only.links) == ("Writing", "Calligraphy", 18)
    assert only.why == "one ends with #6 where the other begins with #7, and their links are alike"


def test_names_that_are_alike_are_enough(make: Make) -> None:
    editions = years(make, {"Ink": "blue"}, {"Ink/Glue": "sticky"})
    assert [(one.old, one.new, one.why) for one in suggestions(editions)] == [("Ink", "Ink/Glue", "their names are alike")]


def test_a_section_merged_into_another_that_goes_on(make: Make) -> None:
    editions = years(make, {"Writing": "nibs", "Tools": "nibs", "Walls": "paint"}, {"Tools": "nibs", "Walls": "paint"})
    assert suggestions(editions)[0].why == "one ends with #6 while the other goes on, and their links are alike"


def test_a_section_that_was_split_says_into_what(make: Make) -> None:
    editions = years(make, {"Writing": "nibs", "Walls": "paint"}, {"Quills": "nibs", "Ballpoints": "nibs", "Walls": "paint"})
    only = suggestions(editions)[0]
    assert only.old == "Writing"
    assert only.why in (
        "it seems to have been split into “Quills” and “Ballpoints”",
        "it seems to have been split into “Ballpoints” and “Quills”",
    )


def test_nothing_is_suggested_without_a_reason(make: Make) -> None:
    editions = years(make, {"Writing": "nibs"}, {"Walls": "paint"})
    assert suggestions(editions) == []
    assert suggestions([]) == []


def test_what_is_known_or_confirmed_is_not_asked_again(make: Make) -> None:
    editions = years(make, {"Ink": "blue", "Walls": "paint"}, {"Ink/Glue": "sticky", "Walls": "paint"})
    assert found(editions, known=("Ink", "Walls")) == [("Ink/Glue", "Ink")]
    assert found(editions, known=("Ink/Glue", "Walls"), aliases={"ink": "Ink/Glue"}) == []
