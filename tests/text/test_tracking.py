from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.text.canonical import canonical_url
from aggregator.text.tracking import tracks, without_tracking


@pytest.mark.parametrize(
    ("published", "clean"),
    [
        ("https://a.example/post?utm_source=rss&utm_medium=feed", "https://a.example/post"),
        ("https://a.example/post/?p=595&utm_source=rss", "https://a.example/post/?p=595"),
        ("https://a.example/?utm_source=rss&b=2&a=1#part", "https://a.example/?b=2&a=1#part"),
        ("https://a.example/post?fbclid=x#utm_source=rss", "https://a.example/post"),
        ("https://a.example/post#xtor=RSS-1", "https://a.example/post"),
        ("https://a.example/post?source=rss-1a2b", "https://a.example/post"),
        ("https://a.example/post?source=github.com/x/y", "https://a.example/post?source=github.com/x/y"),
        ("https://a.example/%7Ejo/a%2fb?q=%c3%a4&UTM_Source=x", "https://a.example/%7Ejo/a%2fb?q=%c3%a4"),
        ("HTTPS://WWW.A.example:443/x/?", "HTTPS://WWW.A.example:443/x/?"),
        ("https://a.example/x?ref=book&id=4#step=2", "https://a.example/x?ref=book&id=4#step=2"),
    ],
)
def test_only_what_tracks_is_taken_out_of_an_address(published: str, clean: str) -> None:
    assert without_tracking(published) == clean


_PAIRS = st.lists(st.sampled_from(["p=1", "utm_source=x", "", "a", "fbclid=9", "b=%20", "id=utm_source"]), max_size=6)


@given(pairs=_PAIRS, fragment=st.sampled_from(["", "#top", "#utm_source=x", "#a=1"]))
def test_the_rest_of_an_address_keeps_its_place_and_spelling(pairs: list[str], fragment: str) -> None:
    url = f"https://a.example/x?{'&'.join(pairs)}{fragment}"
    clean = without_tracking(url)

    assert without_tracking(clean) == clean
    assert canonical_url(clean) == canonical_url(url)
    assert [pair for pair in clean.partition("#")[0].partition("?")[2].split("&") if pair] == [
        pair for pair in pairs if pair and not tracks(pair)
    ]
