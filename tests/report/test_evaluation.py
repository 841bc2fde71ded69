"""The page of an evaluation: complete, inert, and whole with little to say."""

from __future__ import annotations

from dataclasses import replace

from aggregator.records.learning import Evaluation, Score, SectionFigures
from aggregator.report.closing import EditionResult, Filing
from aggregator.report.evaluation import render
from tests.report.test_portrait import Tags

EVALUATION = Evaluation(
    editions=2,
    links=40,
    unseen=1,
    top1=0.6,
    top2=0.75,
    macro_f1=0.5,
    auto_filed=(0.4, 0.82),
    operating=(0.35, 0.79),
    baselines={"majority": Score(40, 0.25, 0.4), "naive_bayes": Score(40, 0.55, 0.7)},
    sections=(SectionFigures("Pens", 0.8, 0.7, 30), SectionFigures("Ink", 0.5, 0.3, 10), SectionFigures("Gone", 0, 0, 0)),
    confusion={("Pens", "Pens"): 21, ("Pens", "Ink"): 9, ("Ink", "Ink"): 3, ("Ink", "Gone"): 7},
    calibration=((0.3, 0.25, 20), (0.8, 0.9, 20)),
    editions_curve=(("59", 20, 0.5, 0.7, 1), ("Special", 20, 0.7, 0.8, 0)),
    growth=((2, 0.3), (4, 0.45), (7, 0.6)),
)
CLOSED = [EditionResult(n, 30, 20, 6, 4, 40, 0, Filing(26, 18, 22, 4, 30 - n)) for n in (27, 28)]


def test_the_page_says_everything_in_one_file_that_fetches_nothing() -> None:
    page = render(EVALUATION, "Desk Drawer", CLOSED)
    tags = Tags(page)
    assert tags.open == []
    assert not {tag for tag, _ in tags.tags} & {"script", "link", "img", "iframe", "object"}
    assert not [attribute for _, attributes in tags.tags for attribute in attributes if attribute in ("src", "onclick", "style")]
    for words in ("Desk Drawer", "60%", "75%", "35%", "79%", "naive Bayes", "always your largest section", "Special"):
        assert words in page
    labels = [attributes.get("aria-label") for tag, attributes in tags.tags if tag == "svg" and attributes.get("role") == "img"]
    assert labels == [
        "Share of guesses that were right, by confidence",
        "Right at first, edition by edition",
        "Right at first, by how many past editions are known",
        "Links that you had to place yourself, by edition",
    ]


def test_the_matrix_has_a_line_for_each_section_with_links_the_right_cells_framed_and_the_largest_share_darkest() -> None:
    page = render(EVALUATION, "Desk Drawer")
    assert '<td class="h7 right">21</td><td class="h3">9</td><td class="h0"></td>' in page
    assert '<td class="h0"></td><td class="h3 right">3</td><td class="h7">7</td>' in page
    assert "3 Gone" not in page


def test_curves_stay_inside_their_chart() -> None:
    tags = Tags(render(EVALUATION, "Desk Drawer", CLOSED))
    dots = [attributes for tag, attributes in tags.tags if tag == "circle"]
    assert len(dots) == 5
    for dot in dots:
        assert 0 <= float((dot["cx"] or "").rstrip("%")) <= 100
        assert 16 <= float(dot["cy"] or "") <= 16 + 220


def test_an_evaluation_of_one_edition_without_curves_makes_a_page_too() -> None:
    little = replace(EVALUATION, editions=1, calibration=(), editions_curve=(), growth=(), sections=EVALUATION.sections[:1])
    page = render(little, "Desk Drawer")
    for missing in ("Does it know", "Edition by edition", "What more past", "What it takes for what", "must fall"):
        assert missing not in page


def test_names_are_text_on_the_page() -> None:
    evil = '<script>alert(1)</script>"onload="x'
    sections = (SectionFigures(evil, 0.5, 0.5, 4), SectionFigures("Ink", 0.5, 0.5, 4))
    page = render(replace(EVALUATION, sections=sections, confusion={(evil, evil): 4}), evil)
    assert "<script" not in page
    assert not [attributes for _, attributes in Tags(page).tags if "onload" in attributes]
