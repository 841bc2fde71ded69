"""Links in a bullet's Markdown become places, and what is no link stays as it is."""

from __future__ import annotations

import pytest

from aggregator.text.linking import label_key, links_in, placed, rewrite
from aggregator.text.post import Definition

KNOWN = {
    label_key(one.label): one
    for one in (
        Definition("link-7", "http://a.example/seven", 0),
        Definition("1", "{% post_url 2020-01-01-shop %}", 1),
        Definition("xref-1", "/own/page", 2),
        Definition("titled", 'http://a.example/t "T"', 3),
        Definition("Short", "http://a.example/short", 4),
    )
}


@pytest.mark.parametrize(
    ("text", "said", "links"),
    [
        (
            "[a](http://a.example/1) and [b](<http://a.example/2>)",
            "[a][1] and [b][2]",
            ("http://a.example/1", "http://a.example/2"),
        ),
        ("[a](http://a.example/1), [again](http://a.example/1)", "[a][1], [again][1]", ("http://a.example/1",)),
        ("[seven][link-7] and [SEVEN][Link-7]", "[seven][1] and [SEVEN][1]", ("http://a.example/seven",)),
        ("[wiki](http://a.example/x_(y))", "[wiki][1]", ("http://a.example/x_(y)",)),
        ("[`code` \\] and [b]](http://a.example/1)", "[`code` \\] and [b]][1]", ("http://a.example/1",)),
        ("`[a](http://a.example/1)`", "`[a](http://a.example/1)`", ()),
        ("![pic](http://a.example/p.png)", "![pic](http://a.example/p.png)", ()),
        ("[an anchor](#here) [mail](mailto:a@example.org)", "[an anchor](#here) [mail](mailto:a@example.org)", ()),
        ("[mine](http://own.example/post)", "[mine](http://own.example/post)", ()),
        ("{{ site.url }} {% x %} [a](http://a.example/1)", "{{ site.url }} {% x %} [a][1]", ("http://a.example/1",)),
    ],
)
def test_links_to_the_web_get_places(text: str, said: str, links: tuple[str, ...]) -> None:
    found = placed(text, KNOWN, ["own.example"])
    assert (found.text, found.links) == (said, links)


def test_a_reference_to_his_own_page_takes_its_definition_along() -> None:
    assert placed("See [mine][xref-1].", KNOWN).text == "See [mine][xref-1].\n\n[xref-1]: /own/page"


def test_one_whose_label_could_be_a_place_is_written_inline() -> None:
    found = placed("[old][1] and [new][link-7]", KNOWN)
    assert found.text == "[old]({% post_url 2020-01-01-shop %}) and [new][1]"
    assert found.links == ("http://a.example/seven",)


def test_the_number_of_a_place_is_no_reference_to_another_link_of_the_post() -> None:
    numbered = {str(n): Definition(str(n), f"http://a.example/{n}", n) for n in range(1, 4)}
    found = placed("[c][3], again [c][3] and [b][2]", numbered)
    assert (found.text, found.links) == ("[c][1], again [c][1] and [b][2]", ("http://a.example/3", "http://a.example/2"))


def test_links_that_cannot_be_a_place_stay_and_are_known_all_the_same() -> None:
    found = placed('<a href="http://a.example/h">x</a>, [t][titled], [Short], <http://a.example/auto>', KNOWN)
    assert found.text.startswith(
        '<a href="http://a.example/h">x</a>, [t][titled], [Short], <http://a.example/auto>\n\n[titled]: '
    )
    assert set(found.links) == {"http://a.example/h", "http://a.example/t", "http://a.example/short", "http://a.example/auto"}


def test_only_the_links_are_rewritten() -> None:
    text = "a [b](http://x.example) `[c](d)` [e][f]"
    assert [one.words for one in links_in(text)] == ["b", "e"]
    assert rewrite(text, lambda _: None) == text
    assert rewrite(text, lambda found: found.words.upper()) == "a B `[c](d)` E"


def test_a_number_that_is_a_reference_is_no_place_of_another_link() -> None:
    known = {"1": Definition("1", "https://one.example/"), "2": Definition("2", "/own")}
    found = placed("See [a](https://a.example/) and [1], [1][], [2], `[1]`, [3], [b [1] c](https://b.example/).", known)
    assert found.text == "See [a][1] and [1][2], [1][2], [2](/own), `[1]`, [3], [b [1] c][3]."
    assert found.links == ("https://a.example/", "https://one.example/", "https://b.example/")
