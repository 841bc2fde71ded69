"""The figures of a closed edition."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from aggregator.archive.sites import Site
from aggregator.records.editions import AddedLink
from aggregator.records.learning import Classifier
from aggregator.report.closing import EditionResult, Filing, learnt_words, result_of
from tests.report.conftest import OPENED, Close, Link, Report


def added(host: str, section: str | None = "Storage") -> AddedLink:
    return AddedLink(f"https://{host}/x", f"https://{host}/x", "x", section)


def test_what_was_filed_elsewhere_and_what_it_asked_about_are_the_moves(link: Link, close: Close) -> None:
    links = [
        link(1, "Storage", "Storage", "Storage"),
        link(2, "Storage", "Security", "Security", "Storage"),
        link(3, "Storage", "Storage", None, "Security"),
        link(4, "Storage", "Networking", None, "Security"),
        link(5, "Storage", None),  # never guessed
        link(6, None, "Storage", "Storage"),  # above the first heading
    ]
    result = result_of(close(28, links, [added("a.example")], unused=40, held=3), lambda _: None)
    assert result.filing == Filing(links=4, first=2, within_two=3, asked=2, wrong=1)
    assert (result.filing.moves, result.filing.top1, result.filing.top2) == (3, 0.5, 0.75)
    assert result == EditionResult(28, 7, 1, 5, 1, 40, 3, result.filing)


def test_a_section_of_another_name_then_is_todays(link: Link, close: Close, report: Report) -> None:
    made = report(close(28, [link(1, "Storage", "Disks", "Disks"), link(2, "Disks", "Storage", "Storage")]))
    assert made.result.filing == Filing(links=2, first=2, within_two=2)
    assert [(one.name, one.links) for one in made.sections] == [("Storage", 2)]


def test_sections_stand_in_his_order_strange_ones_last_with_what_he_brought(link: Link, close: Close, report: Report) -> None:
    closed = close(
        28, [link(1, "Odd", "Odd", "Odd"), link(2, "Security", "Storage", "Storage")], [added("a.example", "Networking")]
    )
    assert [(one.name, one.links, one.added) for one in report(closed).sections] == [
        ("Networking", 1, 1),
        ("Security", 1, 0),
        ("Odd", 1, 0),
    ]


def test_wrong_guesses_are_named_the_sure_ones_first(link: Link, close: Close, report: Report) -> None:
    links = [link(1, "Storage", "Security"), link(2, "Storage", "Security", "Security"), link(3, "Storage", "Storage")]
    assert [(one.title, one.guessed, one.sure, one.published) for one in report(close(28, links)).misfiled] == [
        ("Piece 2", "Security", True, "Storage"),
        ("Piece 1", "Security", False, "Storage"),
    ]


def test_an_address_that_is_none_is_no_link_on_a_page(link: Link, close: Close, report: Report) -> None:
    odd = replace(link(1, "Storage", "Security", "Security"), url="javascript:alert(1)")
    assert report(close(28, [odd])).misfiled[0].url is None


def test_days_ages_and_the_editions_before_are_told(link: Link, close: Close, report: Report) -> None:
    before = close(27, [link(1, "Storage", "Security", "Security"), link(2, "Storage", "Storage", "Storage")])
    made = report(before, close(28, [link(n, "Storage", "Storage", "Storage") for n in (1, 5, 9)], carried=2, waiting=7))
    assert (made.days_open, made.age, made.carried, made.waiting) == (20, 25, 2, 7)
    assert [one.number for one in made.history] == [27, 28]
    assert made.before == Filing(links=2, first=1, within_two=1, wrong=1)


def test_sites_that_he_brought_and_does_not_follow_come_by_how_often_he_ever_linked_them(close: Close, report: Report) -> None:
    closed = close(28, (), [added(host) for host in ("once.example", "often.example", "followed.example", "github.com")])
    made = report(closed, followed={"followed.example"}, sites=[Site("often.example", 9, 7, "#27", 1)])
    assert made.sites == (("often.example", 1, 9), ("once.example", 1, 1))


def test_an_edition_that_nothing_was_offered_for_makes_a_report_too(close: Close, report: Report) -> None:
    made = report(close(28))
    assert (made.age, made.sections, made.result.filing.top1, made.before.top1) == (None, (), 0.0, 0.0)


def test_only_a_training_since_the_close_is_told(close: Close) -> None:
    closed = close(28).edition
    at = OPENED + timedelta(days=21)
    row = Classifier(1, "recipe", 0, 9, 1902, (), None, {}, None, at, "Not adopted: right at first 60%.")
    said = "Trained anew on 1,902 links. Not adopted: right at first 60%."
    assert learnt_words([row], closed, None) == said
    assert learnt_words([replace(row, made_at=OPENED)], closed, None) is None
    assert learnt_words([], closed, None) is None
    later = replace(row, labels=2_000, made_at=row.made_at + timedelta(days=30))
    assert learnt_words([later, row], closed, None) == said, "the training that learnt this edition, not a later one"
    following = replace(closed, closed_at=row.made_at + timedelta(days=20))
    assert learnt_words([later], closed, following) is None, "that one learnt the edition after it"
