"""A bullet as readers will see it."""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from aggregator.records.candidates import Candidate, Standing, State
from aggregator.records.drafts import BulletLink
from aggregator.web.preview import preview

NOW = datetime(2026, 3, 6, 9, tzinfo=UTC)


def link(number: int, title: str = "A title", url: str | None = "https://a.example/x_(y)") -> BulletLink:
    return BulletLink(number, Candidate(number, url, None, title, "", None, (), None, NOW, Standing(State.KEPT)))


def test_places_are_links_and_what_has_none_stands_behind() -> None:
    html = preview("See [his *words*][1].", [link(1), link(2, "<i>Other</i>", "https://b.example/")], 2)
    opened = 'target="_blank" rel="noopener noreferrer"'
    assert html == (
        f'<p>See <a href="https://a.example/x_(y)" {opened}>his <em>words</em></a>. '
        f'<a href="https://b.example/" {opened}>&lt;i&gt;Other&lt;/i&gt;</a></p>\n'
    )


def test_a_link_that_is_lost_leaves_its_words() -> None:
    assert preview("[gone][1] and [here][2]", [link(2)], 2).startswith("<p>gone and <a ")


def test_his_own_markup_is_shown_and_nothing_runs_or_is_fetched() -> None:
    html = preview("![a cat](https://a.example/cat.png) {% x %} <b onclick=x>b</b> [j](javascript:alert(1))", [], 0)
    assert html == "<p><em>[image: a cat]</em> {% x %} <b>b</b> [j](javascript:alert(1))</p>\n"
    hostile = (
        "<script>x</script><img src=https://a.example/p.png><a href='javascript:x'>j</a><style>*{}</style><b style='x'>k</b>"
    )
    assert preview(hostile, [], 0).strip() == '<a target="_blank" rel="noopener noreferrer">j</a><b>k</b>'
    assert "<em>in</em> <kbd>it</kbd>" in preview("<div>\n\n*in* <kbd>it</kbd> <!-- more -->\n", [], 0)


@given(st.text(alphabet="ab<>\"'&[]()!`\\*_ \n:/12javscript", max_size=60), st.text(alphabet="a<>\"'&[]()!`", max_size=20))
def test_no_text_gets_out_of_its_element(words: str, title: str) -> None:
    html = preview(words, [link(1, title)], 1)
    assert "<script" not in html.lower()
    assert "<img" not in html
    assert 'href="javascript' not in html.lower()
