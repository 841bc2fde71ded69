"""The portrait's page: complete, inert, and whole with little to say."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from html.parser import HTMLParser

import pytest

from aggregator.archive.portrait import Portrait, paint
from aggregator.records.archive import ArchiveReading, PastEdition, SkippedDocument
from aggregator.records.learning import Evaluation, Score, SectionFigures
from aggregator.report.portrait import render

TODAY = date(2021, 6, 1)


def evaluation() -> Evaluation:
    return Evaluation(
        editions=10,
        links=40,
        unseen=1,
        top1=0.6,
        top2=0.75,
        macro_f1=0.5,
        auto_filed=(0.4, 0.82),
        operating=(0.35, 0.8),
        baselines={"majority": Score(40, 0.25, 0.4)},
        sections=(SectionFigures("Pens", 0.8, 0.7, 30), SectionFigures("Paper", 0.5, 0.3, 10), SectionFigures("Gone", 0, 0, 0)),
    )


def portrait(make: Callable[..., PastEdition], editions: int, *, dated: bool = True) -> Portrait:
    given = [
        make(
            number,
            {"Pens": [f"http://pens.example/{number}"] * (1 + number % 4), "Paper": [f"http://paper.example/{number // 2}"]},
            date(2015, 1, 1) + timedelta(days=12 * number) if dated else None,
        )
        for number in range(1, editions + 1)
    ]
    skipped = (SkippedDocument("about.md", "no links to other sites"),)
    return paint(ArchiveReading(tuple(given), skipped, "Desk Drawer #{number}"), evaluation(), TODAY)


class Tags(HTMLParser):
    """What the page is made of."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in ("meta", "line", "rect"):
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        if tag not in ("rect", "line"):
            assert self.open.pop() == tag


def test_the_page_says_everything_in_one_file_that_fetches_nothing(make: Callable[..., PastEdition]) -> None:
    page = render(portrait(make, 60), "## Pens\n\n* TODO\n")
    tags = Tags(page)
    assert tags.open == []
    names = {tag for tag, _ in tags.tags}
    assert not names & {"script", "link", "img", "iframe", "object"}
    assert "url(" not in page
    assert not [attribute for _, attributes in tags.tags for attribute in attributes if attribute in ("src", "onclick", "style")]
    for words in (
        "Desk Drawer",
        "60 editions",
        "Pens",
        "pens.example",
        "60% </strong>",
        "## Pens",
        "about.md",
        "Always guessing",
    ):
        assert words.replace(" </strong>", "</strong>") in page
    labels = [attributes.get("aria-label") for tag, attributes in tags.tags if tag == "svg" and attributes.get("role") == "img"]
    assert labels == [
        "Days between one edition and the next",
        "Links in each edition",
        "How the links spread over the sections",
    ]


def test_bars_stay_inside_their_chart_and_very_many_editions_share_bars(make: Callable[..., PastEdition]) -> None:
    for editions in (2, 61, 500):
        tags = Tags(render(portrait(make, editions), ""))
        bars = [attributes for tag, attributes in tags.tags if tag == "rect" and attributes.get("class") == "bar"]
        assert 0 < len(bars) <= 2 * 120
        for bar in bars:
            assert float((bar["x"] or "").rstrip("%")) + float((bar["width"] or "").rstrip("%")) <= 100.01
            assert float(bar["height"] or "") <= 150.01


@pytest.mark.parametrize("editions", [1, 2, 3])
def test_few_editions_without_dates_make_a_page_too(make: Callable[..., PastEdition], editions: int) -> None:
    page = render(replace(portrait(make, editions, dated=False), evaluation=None), "")
    assert "Desk Drawer" in page
    assert "When you publish" not in page
    assert "Always guessing" not in page


def test_an_edition_without_sections_makes_a_page_too(make: Callable[..., PastEdition]) -> None:
    only = make(None, {None: ["http://a.example/1"]}, title="Odds")
    assert "Sections over time" not in render(paint(ArchiveReading((only,), ()), None, TODAY), "")


def test_what_editions_say_is_text_on_the_page(make: Callable[..., PastEdition]) -> None:
    evil = '<script>alert(1)</script>"onload="x'
    editions = tuple(
        make(
            number,
            {evil: [f"http://a.example/{number}", "http://a.example/same"]},
            date(2021, 1, number),
            title=f"{evil} {number}",
        )
        for number in (1, 2)
    )
    page = render(paint(ArchiveReading(editions, (SkippedDocument(evil, evil),), ""), None, TODAY), evil)
    assert "<script" not in page
    assert not [attributes for _, attributes in Tags(page).tags if "onload" in attributes]
