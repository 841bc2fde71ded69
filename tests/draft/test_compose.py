"""The skeleton of the post: all headings, the author's words as he wrote them, feed text inert."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from aggregator.draft.compose import DraftBullet, Format, Style, bullets_of, compose
from aggregator.records.candidates import Candidate, Standing, State
from aggregator.records.learning import Guess
from aggregator.text.blocks import Block, Heading, Kind
from aggregator.text.markdown import read

NOW = datetime(2021, 3, 4, tzinfo=UTC)


def candidate(
    number: int,
    state: State = State.KEPT,
    *,
    section: str | None = "Pens",
    guess: Guess | None = None,
    group: int | None = None,
    comment: str | None = None,
    note: str | None = None,
    author: str | None = None,
    via: str | None = None,
) -> Candidate:
    return Candidate(
        id=number,
        url=f"http://a.example/{number}",
        canonical_url=f"a.example/{number}",
        title=f"Piece {number}",
        text="",
        author=author,
        tags=(),
        published_at=None,
        first_seen=NOW,
        standing=Standing(state, section, comment=comment, decided_at=NOW - timedelta(hours=number)),
        guess=guess,
        group=group,
        note=note,
        via=via,
    )


def test_every_section_stands_in_the_authors_order_and_empty_ones_say_so() -> None:
    text = compose(
        "Desk Drawer #8",
        ["Pens", "Paper"],
        {"Paper": [DraftBullet(None, (("A pad", "http://a.example/pad"),), author="B. Quill", via="C. Ream")]},
        empty="Nothing this time.",
        intro="Welcome.",
        outro="Bye.",
    )
    assert text == (
        "# Desk Drawer #8\n\nWelcome.\n\n## Pens\n\nNothing this time.\n\n## Paper\n\n"
        "* TODO [A pad](http://a.example/pad) (by B. Quill, via C. Ream)\n\nBye.\n"
    )


def test_the_authors_words_go_out_as_written_and_their_links_are_not_repeated() -> None:
    comment = "Mind {{ this }} <b>bold</b>:\n\n> a quote with [the pad](http://a.example/pad)"
    bullet = DraftBullet(comment, (("A pad", "http://a.example/pad"), ("Its cover", "http://a.example/pad/cover")))
    text = compose("T", ["Pens"], {"Pens": [bullet]}, empty="-")
    assert (
        "* Mind {{ this }} <b>bold</b>:\n\n  > a quote with [the pad](http://a.example/pad)\n\n  [Its cover](http://a.example/pad/cover)\n"
        in text
    )
    (block,) = [part for part in read(text) if isinstance(part, Block)]
    assert (block.kind, len(block.links)) == (Kind.BULLET, 2)


def test_reference_links_are_numbered_past_those_of_the_authors_own_words() -> None:
    text = compose(
        "T",
        ["Pens"],
        {"Pens": [DraftBullet("See [this][link-4].", (("A", "http://a.example/a"), ("B", "http://a.example/b")))]},
        empty="-",
        style="reference",
    )
    assert "* See [this][link-4]. [A][link-5], [B][link-6]\n" in text
    assert text.endswith("\n\n[link-5]: http://a.example/a\n[link-6]: http://a.example/b\n")


def test_bullets_outside_the_known_sections_are_not_lost() -> None:
    text = compose("T", ["Pens"], {"Chairs": [DraftBullet("Sit.", ())], "Void": []}, empty="-")
    assert [part.text for part in read(text) if isinstance(part, Heading)] == ["T", "Pens", "Chairs"]
    assert "* Sit.\n" in text


@pytest.mark.parametrize(("form", "mark"), [("hugo", {"draft": True}), ("jekyll", {"published": False}), ("markdown", {})])
def test_front_matter_is_written_as_data_and_marks_the_post_unpublished(form: Format, mark: dict[str, bool]) -> None:
    title = 'Drawer: "#8"\n---'
    text = compose(title, [], {}, empty="-", format=form, front_matter={"layout": "post", "date": None, "title": "x"})
    assert text.startswith("---\n")
    assert "\ndate:\n" in text
    assert yaml.safe_load(text.split("\n---\n")[0]) == {"title": title, "layout": "post", "date": None, **mark}


def test_plain_markdown_without_front_matter_has_a_heading() -> None:
    assert compose("T", [], {}, empty="-") == "# T\n"


def test_html_is_the_same_rendered_with_feed_text_as_text() -> None:
    bullet = DraftBullet("*Mine*", (("<script>x</script> & co", "http://a.example/?a=1&b=2"),))
    page = compose("T", ["Pens"], {"Pens": [bullet]}, empty="-", format="html")
    assert "<h2>Pens</h2>" in page
    assert "<em>Mine</em>" in page
    assert '<a href="http://a.example/?a=1&amp;b=2">&lt;script&gt;x&lt;/script&gt; &amp; co</a>' in page


hostile = st.one_of(
    st.text(min_size=1, max_size=40),
    st.sampled_from(
        ["{{ site.x }}", "{% include x %}", "](http://evil.example)", "# not a heading", "a\n\n## nor this", "<img src=x>"]
    ),
)


@given(st.lists(st.tuples(hostile, hostile), min_size=1, max_size=5), st.sampled_from(["inline", "reference"]))
def test_whatever_feeds_say_the_draft_has_its_headings_bullets_and_links_only(items: list[tuple[str, str]], style: Style) -> None:
    bullets = [DraftBullet(None, ((title, f"http://a.example/{n}"),), author=author) for n, (title, author) in enumerate(items)]
    text = compose("T", ["Pens", "Paper"], {"Pens": bullets}, empty="Nothing.", style=style)
    assert "{{" not in text
    assert "{%" not in text
    parts = read(text)
    assert [part.text for part in parts if isinstance(part, Heading)] == ["T", "Pens", "Paper"]
    blocks = [part for part in parts if isinstance(part, Block)]
    assert [part.kind for part in blocks] == [Kind.BULLET] * len(items) + [Kind.PARAGRAPH]
    assert [[link.url for link in part.links] for part in blocks[:-1]] == [[f"http://a.example/{n}"] for n in range(len(items))]


def test_an_address_that_is_not_safe_leaves_the_title_alone() -> None:
    for style in ("inline", "reference"):
        bullet = DraftBullet("Hm:", (("[x]", "javascript:alert(1)"), ("y", None)))
        assert "* Hm: \\[x\\], y\n" in compose("T", ["Pens"], {"Pens": [bullet]}, empty="-", style=style)


def test_kept_candidates_become_bullets_in_the_order_of_the_verdicts() -> None:
    bullets = bullets_of(
        [
            candidate(1, comment="Fine.", author="A. Nib"),
            candidate(2, group=5, author="B. Quill", note="From a reader."),
            candidate(3, group=5, author="B. Quill", via="Planet Pen"),
            candidate(4, State.NEW),
            candidate(5, section=None, guess=Guess(None, "Paper", None, 0.2)),
            candidate(6, section=None),
        ]
    )
    assert bullets == {
        "Unsorted": [DraftBullet(None, (("Piece 6", "http://a.example/6"),))],
        "Paper": [DraftBullet(None, (("Piece 5", "http://a.example/5"),))],
        "Pens": [
            DraftBullet(
                "From a reader.",
                (("Piece 3", "http://a.example/3"), ("Piece 2", "http://a.example/2")),
                author="B. Quill",
                via="Planet Pen",
            ),
            DraftBullet("Fine.", (("Piece 1", "http://a.example/1"),), author="A. Nib"),
        ],
    }
