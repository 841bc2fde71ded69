"""What stands in code or HTML of its own is his to the letter: no link, no place, no definition."""

from __future__ import annotations

import pytest

from aggregator.text.linking import links_in, placed
from aggregator.text.placing import defined, places, typed_links
from aggregator.text.running import running, without_code

BLOCKS = (
    "    a[0][1] = [b](https://b.example/)\n    [1]: https://c.example/",
    "\ta[0][1] = [b](https://b.example/)",
    "~~~\na[0][1]\n\n[b](https://b.example/) `\n[1]: https://c.example/\n~~~",
    "````\n```\na[0][1] [b](https://b.example/)\n````",
    "- one\n\n  ~~~\n  a[0][1] [b](https://b.example/)\n  ~~~",
    "<pre>\na[0][1] [b](https://b.example/)\n</pre>",
    "<!-- a[0][1]\n\n[b](https://b.example/) -->",
)


@pytest.mark.parametrize("block", BLOCKS)
def test_a_block_holds_no_link_and_what_stands_around_it_does(block: str) -> None:
    text = f"See [one][1], <!-- not [this][1] nor [that](https://d.example/) --> a lone `.\n\n{block}\n\nAnd [two][1], a lone `."
    assert [one.words for one in places(text, 1)] == ["one", "two"]
    assert (typed_links(text), defined(text)) == ((), frozenset())
    assert [one.words for one in links_in(text)] == ["one", "two"]
    assert [(text[one.start : one.end], len(running(text))) for one in links_in(text)] == [
        ("[one][1]", len(text)),
        ("[two][1]", len(text)),
    ]


def test_a_link_in_a_list_or_a_table_is_one() -> None:
    text = "See:\n\n- [a](https://a.example/)\n  - [b](https://b.example/)\n\n| x |\n|---|\n| [c](https://c.example/) |"
    assert placed(text, {}).links == ("https://a.example/", "https://b.example/", "https://c.example/")
    assert running(text) == text


def test_html_is_left_where_only_code_is_none() -> None:
    assert without_code("<pre>\nx\n</pre>\n\n    code\n\nend") == "<pre>\nx\n</pre>\n\n        \n\nend"
