from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.intake.bearing import read_bearing
from aggregator.intake.page import read_page

URL = "https://ann.example/posts/1"


@pytest.mark.parametrize(
    ("html", "title"),
    [
        ("<title>Plain &amp; simple</title>", "Plain & simple"),
        ('<meta property="og:title" content="The real one"><title>The real one - Ann</title>', "The real one"),
        ("<h1>Only a <em>heading</em></h1>", "Only a heading"),
        ("<title>&lt;script&gt;alert(1)&lt;/script&gt;</title>", ""),
        ("<p>Nothing", None),
    ],
)
def test_a_title_is_plain_text_from_where_pages_have_it(html: str, title: str | None) -> None:
    found = read_page(html, URL).title
    assert "<" not in (found or "")
    if title != "":
        assert found == title


def test_structured_data_names_author_and_date() -> None:
    html = (
        '<script type="application/ld+json">{"@graph": [{"@type": "Article", "author": [{"name": "Ann Onymous"}], '
        '"datePublished": "2026-02-01T10:00:00+02:00"}]}</script>'
    )
    facts = read_page(html, URL)
    assert (facts.author, facts.published) == ("Ann Onymous", datetime(2026, 2, 1, 8, 0, tzinfo=UTC))


@pytest.mark.parametrize(
    "html",
    [
        '<script type="application/ld+json">{broken</script>',
        '<script type="application/ld+json">[1, "x", null]</script>',
        '<meta name="date" content="31 February">',
        '<meta name="date" content="99999-01-01">',
        '<meta name="author" content="https://ann.example/me">',
        "",
    ],
)
def test_what_makes_no_sense_is_left_out(html: str) -> None:
    facts = read_page(html, URL)
    assert (facts.author, facts.published) == (None, None)


def test_a_page_may_name_its_address_on_its_own_host_only() -> None:
    assert read_page('<link rel="canonical" href="/posts/one">', URL).url == "https://ann.example/posts/one"
    assert read_page('<link rel="canonical" href="https://bob.example/">', URL).url == URL
    assert read_page('<link rel="canonical" href="javascript:alert(1)">', URL).url == URL


def test_the_text_is_the_articles() -> None:
    assert read_page("<nav>Menu</nav><article><p>One.</p><script>x()</script><p>Two.</p></article>", URL).text.split() == [
        "One.",
        "Two.",
    ]


@given(st.text(max_size=300))
def test_no_page_breaks_it(html: str) -> None:
    facts = read_page(html, URL)
    assert facts.url.startswith("https://ann.example/")


def test_a_page_that_calls_itself_the_front_page_keeps_its_own_address() -> None:
    """Themes that print the site's address as every page's canonical one would make one candidate of a whole blog."""
    html = '<title>A post</title><link rel="canonical" href="https://a.example/">'
    assert read_page(html, "https://a.example/post").url == "https://a.example/post"
    assert read_page(html, "https://a.example/?utm_source=x").url == "https://a.example/"


def test_a_page_nested_without_end_is_read_as_far_as_it_makes_sense() -> None:
    """A megabyte of opening tags took minutes: parsers go through all that is open at each of them."""
    for tag in ("div", "menu", "pre"):
        html = f"<title>Deep</title>{f'<{tag}>' * 200_000}"
        assert read_page(html, URL).title == "Deep"
        assert not read_bearing(html, URL).paywalled


def test_an_author_who_is_an_address_yields_to_one_with_a_name() -> None:
    html = (
        '<meta property="article:author" content="https://ann.example/about">'
        '<script type="application/ld+json">{"author": {"name": "Ann"}, "datePublished": "2026-01-02"}</script>'
    )
    assert read_page(html, URL).author == "Ann"
