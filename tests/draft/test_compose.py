"""The post: all headings, the author's words as he wrote them, links in his form, feed text inert."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from aggregator.draft.compose import Format, Outline, compose
from aggregator.draft.habits import Habits
from aggregator.draft.head import head_pattern
from aggregator.records.candidates import Candidate, Standing, State
from aggregator.records.drafts import Bullet, BulletLink, Piece, PieceKind
from aggregator.text.blocks import Block, Heading, Kind
from aggregator.text.markdown import read
from aggregator.text.post import parse

NOW = datetime(2021, 3, 4, tzinfo=UTC)
SAID = "Nothing this time."


def candidate(
    number: int, title: str = "", url: str | None = "", author: str | None = None, tags: tuple[str, ...] = ()
) -> Candidate:
    return Candidate(
        id=number,
        url=f"http://a.example/{number}" if url == "" else url,
        canonical_url=None,
        title=title or f"Piece {number}",
        text="",
        author=author,
        tags=tags,
        published_at=None,
        first_seen=NOW,
        standing=Standing(State.KEPT),
    )


def bullet(
    text: str,
    *those: Candidate,
    section: str | None = "Pens",
    rank: float = 0.0,
    via: str | None = None,
    thanks: str | None = None,
) -> Bullet:
    links = tuple(BulletLink(number, one) for number, one in enumerate(those, 1))
    key = f"c{those[0].id}" if those else f"b{rank:.0f}"
    piece = said(PieceKind.BULLET, text, section, rank, tuple(one.id for one in those))
    return Bullet(key, piece, section, rank, text, links, via, thanks)


def said(
    kind: PieceKind, text: str, section: str | None = None, rank: float = 0.0, links: tuple[int, ...] = (), number: int = 9
) -> Piece:
    return Piece(number, number, 1, kind, NOW, "b", section, rank, text, links, None, None, False, None)


def outline(habits: Habits | None = None, base: str = "", sections: Sequence[str] = ("Pens", "Paper")) -> Outline:
    return Outline(
        title="Desk Drawer #8",
        number=8,
        today=date(2021, 3, 4),
        sections=sections,
        habits=habits or Habits(empty=SAID),
        base=parse(base) if base else None,
    )


def text_of(
    bullets: Sequence[Bullet],
    pieces: Sequence[Piece] = (),
    *,
    habits: Habits | None = None,
    base: str = "",
    form: Format = "markdown",
) -> str:
    return compose(outline(habits, base), bullets, pieces, form).text


def test_every_section_stands_in_the_authors_order_and_empty_ones_say_so() -> None:
    one = bullet("", candidate(1, "A pad", author="B. Quill"), section="Paper", via="C. Ream")
    around = [said(PieceKind.INTRO, "Welcome."), said(PieceKind.OUTRO, "Bye.")]
    assert text_of([one], around) == (
        "# Desk Drawer #8\n\nWelcome.\n\n## Pens\n\nNothing this time.\n\n## Paper\n\n"
        "* TODO [A pad](http://a.example/1) (by B. Quill, via C. Ream)\n\nBye.\n"
    )


def test_his_words_go_out_byte_for_byte_with_the_links_in_their_places() -> None:
    words = "Mind {{ this }} <b>bold</b>:\n\n> a quote of [the pad][2]\n\n    {% code %}\n\nand [its cover][1]"
    text = text_of([bullet(words, candidate(1), candidate(2))])
    assert (
        "* Mind {{ this }} <b>bold</b>:\n\n  > a quote of [the pad](http://a.example/2)\n\n      {% code %}\n\n"
        "  and [its cover](http://a.example/1)\n"
    ) in text


def test_links_without_a_place_follow_but_for_those_that_his_words_hold_already() -> None:
    one = bullet("See [here][1] and <a href='http://a.example/2'>there</a>.", candidate(1), candidate(2), candidate(3))
    assert "<a href='http://a.example/2'>there</a>. [Piece 3](http://a.example/3)\n" in text_of([one])


def test_a_bullet_with_words_names_only_whom_he_names() -> None:
    one = bullet("Fine: [x][1].", candidate(1, author="B. Quill"), via="C. Ream", thanks="D. Nib")
    assert "* Fine: [x](http://a.example/1). (via C. Ream, thanks to D. Nib)\n" in text_of([one])


def test_a_place_whose_link_he_dropped_is_plain_words() -> None:
    one = replace(bullet("See [a][1] and [b][2].", candidate(1), candidate(2)), links=(BulletLink(2, candidate(2)),))
    assert "* See a and [b](http://a.example/2).\n" in text_of([one])


def test_references_are_numbered_as_he_does_it() -> None:
    bullets = [bullet("[b][1]", candidate(2)), bullet("[a][1]", candidate(1), section="Paper", rank=1.0)]
    reading = Habits(label="link-{n}", empty=SAID)
    assert text_of(bullets, habits=reading).endswith("\n\n[link-1]: http://a.example/2\n[link-2]: http://a.example/1\n")
    captured = replace(outline(replace(reading, captured=True)), kept={1: 1, 2: 2})
    text = compose(captured, bullets, (), "markdown").text
    assert "* [b][link-2]\n" in text
    assert text.endswith("\n\n[link-1]: http://a.example/1\n[link-2]: http://a.example/2\n")


def test_references_of_his_own_keep_their_labels_and_stand_with_the_others() -> None:
    words = "[mine][link-1], [old]({% post_url x %}), [new][1]\n\n[link-1]: /own"
    text = text_of([bullet(words, candidate(1))], habits=Habits(label="link-{n}", own_label="xref-{n}", empty=SAID))
    assert "* [mine][link-1], [old][xref-1], [new][link-2]\n" in text
    assert text.endswith("\n\n[link-1]: /own\n[link-2]: http://a.example/1\n[xref-1]: {% post_url x %}\n")


def test_definitions_stand_below_each_section_where_he_has_them_there() -> None:
    bullets = [bullet("[a][1]", candidate(1)), bullet("[b][1]", candidate(2), section="Paper", rank=1.0)]
    text = text_of(bullets, habits=Habits(label="{n}", scattered=True, loose=False))
    assert "* [a][1]\n\n[1]: http://a.example/1\n\n## Paper\n\n* [b][2]\n\n[2]: http://a.example/2\n" in text


def test_a_definition_stands_below_the_section_that_uses_it_however_it_is_called_there() -> None:
    words = "[mine][My Pens] and [Ink]\n\n[my  pens]: /pens\n[ink]: /ink"
    bullets = [bullet(words, candidate(1)), bullet("b", candidate(2), section="Paper", rank=1.0)]
    text = text_of(bullets, habits=Habits(label="{n}", scattered=True, loose=False))
    above = text.partition("## Paper")[0]
    assert "[my  pens]: /pens\n" in above
    assert "[ink]: /ink\n" in above


@pytest.mark.parametrize(
    "words", ["> Others said it.", "    code", "## Mine", "- A list.", "<div>x</div>", "[x]: https://x.example/"]
)
def test_a_link_without_a_place_never_runs_into_what_is_no_sentence(words: str) -> None:
    (made,) = parse(text_of([bullet(words, candidate(1))])).sections[0].items
    assert made.text.split("\n")[-1] == "[Piece 1](http://a.example/1)"
    assert "[Piece 1](http://a.example/1)" in text_of([bullet("A sentence.", candidate(1))]).split("A sentence. ")[1]


def test_the_form_of_the_file_stays() -> None:
    base = (
        "# T\n\n## Paper ##\n- [x][link-7]\n- [i](http://a.example/3?utm_source=rss)\n\n## Pens\n\n"
        "[link-7]: https://www.a.example/1/\n"
    )
    bullets = [
        bullet("[a][1]", candidate(1)),
        bullet("[new][1]", candidate(2), rank=1.0),
        bullet("[i][1]", candidate(3), section="Paper"),
    ]
    assert text_of(bullets, base=base, habits=Habits(label="link-{n}", empty=SAID)) == (
        "# Desk Drawer #8\n\n## Paper ##\n\n- [i](http://a.example/3?utm_source=rss)\n\n## Pens\n\n- [a][link-7]\n"
        "- [new][link-8]\n\n"
        "[link-7]: https://www.a.example/1/\n[link-8]: http://a.example/2\n"
    )


def test_an_address_goes_out_without_what_tracks_its_reader() -> None:
    assert "(http://a.example/x?id=1)" in text_of([bullet("", candidate(1, url="http://a.example/x?id=1&utm_source=rss"))])


def test_remarks_stand_where_they_were_put_and_bullets_elsewhere_are_not_lost() -> None:
    bullets = [
        bullet("One.", rank=1.0),
        bullet("Two.", rank=3.0),
        bullet("Sit.", section="Chairs"),
        bullet("Who knows.", section=None),
    ]
    pieces = [said(PieceKind.REMARK, "Between.", "Pens", 2.0), said(PieceKind.REMARK, "", "Paper")]
    draft = compose(outline(), bullets, pieces, "markdown")
    assert "* One.\n\nBetween.\n\n* Two.\n\n## Paper\n\n## Chairs\n\n* Sit.\n\n## Unsorted\n\n* Who knows.\n" in draft.text
    lines = draft.text.split("\n")
    marked = {one.key: "\n".join(lines[slice(*one.lines)]) for one in draft.marks}
    assert marked["r9"] == "Between."
    assert marked["b3"] == "* Two."


HEAD = "---\nauthor: nib\ndate: 2021-01-01 09:00:00+00:00\ntitle: 'Desk Drawer #7'\nslug: drawer-7\ntags:\n- Ink\n- Paper\n---"
OLDER = HEAD.replace("2021-01-01", "2020-12-01").replace("7", "6").replace("09:00", "11:30")


def test_front_matter_follows_his_newest_and_tags_come_from_the_links() -> None:
    pattern = head_pattern([(HEAD, 7, date(2021, 1, 1)), (OLDER, 6, date(2020, 12, 1))])
    habits = Habits(head=pattern, tags={"Ink": 3, "Paper": 2, "Once": 1})
    bullets = [bullet("Of ink.", candidate(1, tags=("once",))), bullet("", candidate(2, "No inkling"), section="Paper", rank=1.0)]
    text = text_of(bullets, habits=habits, form="jekyll")
    assert text.startswith(
        "---\nauthor: nib\ndate: 2021-03-04 00:00:00+00:00\ntitle: 'Desk Drawer #8'\nslug: drawer-8\ntags:\n"
        "- Paper\n- Once\n- Ink\n"
        "published: false\n---\n"
    )
    assert yaml.safe_load(text.split("\n---\n")[0])["tags"] == ["Paper", "Once", "Ink"]


@pytest.mark.parametrize(("form", "mark"), [("hugo", {"draft": True}), ("jekyll", {"published": False})])
def test_a_generator_is_told_that_the_post_is_not_published(form: Format, mark: dict[str, bool]) -> None:
    found = yaml.safe_load(text_of([], form=form).split("\n---\n")[0])
    assert found == {"title": "Desk Drawer #8", "date": date(2021, 3, 4), **mark}


def test_front_matter_that_he_changed_is_his() -> None:
    assert text_of([], [said(PieceKind.HEAD, "---\nmine: 1\n---")], form="hugo").startswith("---\nmine: 1\n---\n\n## Pens\n")


def test_html_is_the_same_rendered_with_feed_text_as_text() -> None:
    page = text_of(
        [bullet("*Mine*", candidate(1, "<script>x</script> & co", "http://a.example/?a=1&b=2"))],
        [said(PieceKind.HEAD, "---\nx: 1\n---")],
        form="html",
    )
    assert "<h2>Pens</h2>" in page
    assert "<em>Mine</em>" in page
    assert '<a href="http://a.example/?a=1&amp;b=2">&lt;script&gt;x&lt;/script&gt; &amp; co</a>' in page


hostile = st.one_of(
    st.text(min_size=1, max_size=40),
    st.sampled_from(
        [
            "{{ site.x }}",
            "{% include x %}",
            "](http://evil.example)",
            "# not a heading",
            "a\n\n## nor this",
            "<img src=x>",
            "[1]: /x",
        ]
    ),
)


@given(st.lists(st.tuples(hostile, hostile), min_size=1, max_size=5), st.sampled_from([None, "link-{n}"]))
def test_whatever_feeds_say_the_draft_has_its_headings_bullets_and_links_only(
    items: list[tuple[str, str]], label: str | None
) -> None:
    bullets = [bullet("", candidate(n, title, author=author), rank=float(n)) for n, (title, author) in enumerate(items)]
    text = text_of(bullets, habits=Habits(label=label))
    assert "{{" not in text
    assert "{%" not in text
    parts = read(text)
    assert [part.text for part in parts if isinstance(part, Heading)] == ["Desk Drawer #8", "Pens", "Paper"]
    blocks = [part for part in parts if isinstance(part, Block)]
    assert [part.kind for part in blocks] == [Kind.BULLET] * len(items) + [Kind.PARAGRAPH]
    assert [[link.url for link in part.links] for part in blocks[:-1]] == [[f"http://a.example/{n}"] for n in range(len(items))]


@pytest.mark.parametrize("label", [None, "{n}"])
def test_an_address_that_is_not_safe_leaves_the_title_alone(label: str | None) -> None:
    one = bullet("Hm:", candidate(1, "[x]", "javascript:alert(1)"), candidate(2, "y", None))
    assert "* Hm: \\[x\\], y\n" in text_of([one], habits=Habits(label=label))
