"""R31: whatever a feed says of itself, a real Markdown renderer shows it as plain text, and no tag of a generator comes alive."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from html import unescape

from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from aggregator.draft.habits import Habits
from aggregator.records.candidates import Candidate
from aggregator.text.blocks import collapse
from tests.draft.test_compose import bullet, candidate, text_of

PIECES = [
    "{{ site.secret }}", "{% include x %}", "{{< evil >}}", "{{% evil %}}", "{:.x onclick=y}", "](https://evil.example)",
    "[x](y)", "![p](https://evil.example/p.png)", "[link-1]", "[1]: https://evil.example", "<script>alert(1)</script>",
    "<img src=x>", "<!--",
    "&lt;b&gt;", "&#123;", "`code`", "```", "~~~", "# h", "* x", "1. x", "- - -", "===", "> q", "| a | b |", "~~gone~~", "$$m$$",
    "\\", "\\[", "**b**", "__b__", "_e_",
    "https://evil.example", "www.evil.example", "a@evil.example", "[^1]", ":::", "\n\n",
    "\r", "\t", "\u2028", "\x00", "\x1b", "\u202e", "!", "[", "]", "(", ")", "<", ">", "{", "}", "TODO", "[gallery ids=1]",
]  # fmt: skip
hostile = st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=6)), min_size=1, max_size=6).map("".join)
address = st.one_of(
    st.sampled_from(
        ["javascript:alert(1)", "data:text/html,x", "https://a.example/{{ x }}", "https://a.example/{% x %}(", "//a"]
    ),
    hostile.map(lambda path: f"https://a.example/{path}"),
)
READER = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
SHAPES = ("list_item_open", "heading_open", "paragraph_open", "bullet_list_open", "inline", "text", "softbreak", "link_open")


def feed(titles: Sequence[tuple[str, str, str]]) -> list[Candidate]:
    return [candidate(n, title, url, author) for n, (title, author, url) in enumerate(titles, 1)]


def flat(tokens: Sequence[Token]) -> Iterator[Token]:
    for token in tokens:
        yield token
        yield from flat(token.children or ())


@given(
    st.lists(st.tuples(hostile, hostile, address), min_size=1, max_size=3), hostile, st.sampled_from([None, "link-{n}", "{n}"])
)
@example([("{{< x >}} [gallery] <b>", "{% y %}", "https://a.example/")], "{{ z }}", None)
def test_nothing_that_feeds_say_comes_alive(items: list[tuple[str, str, str]], name: str, label: str | None) -> None:
    those = feed(items)
    text = text_of([bullet("", *those, via=name), bullet("Words.", *those, rank=1.0, thanks=name)], habits=Habits(label=label))
    for opening in ("{{", "{%", "{:"):
        assert opening not in text
    tokens = list(flat(READER.parse(text)))
    assert {token.type for token in tokens if token.nesting >= 0} <= {*SHAPES}
    assert sum(token.type == "heading_open" for token in tokens) == 3
    assert sum(token.type == "list_item_open" for token in tokens) == 2
    web = [one.url for one in those if one.url and re.match(r"https?://", one.url)]
    targets = [str(token.attrs["href"]) for token in tokens if token.type == "link_open"]
    assert len(targets) == 2 * len(web)
    assert all(target.startswith("https://a.example/") for target in targets)
    plain = " ".join(token.content for token in tokens if token.type == "text")
    for one in those:
        shown = collapse("".join(char for char in one.title if char.isprintable() or char.isspace()))
        assert re.sub(r"\s", "", shown) in re.sub(r"\s", "", plain)


@given(st.lists(st.tuples(hostile, hostile, address), min_size=1, max_size=2), hostile)
def test_nothing_that_feeds_say_comes_alive_in_html(items: list[tuple[str, str, str]], name: str) -> None:
    page = text_of([bullet("", *feed(items), via=name)], form="html")
    tags = re.findall(r"<[^>]*>", page)
    plain = r"</?(?:h[12]|ul|li|p)>|</a>|<a href=\"https://a\.example/[^\"<>]*\">"
    assert all(re.fullmatch(plain, tag) for tag in tags)
    said = re.sub(r"<[^>]*>", "", page)
    assert "[" not in said, "no shortcode"
    assert "{" not in said, "no template tag"
    assert "TODO" in unescape(said)


@given(
    st.lists(st.sampled_from([*PIECES[:5], "{{< figure src='a_b' >}}", "<b class=x>*y*</b>", "a _b_ c"]), max_size=5).map(
        " ".join
    )
)
def test_what_he_wrote_goes_out_byte_for_byte(words: str) -> None:
    said = f"Mine: {words} {{{{ site.x }}}}"
    assert f"* {said} [a](https://a.example/)\n" in text_of([bullet(said, candidate(1, "a", "https://a.example/"))])
