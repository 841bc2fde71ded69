from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.intake.bearing import read_bearing
from aggregator.records.links import Bearing

URL = "https://attic.example/one"


@pytest.mark.parametrize(
    "html",
    [
        '<script type="application/ld+json">{"@type": "NewsArticle", "isAccessibleForFree": false}</script>',
        '<script type="application/ld+json">{"@graph": [{"isAccessibleForFree": "False"}]}</script>',
        '<script type="application/ld+json">[{"isAccessibleForFree": "http://schema.org/False"}]</script>',
        '<meta property="article:content_tier" content="locked">',
    ],
)
def test_a_page_that_says_so_is_paid_for(html: str) -> None:
    assert read_bearing(html, URL) == Bearing(paywalled=True)


@pytest.mark.parametrize(
    "html",
    [
        '<script type="application/ld+json">{"isAccessibleForFree": true}</script>',
        '<script type="application/ld+json">{"hasPart": {"isAccessibleForFree": false}}</script>',
        '<script type="application/ld+json">{broken</script>',
        '<meta property="article:content_tier" content="free"><title>404 ways to lose a page</title>',
        f"<title>Why this domain is for sale</title><p>{'An article of some length. ' * 200}",
        "<title>The page not found in any book</title>",
        "",
    ],
)
def test_other_pages_are_there(html: str) -> None:
    assert read_bearing(html, URL) == Bearing()


@pytest.mark.parametrize(
    ("html", "url"),
    [
        ("<title>attic.example</title><h1>This domain is for sale</h1>", URL),
        ("<p>Buy this domain today", URL),
        ("<p>Welcome", "https://www.hugedomains.com/domain_profile.cfm?d=attic"),
    ],
)
def test_a_domain_for_sale_is_parked(html: str, url: str) -> None:
    assert read_bearing(html, url) == Bearing(parked=True)


@pytest.mark.parametrize("title", ["404", "404 Not Found", "Error 404", "Page not found | Attic", "Not Found", "Page Not Found"])
def test_a_page_may_say_that_it_is_missing_under_a_good_status(title: str) -> None:
    assert read_bearing(f"<title>{title}</title>", URL) == Bearing(missing=True)


@given(st.text())
def test_no_page_breaks_it(html: str) -> None:
    read_bearing(html, URL)
