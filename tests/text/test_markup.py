"""HTML in posts and pages: the same headings, blocks and links as Markdown gives."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from aggregator.text.blocks import BOLD_HEADING, Block, Heading, Kind, Link, collapse
from aggregator.text.markdown import read
from aggregator.text.markup import parse, parts


def of(html: str) -> list[Heading | Block]:
    return list(parts(parse(html).body))


def test_a_page_reads_as_headings_bullets_and_paragraphs() -> None:
    html = """
    <nav><a href="http://menu.example/">Menu</a></nav>
    <div><h2>Pens <small>&amp; nibs</small></h2>
      <p>A <a href="http://a.example/">nib</a>, fine.</p>
      <ul><li>One <a href="http://b.example/">b</a><ul><li>inner <a href="http://c.example/">c</a></li></ul></li></ul>
      <blockquote>Said</blockquote>
      <table><tr><td>Pad</td><td><a href="http://d.example/"><img src="x.png" alt="a pad"></a></td></tr></table>
      loose <a href="http://e.example/">e</a>
      <p><strong>Ink:</strong></p>
    </div><script>var a = "<h2>no</h2>"</script>"""
    assert of(html) == [
        Heading(2, "Pens & nibs"),
        Block(Kind.PARAGRAPH, "A nib, fine.", (Link("http://a.example/", "nib"),)),
        Block(Kind.BULLET, "One b inner c", (Link("http://b.example/", "b"), Link("http://c.example/", "c"))),
        Block(Kind.QUOTE, "Said", ()),
        Block(Kind.ROW, "Pad", (Link("http://d.example/", "a pad", image=True),)),
        Block(Kind.PARAGRAPH, "loose e", (Link("http://e.example/", "e"),)),
        Heading(BOLD_HEADING, "Ink"),
    ]


def test_a_table_that_lays_out_a_mail_is_read_as_what_stands_in_it() -> None:
    item = "<tr><td><table><tr><td><a href='http://{0}.example/'>{0}</a></td></tr><tr><td>words</td></tr></table></td></tr>"
    html = f"""<center><table><tr><td><table><tbody><tr><td><h2>Pens</h2></td></tr>{item.format("a")}{item.format("b")}
    <tr><td><h2>Ink</h2>loose <a href="http://c.example/">c</a><br><p>one</p><p>two</p></td></tr>
    <tr><td><b>Paper</b></td></tr></tbody></table></td></tr></table></center>"""
    assert [(type(part).__name__, part.text) for part in of(html)] == [
        ("Heading", "Pens"),
        ("Block", "a"),
        ("Block", "words"),
        ("Block", "b"),
        ("Block", "words"),
        ("Heading", "Ink"),
        ("Block", "loose c"),
        ("Block", "one"),
        ("Block", "two"),
        ("Heading", "Paper"),
    ]


def test_html_inside_markdown_has_sections_too() -> None:
    found = read('<h2>Pens</h2>\n\n<ul>\n<li>a <a href="http://a.example/">a</a></li>\n\n<li>b</li>\n</ul>\n')
    assert [(type(part).__name__, part.text) for part in found] == [("Heading", "Pens"), ("Block", "a a"), ("Block", "b")]
    assert found[0].lines == (0, 1)


def test_a_page_nested_beyond_reason_is_read() -> None:
    assert [part.text for part in of("<div>" * 5000 + "deep" + "</div>" * 5000)] == ["deep"]


def test_what_is_nested_a_hundred_thousand_deep_is_not_read() -> None:
    found = of("<p>above</p>" + "<div>" * 100_000 + "deep" + "</div>" * 100_000 + "<p>below</p>")
    assert [part.text for part in found] == ["above"]


@given(st.text(alphabet=st.sampled_from(list("<>/\"'= \nabhlipu123&;!-")), max_size=200))
def test_any_markup_can_be_read(html: str) -> None:
    for part in of(html):
        assert part.text == collapse(part.text)
