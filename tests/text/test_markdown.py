"""Reading Markdown: what is a heading, a block, a link. Writing it: feed text stays plain text (R31)."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from aggregator.text.blocks import BOLD_HEADING, Block, Heading, Kind, Link, collapse
from aggregator.text.markdown import escape, link, read, target


def blocks(body: str) -> list[Block]:
    return [part for part in read(body) if isinstance(part, Block)]


def urls(body: str) -> list[str]:
    return [one.url for block in blocks(body) for one in block.links]


def test_inline_reference_and_automatic_links_are_found_with_their_texts() -> None:
    body = (
        "See [one](http://a.example/1), [two][b], [three][] and <http://d.example/4>.\n\n"
        "[b]: http://b.example/2\n[three]: http://c.example/3 'title'\n"
    )
    assert blocks(body)[0].links == (
        Link("http://a.example/1", "one"),
        Link("http://b.example/2", "two", reference=True),
        Link("http://c.example/3", "three", reference=True),
        Link("http://d.example/4", "http://d.example/4"),
    )


def test_a_bare_address_is_a_link_without_the_full_stop_after_it() -> None:
    assert urls("Read https://a.example/x_(y) and (http://b.example/z). Also http://c.example/?q=1, fine.") == [
        "https://a.example/x_(y)",
        "http://b.example/z",
        "http://c.example/?q=1",
    ]


def test_addresses_are_kept_as_written() -> None:
    assert urls("[a](http://a.example/ü?x=%zz) [b](<http://b.example/a b>)") == [
        "http://a.example/ü?x=%zz",
        "http://b.example/a b",
    ]


def test_references_may_stand_anywhere_and_template_tags_do_not_hide_those_below() -> None:
    body = (
        "## Pens\n\n* A [nib][1] and [mine][2] and [other][3].\n\n[2]: {% post_url 2020-01-02-mine %}\n[1]: http://a.example/nib\n"
        "[3]: {{ site.url }}/x y\n\n## Paper\n\n* [late][l]\n\n[l]: http://b.example/\n"
    )
    outbound = [url for url in urls(body) if url.startswith("http")]
    assert outbound == ["http://a.example/nib", "http://b.example/"]
    assert blocks(body)[0].text == "A nib and mine and other."


@pytest.mark.parametrize(
    "tag", ["{% post_url 2020-01-02-x %}", "{{ site.url }}/about me", '{{< ref "x.md" >}}', '{{% relref "x" %}}']
)
def test_a_link_into_the_own_site_by_template_tag_leads_nowhere_outside(tag: str) -> None:
    block = blocks(f"Before [mine]({tag}) and [theirs](http://a.example/).")[0]
    assert [one.url for one in block.links if one.url.startswith("http")] == ["http://a.example/"]
    assert block.text == "Before mine and theirs."


def test_images_are_no_links_but_what_they_link_to_is() -> None:
    assert urls("![chart](http://a.example/c.png) and [![small](http://a.example/s.png)](http://a.example/big)") == [
        "http://a.example/big"
    ]
    assert blocks("[![small](http://a.example/s.png)](http://a.example/big)")[0].links[0].text == "small"


def test_nested_bullets_belong_to_their_top_bullet() -> None:
    body = "* Ink: [a](http://a.example/)\n    * more [b](http://b.example/)\n\n    > said [c](http://c.example/)\n\n* Next\n"
    first, second = blocks(body)
    assert [one.text for one in first.links] == ["a", "b", "c"]
    assert first.text == "Ink: a more b said c"
    assert second.kind is Kind.BULLET
    assert (first.lines, second.lines) == ((0, 5), (5, 6))


def test_headings_of_either_form_and_bold_lines_are_headings() -> None:
    body = "# One\n\nTwo\n---\n\n### Three ###\n\n**Four**\n\n**Five:**\n\n**Not** this\n\n**[Nor](http://a.example/)**\n"
    assert [(part.level, part.text) for part in read(body) if isinstance(part, Heading)] == [
        (1, "One"),
        (2, "Two"),
        (3, "Three"),
        (BOLD_HEADING, "Four"),
        (BOLD_HEADING, "Five"),
    ]


def test_raw_html_anchors_are_links_and_scripts_are_not_text() -> None:
    assert urls('A <a href="http://a.example/" title=x>word</a> and\n\n<p>more <a href="http://b.example/">b</a></p>\n') == [
        "http://a.example/",
        "http://b.example/",
    ]
    assert blocks("<script>var x = 1</script>\n\n<!-- [c](http://c.example/) -->\n") == []
    assert blocks('An <a href="http://a.example/">open end')[0].links == (Link("http://a.example/", "open end"),)


def test_code_holds_no_links_and_table_rows_are_blocks() -> None:
    assert urls("`[a](http://a.example/)`\n\n```\nhttp://b.example/\n```\n") == []
    rows = blocks("| Tool | Link |\n|---|---|\n| Pen | [p](http://a.example/) |\n| Ink | [i](http://b.example/) |\n")
    assert [row.text for row in rows] == ["Tool Link", "Pen p", "Ink i"]


@given(st.text(max_size=400))
def test_any_text_can_be_read(body: str) -> None:
    for part in read(body):
        assert part.text == collapse(part.text)


# What Markdown, Liquid, Hugo and kramdown act on, more often than chance would bring it.
_NASTY = st.text(alphabet=st.sampled_from(list("\\`*_{}[]()<>#+-.!|~$&;:%@=\"'/^ \n1ab")), max_size=40)
_TRAPS = (
    "{{ {% }} {{< [x](http://a.example) ![i](j) <b> &amp; &#60; http://a.example/ www.a.example me@a.example ~~x~~ $$ 1. - # > "
    "*** --- === {:.x} [^1] snake_case_word a|b"
)
_WORDS = st.lists(st.sampled_from(_TRAPS.split()), max_size=6).map(" ".join)


def _plain(text: str) -> str:
    return collapse("".join(char for char in text if char.isprintable() or char.isspace()))


@given(st.one_of(st.text(max_size=60), _NASTY, _WORDS))
@example("{{ site.secret }}{% include x %}")
@example("Look!")
@example("- - -")
def test_escaped_text_reads_back_as_itself_and_nothing_else(text: str) -> None:
    escaped = escape(text)
    assert "\n" not in escaped
    assert "{{" not in escaped
    assert "{%" not in escaped
    for document in (escaped, f"* {escaped}", f"* TODO {escaped}", f"a\n{escaped}"):
        parts = read(document)
        assert not any(isinstance(part, Heading) for part in parts)
        assert all(not part.links for part in parts if isinstance(part, Block))
    assert " ".join(part.text for part in read(escaped)) == _plain(text)
    tokens = [token.type for token in _GFM.parse(escaped)]
    assert tokens == (["paragraph_open", "inline", "paragraph_close"] if _plain(text) else [])
    children = [token for block in _GFM.parse(escaped) for token in block.children or []]
    assert {token.type for token in children} <= {"text"}


_GFM = MarkdownIt("commonmark").enable(["table", "strikethrough"])


@given(
    st.one_of(st.text(max_size=40), _NASTY),
    st.text(alphabet=st.sampled_from(list("abc/?&=#%{}()[]<>\"'\\ |`^*_~;!:@\u00e9")), max_size=30),
)
@example("Title!", "?a=1&copy;=2")
@example("x", "{{evil}}")
def test_a_written_link_reads_back_as_one_link_with_its_text(text: str, path: str) -> None:
    url = "http://a.example/" + path
    written = link(text, url)
    assert "{{" not in written
    found = [one for part in read(f"words {written} words") if isinstance(part, Block) for one in part.links]
    assert len(found) == 1
    assert found[0].text == _plain(text)
    # Idempotent: what was written is a fixed point.
    assert target(found[0].url) == target(url)


def test_tags_of_generators_say_nothing_and_what_stands_between_them_does() -> None:
    body = (
        "import Box from './_box.mdx';\nexport const x = 1\n\n<Box />\n\n"
        "{{< figure src='x.png' >}}\n\n{% note %}[a](http://a.example/){% endnote %}"
        "\n\n{/* [gone](http://gone.example/)\n\nand gone */}\n\n{% comment %}[lost](http://lost.example/){% endcomment %}\n\n"
        ":::tip\n\nUse `{{x}}` and [b](http://b.example/) with `{{y}}`.\n\n:::\n\n## End {#end}\n"
    )
    found = read(body)
    assert [one.url for part in found if isinstance(part, Block) for one in part.links] == [
        "http://a.example/",
        "http://b.example/",
    ]
    assert " ".join(part.text for part in found) == "a Use and b with . End {#end}"
    assert body.split("\n")[found[-1].lines[0]] == "## End {#end}"


def test_links_of_docusaurus_are_links() -> None:
    body = 'See\n\n- <Link to="https://a.example/">a</Link>, <Link className="x" to=\'https://b.example/\'>b</Link>\n\n<Linked to="https://c.example/">c</Linked>\n'
    links = [(link.url, link.text) for part in read(body) if isinstance(part, Block) for link in part.links]
    assert links == [("https://a.example/", "a"), ("https://b.example/", "b")]


def test_an_import_in_a_sentence_is_a_sentence() -> None:
    assert [part.text for part in read("import taxes rose from 'low' to high")] == ["import taxes rose from 'low' to high"]
    assert [part.text for part in read("A comment that {/* never ends")] == ["A comment that {/* never ends"]


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", "/relative", ""])
def test_only_web_addresses_become_links(url: str) -> None:
    assert link("a [b]", url) == "a \\[b\\]"
    with pytest.raises(ValueError, match="no web address"):
        target(url)
