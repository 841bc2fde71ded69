"""Measuring on past editions."""

from __future__ import annotations

from dataclasses import replace

import pytest

from aggregator.classify.evaluation import evaluate
from aggregator.errors import NotEnoughLabels
from aggregator.records.archive import PastBullet, PastEdition
from tests.classify.conftest import MakeEditions


def moved(edition: PastEdition, section: str) -> PastEdition:
    return replace(edition, bullets=tuple(replace(bullet, section=section) for bullet in edition.bullets))


def test_a_world_with_clear_words_is_predicted_better_than_by_simple_rules(make_editions: MakeEditions) -> None:
    result = evaluate(make_editions(12), start=6)
    assert (result.editions, result.links, result.unseen) == (7, 84, 0)
    assert result.top2 >= result.top1 > 0.85
    assert set(result.baselines) == {"majority", "source", "naive_bayes"}
    assert result.top1 > max(result.baselines["majority"].top1, result.baselines["source"].top1)
    assert result.macro_f1 > 0.8
    assert result.auto_filed[1] >= 0.8
    assert sum(figures.links for figures in result.sections) == result.links
    assert sum(result.confusion.values()) == result.links
    assert [name for name, _ in result.curve] == ["6", "7", "8", "9", "10", "11", "12"]


def test_without_a_start_the_last_ten_are_predicted(make_editions: MakeEditions) -> None:
    assert evaluate(make_editions(14, 6), start=None).editions == 10


def test_editions_without_a_number_go_by_their_place(make_editions: MakeEditions) -> None:
    numbered, plain = make_editions(8), make_editions(8, numbered=False)
    assert evaluate(plain, start=6) == evaluate(numbered, start=6)


def test_later_editions_never_change_what_is_said_of_earlier_ones(make_editions: MakeEditions) -> None:
    editions = make_editions(10)
    whole, cut = evaluate(editions, start=6), evaluate(editions[:8], start=6)
    assert whole.curve[:3] == cut.curve


def test_a_section_of_fewer_than_two_earlier_editions_is_unseen_and_wrong(make_editions: MakeEditions) -> None:
    editions = make_editions(8)
    result = evaluate([*editions[:6], *(moved(edition, "Boats") for edition in editions[6:])], start=7)
    assert (result.links, result.unseen, result.top1) == (24, 24, 0.0)
    assert result.auto_filed == (0.0, 0.0)


def test_comments_around_the_links_to_predict_are_not_read(make_editions: MakeEditions) -> None:
    editions = make_editions(8)
    last = editions[-1]
    bare = replace(last, bullets=tuple(PastBullet(bullet.section, "", bullet.links) for bullet in last.bullets))
    assert evaluate(editions, start=8).curve == evaluate([*editions[:-1], bare], start=8).curve


def test_aliases_bring_old_headings_under_todays(make_editions: MakeEditions) -> None:
    editions = make_editions(8)
    old = [replace(one, bullets=tuple(replace(b, section=f"old {b.section}") for b in one.bullets)) for one in editions[:6]]
    result = evaluate([*old, *editions[6:]], start=7, section_of=lambda heading: heading.removeprefix("old "))
    assert result.unseen == 0
    assert result.top1 == evaluate(editions, start=7).top1


def test_headings_that_mean_no_section_are_left_out(make_editions: MakeEditions) -> None:
    result = evaluate(make_editions(8), start=7, section_of=lambda heading: None if heading == "Gardens" else heading)
    assert {figures.name for figures in result.sections} == {"Kitchens", "Bicycles"}


def test_too_few_editions_are_refused_with_advice(make_editions: MakeEditions) -> None:
    with pytest.raises(NotEnoughLabels, match="two earlier editions"):
        evaluate(make_editions(2), start=None)
    with pytest.raises(NotEnoughLabels):
        evaluate([], start=None)


def test_where_only_the_last_editions_cannot_be_predicted_it_says_so(make_editions: MakeEditions) -> None:
    empty = [replace(edition, bullets=()) for edition in make_editions(18)[8:]]
    with pytest.raises(NotEnoughLabels, match="none of the last 10") as refused:
        evaluate([*make_editions(8), *empty], start=None)
    assert "is 8" in str(refused.value)
    with pytest.raises(NotEnoughLabels, match="from 9 on"):
        evaluate([*make_editions(8), *empty], start=9)


def test_confidence_is_told_in_ten_groups_beside_what_was_right(make_editions: MakeEditions) -> None:
    result = evaluate(make_editions(12), start=6)
    assert len(result.calibration) == 10
    assert sum(links for *_, links in result.calibration) == result.links
    assert [mean for mean, *_ in result.calibration] == sorted(mean for mean, *_ in result.calibration)
    assert sum(right * links for _, right, links in result.calibration) == pytest.approx(result.top1 * result.links)


def test_each_edition_has_its_figures(make_editions: MakeEditions) -> None:
    result = evaluate(make_editions(8), start=7)
    assert [(label, links, unseen) for label, links, _, _, unseen in result.editions_curve] == [("7", 12, 0), ("8", 12, 0)]
    assert all(top2 >= top1 for *_, top1, top2, _ in result.editions_curve)


def test_growth_tells_what_more_editions_are_worth(make_editions: MakeEditions) -> None:
    grown = evaluate(make_editions(22), start=None, growth=True).growth
    assert [known for known, _ in grown] == [2, 4, 8, 12]
    assert grown[-1][1] > grown[0][1]
    assert evaluate(make_editions(22), start=None).growth == ()
    assert evaluate(make_editions(8), start=7, growth=True).growth == (), "the last ten are all there is"


def test_progress_is_told(make_editions: MakeEditions) -> None:
    told: list[str] = []

    class Bar:
        def start(self, what: str, total: int | None) -> None:
            told.append(f"start {total}")

        def step(self, n: int = 1) -> None:
            told.append(f"step {n}")

        def stop(self) -> None:
            told.append("stop")

    evaluate(make_editions(7), start=6, progress=Bar())
    assert told == ["start 2", "step 1", "step 1", "stop"]
