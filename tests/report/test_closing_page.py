"""The closing report as a page and as a mail: complete, inert, and whole with little to say."""

from __future__ import annotations

from dataclasses import replace

from aggregator.records.editions import AddedLink
from aggregator.records.reports import ClosedEdition
from aggregator.report.closing_page import render
from aggregator.report.drift import Drift
from aggregator.report.mail import render_mail
from tests.report.conftest import SECTIONS, Close, Link, Report
from tests.report.test_portrait import Tags


def editions(link: Link, close: Close, number: int) -> list[ClosedEdition]:
    """Each with one fewer of its six links filed wrongly than the one before."""
    brought = AddedLink("https://new.example/x", "https://new.example/x", "x", "Storage")
    return [
        close(
            n,
            [link(k, SECTIONS[k % 3], *[SECTIONS[(k + (k > n % 6)) % 3]] * 2) for k in range(1, 7)],
            [brought],
            unused=40,
            held=3,
            carried=2,
        )
        for n in range(1, number + 1)
    ]


def test_the_page_says_everything_in_one_file_that_fetches_nothing(link: Link, close: Close, report: Report) -> None:
    note = Drift("Something moved.", "Do this.")
    page = render(report(*editions(link, close, 11), learnt="Trained anew on 99 links.", notes=(note,)))
    tags = Tags(page)
    assert tags.open == []
    assert not {tag for tag, _ in tags.tags} & {"script", "link", "img", "iframe", "object"}
    assert not [attribute for _, attributes in tags.tags for attribute in attributes if attribute in ("src", "onclick", "style")]
    for words in (
        "Rack Notes #11",
        "20 days",
        "offered, not used",
        "new.example",
        "Something moved.",
        "Trained anew on 99 links.",
    ):
        assert words in page
    labels = [attributes.get("aria-label") for tag, attributes in tags.tags if tag == "svg" and attributes.get("role") == "img"]
    assert labels == ["Links that you had to place yourself, by edition"]
    assert page.count('<th scope="row">#') == 11


def test_the_bars_of_moves_stand_on_one_another_inside_their_chart(link: Link, close: Close, report: Report) -> None:
    tags = Tags(render(report(*editions(link, close, 11))))
    bars = [attributes for tag, attributes in tags.tags if tag == "rect" and (attributes.get("class") or "").startswith("bar")]
    assert bars
    for bar in bars:
        assert float(bar["y"] or "") >= 16
        assert float(bar["y"] or "") + float(bar["height"] or "") <= 16 + 150.01


def test_a_first_edition_of_which_nothing_was_guessed_makes_a_page_and_a_mail(close: Close, report: Report) -> None:
    made = report(close(1))
    page, mail = render(made), render_mail(made)
    assert "No link of this edition had been guessed." in page
    assert "The trend" not in page
    assert mail.subject == "RN #1 is closed: 0 links used, 0 moved, 0 added"
    assert "nothing yet to say of the filing" in mail.text.replace("\n", " ")
    assert "SECTIONS" not in mail.text
    assert "EDITION BY EDITION" not in mail.text


def test_the_mail_says_the_same_in_both_parts(link: Link, close: Close, report: Report) -> None:
    mail = render_mail(report(*editions(link, close, 11), learnt="Trained anew on 99 links."))
    assert mail.subject == "RN #11 is closed: 5 links used, 1 moved, 1 added"
    for words in ("used as filed", "Networking", "new.example", "Trained anew on 99 links.", "before, 42% and 42%", "Piece 6"):
        assert words in mail.text.replace("\n", " ")
        assert words in mail.html
    assert mail.html.startswith("<!DOCTYPE html>")
    assert "<style" in mail.html, "the dark colours"
    assert max(map(len, mail.text.splitlines())) <= 78
    assert len(mail.html) < 60_000


def test_what_feeds_say_is_text_in_page_and_mail_and_never_in_the_subject(link: Link, close: Close, report: Report) -> None:
    evil = '<script>alert(1)</script>"onload="x\r\nBcc: a@b.example'
    made = report(close(1, [replace(link(1, "Storage", "Security", "Security"), title=evil)]), learnt=evil)
    page, mail = render(made), render_mail(made)
    assert "<script" not in page
    assert "<script" not in mail.html
    assert "\r" not in mail.text
    assert "\nBcc" not in mail.text
    assert "script" not in mail.subject
